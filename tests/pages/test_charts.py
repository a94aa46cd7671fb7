"""Charts and Disk: what was made in figures, and what takes up room."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from streamlit.testing.v1 import AppTest

from components.jobs.job import Destination, State
from components.services import Services
from tests.jobs.takes import FILM
from tests.pages.playing import SHELL, keys, raw_html, said, sound
from tests.pages.test_history import ask, brought, confirm, press

ANN = {"is_logged_in": True, "iss": "https://login.example", "sub": "ann", "email": "ann@example.com"}


def page(name: str, user: dict[str, Any] | None = None, **query: str) -> AppTest:
    """A page of a fresh session, at this link."""
    app = AppTest.from_file(SHELL, default_timeout=30)
    if user is not None:
        app.user = user
    app.switch_page(f"../pages/{name}.py")
    for key, value in query.items():
        app.query_params[key] = value
    return sound(app.run())


def ready(
    shared: Services, prompt: str = "a fox", *, size: int = 1, usd: float | None = None, **asked: Any
) -> str:
    """The id of a take that is ready."""
    [job] = ask(shared, prompt, **asked)
    video = replace(FILM, size=size)
    done = job.created + 40
    changes = {
        "sent": job.created,
        "followed_since": job.created,
        "ready": done,
        "ended": done,
        "usd_spent": usd,
    }
    return brought(shared, job, State.COMPLETED, video=video, **changes).id


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def charts(app: AppTest) -> list[str]:
    """What each chart is called by who does not see it."""
    return [chart.proto.alt for chart in app.get("arrow_vega_lite_chart")]


def test_without_takes_the_charts_say_what_to_do(shared: Services) -> None:
    app = page("charts")
    assert "No figures yet" in said(app)
    assert not app.metric


def test_what_was_made_is_told_in_figures_and_tables(shared: Services) -> None:
    ready(shared, usd=1.5)
    ready(shared, usd=0.25, destination=Destination.LIVE)
    brought(shared, ask(shared)[0], State.FAILED, problem="generation_failed")
    app = page("charts")
    assert figures(app) == {
        "Takes": "3",
        "Success": "67%",
        "Median wait": "0:40",
        "Charged": "$0.25",
        "Pretend": "$1.50",
    }
    tables = raw_html(app)
    assert tables.count("<table") == 3
    assert shared.catalog.models[0].name in tables
    assert "Person 1" in tables
    assert ">ann<" not in tables
    assert "You" not in tables


def test_the_address_says_of_what_and_a_field_changes_it(shared: Services) -> None:
    ready(shared, usd=1.5)
    ready(shared, usd=0.25, destination=Destination.LIVE)
    app = page("charts", days="7", made="live")
    assert figures(app) == {"Takes": "1", "Success": "100%", "Median wait": "0:40", "Charged": "$0.25"}
    sound(app.selectbox(key="charts-made").set_value("sandbox").run())
    assert figures(app)["Pretend"] == "$1.50"
    assert app.query_params["made"] == "sandbox"
    assert app.query_params["days"] == "7"


def test_where_nothing_fits_everything_is_offered(shared: Services) -> None:
    ready(shared)
    app = page("charts", model="somebody/else")
    assert "Nothing like that was made in the last 30 days" in said(app)
    press(app, "charts-all")
    assert figures(app)["Takes"] == "1"


def test_nonsense_in_the_address_shows_the_usual(shared: Services) -> None:
    ready(shared)
    assert figures(page("charts", days="-1", made="<b>", model="\u202e" * 2000)) == {}
    assert figures(page("charts", days="x", made="<b>"))["Takes"] == "1"


def test_whoever_has_signed_in_finds_their_name_and_nobody_elses(shared: Services) -> None:
    app = page("charts", ANN)
    [job] = ask(shared)
    shared.store._engine.dispose()
    with shared.store._engine.begin() as connection:
        connection.exec_driver_sql("update job set owner = ?", (app.session_state["owner"],))
    shared.store.sorting.star([job.id], True)
    assert "You (ann@example.com)" in raw_html(page("charts", ANN))
    assert "ann@example.com" not in raw_html(page("charts", ANN | {"sub": "bob", "email": "bob@example.com"}))


def test_the_disk_shows_the_largest_first_and_deletes_into_the_bin_with_undo(shared: Services) -> None:
    small, large = ready(shared, "small", size=2_000_000), ready(shared, "large", size=7_000_000)
    app = page("disk")
    assert figures(app)["Takes"] == "9.0 MB"
    deletes = [key for button in app.button if (key := button.key or "").endswith("-delete")]
    assert deletes == [f"{large}-delete", f"{small}-delete"]
    press(app, f"{large}-delete")
    assert shared.store.bin.ids() == [large]
    assert figures(app) | {"Free": ""} == {"Takes": "2.0 MB", "Bin": "7.0 MB", "Free": ""}
    [undo] = [key for key in keys(app) if key.startswith("undo-")]
    press(app, undo)
    assert figures(app)["Bin"] == "0 bytes"
    assert "One take is back." in "".join(box.value for box in app.success)


def test_the_bin_is_emptied_from_the_disk_when_that_is_confirmed(shared: Services) -> None:
    gone, kept = ready(shared, size=5_000_000), ready(shared)
    shared.store.sorting.bin([gone], 0)
    app = page("disk", bin="yes")
    press(app, "disk-empty")
    confirm(app, "disk-empty", "empty-confirmed")
    assert shared.store.get(gone) is None
    assert shared.store.get(kept) is not None
    assert figures(app)["Bin"] == "0 bytes"
