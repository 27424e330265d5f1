"""Fault 23, for devices: each worker is killed, or stopped as if it hung, in the middle of its work.

The kiosk's side gets one of its declared outcomes, by the deadline and its grace; the supervisor starts the worker again, and the
same work is then done.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.health import counts_of
from drivers.remote import (
    RemoteCodeScanner,
    RemoteDocumentCamera,
    RemoteDocumentPrinter,
    RemoteFittings,
    RemoteIdCardReader,
    RemoteReceiptPrinter,
    RemoteSignaturePad,
)
from kiosk.bench import CAMERA, FITTINGS, PAD, PAGES, PRINTER, READER, SCANNER, Bench
from kiosk.config import Config, load, places
from kiosk.devices import socket_of
from kiosk.main import terminal_commands
from kiosk.sandbox import write_config
from kiosk.supervisor import Supervisor
from peripherals.code_scanner import ScanStatus
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint
from peripherals.document_printer import JobEnd
from peripherals.fittings import Contact
from peripherals.id_card_reader import CardReadStatus
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from tests.drivers.document_printer_bench import pdf
from tests.drivers.printer_bench import picture, soon

WITHIN_S = 4.0
GRACE_S = 2.5  # the caller's own half second, and what a loaded machine adds


@dataclass
class Terminal:
    """Workers under their supervisor, and a bench of devices."""

    config: Config
    bench: Bench

    def worker(self, device: str) -> int:
        """Return the process of the device's worker, once it has looked at its device."""
        health = places(self.config).sockets / f"{device}.health"
        assert soon(health.exists)
        return int(json.loads(health.read_bytes())["worker"])


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    file = write_config(tmp_path_factory.mktemp("workers") / "terminal", "https://127.0.0.1:9")
    config = load(file)
    places(config).sockets.mkdir(parents=True, exist_ok=True)
    commands = {name: words for name, words in terminal_commands(config, file).items() if name not in {"sync", "keeper"}}
    supervisor = Supervisor(commands, lambda _told: None)
    with Bench(config) as bench:
        supervisor.start()
        try:
            yield Terminal(config, bench)
        finally:
            supervisor.stop()


def waits_for_a_card(terminal: Terminal, within_s: float) -> str:
    return RemoteIdCardReader(socket_of(terminal.config, READER)).read(Deadline.after(within_s)).status


def reads_a_card(terminal: Terminal) -> bool:
    reader = RemoteIdCardReader(socket_of(terminal.config, READER))
    terminal.bench.do(READER, "lift")
    reader.plate(Deadline.after(2))
    terminal.bench.do(READER, "lay", card="zhou-guilan")
    return reader.read(Deadline.after(10)).status is CardReadStatus.READ


def prints_a_long_slip(terminal: Terminal, within_s: float) -> str:
    printing = RemoteReceiptPrinter(socket_of(terminal.config, PRINTER), terminal.config.receipt_printer.device).print(
        picture(6000), Deadline.after(within_s)
    )
    assert not printing.printed
    return printing.status


def prints_a_slip(terminal: Terminal) -> bool:
    return (
        RemoteReceiptPrinter(socket_of(terminal.config, PRINTER), terminal.config.receipt_printer.device)
        .print(picture(), Deadline.after(15))
        .printed
    )


def shows_previews(terminal: Terminal, within_s: float) -> str:
    camera, deadline = RemoteDocumentCamera(socket_of(terminal.config, CAMERA)), Deadline.after(within_s)
    hint = camera.open(deadline)
    while hint is PaperHint.GOOD and not deadline.is_past:
        hint = PaperHint.GOOD if camera.preview(deadline.sooner(1)) is not None else camera.capture(deadline.sooner(1)).view.hint
    return hint


def shows_a_preview(terminal: Terminal) -> bool:
    camera = RemoteDocumentCamera(socket_of(terminal.config, CAMERA))
    is_good = camera.open(Deadline.after(10)) is PaperHint.GOOD and camera.preview(Deadline.after(5)) is not None
    camera.close()
    return is_good


def prints_many_pages(terminal: Terminal, within_s: float) -> str:
    done = RemoteDocumentPrinter(socket_of(terminal.config, PAGES)).print_document(Secret(pdf(60)), Deadline.after(within_s))
    assert done.end is JobEnd.UNKNOWN
    return done.status


def prints_a_page(terminal: Terminal) -> bool:
    printer = RemoteDocumentPrinter(socket_of(terminal.config, PAGES))
    return printer.print_document(Secret(pdf()), Deadline.after(60)).end is JobEnd.PRINTED


