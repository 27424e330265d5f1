"""Starts the terminal's processes and starts each again when it ends: what systemd does on a real terminal, for a developer's desk.

Children die with this process, however it ends.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

OVERWRITING = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165"}
"""Has the C library overwrite memory as it is freed: what a resident entered does not stay behind in it. As in the units of systemd."""
_PR_SET_PDEATHSIG = 1
_AGAIN_FIRST_S = 0.2
_AGAIN_MOST_S = 5.0
_STEADY_S = 10.0  # a process that ran this long begins again with the short pause
_STOP_WITHIN_S = 5.0

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends; for `preexec_fn`."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One program that should always run."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started_s: float = 0.0
    again_at_s: float = 0.0
    pause_s: float = _AGAIN_FIRST_S
    restarts: int = field(default=0)


class Supervisor:
    """Keeps the children running until `stop`.

    Args:
        commands: Name and command line of each.
        said: Hears of each unexpected end.
        ends_all: Children whose own, clean end means that all is over, as when a developer closes the window.
        ended: Called then.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        said: Callable[[str], None],
        ends_all: Sequence[str] = (),
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._ends_all = frozenset(ends_all)
        self._ended = ended
        self.children = [Child(name, command) for name, command in commands.items()]
        self._said = said
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start every child and watch over them.

        The kernel ends the children when the thread that started them ends, so it is the watching thread that starts them.
        """
        self._thread.start()

    def stop(self) -> None:
        """End every child, politely and then firmly."""
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            for child in self.children:
                self._tend(child)
            self._stopping.wait(0.1)
        self._end_all()

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            if code == 0 and child.name in self._ends_all:
                self._ended()
                return
            steady = now - child.started_s >= _STEADY_S
            child.pause_s = _AGAIN_FIRST_S if steady else min(_AGAIN_MOST_S, child.pause_s * 2)
            child.process, child.again_at_s = None, now + child.pause_s
            child.restarts += 1
            self._said(f"{child.name} ended ({code}); starting it again")
        if now >= child.again_at_s:
            # In a group of its own: Ctrl-C in the developer's terminal is for the supervisor, which then ends its children in order.
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                process_group=0,
                env={**os.environ, **OVERWRITING},
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl, no locks
            )
            child.started_s = now

    def _end_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + _STOP_WITHIN_S
        for process in running:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def kiosk_command(*words: str) -> list[str]:
    """Return the command line of another `kiosk` process of this very installation."""
    return [sys.executable, "-m", "kiosk", *words]
