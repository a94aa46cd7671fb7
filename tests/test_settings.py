import logging
import re
from pathlib import Path

import pytest

from components.settings import VARIABLES, Settings, SettingsError, read_settings
from tests.need import ROOT

KEY = "sk-secret-0123456789"
NO_FILE = Path("/nonexistent/secrets.toml")


def test_without_anything_set_there_is_no_key_and_the_usual_folder() -> None:
    settings = read_settings({}, NO_FILE)
    assert settings.api_key is None
    assert settings.data == Path.home() / ".local/share/video-playground"
    assert settings.base_url == "https://api.aimlapi.com"


@pytest.mark.parametrize(
    ("variable", "given", "field", "read"),
    [
        ("PLAYGROUND_DATA", "/somewhere", "data", Path("/somewhere")),
        ("PLAYGROUND_DATA", "~/takes", "data", Path.home() / "takes"),
        ("AIMLAPI_BASE_URL", "https://example.com/v2/", "base_url", "https://example.com"),
        ("AIMLAPI_BASE_URL", "http://127.0.0.1:8796", "base_url", "http://127.0.0.1:8796"),
        ("PLAYGROUND_SANDBOX_URL", "http://127.0.0.1:8796/", "sandbox_url", "http://127.0.0.1:8796"),
        ("PLAYGROUND_SANDBOX_PORT", "0", "sandbox_port", 0),
        ("PLAYGROUND_SANDBOX_SECONDS", "0.5", "sandbox_seconds", 0.5),
        ("PLAYGROUND_IN_FLIGHT", "3", "in_flight", 3),
        ("PLAYGROUND_MAX_VIDEO_BYTES", "5000000", "max_video_bytes", 5_000_000),
        ("PLAYGROUND_GIVE_UP_MINUTES", "30", "give_up_minutes", 30.0),
        ("PLAYGROUND_BIN_DAYS", "0", "bin_days", 0.0),
        ("PLAYGROUND_BIN_DAYS", "7.5", "bin_days", 7.5),
        ("PLAYGROUND_IN_FLIGHT", "  ", "in_flight", Settings().in_flight),
    ],
)
def test_a_variable_is_read(variable: str, given: str, field: str, read: object) -> None:
    assert getattr(read_settings({variable: given}, NO_FILE), field) == read


@pytest.mark.parametrize(
    ("variable", "given"),
    [
        ("AIMLAPI_BASE_URL", "api.example.com"),
        ("AIMLAPI_BASE_URL", "ftp://example.com"),
        ("AIMLAPI_BASE_URL", "https://user:pass@example.com"),
        ("AIMLAPI_BASE_URL", "https://:pass@example.com"),
        ("AIMLAPI_BASE_URL", "https://@example.com"),
        ("AIMLAPI_BASE_URL", "https://example.com#pass"),
        ("AIMLAPI_BASE_URL", "https://example.com?key=pass"),
        ("AIMLAPI_BASE_URL", "https://example.com?"),
        ("AIMLAPI_BASE_URL", "https://example.com:70000"),
        ("AIMLAPI_BASE_URL", "https://example.com:pass"),
        ("AIMLAPI_BASE_URL", "https://[pass]"),
        ("AIMLAPI_BASE_URL", "https://[pass"),
        ("AIMLAPI_BASE_URL", "https://pass\u2100example.com"),
        ("AIMLAPI_BASE_URL", "https://exam ple.com/pass"),
        ("AIMLAPI_BASE_URL", "https://exam\nple.com/pass"),
        ("AIMLAPI_BASE_URL", "https://example.com\\pass"),
        ("PLAYGROUND_SANDBOX_URL", "http://:pass@127.0.0.1:8796"),
        ("PLAYGROUND_DATA", "~nobody-has-this-name/takes"),
        ("PLAYGROUND_SANDBOX_PORT", "70000"),
        ("PLAYGROUND_IN_FLIGHT", "0"),
        ("PLAYGROUND_IN_FLIGHT", "many"),
        ("PLAYGROUND_GIVE_UP_MINUTES", "-1"),
        ("PLAYGROUND_MAX_VIDEO_BYTES", "ten"),
        ("PLAYGROUND_BIN_DAYS", "-1"),
        ("PLAYGROUND_BIN_DAYS", "nan"),
        ("PLAYGROUND_BIN_DAYS", "inf"),
        ("PLAYGROUND_BIN_DAYS", "100000"),
    ],
)
def test_what_cannot_be_is_refused_by_name(variable: str, given: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable} .*\\.$") as caught:
        read_settings({variable: given}, NO_FILE)
    assert "pass" not in str(caught.value)


@pytest.mark.parametrize(
    "given", ["<YOUR_AIMLAPI_KEY>", "YOUR_AIMLAPI_KEY", " <my key> ", "two words", "kéy"]
)
def test_a_pasted_placeholder_or_a_broken_key_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"AIMLAPI_KEY": given}, NO_FILE)
    assert "AIMLAPI_KEY" in str(caught.value)
    assert given.strip() not in str(caught.value).replace("AIMLAPI_KEY", "")
    assert caught.value.__cause__ is None


def test_the_key_comes_from_the_secrets_file_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text(f'AIMLAPI_KEY = "{KEY}"\n')
    from_file = read_settings({}, file).api_key
    assert from_file is not None
    assert from_file.get_secret_value() == KEY
    from_environment = read_settings({"AIMLAPI_KEY": "other"}, file).api_key
    assert from_environment is not None
    assert from_environment.get_secret_value() == "other"


@pytest.mark.parametrize("content", [b"not toml at all", b"\xff\xfe", b'AIMLAPI_KEY = "x'])
def test_a_broken_secrets_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secrets.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"secrets\.toml"):
        read_settings({}, file)


def test_the_key_shows_in_no_text_of_the_settings(caplog: pytest.LogCaptureFixture) -> None:
    settings = read_settings({"AIMLAPI_KEY": KEY}, NO_FILE)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("anyone").info("%s %r", settings, settings)
    assert KEY not in caplog.text
    assert KEY not in settings.model_dump_json()


def test_every_setting_is_in_the_readme_and_none_other() -> None:
    readme = (ROOT / "README.md").read_text()
    documented = set(re.findall(r"^\| `((?:PLAYGROUND|AIMLAPI)_[A-Z_]+)` \|", readme, re.MULTILINE))
    assert documented == set(VARIABLES.values())
    assert set(VARIABLES) == set(Settings.model_fields)
