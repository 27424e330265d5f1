"""Carries out what concerns the receipt printer: the slip, and how the printer is."""

from collections.abc import Callable
from pathlib import Path

from kiosk.flow.events import Event
from kiosk.flow.events.devices import PrinterSeen, SlipAnswered
from kiosk.lane import Lane
from kiosk.receipt.drawing import drawn_blocks
from kiosk.receipt.plain import plain
from kiosk.receipt.sheet import Block
from peripherals.deadline import Deadline
from peripherals.receipt_printer import Charset, PlainSlip, PrinterStatus, Printing, Raster, ReceiptPrinter

_PRINT_WITHIN_S = 25.0  # and what the slip is on its way to it
_ASK_WITHIN_S = 2.0
_ASK_EVERY_S = 15.0
_ASK_AGAIN_EVERY_S = 2.0
"""While it cannot print: somebody may be putting in paper, with a resident waiting."""


class PrinterDesk:
    """One printer and the thread that talks to it."""

    def __init__(
        self,
        printer: ReceiptPrinter,
        width_dots: int,
        fonts: Path,
        post: Callable[[Event], None],
        failed: Callable[[BaseException], None],
        charset: Charset | None = None,
    ) -> None:
        self._printer = printer
        self._width_dots = width_dots
        self._fonts = fonts
        self._charset = charset  # of the printer's own letters, when the terminal is set to use them
        self._post = post
        self._said: PrinterStatus | None = None
        self._next_look = Deadline.after(0)
        self._lane = Lane("printer", failed, self._ask_when_due, _ASK_AGAIN_EVERY_S).start()
        self._lane.do(self._ask)

    def print(self, token: int, sheet: tuple[Block, ...]) -> None:
        """Print one sheet for the visit `token`."""
        self._lane.do(lambda: self._print(token, sheet))

    def close(self) -> None:
        """Stop after the slip at hand."""
        self._lane.close()

    def _print(self, token: int, sheet: tuple[Block, ...]) -> None:
        printing = self._printed(sheet)
        self._post(SlipAnswered(token, printing))
        self._say(printing.status)

    def _printed(self, sheet: tuple[Block, ...]) -> Printing:
        """Print in the printer's own letters where that is wanted and it has them all, and as a picture otherwise."""
        if self._charset is not None:
            slip = plain(sheet, self._width_dots, self._charset)
            printing = self._printer.print_plain(slip, self._in_time_for(slip))
            if not printing.missing_glyphs:
                return printing
        drawing = drawn_blocks(sheet, self._width_dots, self._fonts)
        return self._printer.print(drawing, self._in_time_for(drawing))

    def _in_time_for(self, slip: Raster | PlainSlip) -> Deadline:
        """A slow line takes what its bytes need, and that is no fault of the printer's."""
        return Deadline.after(_PRINT_WITHIN_S + self._printer.line_s(slip))

    def _ask_when_due(self) -> None:
        is_well = self._said is not None and self._said.can_print
        if not is_well or self._next_look.is_past:
            self._ask()

    def _ask(self) -> None:
        self._next_look = Deadline.after(_ASK_EVERY_S)
        self._say(self._printer.status(Deadline.after(_ASK_WITHIN_S)))

    def _say(self, status: PrinterStatus) -> None:
        if status is not self._said:
            self._said = status
            self._post(PrinterSeen(status))
