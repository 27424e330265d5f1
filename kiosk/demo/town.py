"""A whole small town in a folder, running: the city's end, one terminal's devices and sync, virtual hardware, and the line between."""

import json
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kiosk.bench import Bench
from kiosk.config import Config, load
from kiosk.main import terminal_commands
from kiosk.sandbox import Sandbox, free_port, make_sandbox
from kiosk.supervisor import Supervisor, die_with_parent, kiosk_command
from peripherals.deadline import Deadline

_CITY_WITHIN_S = 60.0


class TownError(RuntimeError):
    """A part of the town did not start; the message says which."""


class CityEnd:
    """A sandbox's city, running while it is wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox: Sandbox
        self._city: subprocess.Popen[str] | None = None

    def start_city(self) -> None:
        """Serve the city's end, and wait until it listens.

        Raises:
            TownError: It did not.
        """
        port = self.sandbox.city_url.rpartition(":")[2]
        log = (self.folder / "city.log").open("a", encoding="utf-8")
        with log:
            self._city = subprocess.Popen(
                [sys.executable, "-m", "city.cli", "serve", "--data", str(self.sandbox.city), "--port", port, "--workers", "1"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl, no locks
            )
        if not _first_line(self._city, Deadline.after(_CITY_WITHIN_S)).startswith("ready"):
            raise TownError(f"the city did not start; see {self.folder / 'city.log'}")

    def stop_city(self) -> None:
        """End the city's end, politely."""
        self._end_city(signal.SIGTERM)

    def kill_city(self) -> None:
        """End it at once, as a power cut does."""
        self._end_city(signal.SIGKILL)

    def _end_city(self, how: signal.Signals) -> None:
        if self._city is None:
            return
        self._city.send_signal(how)
        self._city.wait(60)
        if self._city.stdout:
            self._city.stdout.close()
        self._city = None

    def applications(self) -> list[dict[str, Any]]:
        """Return what the city has, by its own account."""
        words = [sys.executable, "-m", "city.cli", "applications", "--data", str(self.sandbox.city), "--json"]
        listed: list[dict[str, Any]] = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
        return listed


class Town(CityEnd):
    """Everything but the screen. The terminal calls the city through a line that `bench.do("line", "cut")` cuts."""

    def __init__(self, folder: Path, vpcd: str | None = None) -> None:
        """Prepare it in a new folder; `vpcd` as for `make_sandbox`: without it the terminal has no chip cards."""
        super().__init__(folder)
        self._vpcd = vpcd
        self.config: Config
        self.bench: Bench
        self.supervisor: Supervisor
        self.said: list[str] = []

    def __enter__(self) -> Self:
        city_port = free_port()
        self.sandbox = make_sandbox(self.folder, city_port, line_port=free_port(), vpcd=self._vpcd)
        self.config = load(self.sandbox.config)
        self.bench = Bench(self.config, line_to=city_port)
        try:
            self.start_city()
            self.bench.__enter__()
            self.supervisor = Supervisor(terminal_commands(self.config, self.sandbox.config), self.said.append)
            self.supervisor.start()
        except BaseException:
            self.bench.__exit__(None, None, None)
            self.stop_city()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.supervisor.stop()
        self.bench.__exit__(None, None, None)
        self.stop_city()

    def outbox(self) -> list[dict[str, Any]]:
        """Return what the terminal's outbox holds."""
        words = kiosk_command("outbox", "list", "--config", str(self.sandbox.config), "--json")
        listed: list[dict[str, Any]] = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
        return listed


def _first_line(process: "subprocess.Popen[str]", deadline: Deadline) -> str:
    """Return the first line that `process` says, or "" when it ends or stays silent."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=lambda: lines.put(process.stdout.readline() if process.stdout else ""), daemon=True).start()
    try:
        return lines.get(timeout=deadline.remaining_s)
    except queue.Empty:
        return ""
