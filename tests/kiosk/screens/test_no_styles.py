"""Kivy's own widgets are on no page, and so nothing of how they look is read when the screen starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ASKED = """
import kiosk.screens, kivy.uix.widget
from pathlib import Path
from kivy import kivy_data_dir, kivy_shader_dir
from kivy.lang import Builder
from kivy.resources import resource_find
files = resource_find("data/glsl/default.png"), kivy_shader_dir + "/default.vs"
rules = len(Builder.rules)
kivy.uix.widget.Widget()
print(rules, kivy_data_dir, *(Path(file).stat().st_size for file in files))
"""


@pytest.fixture
def screens_start(tmp_path: Path) -> list[str]:
    quiet = {name: value for name, value in os.environ.items() if name not in {"KIVY_HOME", "KIVY_DATA_DIR"}}
    alone = {**quiet, "TMPDIR": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", _ASKED], capture_output=True, text=True, check=True, env=alone)
    return said.stdout.split()


def test_the_screens_start_without_their_styles(screens_start: list[str]) -> None:
    assert screens_start[0] == "0"


def test_all_else_of_kivys_data_is_where_it_looks_for_it(screens_start: list[str]) -> None:
    assert all(int(size) for size in screens_start[2:])


def test_nothing_of_it_lies_about_afterwards(screens_start: list[str], tmp_path: Path) -> None:
    assert Path(screens_start[1]).is_relative_to(tmp_path)
    assert not list(tmp_path.iterdir())
