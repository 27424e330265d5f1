"""Carries out what concerns the receipt printer: the slip, and how the printer is."""

from collections.abc import Callable
from pathlib import Path

from kiosk.flow.events import Event, PrinterSeen, SlipAnswered
from kiosk.lane import Lane
from kiosk.receipt.drawing import drawn_blocks
from kiosk.receipt.sheet import Block
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus, ReceiptPrinter

_PRINT_WITHIN_S = 25.0
_ASK_WITHIN_S = 2.0
_ASK_EVERY_S = 15.0


class PrinterDesk:
    """One printer and the thread that talks to it."""

    def __init__(
        self, printer: ReceiptPrinter, width_dots: int, fonts: Path, post: Callable[[Event], None], failed: Callable[[BaseException], None]
    ) -> None:
        self._printer = printer
        self._width_dots = width_dots
        self._fonts = fonts
        self._post = post
        self._said: PrinterStatus | None = None
        self._lane = Lane("printer", failed, self._ask, _ASK_EVERY_S).start()
        self._lane.do(self._ask)

    def print(self, token: int, sheet: tuple[Block, ...]) -> None:
        """Print one sheet for the visit `token`."""
        self._lane.do(lambda: self._print(token, sheet))

    def close(self) -> None:
        """Stop after the slip at hand."""
        self._lane.close()

    def _print(self, token: int, sheet: tuple[Block, ...]) -> None:
        raster = drawn_blocks(sheet, self._width_dots, self._fonts)
        printing = self._printer.print(raster, Deadline.after(_PRINT_WITHIN_S))
        self._post(SlipAnswered(token, printing))
        self._say(printing.status)

    def _ask(self) -> None:
        self._say(self._printer.status(Deadline.after(_ASK_WITHIN_S)))

    def _say(self, status: PrinterStatus) -> None:
        if status is not self._said:
            self._said = status
            self._post(PrinterSeen(status))
