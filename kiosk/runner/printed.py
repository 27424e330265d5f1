"""Carries out what concerns the print on papers: each kept page is read once, behind the visit, and forgotten with it."""

import threading
from collections.abc import Callable

from kiosk.flow.events import Event
from kiosk.flow.events.devices import PrintRead
from kiosk.lane import Lane
from peripherals.deadline import Deadline
from peripherals.paper_reader import PaperReader, PaperTextStatus
from peripherals.secret import Secret

READ_WITHIN_S = 120.0
"""A page takes a few seconds on a quick board and half a minute on a slow, busy one; what comes later than this helps nobody."""


class PrintedDesk:
    """One reader of print, if there is one, and the thread that waits for it. One page is read at a time."""

    def __init__(self, reader: PaperReader | None, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._reader = reader
        self._post = post
        self._over = threading.Event()  # set once the visit that asks is over; the next one has its own
        self._lane = Lane("printed", failed).start()

    def read(self, token: int, jpeg: Secret[bytes]) -> None:
        """Read a page on behalf of the visit `token`; where there is no reader, nothing is ever said of it."""
        over = self._over
        self._lane.do(lambda: self._read(over, token, jpeg))

    def forget(self) -> None:
        """End what is being read, and leave the rest unread."""
        over, self._over = self._over, threading.Event()
        over.set()

    def close(self) -> None:
        """Stop working."""
        self.forget()
        self._lane.close()

    def _read(self, over: threading.Event, token: int, jpeg: Secret[bytes]) -> None:
        if self._reader is None or over.is_set():
            return
        text = self._reader.read(jpeg, Deadline.after(READ_WITHIN_S), lambda: not over.is_set())
        if text.status is PaperTextStatus.NOT_INSTALLED:
            self._reader = None  # nor will it be for the next page
        elif not over.is_set():
            self._post(PrintRead(token, jpeg, text.lines))