def waits_for_a_code(terminal: Terminal, within_s: float) -> str:
    return RemoteCodeScanner(socket_of(terminal.config, SCANNER)).scan(Deadline.after(within_s)).status


def scans_a_code(terminal: Terminal) -> bool:
    scanner = RemoteCodeScanner(socket_of(terminal.config, SCANNER))
    if scanner.open(Deadline.after(5)) is not ScanStatus.NO_CODE:
        return False
    terminal.bench.do(SCANNER, "scan", text="BM1:TEST")
    return scanner.scan(Deadline.after(5)).status is ScanStatus.SCANNED


def waits_for_the_pen(terminal: Terminal, within_s: float) -> str:
    return RemoteSignaturePad(socket_of(terminal.config, PAD)).points(Deadline.after(within_s)).status


def takes_a_signature(terminal: Terminal) -> bool:
    pad = RemoteSignaturePad(socket_of(terminal.config, PAD))
    if pad.open(Deadline.after(5)) is not PadStatus.READY:
        return False
    terminal.bench.do(PAD, "sign")
    return bool(pad.points(Deadline.after(5)).points.reveal())


def waits_for_the_door(terminal: Terminal, within_s: float) -> str:
    return RemoteFittings(socket_of(terminal.config, FITTINGS)).await_change(frozenset(), Deadline.after(within_s)).status


def sees_the_door(terminal: Terminal) -> bool:
    fittings = RemoteFittings(socket_of(terminal.config, FITTINGS))
    terminal.bench.do(FITTINGS, "close", line=22)
    is_seen = Contact.DOOR in fittings.contacts(Deadline.after(5)).on
    terminal.bench.do(FITTINGS, "open", line=22)
    return is_seen


WORK = {
    READER: (waits_for_a_card, {"absent", "silent", "no_card"}, reads_a_card),
    PRINTER: (prints_a_long_slip, {"absent", "silent"}, prints_a_slip),
    CAMERA: (shows_previews, {"camera_absent", "camera_stalled"}, shows_a_preview),
    PAGES: (prints_many_pages, {"absent", "silent"}, prints_a_page),
    SCANNER: (waits_for_a_code, {"absent", "stalled", "no_code"}, scans_a_code),
    PAD: (waits_for_the_pen, {"absent", "ready"}, takes_a_signature),
    FITTINGS: (waits_for_the_door, {"absent", "silent", "ready"}, sees_the_door),
}


def meanwhile(act: Callable[[], None], work: Callable[[], str]) -> tuple[str, float]:
    """Do the work, act in its middle, and return its outcome and how long that took."""
    acting = threading.Timer(0.7, act)
    acting.start()
    began_s = time.monotonic()
    outcome = work()
    took_s = time.monotonic() - began_s
    acting.join()
    return outcome, took_s


@pytest.mark.parametrize("device", WORK)
def test_a_killed_worker_costs_one_outcome_and_comes_back(terminal: Terminal, device: str) -> None:
    work, expected, again = WORK[device]
    pid = terminal.worker(device)
    outcome, took_s = meanwhile(lambda: os.kill(pid, signal.SIGKILL), lambda: work(terminal, WITHIN_S))
    assert outcome in expected
    assert took_s < WITHIN_S + GRACE_S
    assert soon(lambda: again(terminal), 60)
    assert terminal.worker(device) != pid


@pytest.mark.parametrize("device", WORK)
def test_a_stopped_worker_costs_one_outcome_at_the_deadline(terminal: Terminal, device: str) -> None:
    work, expected, again = WORK[device]
    pid = terminal.worker(device)
    outcome, took_s = meanwhile(lambda: os.kill(pid, signal.SIGSTOP), lambda: work(terminal, WITHIN_S))
    os.kill(pid, signal.SIGCONT)
    assert outcome in expected
    assert took_s < WITHIN_S + GRACE_S
    assert soon(lambda: again(terminal), 60)


def test_what_was_done_is_counted_in_spite_of_all_that(terminal: Terminal) -> None:
    kept: Path = places(terminal.config).counts
    before = counts_of(kept, PRINTER)
    assert prints_a_slip(terminal)
    assert soon(lambda: counts_of(kept, PRINTER) != before)
    os.kill(terminal.worker(PRINTER), signal.SIGKILL)
    after = counts_of(kept, PRINTER)
    assert after["receipts"] == before.get("receipts", 0) + 1
    assert after["paper_mm"] == before.get("paper_mm", 0) + 480 // 8 + 12
