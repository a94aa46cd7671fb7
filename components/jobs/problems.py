"""What can go wrong with a take, in sentences for the people who asked for it. The one table of them.

A take keeps the key of a row here (`Job.problem`); the provider's own words stand beside it (`Job.detail`),
the raw reply is a click away (`Job.raw`). Facts behind "charged": the provider documents that a failed
generation is not charged and that a refused request is none; a create has no idempotency key, so a lost
answer leaves a doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.provider.errors import (
    Forbidden,
    HttpError,
    InvalidRequest,
    KeyRejected,
    NoAnswer,
    NotFound,
    NotSent,
    OutOfCredits,
    ProviderError,
    RateLimited,
    ServerTrouble,
)


@dataclass(frozen=True)
class Problem:
    """Three sentences: what happened, whether it was charged as far as known, and what to do."""

    happened: str
    charged: str
    next_step: str


_NOT_ACCEPTED = "Nothing was charged: the provider did not accept the request."
_NOT_SENT = "Nothing was charged: the request has not gone out."
_IN_DOUBT = "It is not known whether this take was charged."
_STILL_RUNNING = "Looking costs nothing; the take itself was accepted and is charged only if it succeeds."
_FAILED_FREE = "Not charged: the provider does not charge for generations that fail."
_LIKELY_CHARGED = "The provider finished the generation, so it was probably charged."
_FIND_OUT = (
    "Look for this take in your account with the provider. If it is there, paste its generation id here; "
    "if it is not, send it again."
)
_BY_ITSELF = "Nothing to do: it is tried again by itself."
_ASK_ADMIN_KEY = "Ask your administrator to check the API key."

PROBLEMS: dict[str, Problem] = {
    # While sending: the take waits and is sent later.
    "no_connection": Problem(
        "The provider could not be reached.",
        _NOT_SENT,
        "It is sent as soon as there is a connection; until then you can cancel it.",
    ),
    "rate_limited": Problem(
        "The provider asked to wait before it takes more requests.",
        _NOT_ACCEPTED,
        "It is sent again by itself at the next try; until then you can cancel it.",
    ),
    "no_key": Problem(
        "There is no API key for this take's provider.",
        "Nothing is charged while it waits.",
        "Ask your administrator to set the API key; the take then goes on by itself.",
    ),
    "sandbox_away": Problem(
        "The sandbox does not answer yet.",
        "The sandbox never charges.",
        "The take goes on by itself when the sandbox is up. If it stays like this, ask your administrator.",
    ),
    # While sending: refused.
    "invalid_request": Problem(
        "The provider refused the request because of something in it.",
        _NOT_ACCEPTED,
        "Read what the provider said below, change it with Edit and retry, and send it anew.",
    ),
    "unsendable": Problem(
        "The request holds something that cannot be sent, such as half a character.",
        _NOT_SENT,
        "Type the prompt anew with Edit and retry.",
    ),
    "upload_gone": Problem(
        "A file that was added to this take could not be sent with it.",
        _NOT_SENT,
        "Add the file again with Edit and retry, and send it anew.",
    ),
    "key_rejected": Problem("The provider did not accept the API key.", _NOT_ACCEPTED, _ASK_ADMIN_KEY),
    "forbidden": Problem(
        "The provider does not allow this for your plan or key.",
        _NOT_ACCEPTED,
        "Try another model, or ask your administrator to check the plan with the provider.",
    ),
    "out_of_credits": Problem(
        "The account with the provider has run out of credits.",
        _NOT_ACCEPTED,
        "Ask your administrator to add credits, then use Edit and retry.",
    ),
    "unknown_model": Problem(
        "The provider does not know this model or address; the model may have been withdrawn.",
        _NOT_ACCEPTED,
        "Choose another model with Edit and retry.",
    ),
    # While sending: nobody knows.
    "lost_reply": Problem(
        "The request went out, and the answer was lost on the way. The provider may be making the video.",
        _IN_DOUBT,
        _FIND_OUT,
    ),
    "bad_reply": Problem(
        "The provider answered, but not in a way that can be understood. It may be making the video.",
        _IN_DOUBT,
        _FIND_OUT,
    ),
    "server_trouble": Problem(
        "The provider had trouble of its own while it took the request. It may be making the video.",
        _IN_DOUBT,
        _FIND_OUT,
    ),
    "stopped_while_sending": Problem(
        "This app was stopped while the request was going out. The provider may be making the video.",
        _IN_DOUBT,
        _FIND_OUT,
    ),
    # While looking: tried again.
    "look_no_connection": Problem(
        "The provider cannot be reached at the moment.", _STILL_RUNNING, _BY_ITSELF
    ),
    "look_no_answer": Problem(
        "The provider did not answer when asked how far it is.", _STILL_RUNNING, _BY_ITSELF
    ),
    "look_bad_reply": Problem(
        "The provider's answer could not be understood when asked how far it is.", _STILL_RUNNING, _BY_ITSELF
    ),
    "look_server_trouble": Problem(
        "The provider has trouble of its own at the moment.", _STILL_RUNNING, _BY_ITSELF
    ),
    "look_rate_limited": Problem(
        "The provider asked to be looked at less often.", _STILL_RUNNING, _BY_ITSELF
    ),
    "look_key_rejected": Problem(
        "The provider no longer accepts the API key, so the result cannot be fetched.",
        _STILL_RUNNING,
        "Ask your administrator to check the API key; the take then goes on by itself.",
    ),
    "look_forbidden": Problem(
        "The provider does not let this key fetch the result.",
        _STILL_RUNNING,
        "Ask your administrator to check the key and the plan; the take then goes on by itself.",
    ),
    "look_refused": Problem("The provider refused the question how far it is.", _STILL_RUNNING, _BY_ITSELF),
    "look_not_found": Problem(
        "The provider does not find this generation at the moment; that has been seen to pass.",
        _STILL_RUNNING,
        _BY_ITSELF,
    ),
    "no_video_yet": Problem(
        "The provider says that the video is finished, but does not say where it is.",
        _LIKELY_CHARGED,
        _BY_ITSELF,
    ),
    # The end of looking.
    "unknown_generation": Problem(
        "The provider does not know a generation with this id.",
        "It is not known whether it was charged.",
        "Look for this take in your account with the provider. Look again if it is there, or start anew with "
        "Edit and retry.",
    ),
    "wrong_id": Problem(
        "The provider does not know the id that was pasted for this take.",
        _IN_DOUBT,
        "Check the id in your account with the provider and paste it anew; if the take is not there, send it again.",
    ),
    "gave_up": Problem(
        "There was no result for so long that it is no longer waited for. It may still finish at the provider.",
        "It is charged only if it finishes at the provider.",
        "Look again later, or start anew with Edit and retry.",
    ),
    "generation_failed": Problem(
        "The provider could not make this video.",
        _FAILED_FREE,
        "Read what the provider said below, and try again or change the prompt with Edit and retry.",
    ),
    "moderated": Problem(
        "The provider's content rules did not allow this video.",
        _FAILED_FREE,
        "Put the prompt in other words with Edit and retry.",
    ),
    "no_video": Problem(
        "The provider says that the video is finished, but gave none, also when asked several times.",
        _LIKELY_CHARGED,
        "Look again later; if there is still none, show the raw reply to the provider's support.",
    ),
    # While the file is fetched.
    "no_download": Problem(
        "The finished video could not be downloaded.",
        _LIKELY_CHARGED,
        "It is tried again by itself for a day. Look again after that, if you like.",
    ),
    "file_gone": Problem(
        "The address that the provider gave for the video leads to nothing; it may have expired.",
        _LIKELY_CHARGED,
        "A new address is asked for by itself a few times. Look again after that, if you like.",
    ),
    "unsafe_address": Problem(
        "The provider gave an address for the video that lies inside a private network, so it was not fetched.",
        _LIKELY_CHARGED,
        "Look again later; if it stays so, show the raw reply to your administrator.",
    ),
    "not_a_video": Problem(
        "What the provider gave as the video is not one that can be opened.",
        _LIKELY_CHARGED,
        "Look again later; if it stays so, show the raw reply to the provider's support.",
    ),
    "cut_off": Problem(
        "The video file that the provider gave ends too early.",
        _LIKELY_CHARGED,
        "Look again later; if it stays so, show the raw reply to the provider's support.",
    ),
    "too_large": Problem(
        "The video file is larger than this app is allowed to keep.",
        _LIKELY_CHARGED,
        "Ask your administrator to raise the limit. Look again once that is done.",
    ),
    "disk_full": Problem(
        "The video is ready, but there is no room to keep it: the disk is full or cannot be written.",
        _LIKELY_CHARGED,
        "Ask your administrator to make room. It is tried again by itself, and the provider may delete it in time.",
    ),
    # Ourselves.
    "internal": Problem(
        "Something went wrong inside this app.",
        "Nothing was sent twice.",
        "It is tried again by itself; should the take end like this, show the app's log to your administrator. "
        "Look again once that is put right.",
    ),
}

LOOK_AGAIN = frozenset(
    {
        *("unknown_generation", "gave_up", "no_video", "no_download", "file_gone", "unsafe_address"),
        *("not_a_video", "cut_off", "too_large", "internal"),
    }
)
"""The problems whose `next_step` names the button "Look again", which asks the provider for the result anew."""

FREE = "Nothing is ever charged in the sandbox."
"""What stands in the place of `charged` for a take of the sandbox."""

QUOTED = frozenset(
    {
        *("rate_limited", "invalid_request", "key_rejected", "forbidden", "out_of_credits", "unknown_model"),
        *(
            "server_trouble",
            "look_server_trouble",
            "look_rate_limited",
            "look_key_rejected",
            "look_forbidden",
        ),
        *(
            "look_refused",
            "look_not_found",
            "unknown_generation",
            "wrong_id",
            "generation_failed",
            "moderated",
        ),
        *("no_video_yet", "no_video"),
    }
)
"""The problems whose `Job.detail` are the provider's own words; with the others it is a finding of ours."""

