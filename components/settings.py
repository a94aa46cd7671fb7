"""Environment and secrets, read and checked once.

Every setting stands in the README's table; a test compares the two.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

ROOT = Path(__file__).resolve().parent.parent
SECRETS_FILE = ROOT / ".streamlit" / "secrets.toml"

# The environment variable behind each field.
VARIABLES = {
    "api_key": "AIMLAPI_KEY",
    "base_url": "AIMLAPI_BASE_URL",
    "data": "PLAYGROUND_DATA",
    "sandbox_url": "PLAYGROUND_SANDBOX_URL",
    "sandbox_port": "PLAYGROUND_SANDBOX_PORT",
    "sandbox_seconds": "PLAYGROUND_SANDBOX_SECONDS",
    "in_flight": "PLAYGROUND_IN_FLIGHT",
    "max_video_bytes": "PLAYGROUND_MAX_VIDEO_BYTES",
    "give_up_minutes": "PLAYGROUND_GIVE_UP_MINUTES",
    "bin_days": "PLAYGROUND_BIN_DAYS",
}


class SettingsError(Exception):
    """The environment asks for something impossible. The text is a sentence for the administrator."""


class Settings(BaseModel):
    """What an administrator can set. Immutable; read once at start."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    api_key: SecretStr | None = None
    """The AI/ML API key. Without one only the sandbox can be used."""
    base_url: str = "https://api.aimlapi.com"
    """Origin of the provider's API, without `/v2`."""
    data: Path = Path("~/.local/share/video-playground")
    """The one folder that the program writes to."""
    sandbox_url: str | None = None
    """Origin of a sandbox that runs on its own; without it, one runs inside the app."""
    sandbox_port: Annotated[int, Field(ge=0, le=65535)] = 8796
    """The port that the built-in sandbox tries first; it takes a free one where this is taken."""
    sandbox_seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    """Seconds from create to completed in the built-in sandbox; `None`: a few seconds."""
    in_flight: Annotated[int, Field(ge=1, le=32)] = 8
    """How many takes may be with the provider at once; the rest wait here."""
    max_video_bytes: Annotated[int, Field(ge=1_000)] = 2_000_000_000
    """The largest video that is downloaded, in bytes."""
    give_up_minutes: Annotated[float, Field(gt=0)] = 120
    """After so long without a result a take is no longer followed, and says so."""
    bin_days: Annotated[float, Field(ge=0, le=36_500)] = 30
    """How many days what was deleted stays in the bin; then its files go, too, within a day."""

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        try:
            return value.expanduser().absolute()
        except RuntimeError:  # the home of nobody
            raise ValueError("names a home that does not exist") from None

    @field_validator("base_url", "sandbox_url")
    @classmethod
    def _origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        value = value.strip()
        try:
            parts = urlsplit(value)
            # A port is only read, and refused, when it is asked for.
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # its text may hold the value, and the value a password
            usable = False
        # The address is shown to people: it has nothing in it but where something is.
        if not usable or "@" in parts.netloc or not value.isprintable() or set(value) & set(" ?#\\"):
            raise ValueError("must be an address such as https://api.example.com")
        return value.rstrip("/").removesuffix("/v2").removesuffix("/v1")

    @field_validator("api_key")
    @classmethod
    def _real_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        key = value.get_secret_value().strip()
        if key.startswith("<") or key.upper().strip("<>") == "YOUR_AIMLAPI_KEY":
            raise ValueError("is still the placeholder from the documentation; put your own key there")
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("has characters that no key has; copy it again")
        return SecretStr(key)


def read_settings(
    environment: Mapping[str, str] | None = None, secrets_file: Path = SECRETS_FILE
) -> Settings:
    """Settings from the environment, and the key from `.streamlit/secrets.toml` where the environment has none.

    Raises SettingsError with a sentence that names the variable and never its value.
    """
    environment = os.environ if environment is None else environment
    given: dict[str, object] = {
        field: environment[variable]
        for field, variable in VARIABLES.items()
        if environment.get(variable, "").strip()
    }
    if "api_key" not in given and (key := _key_from(secrets_file)):
        given["api_key"] = key
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        variable = VARIABLES[str(first["loc"][0])]
        reason = first["msg"].removeprefix("Value error, ")
        # `from None`: pydantic's own text may hold the input, and the input may be the key.
        raise SettingsError(f"{variable} {reason[:1].lower()}{reason[1:]}.") from None


def _key_from(secrets_file: Path) -> str | None:
    try:
        secrets = tomllib.loads(secrets_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise SettingsError(f"{secrets_file.name} cannot be read; it must be a TOML file.") from None
    value = secrets.get("AIMLAPI_KEY")
    return value if isinstance(value, str) else None
