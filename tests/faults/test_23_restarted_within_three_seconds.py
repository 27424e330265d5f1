"""Fault 23: whatever is killed is started again within three seconds, by systemd on a terminal and by the supervisor on a desk.

Both are held to what they promise: how long they pause after an end. How long a machine that is busy with other things then takes to
start a process is nobody's promise, and is not measured here.
"""

import os
import re
import signal
import sys
import threading

import pytest

from kiosk.supervisor import Supervisor
from tests.systemd.test_units import UNITS

WITHIN_S = 3.0
LOOKS_EVERY_S = 0.1
"""So often the supervisor looks whether somebody has ended."""

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.mark.parametrize("unit", ["kiosk-ui.service", "kiosk-device@.service", "kiosk-sync.service", "kiosk-keeper.service"])
def test_systemd_starts_it_again_in_time_and_nobody_stands_before_nothing(unit: str) -> None:
    text = (UNITS / unit).read_text(encoding="utf-8")
    assert re.search(r"^Restart=always$", text, re.MULTILINE)
    (pause,) = re.findall(r"^RestartSec=([\d.]+)(m?s)$", text, re.MULTILINE)
    assert float(pause[0]) / (1000 if pause[1] == "ms" else 1) < WITHIN_S
    is_never_given_up = re.search(r"^StartLimitIntervalSec=0$", text, re.MULTILINE)
    assert is_never_given_up or "OnFailure=kiosk-out-of-order.service" in text, "else the fifth kill in a row would be the last"


def test_the_supervisor_starts_it_again_in_time_kill_after_kill() -> None:
    ended = threading.Semaphore(0)
    supervisor = Supervisor({"one": SLEEPER, "other": SLEEPER}, lambda _said: ended.release())
    supervisor.start()
    one, other = supervisor.children
    try:
        for _ in range(2):
            while one.process is None or other.process is None:
                threading.Event().wait(0.01)
            killed, neighbour = one.process, other.process
            os.kill(killed.pid, signal.SIGKILL)
            assert ended.acquire(timeout=60)
            assert one.pause_s + LOOKS_EVERY_S < WITHIN_S
            while one.process is None or one.process is killed:
                threading.Event().wait(0.01)
            assert other.process is neighbour
    finally:
        supervisor.stop()
