"""A take's settings back on the desk: of a model that has not been read, and of somebody else."""

import io
import time
from typing import Any

from PIL import Image
from streamlit.testing.v1 import AppTest

from components.catalog.openapi import read_document
from components.catalog.spec import MediaKind, MediaLimits
from components.form.draft import Draft
from components.form.order import order
from components.jobs.job import Destination, Job
from components.services import Services
from tests.pages.playing import history, keys, said, sound
from tests.pages.test_desk_tools import link_to, press, studio, text, write
from tests.pages.test_moving import MINE, PROMPT, document

PICTURES = {
    "image_url": {"type": "string", "format": "uri", "title": "Picture", "description": "URL of the image"},
    "image_list": {"type": "array", "items": {"type": "string", "format": "uri"}, "title": "More pictures"},
}


def taken(shared: Services, draft: Draft, owner: str) -> Job:
    """A take of `draft` that was cancelled."""
    one = order(draft, owner=owner, destination=Destination.SANDBOX, base_url="built-in")
    [job] = shared.store.add([one], token=owner, now=time.time())
    assert shared.store.cancel(job.id, time.time())
    return job


def listed(shared: Services) -> None:
    """The list names a model whose document nobody has read yet."""
    row = {"id": MINE, "type": "internal/video-generations/submit", "info": {"name": "My **film**"}}
    shared.catalog.set_list(Destination.SANDBOX, [row])


def retry(job: Job, owner: str = "ann") -> AppTest:
    """Presses "Edit and retry", and goes on to the Studio."""
    app = history(job=job.id)
    app.session_state["owner"] = owner
    app.session_state["window"].owner = owner
    return press(app, f"{job.id}-retry")


def desk_of(app: AppTest) -> dict[str, Any]:
    values: dict[str, Any] = app.session_state["desk"].drafts[MINE]["values"]
    return values


def test_a_take_of_a_model_that_is_not_read_yet_has_it_read_and_says_so(shared: Services) -> None:
    listed(shared)
    job = taken(shared, Draft(read_document(document(MINE)), {"prompt": "a fox"}), "ann")
    app = retry(job)
    assert "The form of My \\*\\*film\\*\\* is still being read" in said(app)
    assert MINE in shared.catalog.wanted()
    shared.catalog.distrust(MINE, "It has no fields.")
    assert "It has no fields" in said(press(app, f"{job.id}-retry"))


def test_a_link_to_a_draft_waits_for_its_model_and_is_taken_up_then(shared: Services) -> None:
    listed(shared)
    spec = read_document(document(MINE))
    link = link_to(Draft(spec, {"prompt": "a fox"}, False))
    app = write(studio(draft=link), shared, "mine")
    assert "is still being read" in said(app)
    assert MINE in shared.catalog.wanted()
    shared.catalog.learn({MINE: spec})
    sound(app.run())
    assert (app.session_state["desk"].model, text(app, shared)) == (MINE, "a fox")
    assert "You opened a link" not in said(app)


def test_a_link_that_waited_asks_before_it_replaces_a_draft(shared: Services) -> None:
    listed(shared)
    spec = read_document(document(MINE))
    shared.store.drafts.save("ann", MINE, {"values": {"prompt": "mine"}, "storyboard": False}, 1.0)
    app = studio(draft=link_to(Draft(spec, {"prompt": "a fox"}, False)))
    shared.catalog.learn({MINE: spec})
    assert "draft|put" in keys(sound(app.run()))
    assert app.session_state["desk"].drafts[MINE]["values"]["prompt"] == "mine"
    assert text(press(app, "draft|put"), shared) == "a fox"


def test_uploads_of_a_colleague_stay_behind_and_what_needs_one_is_named(shared: Services) -> None:
    shared.catalog.add(document(MINE, {**PROMPT, **PICTURES}))
    spec = shared.catalog.find(MINE)
    assert spec is not None
    picture = io.BytesIO()
    Image.new("RGB", (64, 64)).save(picture, "PNG")
    upload = shared.uploads.add(
        "bob", "b.png", picture.getvalue(), media=MediaKind.IMAGE, limits=MediaLimits(), now=time.time()
    ).reference
    link = "https://example.org/a.png"
    values = {"prompt": "a fox", "image_url": upload, "image_list": [link, upload]}
    job = taken(shared, Draft(spec, values), "bob")
    app = retry(job)
    assert desk_of(app)["prompt"] == "a fox"
    assert upload not in str(desk_of(app))
    assert desk_of(app)["image_list"] == [link]
    labels = ", ".join(spec[name].label for name in ("image_url", "image_list"))
    assert f"Uploads stay with whoever added them; add your own for: {labels}." in said(app).replace("\\", "")
    own = retry(job, "bob")
    assert desk_of(own)["image_url"] == upload
    assert "Uploads stay" not in said(own)
