"""Whether a draft heeds what was recognised in the provider's prose (`catalog/advice.py`). It warns, never blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from components.catalog.checks import same
from components.catalog.spec import Advice, Advises


def unheeded(advice: Advice, sent: Mapping[str, Any], in_force: Mapping[str, Any]) -> str | Literal[False]:
    """The field at which to warn; False where the advice is heeded, or has nothing to say here.

    `sent`: what was set, by name. `in_force`: that, and the published defaults of the rest.
    """
    first, others = advice.names[0], advice.names[1:]
    given = [name for name in advice.names if name in sent]

    def holds(name: str) -> bool:
        """Whether `name` is set, to one of the values that count where some do."""
        if advice.values:
            return name in in_force and any(same(in_force[name], value) for value in advice.values)
        return name in sent

    match advice.kind:
        case Advises.EXACTLY_ONE:
            return False if len(given) == 1 else given[-1] if given else first
        case Advises.AT_MOST_ONE:
            return given[-1] if len(given) > 1 else False
        case Advises.ONLY_WITH:
            return first if first in sent and others and not all(map(holds, others)) else False
        case Advises.NOT_WITH:
            return first if first in sent and any(map(holds, others)) else False
        case Advises.NEEDED_IF:
            return first if first not in sent and others and all(map(holds, others)) else False


def said(advice: Advice) -> str:
    """The warning: the provider's own sentence."""
    return f"The provider says: “{advice.sentence.strip()}”"
