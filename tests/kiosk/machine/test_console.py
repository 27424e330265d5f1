"""The console behind the picture. On a desk there may be none that can be asked; the real one is tried in the booted image."""

import os
import pty
from pathlib import Path

from kiosk.machine.console import deafen


def test_without_a_console_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert not deafen(tmp_path / "tty0")


def test_what_is_no_console_says_no() -> None:
    ours, theirs = pty.openpty()
    try:
        assert not deafen(Path(os.ttyname(theirs)))
    finally:
        os.close(ours)
        os.close(theirs)
