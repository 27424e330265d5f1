"""The four questions about a printer's state, and whose answer is whose when answers come late.

Real-time answers carry no sign of their question. While each question has got its answer, the next byte belongs to the next question. Once
a question was given up, its answer may still come, and would be taken for another's: paper that has ended would be said in the place of
something harmless. From then on nothing that is said counts until the line was quiet, twice the same was said with quiet around it, and
it is then said once more.
"""

import time
from contextlib import suppress

from drivers.escpos.answers import QUESTIONS, Answers, verdict
from drivers.printer_line import LineGoneError, PrinterLine
from peripherals.deadline import Deadline
from peripherals.receipt_printer import PrinterStatus

_EXTRA_S = 0.02  # an answer too many that was there all along has shown itself by then
_ANSWER_S = 3.0  # the longest that any one answer is waited for, whether somebody wants to know or to print
_SHORTEST_QUIET_S = 0.4
_ROOM = 1.5  # in times of the last whole round: so much is left before another one is begun


class PrinterQuestions:
    """Asks on whatever line is open; what it knows of late answers goes on from one conversation to the next."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._is_new = False  # nothing was heard yet of this line, on which somebody else may have asked
        self._is_owed = False  # a question was given up, and its answer may still come
        self._said: list[list[int]] = []  # while so, the rounds that nothing came between
        self._slowest_s = 0.0  # the slowest answer that was seen
        self._round_s = 0.0  # how long the last whole round took
        self._asked_s = self._heard_s = 0.0  # when the last question was put, and when anything about answers happened last

    def hung_up(self) -> None:
        """Forget what is owed: it cannot come on a new line."""
        self._is_owed = False

    def picked_up(self) -> None:
        """Listen first: this line was somebody's before, and what was asked on it may be answered now."""
        self._is_new, self._heard_s = True, time.monotonic()

    def take_over(self) -> None:
        """Be in doubt: who asked before has died, and an answer may still come at any time."""
        self._doubt()

    def ask(self, line: PrinterLine, deadline: Deadline) -> PrinterStatus:
        """Return the printer's state, or SILENT when it does not say it in time and beyond doubt. Raises as the line does."""
        begun_with_s = deadline.remaining_s
        if self._is_new and not self._is_quiet(line, deadline):
            return PrinterStatus.SILENT
        self._is_new = False
        while not deadline.is_past:
            if self._is_owed and not self._is_quiet(line, deadline):
                break
            if deadline.remaining_s < min(begun_with_s - _EXTRA_S, _ROOM * self._round_s):
                break  # a round that is cut off would only owe another answer; the next caller begins where this one stopped
            if len(self._said) >= 2 and self._said[-1] == self._said[-2]:
                self._is_owed = False
            if (said := self._round(line, deadline)) is None:
                break
            if self._is_owed:
                self._said.append(said)
            elif not self._has_extra(line, deadline):
                return verdict(said)
        return PrinterStatus.SILENT

    def _round(self, line: PrinterLine, deadline: Deadline) -> list[int] | None:
        """Put each question when the one before has its answer; None when one does not get it."""
        self._listen(line, Deadline.after(0))
        said = self._answers.real_time
        said.clear()
        slowest_s, began_s = 0.0, time.monotonic()
        for number, question in enumerate(QUESTIONS, start=1):
            self._asked_s = self._heard_s = time.monotonic()
            line.write(question, deadline.sooner(_ANSWER_S))
            patience = deadline.sooner(_ANSWER_S)
            while len(said) < number:
                if patience.is_past:
                    self._doubt()
                    return None
                self._answers.take(line.read(patience))
            self._heard_s = time.monotonic()
            slowest_s = max(slowest_s, self._heard_s - self._asked_s)
        self._round_s = self._heard_s - began_s
        self._slowest_s = max(self._slowest_s, slowest_s) if self._is_owed else slowest_s
        return said[: len(QUESTIONS)]

    def _has_extra(self, line: PrinterLine, deadline: Deadline) -> bool:
        """Whether there was an answer too many after all: then none of them is known to be its question's."""
        with suppress(LineGoneError):  # one that hangs up when it has answered all has answered all
            self._listen(line, deadline.sooner(_EXTRA_S))
        if len(self._answers.real_time) == len(QUESTIONS):
            return False
        self._doubt()
        return True

    def _doubt(self) -> None:
        self._is_owed, self._heard_s = True, time.monotonic()
        self._said.clear()

    def _is_quiet(self, line: PrinterLine, deadline: Deadline) -> bool:
        """Wait until no answer has come for twice the slowest; what comes is dropped. False when the time is up before."""
        owed = self._answers.real_time
        owed.clear()
        self._listen(line, Deadline.after(0))
        if owed:
            self._doubt()  # it came at some time since the last conversation
        while (left_s := self._heard_s + max(_SHORTEST_QUIET_S, 2 * self._slowest_s) - time.monotonic()) > 0:
            if deadline.is_past:
                return False
            before = len(owed)
            self._answers.take(line.read(deadline.sooner(left_s)))
            if len(owed) > before:
                self._doubt()
                self._slowest_s = max(self._slowest_s, self._heard_s - self._asked_s)
        return True

    def _listen(self, line: PrinterLine, until: Deadline) -> None:
        """Take in what comes until then, and what is there already in any case."""
        while came := line.read(until):
            self._answers.take(came)
