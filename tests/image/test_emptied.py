"""What the image empties of Kivy's package is missed by nobody."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal_image.root import EMPTIED

from tests.image.terminal import PROJECT

_ASKED = "import kivy.uix.widget; from kivy.lang import Builder; print(len(Builder.rules)); kivy.uix.widget.Widget()"


def imported(program: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(program.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{name.name}" for name in node.names))
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_no_page_has_one_of_kivys_own_widgets() -> None:
    used = {name for program in (PROJECT / "kiosk").rglob("*.py") for name in imported(program) if name.startswith("kivy.uix.")}
    assert used == {"kivy.uix.widget", "kivy.uix.widget.Widget"}


@pytest.mark.parametrize("name", EMPTIED)
def test_kivy_starts_with_it_emptied(name: str, tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import kivy; print(kivy.kivy_data_dir)"], capture_output=True, text=True, check=True, env=quiet(tmp_path)
    ).stdout.strip()
    data = shutil.copytree(found, tmp_path / "data")
    emptied = data / Path(name).relative_to("kivy/data")
    assert emptied.stat().st_size > 10000
    emptied.write_bytes(b"")
    said = subprocess.run(
        [sys.executable, "-c", _ASKED], capture_output=True, text=True, check=True, env={**quiet(tmp_path), "KIVY_DATA_DIR": str(data)}
    )
    assert said.stdout.strip() == "0"


def quiet(home: Path) -> dict[str, str]:
    """Return the environment of a Kivy that nobody has tamed, as the screens in this process may have."""
    untamed = {name: value for name, value in os.environ.items() if not name.startswith("KIVY_")}
    return {**untamed, "KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1", "KIVY_HOME": str(home)}
