import json
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.catalog.spec import ModelSpec, OnlyWith, Role
from components.form.desk import has_storyboard
from components.jobs.job import Destination, State
from components.services import Services
from components.storyboard.shapes import shape_of
from components.storyboard.storyboard import board_from
from tests.need import ROOT

SHELL = str(ROOT / "components" / "shell.py")


def studio(**query: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=20)
    for name, value in query.items():
        app.query_params[name] = value
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    """A page never shows a traceback."""
    assert not app.exception, app.exception
    return app


def base(app: AppTest) -> str:
    desk = app.session_state["desk"]
    return f"{desk.model}|{desk.edition}"


def spec_of(app: AppTest, shared: Services) -> ModelSpec:
    spec = shared.catalog.find(app.session_state["desk"].model)
    assert spec is not None
    return spec


def write(app: AppTest, shared: Services, text: str) -> AppTest:
    prompt = spec_of(app, shared).by_role(Role.PROMPT)
    assert prompt is not None
    app.session_state[f"{base(app)}|{prompt.name}:text"] = text
    return sound(app.run())


def press(app: AppTest) -> AppTest:
    return sound(app.button(key="generate").click().run())


def bodies(shared: Services) -> list[dict[str, Any]]:
    return [job.order.body for job in reversed(shared.store.page().jobs)]


def said(app: AppTest) -> str:
    """Every sentence on the page, as it is read: without the backslashes that keep Markdown out."""
    kinds = (app.markdown, app.warning, app.error, app.caption)
    return " ".join(element.value for kind in kinds for element in kind).replace("\\", "")


def test_an_empty_studio_reproaches_nobody(shared: Services) -> None:
    app = studio()
    assert ":red[" not in said(app)
    assert not bodies(shared)


def pick(app: AppTest, model: str) -> None:
    """Chooses a model in the picker."""
    app.run()  # a run of the desk alone leaves the rest of the page out
    sound(app.button(key="change-model").click().run())
    sound(app.button(key=f"choose|{model}").click().run())


@pytest.mark.parametrize("number", range(5))
def test_each_model_can_be_chosen_and_asked_with_nothing_but_a_prompt(shared: Services, number: int) -> None:
    model = shared.catalog.models[number]
    app = studio()
    pick(app, model.id)
    press(write(app, shared, "A white raccoon"))
    assert bodies(shared) == [{"model": model.id, "prompt": "A white raccoon"}]
    job = shared.store.page().jobs[0]
    assert job.state is State.WAITING
    assert job.order.path == model.path
    assert job.order.destination is Destination.SANDBOX


def test_the_order_of_the_takes_is_one_click_each(shared: Services) -> None:
    app = write(studio(), shared, "one")
    app.segmented_control(key="takes").select(3)
    press(app)
    assert len(bodies(shared)) == 3


def test_a_double_click_is_one_click(shared: Services) -> None:
    app = write(studio(), shared, "once")
    press(app)
    press(app)
    assert len(bodies(shared)) == 1


def test_a_later_click_asks_again(shared: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    app = press(write(studio(), shared, "twice"))
    asked, _ = app.session_state["asked"]
    app.session_state["asked"] = (asked, time.time() - 5)
    press(app)
    assert len(bodies(shared)) == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "prompt"), ("  \n ", "prompt"), ("a\x00b", "NUL"), ("x" * 10_000, "10,000")],
)
def test_bad_input_gets_a_sentence_and_nothing_is_sent_or_lost(
    shared: Services, text: str, sentence: str
) -> None:
    limited = next(m for m in shared.catalog.models if getattr(m.by_role(Role.PROMPT), "max_length", None))
    app = studio(model=limited.id)
    press(write(app, shared, text))
    assert ":red[" in said(app)
    assert sentence.lower() in said(app).lower()
    assert not bodies(shared)
    prompt = limited.by_role(Role.PROMPT)
    assert prompt is not None
    assert app.session_state["desk"].draft(limited).values[prompt.name] == text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "**bold** [x](y)", "שלום עולם", "🦝 raccoon", "$1 and $2"]
)
def test_text_of_any_kind_is_sent_as_typed(shared: Services, text: str) -> None:
    press(write(studio(), shared, text))
    assert bodies(shared)[0]["prompt"] == text


