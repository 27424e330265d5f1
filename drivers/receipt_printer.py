"""A receipt printer that speaks ESC/POS, asked before, while and after it prints."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from drivers.escpos.answers import TURN, Answers
from drivers.escpos.raster import CUT, FORGET, START
from drivers.escpos.text import missing_glyphs
from drivers.health import Seen
from drivers.printer_address import PrinterAddress
from drivers.printer_line import LineGoneError, LineStalledError, PrinterLine
from drivers.printer_questions import PrinterQuestions
from drivers.slip_pieces import line_s, pieces
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PlainSlip, PrinterStatus, Printing, Raster

_AHEAD_ON_THE_LINE_S = 1.0  # at the most: a question waits behind what is on its way on a serial line
_STALL_S = 0.4  # without progress for so long, the printer is asked why
_PATIENCE_S = 20.0  # for one that says that it is well, and prints nothing
_TURN_S = 1.0  # an idle printer that knows the question "is it my turn" answers within this
_SLOWEST_MM_PER_S = 60.0
_DOTS_PER_MM = 8
_LINE_DOTS, _CODE_DOTS = 60, 240  # at the most


class _StoppedError(Exception):
    """The printing cannot go on."""

    def __init__(self, status: PrinterStatus) -> None:
        super().__init__(status)
        self.status = status


class EscposReceiptPrinter:
    """A ReceiptPrinter behind a URL (see `drivers.printer_address`).

    A receipt is sent in bands, and after each one the printer is asked to answer when it gets there. So at most `window_bytes` are
    under way, and fewer on a slow serial line: the printer's buffer never fills, and its real-time answers get through when the paper
    ends in the middle. What could not be finished is taken back out of the printer, so that no half receipt follows later, and nothing
    is ever sent twice.
    """

    def __init__(self, device_url: str, *, window_bytes: int = 3600) -> None:
        self._url, self._address = device_url, PrinterAddress.of(device_url)
        self._window_bytes = min(window_bytes, self._address.bytes_per_s * _AHEAD_ON_THE_LINE_S)
        self._line: PrinterLine | None = None
        self._answers = Answers()
        self._questions = PrinterQuestions(self._answers)
        self._took_over = False  # from a process that died while it printed
        self._half_hangs = False  # somebody's slip that was begun and not cut
        self._slot_is_clean = False  # part of another's receipt may hang there, from before this process began

    def status(self, deadline: Deadline) -> PrinterStatus:
        """See ReceiptPrinter.status."""
        try:
            with self._conversation(deadline) as line:
                return self._ask(line, deadline)
        except _StoppedError as stopped:
            return stopped.status

    def line_s(self, slip: Raster | PlainSlip) -> float:
        """See ReceiptPrinter.line_s."""
        return line_s(slip, self._url)

    def print(self, receipt: Raster, deadline: Deadline) -> Printing:
        """See ReceiptPrinter.print."""
        return self._printed(pieces(receipt, self._address), receipt.height_dots, deadline)

    def _printed(self, commands: list[bytes], height_dots: int, deadline: Deadline) -> Printing:
        try:
            with self._conversation(deadline) as line:
                before = self._ask(line, deadline)
                if not before.can_print:
                    return Printing(printed=False, status=before)
                return Printing(printed=True, status=self._print_whole(line, commands, height_dots, deadline))
        except _StoppedError as stopped:
            return Printing(printed=False, status=stopped.status)

    def print_plain(self, slip: PlainSlip, deadline: Deadline) -> Printing:
        """See ReceiptPrinter.print_plain."""
        if missing := missing_glyphs(slip):
            return Printing(printed=False, status=self.status(deadline), missing_glyphs=missing)
        return self._printed(pieces(slip, self._address), len(slip.lines) * _LINE_DOTS + _CODE_DOTS, deadline)

    def look(self, deadline: Deadline) -> Seen:
        """Ask the printer how it is, and cut off what hangs from it: between two calls nobody waits for the rest of it."""
        status = self.status(deadline)
        if self._half_hangs and status.can_print:
            with suppress(_StoppedError), self._conversation(deadline) as line:
                line.write((FORGET if self._took_over else b"") + START + CUT, deadline)
                self._half_hangs = self._took_over = False
        return Seen(status, status.can_print)

    def take_over(self, *, in_work: bool) -> None:
        """See drivers.worker.Heir: the printer may owe the process before this one answers, and have half a slip of it."""
        self._took_over = self._half_hangs = in_work
        self._questions.take_over()

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    @contextmanager
    def _conversation(self, deadline: Deadline) -> Iterator[PrinterLine]:
        """Open the line where needed; a line that fails becomes a status."""
        try:
            if self._line is None:
                self._line = PrinterLine.to(self._address, deadline)
                if self._line.is_kept:
                    self._questions.picked_up()
                else:
                    self._questions.hung_up()
            yield self._line
        except LineGoneError:
            self.close()
            raise _StoppedError(PrinterStatus.ABSENT) from None
        except LineStalledError:
            self.close()
            raise _StoppedError(PrinterStatus.SILENT) from None
        if self._line is not None and not self._line.is_kept:
            self.close()

    def _ask(self, line: PrinterLine, deadline: Deadline) -> PrinterStatus:
        return self._questions.ask(line, deadline)

    def _listen(self, line: PrinterLine, until: Deadline) -> None:
        """Take in what comes until then, and what is there already in any case."""
        while came := line.read(until):
            self._answers.take(came)

    def _print_whole(self, line: PrinterLine, commands: list[bytes], height_dots: int, deadline: Deadline) -> PrinterStatus:
        """Print and cut, and return what the printer says of itself afterwards; what stops that is taken back and raised."""
        try:
            self._send(line, commands, height_dots, deadline)
            after = self._ask_afterwards(line, deadline)
            _require_printing(after)
        except (_StoppedError, LineStalledError, LineGoneError):
            self._take_back()
            raise
        self._slot_is_clean, self._half_hangs = True, False
        return after

    def _ask_afterwards(self, line: PrinterLine, deadline: Deadline) -> PrinterStatus:
        """Ask how it is now; a network printer that hangs up after each job is called once more."""
        try:
            return self._ask(line, deadline)
        except LineGoneError:
            if line.is_kept:
                raise
        self.close()
        with self._conversation(deadline) as again:
            return self._ask(again, deadline)

    def _send(self, line: PrinterLine, commands: list[bytes], height_dots: int, deadline: Deadline) -> None:
        begin = START if self._slot_is_clean else START + CUT
        self._half_hangs = True
        if not self._slot_is_clean:
            self._drain(line, deadline)
        self._slot_is_clean = False
        self._answers.turns = 0
        line.write(begin + TURN, deadline)
        if self._turns_come(line, 1, deadline.sooner(_TURN_S)):
            self._send_by_turns(line, commands, deadline)
        else:
            self._send_by_time(line, commands, height_dots, deadline)

    def _drain(self, line: PrinterLine, deadline: Deadline) -> None:
        """Wait until nothing of an earlier job has its turn any more: such an answer looks like one of the job that begins now."""
        if self._took_over:
            line.write(FORGET, deadline)
            self._took_over = False
        self._answers.turns = seen = 0
        line.write(TURN, deadline)
        patience = deadline.sooner(_TURN_S)
        while not patience.is_past:
            self._answers.take(line.read(patience))
            if self._answers.turns > seen:
                seen, patience = self._answers.turns, deadline.sooner(_STALL_S)

    def _send_by_turns(self, line: PrinterLine, commands: list[bytes], deadline: Deadline) -> None:
        """Send band by band, never more ahead than the window, and wait until the cut has had its turn."""
        under_way: list[int] = []  # sizes of the bands that have not had their turn
        turns = 1
        for piece in (*commands, CUT):
            while under_way and sum(under_way) + len(piece) > self._window_bytes:
                self._await_turn(line, turns + 1, deadline)
                turns += 1
                del under_way[0]
            line.write(piece + TURN, deadline.sooner(_PATIENCE_S))
            under_way.append(len(piece))
        self._await_turn(line, turns + len(under_way), deadline)

    def _await_turn(self, line: PrinterLine, number: int, deadline: Deadline) -> None:
        """Wait for a band's turn. Each that comes shows that the printer lives: a long slip may take long, a stuck one may not."""
        patience = deadline.sooner(_PATIENCE_S)
        while not self._turns_come(line, number, deadline.sooner(_STALL_S)):
            status = self._ask(line, deadline)
            if not status.can_print or patience.is_past:
                raise _StoppedError(status)

    def _turns_come(self, line: PrinterLine, number: int, until: Deadline) -> bool:
        while self._answers.turns < number:
            if until.is_past:
                return False
            self._answers.take(line.read(until))
        return True

    def _send_by_time(self, line: PrinterLine, commands: list[bytes], height_dots: int, deadline: Deadline) -> None:
        """For a printer that does not say when its turn comes: ask after every band, then for as long as the slowest one prints."""
        for piece in (*commands, CUT):
            line.write(piece, deadline.sooner(_PATIENCE_S))
            _require_printing(self._ask(line, deadline))
        done_at = Deadline.after(height_dots / _DOTS_PER_MM / _SLOWEST_MM_PER_S + 1.0, deadline.clock)
        while not done_at.is_past:
            _require_printing(self._ask(line, deadline))
            self._listen(line, deadline.sooner(min(_STALL_S, done_at.remaining_s)))

    def _take_back(self) -> None:
        """Have the printer forget the rest, and leave the line, so that nothing half said stays on it."""
        if self._line is not None:
            with suppress(LineGoneError, LineStalledError):
                self._line.write(FORGET, Deadline.after(_STALL_S))
        self.close()


def _require_printing(status: PrinterStatus) -> None:
    if not status.can_print:
        raise _StoppedError(status)
