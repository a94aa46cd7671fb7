"""What becomes of a take after each thing that can happen to it: the rules of the state machine, and nothing
else.

Pure functions: a take and what happened in, the changes to write out (as `Store.settle` takes them). `random`
is from 0 to 1, times are Unix seconds, `give_up` is in seconds.
"""

from __future__ import annotations

from typing import Any

from components.jobs.archive_errors import (
    ArchiveError,
    CutOff,
    DiskFull,
    FileGone,
    NotAVideo,
    TooLarge,
    UnsafeAddress,
)
from components.jobs.expectation import Expectation
from components.jobs.job import Destination, Job, State, VideoFile
from components.jobs.pace import backoff, next_look
from components.jobs.problems import problem_for, problem_of_failure
from components.provider.errors import (
    BadReply,
    Forbidden,
    InvalidRequest,
    KeyRejected,
    NotFound,
    NotSent,
    ProviderError,
    RateLimited,
    ServerTrouble,
)
from components.provider.replies import Generation, Phase

Changes = dict[str, Any]

DAY = 86_400.0
LOOK_FLOOR = {Destination.SANDBOX: 0.5, Destination.LIVE: 5.0}
"""The shortest pause between two looks, in seconds."""

_NOT_FOUND_TRIES = 5
_NOT_FOUND_PAUSE = {Destination.SANDBOX: 1.0, Destination.LIVE: 10.0}
_NO_VIDEO_TRIES = 5
_LOOKS_PAST_TIME = 5
"""Answers of one kind in a row, before time that has passed counts: this machine may have slept through it."""
_SLOWLY = 30.0
"""Pause after an answer that only a person can change, in seconds."""
_LONGEST_WAIT = 3600.0
"""The longest that a provider's Retry-After is obeyed, in seconds."""
_OUT_OF_SIGHT = 7 * DAY
"""How long a take is followed that could not be looked at, so that a week offline loses none."""

# How often each is tried before the take fails. What is not named is tried for a day; a full disk for ever.
_ARCHIVE_TRIES: tuple[tuple[type[ArchiveError], str, int], ...] = (
    (FileGone, "file_gone", 6),
    (UnsafeAddress, "unsafe_address", 2),
    (CutOff, "cut_off", 3),
    (NotAVideo, "not_a_video", 3),
    (TooLarge, "too_large", 2),
)


def sending(now: float) -> Changes:
    """The intent to send, to be on disk before the first byte leaves. The lease goes on."""
    return {
        "state": State.SENDING,
        "sent": now,
        "followed_since": now,
        "tries": 0,
        "problem": None,
        "detail": "",
        "raw": "",
    }


def stopped_while_sending(now: float) -> Changes:
    """A take that was being sent when the app stopped: nobody knows whether it was accepted."""
    return {"state": State.UNKNOWN, "problem": "stopped_while_sending", "ended": now, "next_at": None}


def unsendable(now: float) -> Changes:
    """The request holds what JSON cannot, so that no byte of it went out."""
    return _failed("unsendable", "", now)


def without_its_file(reason: str, now: float) -> Changes:
    """An upload that the request refers to cannot be read, for the `reason` in a sentence: no byte of it went out."""
    return _failed("upload_gone", reason, now)


def out_of_reach(job: Job, *, now: float, random: float) -> Changes:
    """There is no client for the take now: no key, or the sandbox is not up."""
    live = job.order.destination is Destination.LIVE
    problem = "no_key" if live else "sandbox_away"
    tries = _tries(job, problem)
    pause = _SLOWLY if live else backoff(tries, random=random, ceiling=15.0)
    return {"problem": problem, "detail": "", "tries": tries, "next_at": now + pause}


def held_back(job: Job, *, until: float, random: float) -> Changes:
    """Its provider asked another take to wait; so this one waits too. What it was told itself stays."""
    told_so = job.problem == "rate_limited"
    said: Changes = {} if told_so else {"problem": "rate_limited", "detail": ""}
    return said | {"next_at": until + random}


