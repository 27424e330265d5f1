"""The scanner at the counter: slips are told, other codes are only said not to be ours, and what comes too late belongs to nobody."""

import queue
from uuid import uuid4

import pytest
from uuid6 import uuid7

from kiosk.flow.events import Event
from kiosk.flow.events.devices import CodeShown
from kiosk.runner.code import CodeDesk
from peripherals.code_scanner import Code, Scan, ScanStatus
from peripherals.deadline import Deadline
from peripherals.secret import Secret
from sync.contract.bills import PaymentId
from sync.contract.names import new_receipt_number
from sync.contract.paid_bills import code_of

PATIENCE_S = 30.0


class Scanner:
    """A scanner in memory: what is put into `shown` was held under it."""

    def __init__(self) -> None:
        self.shown: queue.Queue[Scan | None] = queue.Queue()
        self.opened = 0

    def open(self, _deadline: Deadline) -> ScanStatus:
        self.opened += 1
        return ScanStatus.NO_CODE

    def scan(self, deadline: Deadline) -> Scan:
        try:
            return self.shown.get(timeout=deadline.remaining_s) or Scan(ScanStatus.NO_CODE)
        except queue.Empty:
            return Scan(ScanStatus.NO_CODE)

    def give_up(self) -> None:
        self.shown.put(None)

    def close(self) -> None:
        pass


def scanned(text: str) -> Scan:
    return Scan(ScanStatus.SCANNED, Code(Secret(text)))


def fail(error: BaseException) -> None:
    raise error


def test_a_slips_code_is_told_with_both_its_names() -> None:
    scanner, said = Scanner(), queue.SimpleQueue[Event]()
    desk = CodeDesk(scanner, said.put, fail)
    number, application_id = new_receipt_number(), str(uuid7())
    desk.read(7)
    scanner.shown.put(scanned(f"BM1:{number}:{application_id}".upper()))
    assert said.get(timeout=PATIENCE_S) == CodeShown(7, (number, application_id))
    desk.close()


def test_the_code_of_a_bills_proof_is_told_as_that() -> None:
    scanner, said = Scanner(), queue.SimpleQueue[Event]()
    desk = CodeDesk(scanner, said.put, fail)
    code = code_of(PaymentId(str(uuid7())))
    desk.read(7)
    scanner.shown.put(scanned(f"BMP:{code}"))
    assert said.get(timeout=PATIENCE_S) == CodeShown(7, bill=code)
    desk.close()


@pytest.mark.parametrize("scan", [scanned("https://elsewhere.example/"), scanned(f"BM1:00000000:{uuid4()}"), Scan(ScanStatus.UNREADABLE)])
def test_any_other_code_is_only_said_not_to_be_ours(scan: Scan) -> None:
    scanner, said = Scanner(), queue.SimpleQueue[Event]()
    desk = CodeDesk(scanner, said.put, fail)
    desk.read(7)
    scanner.shown.put(scan)
    assert said.get(timeout=PATIENCE_S) == CodeShown(7, None)
    desk.close()


def test_a_code_that_comes_after_stop_belongs_to_nobody() -> None:
    scanner, said = Scanner(), queue.SimpleQueue[Event]()
    desk = CodeDesk(scanner, said.put, fail)
    desk.read(7)
    desk.stop()
    desk.read(8)
    scanner.shown.put(scanned("x"))
    assert said.get(timeout=PATIENCE_S) == CodeShown(8, None)
    assert said.empty()
    desk.close()


def test_a_terminal_without_a_scanner_waits_for_nothing() -> None:
    desk = CodeDesk(None, fail, fail)  # type: ignore[arg-type]
    desk.read(7)
    desk.stop()
    desk.close()
