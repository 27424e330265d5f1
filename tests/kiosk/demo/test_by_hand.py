"""The demo with a display: a window, a panel in the terminal, and nothing left of either afterwards."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from kiosk.demo.display import OffScreenDisplay
from tests.kiosk.commands.conftest import environment
from tests.kiosk.commands.test_run import Glass, until
from tests.kiosk.test_bench_panel import Shown

ROOT = Path(__file__).parents[3]


def test_a_person_sees_window_and_panel_and_ends_both_with_q(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    surroundings = environment(TERM="xterm", COLUMNS="140", LINES="40", TMPDIR=str(tmp_path))
    with OffScreenDisplay(1080, 1920) as display:
        command = [sys.executable, "-m", "kiosk", "demo"]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=subprocess.STDOUT, env={**surroundings, "DISPLAY": display.name}
        ) as process:
            os.close(theirs)
            shown = Shown(ours)
            shown.until("the clerk's page", within_s=90)
            until(Glass(display.name).window, "the window is there")
            os.write(ours, b"1")
            shown.until("✓ 放身份证")
            os.write(ours, b"x")
            shown.until("✓ 断开线路")
            os.write(ours, b"q")
            assert process.wait(30) == 0
        shown.thread.join(5)
    os.close(ours)
    assert list(tmp_path.iterdir()) == [], "the town is gone"
    assert processes_below(tmp_path) == []


def processes_below(folder: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words:
            found.append(words)
    return found
