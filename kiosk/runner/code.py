"""Carries out what concerns the scanner: waiting for the codes of slips. What a code says is judged before anybody hears of it."""

import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.flow.events import Event
from kiosk.flow.events.devices import CodeShown
from kiosk.lane import Lane
from kiosk.scanning import AppointmentCode, BillCode, SlipCode, judged
from peripherals.code_scanner import CodeScanner, ScanStatus
from peripherals.deadline import Deadline
from peripherals.secret import Secret

_SLICE_S = 5.0
_OPEN_WITHIN_S = 3.0
_LOOK_AGAIN_S = 2.0


class CounterScanner(CodeScanner, Protocol):
    """A scanner whose waiting can be ended from another thread."""

    def give_up(self) -> None:
        """Let a `scan` under way return now."""


class CodeDesk:
    """One scanner, if there is one, and the thread that waits at it while somebody looks for their cases."""

    def __init__(self, scanner: CounterScanner | None, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._scanner = scanner
        self._post = post
        self._wanted: int | None = None
        self._stopped = threading.Event()
        self._lane = Lane("code", failed).start()

    def read(self, token: int) -> None:
        """Say each code that is shown, on behalf of `token`, until `stop`."""
        self._wanted = token
        self._stopped.clear()
        if self._scanner is not None:
            scanner = self._scanner
            self._lane.do(lambda: self._read(scanner, token))

    def stop(self) -> None:
        """Give the waiting up; a code that comes all the same belongs to nobody."""
        self._wanted = None
        self._stopped.set()
        if self._scanner is not None:
            self._scanner.give_up()

    def close(self) -> None:
        """Stop working."""
        self.stop()
        self._lane.close()

    def _read(self, scanner: CounterScanner, token: int) -> None:
        """What was scanned before anybody asked is forgotten when the scanner is opened."""
        if self._wanted != token:
            return
        scanner.open(Deadline.after(_OPEN_WITHIN_S))
        while self._wanted == token:
            scan = scanner.scan(Deadline.after(_SLICE_S))
            if self._wanted != token:
                break
            match scan.status:
                case ScanStatus.SCANNED if scan.code is not None:
                    self._post(_shown(token, scan.code.text))
                case ScanStatus.UNREADABLE:
                    self._post(CodeShown(token, None))
                case ScanStatus.NO_CODE | ScanStatus.SCANNED:
                    continue
                case ScanStatus.ABSENT | ScanStatus.STALLED:
                    self._stopped.wait(_LOOK_AGAIN_S)  # it is looked for again, not without a pause
        scanner.close()


def _shown(token: int, text: Secret[str]) -> CodeShown:
    match judged(text):
        case SlipCode(number, application_id):
            return CodeShown(token, (number, application_id))
        case AppointmentCode(code):
            return CodeShown(token, None, code)
        case BillCode(bill):
            return CodeShown(token, bill=bill)
        case _:
            return CodeShown(token, None)
