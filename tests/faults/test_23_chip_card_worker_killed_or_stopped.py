"""Fault 23, for the chip-card reader: its worker is killed, or stopped as if it hung, while a card is waited for and while one is read.

Behind it are the real card service and a virtual card. Meanwhile the kiosk's other devices go on as if nothing had happened.
"""

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from drivers.health import health_of
from drivers.remote import RemoteChipCardReader, RemoteIdCardReader
from kiosk.bench import READER, Bench
from kiosk.config import Config, load, places
from kiosk.devices import socket_of
from kiosk.main import terminal_commands
from kiosk.sandbox import write_config
from kiosk.supervisor import Supervisor
from peripherals.card_reader import ChipReadStatus, SlotStatus
from peripherals.deadline import Deadline
from peripherals.id_card_reader import PlateStatus
from tests.drivers.card_bench import FRONT, CardBench, card_bench
from tests.drivers.printer_bench import soon
from tests.faults.test_23_worker_killed_or_stopped import GRACE_S, WITHIN_S, meanwhile

CHIPS = "chip_card_reader"
ENDED = {ChipReadStatus.ABSENT, ChipReadStatus.SILENT}


@dataclass
class Terminal:
    """A chip-card worker and an ID-card worker under their supervisor, with their devices."""

    config: Config
    cards: CardBench
    chips: RemoteChipCardReader
    plate: RemoteIdCardReader

    def worker(self) -> int:
        """Return the process of the chip cards' worker, once it has looked at its device."""
        assert soon(lambda: health_of(places(self.config).sockets, CHIPS) is not None, 30)
        health = health_of(places(self.config).sockets, CHIPS)
        assert health is not None
        return health.worker

    def reads(self) -> bool:
        """Put the card in anew and read it."""
        self.cards.do("remove")
        if not soon(lambda: self.chips.slot(Deadline.after(2)) is SlotStatus.EMPTY, 10):
            return False
        self.cards.do("insert", card="zhou-guilan")
        return self.chips.read(Deadline.after(10)).status is ChipReadStatus.READ


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("chips")
    file = write_config(folder / "terminal", "https://127.0.0.1:9")
    with file.open("a", encoding="utf-8") as more:
        more.write(f'\n[chip_card_reader]\nreader = "{FRONT}"\n')
    config = load(file)
    places(config).sockets.mkdir(parents=True, exist_ok=True)
    commands = {name: words for name, words in terminal_commands(config, file).items() if name in {CHIPS, READER}}
    supervisor = Supervisor(commands, lambda _told: None)
    (folder / "cards").mkdir()
    with card_bench(folder / "cards") as cards, Bench(config):
        supervisor.start()
        try:
            sockets = (socket_of(config, CHIPS), socket_of(config, READER))
            yield Terminal(config, cards, RemoteChipCardReader(sockets[0]), RemoteIdCardReader(sockets[1]))
        finally:
            supervisor.stop()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_while_a_card_is_waited_for_it_costs_one_outcome_and_comes_back(terminal: Terminal, how: signal.Signals) -> None:
    pid = terminal.worker()
    terminal.cards.do("remove")
    outcome, took_s = meanwhile(lambda: os.kill(pid, how), lambda: terminal.chips.read(Deadline.after(WITHIN_S)).status)
    if how is signal.SIGSTOP:
        os.kill(pid, signal.SIGCONT)
    assert outcome in ENDED
    assert took_s < WITHIN_S + GRACE_S
    assert terminal.plate.plate(Deadline.after(5)) is PlateStatus.EMPTY  # the next device knows nothing of it
    assert soon(terminal.reads, 60)
    if how is signal.SIGKILL:
        assert terminal.worker() != pid


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_while_a_card_is_read_it_costs_one_outcome_and_comes_back(terminal: Terminal, how: signal.Signals) -> None:
    pid, found = terminal.worker(), threading.Event()
    terminal.cards.do("remove")
    assert soon(lambda: terminal.chips.slot(Deadline.after(2)) is SlotStatus.EMPTY, 10)
    terminal.cards.do("insert", card="zhou-guilan")
    terminal.cards.do("fault", fault="mute")  # holds the reading in its middle

    def strike() -> None:
        assert found.wait(20)
        os.kill(pid, how)

    striking = threading.Thread(target=strike)
    striking.start()
    outcome = terminal.chips.read(Deadline.after(WITHIN_S), on_card=found.set).status
    striking.join()
    if how is signal.SIGSTOP:
        os.kill(pid, signal.SIGCONT)
    assert outcome in ENDED
    assert soon(terminal.reads, 60)


def test_the_worker_outlives_the_card_service_and_finds_it_again(terminal: Terminal) -> None:
    assert soon(terminal.reads, 60)
    pid = terminal.worker()
    terminal.cards.end_service(kill=True)
    assert soon(lambda: terminal.chips.slot(Deadline.after(3)) is SlotStatus.ABSENT, 10)
    terminal.cards.start_service()
    assert soon(terminal.reads, 60)
    assert terminal.worker() == pid
