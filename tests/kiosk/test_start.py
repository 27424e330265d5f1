"""What the screen's process loads before its first picture: nothing of the line, of arrays, of cameras. The keeper: nothing of that."""

import subprocess
import sys

import pytest

_ASKED = "import sys, kiosk.main, kiosk.screens.app; print(*sys.modules)"
_KEEPER = "import sys, kiosk.commands.machine, kiosk.keeping, kiosk.machine.keeping; print(*sys.modules)"
_NEVER = ("requests", "urllib3", "numpy", "cv2", "zxingcpp", "serial", "smartcard", "escpos", "django", "sync.client", "sync.exchange")


def modules_after(program: str) -> frozenset[str]:
    quiet = {"KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=quiet)
    return frozenset(said.stdout.split())


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    return modules_after(_ASKED)


@pytest.mark.parametrize("name", _NEVER)
def test_the_screen_starts_without(loaded: frozenset[str], name: str) -> None:
    assert name not in loaded


def test_it_loads_what_it_draws_with(loaded: frozenset[str]) -> None:
    assert {"kivy", "kiosk.flow.advance", "sqlite_utils"} <= loaded


def test_the_keeper_starts_without_the_screens_parts() -> None:
    """It stands beside the screen while that starts, on the same two cores."""
    loaded = modules_after(_KEEPER)
    assert "kiosk.maintenance.door" in loaded
    assert not loaded & {"kiosk.main", "kiosk.flow", "kiosk.runner", "kivy", "sqlite_utils", "drivers", "sync.outbox", *_NEVER}
