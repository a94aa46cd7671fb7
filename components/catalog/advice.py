"""Rules between fields that only descriptions state."""

from __future__ import annotations

from collections.abc import Sequence

from components.catalog.spec import Advice, Parameter


def advice_of(parameters: Sequence[Parameter]) -> tuple[Advice, ...]:
    """The rules that the helps of `parameters` state about one another, those that are understood for certain."""
    return ()
