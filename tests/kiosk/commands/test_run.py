"""`kiosk run` as a whole: a window comes up, one terminal at a time, and nothing is left when it ends."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from Xlib import X, display, error, protocol

from kiosk.demo.display import OffScreenDisplay
from kiosk.sandbox import Sandbox
from peripherals.deadline import Deadline
from tests.kiosk.commands.conftest import ROOT, Run, environment


def until(holds: Callable[[], object], what: str, within_s: float = 60.0) -> None:
    deadline, pause = Deadline.after(within_s), threading.Event()
    while not holds():
        assert not deadline.is_past, f"waited {within_s} s until {what}"
        pause.wait(0.1)


class Glass:
    """The off-screen display, looked at from outside."""

    def __init__(self, name: str) -> None:
        self._display = display.Display(name)

    def window(self) -> object | None:
        """Return the terminal's window once something is drawn in it."""
        for window in self._display.screen().root.query_tree().children:
            try:
                shape = window.get_geometry()
                if window.get_attributes().map_state != X.IsViewable or shape.width < 1000:
                    continue
                row = window.get_image(0, shape.height // 4, shape.width, 40, X.ZPixmap, 0xFFFFFFFF).data
            except error.XError:
                continue  # it went in this moment
            if len(set(re.findall(rb"(?s)....", bytes(row)))) > 3:
                return window
        return None

    def close(self) -> None:
        """Press the cross of the window's frame."""
        window = self.window()
        protocols, delete = (self._display.intern_atom(name) for name in ("WM_PROTOCOLS", "WM_DELETE_WINDOW"))
        window.send_event(protocol.event.ClientMessage(window=window, client_type=protocols, data=(32, [delete, 0, 0, 0, 0])))
        self._display.flush()


def processes_of(sandbox: Sandbox) -> dict[int, str]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if str(sandbox.config) in words:
            found[int(path.parent.name)] = " ".join(words)
    return found


@pytest.fixture
def glass() -> Iterator[tuple[str, Glass]]:
    with OffScreenDisplay(1080, 1920) as shown:
        yield shown.name, Glass(shown.name)


@contextmanager
def running(sandbox: Sandbox, shown: str) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "kiosk", "run", "--config", str(sandbox.config), "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(DISPLAY=shown), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_comes_up_alone_and_leaves_nothing_when_it_is_told_to_stop(sandbox: Sandbox, glass: tuple[str, Glass], script: Run) -> None:
    name, seen = glass
    with running(sandbox, name) as terminal:
        until(seen.window, "the home screen is drawn, without city and without devices")
        second = script("run", "--config", sandbox.config, "--json")
        assert (second.code, second.body["status"]) == (1, "running_already")
        assert len([words for words in processes_of(sandbox).values() if " screen " in words]) == 1
        screen = next(pid for pid, words in processes_of(sandbox).items() if " screen " in words)
        os.kill(screen, signal.SIGKILL)
        until(lambda: screen not in processes_of(sandbox) and seen.window(), "the killed screen is back")
        terminal.send_signal(signal.SIGTERM)
        assert terminal.wait(20) == 0
        assert terminal.stdout.read() == '{"status": "stopped"}\n'
        assert processes_of(sandbox) == {}


def test_the_closed_window_ends_it(sandbox: Sandbox, glass: tuple[str, Glass]) -> None:
    name, seen = glass
    with running(sandbox, name) as terminal:
        until(seen.window, "the home screen is drawn")
        seen.close()
        assert terminal.wait(30) == 0
        assert processes_of(sandbox) == {}


def test_its_killed_supervisor_takes_everything_along(sandbox: Sandbox, glass: tuple[str, Glass]) -> None:
    name, seen = glass
    with running(sandbox, name) as terminal:
        until(seen.window, "the home screen is drawn")
        terminal.kill()
        until(lambda: processes_of(sandbox) == {}, "its children have ended, too", 20)


def test_a_full_screen_ends_when_it_is_told_to_and_leaves_no_folder(sandbox: Sandbox, glass: tuple[str, Glass], tmp_path: Path) -> None:
    name, seen = glass
    config = sandbox.config.with_name("full-screen.toml")
    config.write_text(sandbox.config.read_text(encoding="utf-8").replace("fullscreen = false", "fullscreen = true"), encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "screen", "--config", str(config)]
    with subprocess.Popen(command, cwd=ROOT, env=environment(DISPLAY=name, TMPDIR=str(tmp_path))) as screen:
        until(seen.window, "it is drawn")
        seen.close()
        with pytest.raises(subprocess.TimeoutExpired):
            screen.wait(1.5)  # no resident closes a full screen
        screen.terminate()
        try:
            assert screen.wait(4) == 0
        finally:
            screen.kill()
    assert list(tmp_path.iterdir()) == []