def after_create_error(job: Job, error: Exception, *, now: float, random: float) -> Changes:
    """A create that gave no generation. Only what surely was not accepted is ever sent again."""
    if not isinstance(error, ProviderError):  # a mistake of ours, after the request may have gone out
        return {"state": State.UNKNOWN, "problem": "bad_reply", "ended": now, "next_at": None}
    problem = problem_for(error, creating=True)
    said: Changes = {"problem": problem, "detail": error.message, "raw": error.raw}
    if isinstance(error, (NotSent, RateLimited)):
        tries = _tries(job, problem)
        pause = _wait(error, backoff(tries, random=random, ceiling=60.0))
        return said | {
            "state": State.WAITING,
            "sent": None,
            "followed_since": None,
            "tries": tries,
            "next_at": now + pause,
        }
    refused = isinstance(error, (InvalidRequest, KeyRejected, Forbidden, NotFound))
    return said | {"state": State.FAILED if refused else State.UNKNOWN, "ended": now, "next_at": None}


def after_create(
    job: Job,
    generation: Generation,
    *,
    now: float,
    random: float,
    give_up: float,
    expected: Expectation | None = None,
) -> Changes:
    """A create that was accepted. It may say at once that the generation is completed, or has failed."""
    if generation.id is None and generation.phase in (Phase.QUEUED, Phase.GENERATING):
        # Accepted, it seems, and nothing to ask for it by.
        return {
            "state": State.UNKNOWN,
            "problem": "bad_reply",
            "raw": generation.raw,
            "ended": now,
            "next_at": None,
        }
    first = after_look(job, generation, now=now, random=random, give_up=give_up, expected=expected)
    return first | {"remote_id": generation.id, "raw": generation.raw}


def after_look(
    job: Job,
    generation: Generation,
    *,
    now: float,
    random: float,
    give_up: float,
    expected: Expectation | None = None,
) -> Changes:
    """An answer to how far it is. The status decides, never the presence of an error or a video.

    `expected`: how long such takes take, None where nothing is known; it decides when to look again.
    """
    used = {"credits_used": generation.credits_used, "usd_spent": generation.usd_spent}
    known: Changes = {name: figure for name, figure in used.items() if figure is not None}
    if job.pasted:
        known["pasted"] = False  # the provider knows it
    if generation.phase is Phase.FAILED:
        problem = problem_of_failure(generation.error_name, generation.error_message)
        detail = generation.error_message or generation.error_name
        return known | {"raw": generation.raw} | _failed(problem, detail, now)
    if generation.phase is Phase.COMPLETED:
        return known | {"raw": generation.raw} | _finished(job, generation, now=now, random=random)
    overdue = now - _since(job) > give_up
    tries = job.tries + 1 if overdue and job.problem is None else int(overdue)
    if tries >= _LOOKS_PAST_TIME:
        return known | {"raw": generation.raw} | _failed("gave_up", f"Last status: {generation.status}", now)
    generating = generation.phase is Phase.GENERATING or job.state is State.GENERATING
    elapsed = now - (job.sent or now)
    return known | {
        "state": State.GENERATING if generating else State.QUEUED,
        "started": job.started or (now if generating else None),
        "tries": tries,
        "problem": None,
        "detail": "",
        "next_at": now + _until_next_look(job, elapsed, expected, random),
    }


def after_look_error(job: Job, error: ProviderError, *, now: float, random: float, give_up: float) -> Changes:
    """A look that gave no answer that counts. It costs nothing to look again."""
    problem = problem_for(error, creating=False)
    tries = _tries(job, problem)
    if not isinstance(error, NotFound) and (job.problem or "").startswith("look_"):
        tries = job.tries + 1  # troubles that take turns are one trouble
    answered = isinstance(error, (ServerTrouble, BadReply, NotFound, InvalidRequest))
    if isinstance(error, NotFound) and tries >= _NOT_FOUND_TRIES:
        if job.pasted:  # mistyped, it seems: back to where another can be pasted
            return {
                "state": State.UNKNOWN,
                "problem": "wrong_id",
                "detail": error.message,
                "raw": error.raw,
                "remote_id": None,
                "pasted": False,
                "ended": now,
                "next_at": None,
            }
        return {"raw": error.raw} | _failed("unknown_generation", error.message, now)
    overdue = now - _since(job) > (give_up if answered else max(give_up, _OUT_OF_SIGHT))
    if overdue and tries >= _LOOKS_PAST_TIME:
        return {"raw": error.raw} | _failed("gave_up", error.message, now)
    pause = max(LOOK_FLOOR[job.order.destination], backoff(tries, random=random, ceiling=60.0))
    if isinstance(error, NotFound):
        pause = _NOT_FOUND_PAUSE[job.order.destination] * 2 ** (tries - 1)
    elif isinstance(error, (KeyRejected, Forbidden)):
        pause = _SLOWLY
    return {
        "problem": problem,
        "detail": error.message,
        "raw": error.raw,
        "tries": tries,
        "next_at": now + _wait(error, pause),
    }


