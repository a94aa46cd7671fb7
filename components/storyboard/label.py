"""What a downloaded video says about its take: a title, the prompt and settings in words, and the draft. Pure."""

from __future__ import annotations

import json
from typing import Any

from components.catalog.spec import ModelSpec, Role
from components.jobs.job import Destination, Job
from components.jobs.labelling import Label
from components.jobs.travelling import draft_file, travelling, without_uploads
from components.storyboard.shapes import planned, shape_of
from components.storyboard.storyboard import Board
from components.words import asked_for, excerpt, showable

NO_AI = "Sandbox preview, not AI"
"""What comes first in the title of a film that no model has made, wherever the file goes."""
LONGEST_COMMENT = 20_000
"""Characters; the draft beside it has all of it."""
_LONGEST_DRAFT = 900_000
_LONGEST_TITLE = 120


def label_of(job: Job, spec: ModelSpec | None) -> Label:
    """What to write into the file of `job`. `spec`: its model, where that is still known.

    Uploads are named, never written. A draft that is too long for a file is left out.
    """
    board = planned(job.order, spec)
    draft = _draft(job, spec, board)
    return Label(
        title=_title(job),
        comment=_comment(job, spec, board),
        draft=draft if len(draft) <= _LONGEST_DRAFT else b"",
    )


def _title(job: Job) -> str:
    named = excerpt(job.title or job.order.prompt, _LONGEST_TITLE) or job.order.model_name
    return showable(f"{NO_AI}: {named}" if _is_preview(job) else named)


def _comment(job: Job, spec: ModelSpec | None, board: Board | None) -> str:
    shape, prompt = (None, None) if spec is None else (shape_of(spec), spec.by_role(Role.PROMPT))
    said_above = {parameter.name for parameter in (prompt, shape and shape.parameter) if parameter}
    settings = {name: value for name, value in _sent(job).items() if name not in said_above}
    lines = [] if board is None else _shots(board)
    if prompt is not None and isinstance(text := job.order.body.get(prompt.name), str):
        lines.insert(0, text)
    lines += ["", f"Model: {job.order.model_name} ({job.order.model})"]
    lines += [f"{label}: {value}" for label, value in asked_for(without_uploads(settings), spec)]
    lines += [f"{label}: an upload, which is not in this file" for label in _left(job, spec)]
    lines += [f"{NO_AI}: no model has made this video. It shows what was asked for."] * _is_preview(job)
    said = showable("\n".join(lines).strip())
    return said if len(said) <= LONGEST_COMMENT else said[: LONGEST_COMMENT - 2] + " …"


def _shots(board: Board) -> list[str]:
    return [f"Shot {n}, {shot.seconds} s: {shot.text}" for n, shot in enumerate(board.shots, 1)]


def _draft(job: Job, spec: ModelSpec | None, board: Board | None) -> bytes:
    """The settings as a draft's file; as a request where nobody can say what of it the shots were."""
    values, told = _sent(job), dict[str, Any]()
    if spec is None and board is None:
        told = {"model": job.order.model, **without_uploads(values)}
    else:
        shape = None if spec is None else shape_of(spec)
        if board is not None and shape is not None:  # the board says these
            values.pop(shape.parameter.name, None)
        told = draft_file(
            job.order.model,
            values,
            storyboard=board is not None,
            board=None if board is None else board.as_json(),
            missing=_left(job, spec),
        )
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _sent(job: Job) -> dict[str, Any]:
    return {name: value for name, value in job.order.body.items() if name != "model"}


def _left(job: Job, spec: ModelSpec | None) -> list[str]:
    """The labels of the settings that have an upload."""
    left = [name for name, value in _sent(job).items() if travelling(value) != value]
    return [spec[name].label if spec is not None and name in spec else name for name in left]


def _is_preview(job: Job) -> bool:
    return job.order.destination is Destination.SANDBOX
