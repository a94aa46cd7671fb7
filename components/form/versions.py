"""Earlier versions of a draft in words. Pure."""

from __future__ import annotations

from components.catalog.spec import ModelSpec
from components.form.desk import STORYBOARD, read_draft
from components.form.draft import Draft
from components.form.handing_on import in_words
from components.jobs.drafts import Earlier, Replaced
from components.storyboard.storyboard import Board, read_board
from components.words import excerpt, showable

WHY = {
    Replaced.OTHER_WINDOW: "replaced from another window",
    Replaced.VISIT: "as it stood before a later visit",
    Replaced.START_OVER: "before you started over",
    Replaced.TAKE: "before the settings of a take came",
    Replaced.TAKEN_IN: "before another draft was taken in",
    Replaced.MODEL: "before the text of another model came along",
    Replaced.BROUGHT_BACK: "before another version came back",
}


def first_words(version: Earlier, spec: ModelSpec) -> str:
    """The beginning of a version of the draft of `spec`, or of the shots."""
    if version.key == STORYBOARD:
        return f"Shots: {board_words(read_board(version.value) or Board())}"
    kept = read_draft(version.value)
    return draft_words(Draft(spec, kept["values"], False))


def draft_words(draft: Draft) -> str:
    """The beginning of a draft's text, else its settings."""
    text = excerpt(showable(draft.prompt_text()), 100)
    return (
        text or excerpt(", ".join(f"{label}: {value}" for label, value in in_words(draft)), 100) or "Nothing"
    )


def board_words(board: Board) -> str:
    """How many shots, and the beginning of the first that has words."""
    text = next((shot.text for shot in board.shots if shot.text.strip()), "")
    count = "1 shot" if len(board.shots) == 1 else f"{len(board.shots)} shots"
    return f"{count}, “{excerpt(showable(text), 80)}”" if text else f"{count} without words"
