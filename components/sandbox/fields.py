"""Which request field means what, whatever the model: read from `fields.json`, so that no code names one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def names(meaning: str) -> tuple[str, ...]:
    """The fields that carry `meaning`, the preferred one first; KeyError for a meaning nobody wrote down."""
    table = json.loads(Path(__file__).with_name("fields.json").read_text(encoding="utf-8"))
    return tuple(table[meaning])


def given(values: Mapping[str, Any], meaning: str) -> Any:
    """What `values` say for `meaning`; None where they say nothing."""
    return next((values[name] for name in names(meaning) if values.get(name) is not None), None)