def test_settings_that_nobody_changed_are_not_sent_and_changed_ones_are(shared: Services) -> None:
    model = next(m for m in shared.catalog.models if not has_storyboard(m))
    app = write(studio(model=model.id), shared, "p")
    ratio = model.by_role(Role.ASPECT_RATIO)
    assert ratio is not None
    app.segmented_control(key=f"{base(app)}|{ratio.name}").select("9:16")
    press(app)
    assert bodies(shared) == [{"model": model.id, "prompt": "p", ratio.name: "9:16"}]


def test_a_setting_without_a_default_is_not_set_until_somebody_chooses(shared: Services) -> None:
    model = next(
        m
        for m in shared.catalog.models
        if (r := m.by_role(Role.ASPECT_RATIO)) is not None and r.default is None
    )
    ratio = model.by_role(Role.ASPECT_RATIO)
    assert ratio is not None
    app = studio(model=model.id)
    field = app.segmented_control(key=f"{base(app)}|{ratio.name}")
    assert field.options[0] == "Not set"
    assert len(field.options) == 4


def board_models(shared: Services) -> list[ModelSpec]:
    return [model for model in shared.catalog.models if has_storyboard(model)]


def storyboard(app: AppTest, *rows: tuple[str, int]) -> AppTest:
    """In storyboard mode, with these shots in the editor."""
    app.segmented_control(key=f"{base(app)}|storyboard").select(True).run()
    app.session_state["storyboard:board"] = board_from(rows)
    return sound(app.run())


def test_shots_are_sent_with_their_lengths_and_without_the_prompt_that_is_kept(shared: Services) -> None:
    sent = []
    for model in board_models(shared):
        app = write(studio(model=model.id), shared, "kept")
        press(storyboard(app, ("one", 3), ("two", 4)))
        body = bodies(shared)[-1]
        shape = shape_of(model)
        assert shape is not None
        assert shape.total is not None
        assert body.keys() == {"model", shape.parameter.name, shape.total.name}
        assert body[shape.total.name] == 7
        sent.append(body[shape.parameter.name])
        assert app.session_state["desk"].draft(model).values["prompt"] == "kept"
        board = shared.store.page().jobs[0].order.board
        assert board is not None
        assert [shot["seconds"] for shot in board["shots"]] == [3, 4]
    assert sent == [
        ["one, 3 seconds.", "two, 4 seconds."],
        [{"prompt": "one", "duration": 3}, {"prompt": "two", "duration": 4}],
    ]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ((("", 5),), "Plan at least one shot"),
        ((("one", 5), (" ", 5)), "Shot 2 has no text yet"),
        ((("one", 2),), "add up to 2 s; this model makes 3 to 15 s"),
        ((("one", 9), ("two", 9)), "add up to 18 s"),
        ((("x" * 3073, 5),), "3,073"),
        (tuple(("one", 1) for _ in range(7)), "the limit is 6"),
    ],
)
def test_a_board_that_cannot_be_sent_gets_a_sentence_and_keeps_everything(
    shared: Services, rows: tuple[tuple[str, int], ...], sentence: str
) -> None:
    model = next(m for m in board_models(shared) if (s := shape_of(m)) and not s.is_text_only)
    app = press(storyboard(studio(model=model.id), *rows))
    assert sentence in said(app)  # beside Generate
    [editor] = [e for e in app.get("bidi_component") if e.proto.component_name == "storyboard_editor"]
    assert sentence in str(json.loads(editor.proto.json)["problems"])
    assert not bodies(shared)
    assert app.session_state["desk"].draft(model).plan.rows == rows


def test_a_board_goes_along_to_another_model_and_what_is_over_its_limits_is_shown_not_cut(
    shared: Services,
) -> None:
    free, limited = board_models(shared)
    rows = tuple((f"shot {n}", 2) for n in range(8))
    app = storyboard(studio(model=free.id), *rows)
    pick(app, limited.id)
    assert app.session_state["desk"].draft(limited).plan.rows == rows
    assert "There are 8 shots, and the limit is 6." in said(press(app))
    pick(app, free.id)
    assert app.session_state["desk"].draft(free).plan.rows == rows


