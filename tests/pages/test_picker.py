from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.catalog.catalog import Catalog
from components.picker.browsing import DOZEN
from components.services import Services
from tests.pages.picking import cards, choose_model, look_for, open_list
from tests.pages.playing import SHELL, keys, raw_html, said, sound

HOSTILE = "<b onclick=alert(1)>*Bold* [x](javascript:1) $1$ :red[no]</b>"


def row(model: str, name: str = "", **info: Any) -> dict[str, Any]:
    """A row of the provider's list."""
    return {
        "id": model,
        "type": "internal/video-generations/submit",
        "info": {"name": name or model, **info},
        "pricing": {
            "kind": "fixed",
            "units": [{"name": "output", "measure": "second", "price": 0.25, "per": 1}],
        },
    }


def studio(**query: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return sound(app.run())


def chosen(app: AppTest) -> str:
    """The id of the model that is on the desk."""
    return str(app.session_state["desk"].model)


def many(catalog: Catalog, count: int = 30) -> list[str]:
    """Puts more models into the list; their ids."""
    base = catalog.models[-1]
    ids = [f"maker/model-{n}" for n in range(count)]
    catalog.set_list("sandbox", [row(each, f"Model {n}", developer="Delta") for n, each in enumerate(ids)])
    catalog.learn({each: replace(base, id=each, name=each, aliases=()) for each in ids})
    return ids


def test_a_model_is_chosen_from_the_list_which_closes(shared: Services) -> None:
    app = studio()
    first, *_, last = shared.catalog.models
    assert chosen(app) == first.id
    assert "models-search" not in {each.key for each in app.text_input}
    choose_model(app, last.id)
    assert chosen(app) == last.id
    assert cards(app) == []
    assert last.name in said(app).replace("\\", "")


def test_choosing_the_same_model_closes_the_list_and_keeps_the_draft(shared: Services) -> None:
    app = studio()
    edition = app.session_state["desk"].edition
    choose_model(app, shared.catalog.models[0].id)
    assert app.session_state["desk"].edition == edition
    assert cards(app) == []


def test_a_dozen_is_shown_and_the_rest_comes_by_request_or_by_searching(shared: Services) -> None:
    ids = many(shared.catalog)
    app = open_list(studio())
    assert len(cards(app)) == DOZEN
    sound(app.button(key="models-more").click().run())
    assert len(cards(app)) == 2 * DOZEN
    look_for(app, "delta 17")
    assert cards(app) == [ids[17]]
    assert "1 of 35 models" in said(app)
    look_for(app, "")
    assert len(cards(app)) == DOZEN


def test_filters_and_order_change_what_is_shown(shared: Services) -> None:
    many(shared.catalog)
    app = open_list(studio())
    sound(app.button_group(key="models-able").set_value(["with a storyboard"]).run())
    with_storyboard = cards(app)
    assert 0 < len(with_storyboard) < DOZEN
    sound(app.button_group(key="models-able").set_value([]).run())
    sound(app.button_group(key="models-sort").set_value("price").run())
    assert cards(app)[0].startswith("maker/")  # the only ones with a price
    # The length has its list in a fold, and is in force with the fold closed too.
    app.session_state["models-limits"] = True
    sound(app.run())
    longest = app.selectbox(key="models-seconds").options[-1]
    sound(app.selectbox(key="models-seconds").select(longest).run())
    assert set(cards(app)) == {spec.id for spec in shared.catalog.models if spec.id in with_storyboard}


def test_where_nothing_is_found_one_press_drops_what_is_in_the_way(shared: Services) -> None:
    many(shared.catalog)
    app = look_for(open_list(studio()), "delta")
    sound(app.button_group(key="models-able").set_value(["with sound"]).run())
    assert cards(app) == []
    assert "No model is like this" in said(app)
    assert {"drop|query", "drop|sound", "models-all"} <= keys(app)
    sound(app.button(key="drop|sound").click().run())
    assert len(cards(app)) == DOZEN
    assert app.text_input(key="models-search").value == "delta"
    look_for(app, "nobody")
    sound(app.button(key="models-all").click().run())
    assert len(cards(app)) == DOZEN
    assert app.text_input(key="models-search").value == ""


def test_up_to_four_models_stand_side_by_side(shared: Services) -> None:
    many(shared.catalog)
    app = look_for(open_list(studio()), "delta")
    ids = cards(app)
    sound(app.toggle(key="models-comparing").set_value(True).run())
    for model in ids[:4]:
        sound(app.checkbox(key=f"compare|{model}").check().run())
    assert raw_html(app).count('<th scope="col"') == 4
    assert app.checkbox(key=f"compare|{ids[4]}").disabled
    sound(app.checkbox(key=f"compare|{ids[0]}").uncheck().run())
    assert raw_html(app).count('<th scope="col"') == 3
    look_for(app, "nobody")  # what was ticked stays where it is not in sight
    assert raw_html(app).count('<th scope="col"') == 3
    sound(app.button(key=f"choose-compared|{ids[2]}").click().run())
    assert chosen(app) == ids[2]


def test_a_model_that_cannot_be_read_says_why_and_cannot_be_chosen(shared: Services) -> None:
    shared.catalog.set_list("sandbox", [row("maker/broken", "Broken")])
    shared.catalog.distrust("maker/broken", "Its document has no address for videos.")
    app = open_list(studio())
    assert cards(app)[-1] == "maker/broken"
    assert app.button(key="choose|maker/broken").disabled
    assert "Not usable: Its document has no address for videos" in said(app).replace("\\", "")


def test_a_model_without_a_form_is_chosen_once_its_form_is_there(shared: Services) -> None:
    shared.catalog.set_list("sandbox", [row("maker/late", "Late")])
    app = choose_model(studio(), "maker/late")
    before = chosen(app)
    assert shared.catalog.wanted() == ("maker/late",)
    assert "Reading the form of Late" in said(app)
    sound(app.run())
    assert chosen(app) == before
    shared.catalog.learn({"maker/late": replace(shared.catalog.models[-1], id="maker/late")})
    sound(app.run())
    assert chosen(app) == "maker/late"
    assert "Reading the form" not in said(app)


def test_a_form_that_cannot_be_read_after_all_says_why(shared: Services) -> None:
    shared.catalog.set_list("sandbox", [row("maker/late", "Late")])
    app = choose_model(studio(), "maker/late")
    shared.catalog.distrust("maker/late", "Its document is not one.")
    sound(app.run())
    assert "Late: Not usable: Its document is not one" in said(app).replace("\\", "")
    assert "Reading the form" not in said(app)


def test_waiting_for_a_form_can_be_given_up(shared: Services) -> None:
    shared.catalog.set_list("sandbox", [row("maker/late", "Late")])
    app = choose_model(studio(), "maker/late")
    sound(app.button(key="models|do-not-wait").click().run())
    shared.catalog.learn({"maker/late": replace(shared.catalog.models[-1], id="maker/late")})
    sound(app.run())
    assert chosen(app) == shared.catalog.models[0].id


def test_a_link_leads_to_a_model_whether_its_form_is_read_or_not(shared: Services) -> None:
    shared.catalog.set_list("sandbox", [row("maker/late", "Late")])
    app = studio(model=shared.catalog.models[2].id)
    assert chosen(app) == shared.catalog.models[2].id
    assert f"(?model={shared.catalog.models[2].id.replace('/', '%2F')})" in said(app)
    assert "Reading the form of Late" in said(studio(model="maker/late"))
    assert "does not know the model “nobody" in said(studio(model="nobody's"))


def test_names_from_outside_are_shown_as_they_are(shared: Services) -> None:
    shared.catalog.set_list("sandbox", [row("maker/x", HOSTILE, developer=HOSTILE, description=HOSTILE)])
    shared.catalog.learn({"maker/x": replace(shared.catalog.models[-1], id="maker/x", name=HOSTILE)})
    app = look_for(open_list(studio()), "bold")
    assert cards(app) == ["maker/x"]
    sound(app.toggle(key="models-comparing").set_value(True).run())
    sound(app.checkbox(key="compare|maker/x").check().run())
    sound(app.button(key="choose|maker/x").click().run())
    shown = said(app) + "".join(button.label for button in app.button)
    assert "<b" not in shown.replace("\\<b", "")
    assert "<b" not in raw_html(app)


def document(shared: Services, model: str) -> dict[str, Any]:
    """A document that a person may bring."""
    brought = copy.deepcopy(shared.catalog.models[-1].document)
    brought["info"]["x-model"] |= {"id": model, "name": "My own", "aliases": []}
    for path in brought["paths"].values():
        schema = path["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema["properties"]["model"]["enum"] = [model]
    return brought


def bring(app: AppTest, text: str) -> AppTest:
    """Pastes a document and presses the button."""
    app.session_state["bring"] = True
    sound(app.run())
    [field] = [area for area in app.text_area if (area.key or "").startswith("bring-pasted")]
    field.set_value(text)
    return sound(app.button(key="bring-add").click().run())


def test_a_model_is_added_chosen_and_removed_again(shared: Services) -> None:
    app = bring(open_list(studio()), json.dumps(document(shared, "my/own")))
    assert [each.value for each in app.success] == ["My own is in the list now."]
    assert [area.value for area in app.text_area if (area.key or "").startswith("bring-pasted")] == [""]
    assert shared.catalog.entry("my/own") is not None
    sound(app.button(key="bring-choose").click().run())
    assert chosen(app) == "my/own"
    look_for(open_list(app), "own")
    assert "Added here" in said(app)
    sound(app.button(key="remove|my/own").click().run())
    sound(app.button(key="remove-not|my/own").click().run())
    assert shared.catalog.entry("my/own") is not None
    sound(app.button(key="remove|my/own").click().run())
    sound(app.button(key="remove-now|my/own").click().run())
    assert shared.catalog.entry("my/own") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Choose a file or paste a document first"),
        ("openapi: 3.0.0", "convert it to JSON"),
        ("[]", "not an OpenAPI document"),
        ("{}", ""),
    ],
)
def test_what_no_model_can_be_made_of_is_refused_with_a_sentence(
    shared: Services, text: str, sentence: str
) -> None:
    before = shared.catalog.entries
    app = bring(open_list(studio()), text)
    assert len(app.error) == 1
    assert sentence in app.error[0].value.replace("\\", "")
    assert shared.catalog.entries == before