_CREATING: tuple[tuple[type[ProviderError], str], ...] = (
    (NotSent, "no_connection"),
    (NoAnswer, "lost_reply"),
    (RateLimited, "rate_limited"),
    (InvalidRequest, "invalid_request"),
    (KeyRejected, "key_rejected"),
    (OutOfCredits, "out_of_credits"),
    (Forbidden, "forbidden"),
    (NotFound, "unknown_model"),
    (HttpError, "server_trouble"),
    (ProviderError, "bad_reply"),
)
_LOOKING: tuple[tuple[type[ProviderError], str], ...] = (
    (NotSent, "look_no_connection"),
    (NoAnswer, "look_no_answer"),
    (RateLimited, "look_rate_limited"),
    (InvalidRequest, "look_refused"),
    (KeyRejected, "look_key_rejected"),
    (Forbidden, "look_forbidden"),
    (NotFound, "look_not_found"),
    (ServerTrouble, "look_server_trouble"),
    (HttpError, "look_server_trouble"),
    (ProviderError, "look_bad_reply"),
)

# Words by which providers say that their content rules stopped a generation.
_MODERATION = re.compile(
    r"moderat|polic(y|ies)|nsfw|safety|sensitive|prohibit|inappropriate|risk.?control", re.I
)


def problem_for(error: ProviderError, *, creating: bool) -> str:
    """The key of PROBLEMS for `error`, which came of a create or of a look."""
    return next(key for kind, key in (_CREATING if creating else _LOOKING) if isinstance(error, kind))


def problem_of_failure(name: str, message: str) -> str:
    """The key of PROBLEMS for a generation that the provider ended with an error of this name and message."""
    return "moderated" if _MODERATION.search(f"{name} {message}") else "generation_failed"
