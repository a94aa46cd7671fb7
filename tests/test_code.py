"""The code keeps its own rules: types, style, floors."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.need import ROOT

COMPONENTS = ROOT / "components"
SOURCES = sorted([ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *COMPONENTS.rglob("*.py")])

# What may show something on a screen. Everything else runs and is tested without Streamlit.
SCREENS = re.compile(
    r"app\.py|pages/.*|components/(shell|server)\.py|components/gallery/.*"
    r"|components/picker/(picker|browsing|filtering|bringing|redrawing)\.py"
    r"|components/form/(widgets|prompt|form|panels|incoming|saved_boards)\.py|components/storyboard/editor\.py"
    r"|components/form/(asking|desk_tools|taking_in|view_code)\.py"
    r"|components/form/(standing|beside|preview|alternatives|(number|media|list|group)_field)\.py"
)

# The floors, from below; an import only ever points down, or stays on its floor.
FLOORS = [
    ("components/settings.py", "components/provider/", "components/markdown.py", "components/reports.py"),
    ("components/catalog/", "components/jobs/"),
    ("components/words.py", "components/identity.py"),
    ("components/services.py", "components/sandbox/", "components/storyboard/"),
    ("components/media.py", "components/downloads.py", "components/middleware.py"),
    ("components/form/", "components/gallery/", "components/picker/", "components/server.py"),
    ("pages/", "app.py", "components/shell.py"),
]


def imports(source: Path) -> set[str]:
    """The project's own modules that `source` imports, as paths, and the outer names of the others."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def path_of(module: str) -> str | None:
    """The file of one of our modules, relative to the root."""
    place = ROOT / module.replace(".", "/")
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((file.relative_to(ROOT).as_posix() for file in files if _says_something(file)), None)


def _says_something(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def floor(path: str) -> int:
    return next(n for n, names in enumerate(FLOORS) if any(path.startswith(name) for name in names))


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.relative_to(ROOT).as_posix())
def test_an_import_only_points_down(source: Path) -> None:
    here = source.relative_to(ROOT).as_posix()
    if not source.read_text(encoding="utf-8"):
        return
    ours = {path for module in imports(source) if (path := path_of(module))}
    assert not {path for path in ours if floor(path) > floor(here)}


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.relative_to(ROOT).as_posix())
def test_what_needs_no_screen_knows_none(source: Path) -> None:
    here = source.relative_to(ROOT).as_posix()
    if not SCREENS.fullmatch(here):
        assert not {name for name in imports(source) if name.split(".")[0] == "streamlit"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.relative_to(ROOT).as_posix())
def test_the_sandbox_is_only_reached_over_http(source: Path) -> None:
    here = source.relative_to(ROOT).as_posix()
    ours = {path for module in imports(source) if (path := path_of(module))}
    if here.startswith("components/sandbox/"):
        assert all(path.startswith(("components/sandbox/", "components/settings.py")) for path in ours)
    elif here != "components/server.py":  # which starts it, and knows its address
        assert not {path for path in ours if path.startswith("components/sandbox/")}


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.relative_to(ROOT).as_posix())
def test_no_code_names_a_model_or_its_maker(source: Path) -> None:
    assert not re.findall(r"kling", source.read_text(encoding="utf-8"), re.IGNORECASE)


def test_types_are_strict() -> None:
    run([sys.executable, "-m", "mypy", "--strict", "components", "pages", "app.py"])


def test_style_is_kept() -> None:
    run([sys.executable, "-m", "ruff", "check", "."])


def test_format_is_kept() -> None:
    run([sys.executable, "-m", "ruff", "format", "--check", "."])


def run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