def test_a_board_is_there_in_a_new_session_of_the_same_person(shared: Services) -> None:
    model = board_models(shared)[0]
    app = storyboard(studio(model=model.id), ("one", 3), ("two", 4))
    again = AppTest.from_file(SHELL, default_timeout=20)
    again.session_state["owner"] = app.session_state["owner"]
    desk = sound(again.run()).session_state["desk"]
    assert desk.draft(model).plan.rows == (("one", 3), ("two", 4))
    assert desk.draft(model).storyboard


def test_what_goes_with_shots_only_is_offered_with_the_board_and_says_what_it_means(shared: Services) -> None:
    model = next(m for m in board_models(shared) if any(isinstance(r, OnlyWith) for r in m.rules))
    rule = next(r for r in model.rules if isinstance(r, OnlyWith))
    app = studio(model=model.id)
    assert not [c for c in app.segmented_control if c.key and c.key.endswith(rule.name)]
    storyboard(app, ("one", 3), ("two", 4))
    choice = app.segmented_control(key=f"{base(app)}|{rule.name}")
    sound(choice.select("intelligent").run())
    assert "The model chooses the cuts; the seconds of the shots are wishes." in said(app)
    press(app)
    assert bodies(shared)[0][rule.name] == "intelligent"


def test_a_default_that_somebody_chose_is_sent(shared: Services) -> None:
    model = next(
        m for m in shared.catalog.models if (r := m.by_role(Role.ASPECT_RATIO)) is not None and r.default
    )
    ratio = model.by_role(Role.ASPECT_RATIO)
    assert ratio is not None
    app = write(studio(model=model.id), shared, "p")
    key = f"{base(app)}|{ratio.name}"
    app.segmented_control(key=key).select("9:16").run()
    app.segmented_control(key=key).select(ratio.default).run()
    press(app)
    assert bodies(shared) == [{"model": model.id, "prompt": "p", ratio.name: ratio.default}]


def test_a_link_chooses_a_model_and_an_unknown_one_gets_a_sentence(shared: Services) -> None:
    last = shared.catalog.models[-1]
    assert studio(model=last.id).session_state["desk"].model == last.id
    app = studio(model="no/such/model")
    assert "does not know the model" in said(app)
    assert "does not know the model" in said(sound(app.run()))
    assert app.button(key="generate")


def test_what_was_typed_is_there_in_a_new_session_of_the_same_person(shared: Services) -> None:
    app = write(studio(), shared, "half a sentence about a fox")
    again = AppTest.from_file(SHELL, default_timeout=20)
    again.session_state["owner"] = app.session_state["owner"]
    sound(again.run())
    prompt = spec_of(again, shared).by_role(Role.PROMPT)
    assert prompt is not None
    desk = again.session_state["desk"]
    assert desk.draft(spec_of(again, shared)).values[prompt.name] == "half a sentence about a fox"


def test_somebody_else_sees_none_of_it(shared: Services) -> None:
    write(studio(), shared, "private")
    other = studio()
    assert "private" not in json.dumps(other.session_state["desk"].drafts)


def test_switching_models_and_back_loses_nothing(shared: Services) -> None:
    app = write(studio(), shared, "a prompt")
    before = app.session_state["desk"].model
    for model in (*shared.catalog.models, shared.catalog.find(before)):
        assert model is not None
        pick(app, model.id)
        prompt = model.by_role(Role.PROMPT)
        assert prompt is not None
        assert app.session_state["desk"].draft(model).values[prompt.name] == "a prompt"


def test_the_sandbox_is_never_mistaken_for_the_real_thing(shared: Services) -> None:
    assert any("Sandbox: previews, no AI, no cost" in element.value for element in studio().markdown)


