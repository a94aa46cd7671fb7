"""What the charts are of: a period, models, real videos or previews. Pure; to and from the page's address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from components.jobs.finding.view import LONGEST_CHOICE, MOST_CHOICES
from components.jobs.job import Destination

PERIODS = {7: "7 days", 30: "30 days", 90: "90 days", 0: "All"}
"""In days, today included; 0: since ever."""
USUAL = 30
MADE = {
    "": "Everything",
    Destination.LIVE.value: "Real videos",
    Destination.SANDBOX.value: "Sandbox previews",
}


@dataclass(frozen=True)
class Asked:
    """What the charts are of."""

    days: int = USUAL
    models: tuple[str, ...] = ()
    made: str = ""
    """A destination's value, or "" for all."""

    @classmethod
    def read(cls, params: Mapping[str, Sequence[str]]) -> Asked:
        """What the parameters of an address ask for; what makes no sense is left out."""
        periods = {("all" if days == 0 else str(days)): days for days in PERIODS}
        made = ([*params.get("made", ())] or [""])[-1]
        models = [model[:LONGEST_CHOICE] for model in [*params.get("model", ())][:MOST_CHOICES] if model]
        return cls(
            days=periods.get(([*params.get("days", ())] or [""])[-1], USUAL),
            models=tuple(dict.fromkeys(models)),
            made=made if made in MADE else "",
        )

    def params(self) -> dict[str, str | list[str]]:
        """The parameters of an address; `read` reads them again."""
        given: dict[str, str | list[str]] = {
            "days": "" if self.days == USUAL else str(self.days or "all"),
            "model": list(self.models),
            "made": self.made,
        }
        return {name: value for name, value in given.items() if value}

    def first(self, today: date) -> date | None:
        """The first day that counts; None: all days do."""
        return today - timedelta(days=self.days - 1) if self.days else None

    @property
    def words(self) -> str:
        """The period: "in the last 7 days"."""
        return f"in the last {self.days} days" if self.days else "so far"
