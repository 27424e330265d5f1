"""Fault 19, for crashes: a worker that is killed again and again is counted and seen to come and go; one that is told to end is not."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.health import Health, counts_of, health_of
from drivers.remote import RemoteIdCardReader
from kiosk.bench import READER
from kiosk.commands.devices import _sight
from kiosk.config import Config, load, places
from kiosk.devices import socket_of
from kiosk.sandbox import write_config
from kiosk.supervisor import die_with_parent, kiosk_command
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus, PlateStatus
from tests.drivers.printer_bench import soon
from tests.drivers.reader_bench import ReaderBench, reader_bench

KILLS_MAX = 40  # six of them within a minute are enough


@dataclass
class Terminal:
    file: Path
    config: Config
    reader: RemoteIdCardReader
    bench: ReaderBench

    @contextmanager
    def worker(self) -> "Iterator[subprocess.Popen[bytes]]":
        """A worker that has looked at its device."""
        command = kiosk_command("device", READER, "--config", str(self.file))
        with subprocess.Popen(command, preexec_fn=die_with_parent) as process:  # noqa: PLW1509 - nothing is left when the tests are killed
            try:
                assert soon(lambda: self.health is not None and self.health.worker == process.pid, 60)
                yield process
            finally:
                process.kill()

    @property
    def health(self) -> Health | None:
        return health_of(places(self.config).sockets, READER)

    @property
    def counts(self) -> dict[str, int]:
        return counts_of(places(self.config).counts, READER)

    @property
    def is_at_work(self) -> bool:
        return (places(self.config).sockets / f"{READER}.owed").exists()

    def read_while(self, number: signal.Signals, pid: int) -> CardReadStatus:
        """Wait for a card that never comes, and send the worker a signal in the middle."""

        def strike() -> None:
            if soon(lambda: self.is_at_work):
                os.kill(pid, number)

        striking = threading.Thread(target=strike)
        striking.start()
        status = self.reader.read(Deadline.after(30)).status
        striking.join()
        return status


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    file = write_config(tmp_path / "terminal", "https://127.0.0.1:9")
    (tmp_path / "reader").mkdir()
    with reader_bench(tmp_path / "reader") as bench:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('"bench/id-card-reader"', f'"{bench.port}"'), encoding="utf-8")
        config = load(file)
        yield Terminal(file, config, RemoteIdCardReader(socket_of(config, READER)), bench)


def test_every_crash_is_counted_and_together_they_are_flapping(terminal: Terminal) -> None:
    kills = 0
    is_flapping = False
    while not is_flapping and kills < KILLS_MAX:
        with terminal.worker() as process:
            is_flapping = terminal.health is not None and terminal.health.is_flapping
            assert terminal.counts == ({"errors": kills, "restarts": kills} if kills else {})
            assert terminal.read_while(signal.SIGKILL, process.pid) is CardReadStatus.ABSENT
            kills += 1
    assert is_flapping
    assert kills >= 6
    sight = _sight(terminal.config, READER)
    assert sight is not None
    assert (sight.status, sight.is_flapping) == ("absent", True), "also between two of its lives"


def test_what_was_done_is_not_counted_as_lost(terminal: Terminal) -> None:
    terminal.bench.do("lay", card="zhou-guilan")
    with terminal.worker():
        assert terminal.reader.read(Deadline.after(20)).status is CardReadStatus.READ
        assert soon(lambda: terminal.counts == {"cards_read": 1})
        assert soon(lambda: not terminal.is_at_work)
        assert terminal.reader.plate(Deadline.after(5)) is not PlateStatus.ABSENT  # a question is no work
        assert not terminal.is_at_work
    with terminal.worker():
        assert terminal.counts == {"cards_read": 1, "restarts": 1}


def test_a_worker_that_is_told_to_end_has_not_crashed(terminal: Terminal) -> None:
    for _ in range(2):
        with terminal.worker() as process:
            assert terminal.read_while(signal.SIGTERM, process.pid) is CardReadStatus.ABSENT
            assert process.wait(10) == -signal.SIGTERM
        assert terminal.health is None
        assert not terminal.is_at_work
    with terminal.worker():
        assert terminal.counts == {}
        assert terminal.health is not None
        assert terminal.health.changes_s == ()
