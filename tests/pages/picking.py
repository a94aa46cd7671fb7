"""Choosing a model in page tests, as a person does: open the list, look for it, press its card."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.playing import sound


def open_list(app: AppTest) -> AppTest:
    """Opens the list of models."""
    return sound(app.button(key="change-model").click().run())


def look_for(app: AppTest, words: str) -> AppTest:
    """Types into the search field."""
    return sound(app.text_input(key="models-search").set_value(words).run())


def choose_model(app: AppTest, model: str) -> AppTest:
    """Chooses the model of this id."""
    look_for(open_list(app), model)
    return sound(app.button(key=f"choose|{model}").click().run())


def cards(app: AppTest) -> list[str]:
    """The ids of the models whose cards are shown, in their order."""
    keys = [button.key for button in app.button if button.key and button.key.startswith("choose|")]
    return [key.removeprefix("choose|") for key in keys]
