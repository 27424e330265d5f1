"""Processes that should always run."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from kiosk.supervisor import OVERWRITING, Supervisor
from peripherals.deadline import Deadline

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def wait_until(holds: Callable[[], object], within_s: float = 20.0) -> None:
    deadline = Deadline.after(within_s)
    pause = threading.Event()
    while not holds():
        assert not deadline.is_past
        pause.wait(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_child_is_started_again() -> None:
    said: list[str] = []
    supervisor = Supervisor({"sleeper": SLEEPER}, said.append)
    supervisor.start()
    child = supervisor.children[0]
    wait_until(lambda: child.process)
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: child.process and child.process.pid != first)
    assert said == ["sleeper ended (-9); starting it again"]
    supervisor.stop()
    assert not is_alive(child.process.pid)


def test_a_child_that_keeps_failing_is_started_ever_more_slowly() -> None:
    supervisor = Supervisor({"failing": [sys.executable, "-c", "raise SystemExit(3)"]}, lambda _: None)
    supervisor.start()
    wait_until(lambda: supervisor.children[0].restarts >= 3)
    assert supervisor.children[0].pause_s > 1.0
    supervisor.stop()


def test_the_clean_end_of_the_window_ends_all_and_its_crash_does_not() -> None:
    ended = threading.Event()
    supervisor = Supervisor({"screen": [sys.executable, "-c", "pass"]}, lambda _: None, ends_all=("screen",), ended=ended.set)
    supervisor.start()
    assert ended.wait(20)
    supervisor.stop()
    crashed = threading.Event()
    supervisor = Supervisor(
        {"screen": [sys.executable, "-c", "raise SystemExit(70)"]}, lambda _: None, ends_all=("screen",), ended=crashed.set
    )
    supervisor.start()
    wait_until(lambda: supervisor.children[0].restarts)
    assert not crashed.is_set()
    supervisor.stop()


def test_children_die_with_their_supervisor() -> None:
    program = (
        "import sys, time\n"
        "from kiosk.supervisor import OVERWRITING, Supervisor\n"
        "s = Supervisor({'sleeper': [sys.executable, '-c', 'import time; time.sleep(600)']}, print)\n"
        "s.start()\n"
        "while not s.children[0].process: time.sleep(0.01)\n"
        "print(s.children[0].process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
        wait_until(lambda: not is_alive(child))


def test_a_key_in_the_supervisors_terminal_is_not_its_childrens() -> None:
    supervisor = Supervisor({"sleeper": SLEEPER}, lambda _: None)
    supervisor.start()
    child = supervisor.children[0]
    wait_until(lambda: child.process)
    assert os.getpgid(child.process.pid) == child.process.pid != os.getpgid(0)
    supervisor.stop()


FREES = """
import os, sys
pieces = [chr(0x738B), chr(0x6837), chr(0x4F8B), "0815"]
for place in range(400):
    text = "".join(pieces) + str(place).zfill(20 + place)
    held = [text, text + "!", {"name": text + "?" * place}]
    del text, held
mark = "".join(pieces[:3]).encode("utf-16-le")
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        span, rights, *_ = line.split()
        if rights.startswith("rw") and "[v" not in line:
            begin, end = (int(at, 16) for at in span.split("-"))
            memory.seek(begin)
            found += memory.read(end - begin).count(mark)
print(found)
"""


def freed_texts(environment: dict[str, str]) -> int:
    """Return how often a text that is long gone is found in its process."""
    return int(subprocess.run([sys.executable, "-c", FREES], env=environment, capture_output=True, text=True, check=True).stdout)


def test_a_child_overwrites_what_it_frees() -> None:
    plain = {name: value for name, value in os.environ.items() if name not in OVERWRITING}
    assert freed_texts(plain) > 10, "the search finds what is there"
    assert freed_texts({**plain, **OVERWRITING}) <= 1, "only what is searched for"


def test_children_are_started_that_way_and_so_are_the_units(tmp_path: Path) -> None:
    told = tmp_path / "environment"
    program = f"import os, json; open({str(told)!r}, 'w').write(os.environ['PYTHONMALLOC'] + ' ' + os.environ['GLIBC_TUNABLES'])"
    supervisor = Supervisor({"one": [sys.executable, "-c", program]}, lambda _: None)
    supervisor.start()
    wait_until(lambda: told.exists() and told.read_text())
    supervisor.stop()
    assert told.read_text() == " ".join(OVERWRITING.values())
    units = Path(__file__).parents[2] / "systemd" / "system"
    for unit in ("kiosk-ui.service", "kiosk-device@.service"):
        for name, value in OVERWRITING.items():
            assert f"{name}={value}" in (units / unit).read_text(encoding="utf-8"), unit
