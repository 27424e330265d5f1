"""What the screen's process loads before its first picture: nothing of the line, of storing and sealing, of slips, arrays or cameras."""

import subprocess
import sys

import pytest

_ASKED = "import sys, kiosk.main, kiosk.screens.app; print(*sys.modules)"
_KEEPER = "import sys, kiosk.commands.machine, kiosk.keeping, kiosk.machine.keeping; print(*sys.modules)"
_DESKS = "import sys, kiosk.main, kiosk.screens.app, kiosk.counter; print(*sys.modules)"
_NEVER = (
    "asyncio",
    "requests",
    "urllib3",
    "numpy",
    "cv2",
    "zxingcpp",
    "serial",
    "smartcard",
    "escpos",
    "django",
    "sync.client",
    "sync.exchange",
)
_NOT_YET = ("asyncio", "ssl", "kivy.uix.label")
_WITH_THE_DESKS = ("kiosk.runner", "kiosk.workshop", "sync.outbox", "sqlite_utils", "sqlcipher3", "cryptography", "segno")


def modules_after(program: str) -> frozenset[str]:
    quiet = {"KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=quiet)
    return frozenset(said.stdout.split())


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    return modules_after(_ASKED)


@pytest.fixture(scope="module")
def with_the_desks() -> frozenset[str]:
    return modules_after(_DESKS)


@pytest.mark.parametrize("name", _NEVER)
def test_the_screen_starts_without(loaded: frozenset[str], name: str) -> None:
    assert name not in loaded


def test_it_loads_what_it_draws_with(loaded: frozenset[str]) -> None:
    assert {"kivy", "kiosk.flow.advance", "kiosk.screens.layers"} <= loaded


@pytest.mark.parametrize("name", _WITH_THE_DESKS)
def test_the_first_picture_comes_before_what_the_desks_need(loaded: frozenset[str], with_the_desks: frozenset[str], name: str) -> None:
    assert name not in loaded
    assert name in with_the_desks


@pytest.mark.parametrize("name", _NOT_YET)
def test_kivy_brings_nothing_that_no_page_uses(loaded: frozenset[str], name: str) -> None:
    assert name not in loaded


@pytest.mark.parametrize("name", _NEVER)
def test_nor_do_the_desks_need(with_the_desks: frozenset[str], name: str) -> None:
    assert name not in with_the_desks


def test_the_keeper_starts_without_the_screens_parts() -> None:
    """It stands beside the screen while that starts, on the same two cores."""
    loaded = modules_after(_KEEPER)
    assert "kiosk.maintenance.door" in loaded
    assert not loaded & {"kiosk.main", "kiosk.flow", "kiosk.runner", "kivy", "sqlite_utils", "drivers", "sync.outbox", *_NEVER}