def after_archive(video: VideoFile, *, now: float) -> Changes:
    """The video is in its place: now, and not before, the take is completed."""
    return {
        "state": State.COMPLETED,
        "video": video,
        "problem": None,
        "detail": "",
        "tries": 0,
        "ended": now,
        "next_at": None,
    }


def after_archive_error(job: Job, error: ArchiveError, *, now: float, random: float) -> Changes:
    """The video could not be kept. The provider has it still, so it is tried again before the take fails."""
    named = ((key, limit) for kind, key, limit in _ARCHIVE_TRIES if isinstance(error, kind))
    problem, limit = next(named, ("disk_full" if isinstance(error, DiskFull) else "no_download", 0))
    tries = _tries(job, problem)
    finished_trying = tries >= limit if limit else _for_a_day(job, tries, now)
    if finished_trying and not isinstance(error, DiskFull):
        return _failed(problem, str(error), now) | {"tries": tries}
    pause = max(LOOK_FLOOR[job.order.destination], backoff(tries, random=random, ceiling=300.0))
    return {"problem": problem, "detail": str(error), "tries": tries, "next_at": now + pause}


def after_mistake(job: Job, *, now: float, random: float) -> Changes:
    """A mistake of ours in a step that sends nothing: the same step again, later and later.

    While the video is fetched, for a day.
    """
    tries = _tries(job, "internal")
    if job.state is State.ARCHIVING and _for_a_day(job, tries, now):
        return _failed("internal", "", now)
    pause = max(1.0, backoff(tries, random=random, ceiling=300.0))
    return {"problem": "internal", "detail": "", "tries": tries, "next_at": now + pause}


def _finished(job: Job, generation: Generation, *, now: float, random: float) -> Changes:
    if generation.video_url:
        return {
            "state": State.ARCHIVING,
            "ready": job.ready or now,
            "video_url": generation.video_url,
            "tries": 0,
            "problem": None,
            "detail": "",
            "next_at": now,
        }
    tries = _tries(job, "no_video_yet")
    if tries >= _NO_VIDEO_TRIES or not (generation.id or job.remote_id):
        return _failed("no_video", generation.error_message, now)
    pause = max(LOOK_FLOOR[job.order.destination], backoff(tries, random=random, ceiling=60.0))
    return {
        "state": State.GENERATING,
        "problem": "no_video_yet",
        "detail": generation.error_message,
        "tries": tries,
        "next_at": now + pause,
    }


def _until_next_look(job: Job, elapsed: float, expected: Expectation | None, random: float) -> float:
    where = job.order.destination
    eager = where is Destination.SANDBOX  # which makes its films in seconds
    return next_look(elapsed, expected, floor=LOOK_FLOOR[where], random=random, eager=eager)


def _failed(problem: str, detail: str, now: float) -> Changes:
    return {
        "state": State.FAILED,
        "problem": problem,
        "detail": detail,
        "ended": now,
        "next_at": None,
    }


def _tries(job: Job, problem: str) -> int:
    """How often in a row this problem has now been met."""
    return job.tries + 1 if job.problem == problem else 1


def _for_a_day(job: Job, tries: int, now: float) -> bool:
    """Whether fetching the video has been tried for a day, and not just once after a day asleep."""
    return tries >= _LOOKS_PAST_TIME and now - max(job.ready or 0, _since(job)) > DAY


def _since(job: Job) -> float:
    return job.followed_since or job.sent or job.created


def _wait(error: ProviderError, pause: float) -> float:
    """The pause that the provider asked for, within reason; else `pause`."""
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return min(max(error.retry_after, 1.0), _LONGEST_WAIT)
    return pause
