"""What the screen's process loads before its first picture: nothing of the line, of arrays, of cameras."""

import subprocess
import sys

import pytest

_ASKED = "import sys, kiosk.main, kiosk.screens.app; print(*sys.modules)"
_NEVER = ("requests", "urllib3", "numpy", "cv2", "zxingcpp", "serial", "smartcard", "escpos", "django", "sync.client", "sync.exchange")


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    quiet = {"KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    said = subprocess.run([sys.executable, "-c", _ASKED], capture_output=True, text=True, check=True, env=quiet)
    return frozenset(said.stdout.split())


@pytest.mark.parametrize("name", _NEVER)
def test_the_screen_starts_without(loaded: frozenset[str], name: str) -> None:
    assert name not in loaded


def test_it_loads_what_it_draws_with(loaded: frozenset[str]) -> None:
    assert {"kivy", "kiosk.flow.advance", "sqlite_utils"} <= loaded