def test_with_a_key_the_takes_go_to_the_provider_and_the_badge_says_what_that_means(
    with_key: Services,
) -> None:
    app = press(write(studio(), with_key, "a fox"))
    job = with_key.store.page().jobs[0]
    assert job.order.destination is Destination.LIVE
    assert job.order.base_url == "http://127.0.0.1:9"
    assert "real videos, real cost" in said(app)
    assert "price list has not been read yet" in said(app)
    with_key.catalog.set_list(Destination.LIVE, [])
    assert "publishes no price" in said(sound(app.run()))


def test_with_a_key_the_sandbox_can_still_be_chosen_and_the_badge_follows(with_key: Services) -> None:
    app = write(studio(), with_key, "a fox")
    app.segmented_control(key="destination").select(Destination.SANDBOX)
    app = press(sound(app.run()))
    assert with_key.store.page().jobs[0].order.destination is Destination.SANDBOX
    assert "Sandbox: previews, no AI, no cost" in said(app)
    assert "real cost" not in said(app)


def test_the_key_is_nowhere_on_the_page_or_in_the_data_folder(with_key: Services) -> None:
    app = press(write(studio(), with_key, "a fox"))
    assert "sk-secret" not in "".join(str(element) for element in app)
    for file in with_key.settings.data.rglob("*"):
        assert file.is_dir() or b"sk-secret" not in file.read_bytes()


def test_a_price_says_how_it_comes_about_in_words_and_that_it_is_pretend(shared: Services) -> None:
    model = next(m for m in shared.catalog.models if m.by_role(Role.SOUND) is not None)
    sound_setting = model.by_role(Role.SOUND)
    assert sound_setting is not None
    rate = {"when": {sound_setting.name: True}, "price": 0.2, "unit": "second", "per": 1}
    pricing = {"kind": "variants", "dimensions": [sound_setting.name], "variants": [rate]}
    shared.catalog.set_list(Destination.SANDBOX, [{"id": model.id, "pricing": pricing}])
    words = said(studio(model=model.id))
    assert "1.00" in words
    assert "pretend price" in words
    assert "5 s × $0.20 with sound" in words


def test_a_default_of_one_model_is_no_choice_under_another(shared: Services) -> None:
    ratios = {m: m.by_role(Role.ASPECT_RATIO) for m in shared.catalog.models}
    with_default = next(m for m, ratio in ratios.items() if ratio is not None and ratio.default is not None)
    without = next(m for m, ratio in ratios.items() if ratio is not None and ratio.default is None)
    app = write(studio(model=with_default.id), shared, "a fox")
    owner = app.session_state["owner"]
    again = AppTest.from_file(SHELL, default_timeout=20)
    again.session_state["owner"] = owner
    again.query_params["model"] = without.id
    press(sound(again.run()))
    assert bodies(shared) == [{"model": without.id, "prompt": "a fox"}]


def test_a_choice_of_the_provider_is_forgotten_when_the_key_is_gone(shared: Services) -> None:
    app = AppTest.from_file(SHELL, default_timeout=20)
    app.session_state["owner"] = "somebody"
    choices = {"model": shared.catalog.models[0].id, "takes": 1, "destination": "live"}
    shared.store.drafts.save("somebody", "choices", choices, 1.0)
    press(write(sound(app.run()), shared, "a fox"))
    assert shared.store.page().jobs[0].order.destination is Destination.SANDBOX
    assert "Sandbox: previews, no AI, no cost" in said(app)


def test_a_starter_fills_the_prompt_once_and_does_not_come_back(shared: Services) -> None:
    app = studio()
    pills = app.get("button_group")
    key = f"{base(app)}|starter"
    assert any(pill.key == key for pill in pills)
    app.pills(key=key).select("Paper city")
    sound(app.run())
    prompt = spec_of(app, shared).by_role(Role.PROMPT)
    assert prompt is not None
    text = app.session_state[f"{base(app)}|{prompt.name}:text"]
    assert "folded paper" in text
    app.session_state[f"{base(app)}|{prompt.name}:text"] = ""
    sound(app.run())
    assert app.session_state[f"{base(app)}|{prompt.name}:text"] == ""
