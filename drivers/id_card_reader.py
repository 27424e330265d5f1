"""An ID-card reader on a serial line: finds, selects and reads cards through the SAM module inside it."""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from drivers.health import Seen
from drivers.sam.codes import RESEND, Sw3, meaning
from drivers.sam.data import card_blocks, module_id
from drivers.sam.fields import FieldTrouble, decode_card, decode_newest_address
from drivers.sam.frames import BAUD_COMMANDS, Command, Reply
from drivers.sam.replies import is_answer, is_success, words
from drivers.sam_line import NoReply, PortLostError, SamLine
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReading, CardReadStatus, IdCard, ModuleReport, PlateStatus
from peripherals.secret import Secret
from peripherals.values import dataclass

POLL_S = 0.3  # modules do not like to be asked for a card more often
_ASKING_TAKES_S = 0.03  # with less left than this, asking again could only be cut off

_OF_THE_CARD = frozenset({CardReadStatus.CARD_MOVED, CardReadStatus.NOT_GENUINE, CardReadStatus.UNSUPPORTED_CARD})
"""What puts the card itself in doubt; any other failure is one of the module or of the line."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A question that did not get its answer: what it comes to, for staff in words, and the module's code if it gave one."""

    status: CardReadStatus
    detail: str
    sw3: int | None = None
    was_garbled: bool = False  # the module may have carried the command out, and its answer was lost on the way

    @property
    def is_worth_waiting(self) -> bool:
        """Whether a card may still be laid, laid better, or lifted: then it is asked for again."""
        return self.sw3 in {Sw3.NO_CARD, Sw3.SELECT_FAILED}


_STILL_THERE = _Refusal(CardReadStatus.NO_CARD, "a card that was already read has not been lifted", Sw3.SELECT_FAILED)


class SamIdCardReader:
    """Implements `peripherals.id_card_reader.IdCardReader`.

    Modules differ in how a card looks that was read and still lies there: some answer "no card" until it is lifted, some find it
    and fail to select it, some hand it out again. The first two cannot be mistaken for a new card. The third is told by reading
    the same card twice without an empty plate between: if the module then hands it out once more at once, it is such a module,
    and the card has been lying there.
    """

    def __init__(self, port: str, baud: int = 115200) -> None:
        self.line = SamLine(port, baud)  # for whoever looks for a module on many ports at once
        self._key = os.urandom(16)
        self._last_card: bytes | None = None  # keyed digest of the card read last; None once the plate was seen empty
        self._may_lie = False  # a card was read, and has not been seen to be gone
        self._shows_read_card = False  # the module was seen to find it all the same: when it does not any more, it is gone
        self._was_reset = False

    def read(self, deadline: Deadline, *, newest_address: bool = False, on_card: Callable[[], None] | None = None) -> CardReading:
        """Wait until a new card lies on the plate, then read it; see the protocol."""
        attempt = _Attempt(deadline, newest_address=newest_address, on_card=on_card)
        try:
            return self._connected(lambda: self._read(attempt))
        except PortLostError as lost:
            return CardReading(CardReadStatus.ABSENT, detail=str(lost))

    def plate(self, deadline: Deadline) -> PlateStatus:
        """Say whether a card lies on the plate, whichever way this module shows one that was read."""
        try:
            return self._connected(lambda: self._plate(deadline))
        except PortLostError:
            return PlateStatus.ABSENT

    def module(self, deadline: Deadline) -> ModuleReport:
        """Ask the security module for its health and number."""
        return self._report(lambda: self._module(deadline))

    def reset(self, deadline: Deadline) -> ModuleReport:
        """Start the module afresh, then ask it how it is."""

        def start_afresh() -> ModuleReport:
            answer = self._ask(Command.RESET, deadline)
            self._last_card = None
            return _failed(answer) if isinstance(answer, _Refusal) else self._module(deadline)

        return self._report(start_afresh)

    def change_baud(self, baud: int, deadline: Deadline) -> ModuleReport:
        """Have the module talk at another rate and follow it there; when it does not answer there, go back.

        A module whose answer was not heard may have changed its rate all the same, so it is looked for there, too.

        Raises:
            ValueError: modules have no such rate.
        """
        if baud not in BAUD_COMMANDS:
            raise ValueError(f"{baud} is not one of {', '.join(map(str, BAUD_COMMANDS))}")

        def change() -> ModuleReport:
            answer = self._ask(BAUD_COMMANDS[baud], deadline)
            if isinstance(answer, _Refusal) and answer.sw3 is not None:
                return _failed(answer)
            before = self.line.baud
            self.line.set_rate(baud)
            report = self._module(deadline)
            if report.status is CardReadStatus.SILENT:
                self.line.set_rate(before)
            return report

        return self._report(change)

    def health(self, deadline: Deadline) -> ModuleReport:
        """Ask the module how it is, and not for its number."""
        return self._report(lambda: self._health(deadline))

    def look(self, deadline: Deadline) -> Seen:
        """Ask the module how it is; the card on the plate, and what is known of it, stay as they are."""
        report = self.health(deadline)
        is_fit = report.status is CardReadStatus.READ
        return Seen("ready" if is_fit else report.status, is_fit, report.detail)

    def _health(self, deadline: Deadline) -> ModuleReport:
        answer = self._ask(Command.STATUS, deadline)
        return _failed(answer) if isinstance(answer, _Refusal) else ModuleReport(CardReadStatus.READ)

    def close(self) -> None:
        """Let the port go; the next question opens it again."""
        self.line.close()

    def _report(self, work: Callable[[], ModuleReport]) -> ModuleReport:
        try:
            return self._connected(work)
        except PortLostError as lost:
            return ModuleReport(CardReadStatus.ABSENT, detail=str(lost))

    def _connected(self, work: Callable[[], T]) -> T:
        """Do the work on an open port; a port that was open before and turns out dead is opened anew once."""
        if not self._open():
            try:
                return work()
            except PortLostError:
                self._open()
        return work()

    def _open(self) -> bool:
        """Open the port if need be; a port opened anew means that nothing is known of the plate."""
        opened = self.line.open()
        if opened:
            self._last_card, self._may_lie, self._was_reset = None, False, False
        return opened

    def _module(self, deadline: Deadline) -> ModuleReport:
        answer = self._ask(Command.STATUS, deadline)
        if isinstance(answer, Reply):
            answer = self._ask(Command.MODULE_ID, deadline)
        if isinstance(answer, _Refusal):
            return _failed(answer)
        if (shown := module_id(answer.data)) is None:
            return ModuleReport(CardReadStatus.MODULE_FAULT, detail=f"module id: {len(answer.data)} bytes instead of 16")
        return ModuleReport(CardReadStatus.READ, module_id=shown)

    def _plate(self, deadline: Deadline) -> PlateStatus:
        found = self._ask(Command.FIND, deadline)
        if isinstance(found, Reply) or found.sw3 == Sw3.SELECT_FAILED:
            self._shows_read_card |= self._may_lie
            return PlateStatus.OCCUPIED
        if found.sw3 != Sw3.NO_CARD:
            return PlateStatus.SILENT
        self._last_card = None
        # A module that calls a card "no card" once it was read still lets its newest address be read while it lies there.
        is_hidden = self._may_lie and not self._shows_read_card
        self._may_lie = is_hidden and isinstance(self._ask(Command.NEWEST_ADDRESS, deadline), Reply)
        return PlateStatus.OCCUPIED if self._may_lie else PlateStatus.EMPTY

    def _read(self, attempt: "_Attempt") -> CardReading:
        has_slipped = False
        while True:
            next_poll = Deadline.after(POLL_S)
            seen = self._look(attempt)
            if isinstance(seen, CardReading):
                return seen
            has_slipped |= seen.status is CardReadStatus.CARD_MOVED
            if attempt.deadline.remaining_s <= next_poll.remaining_s + _ASKING_TAKES_S:
                time.sleep(attempt.deadline.remaining_s)
                return CardReading(CardReadStatus.CARD_MOVED if has_slipped else CardReadStatus.NO_CARD, detail=seen.detail)
            time.sleep(next_poll.remaining_s)

    def _look(self, attempt: "_Attempt") -> CardReading | _Refusal:
        """Look at the plate once; a refusal means that it is worth looking again."""
        seen: CardReading | _Refusal
        if attempt.lies_there:
            seen = self._find(attempt.deadline) or _STILL_THERE
            attempt.lies_there = seen.sw3 != Sw3.NO_CARD
        else:
            seen = self._find_and_select(attempt.deadline) or self._read_selected(attempt)
        if isinstance(seen, CardReading) or seen.is_worth_waiting:
            return seen
        return CardReading(seen.status, detail=seen.detail)

    def _find(self, deadline: Deadline) -> _Refusal | None:
        found = self._ask(Command.FIND, deadline)
        if isinstance(found, Reply):
            return None
        if found.sw3 == Sw3.NO_CARD:
            self._last_card = None
            return _Refusal(CardReadStatus.NO_CARD, "no card was laid", Sw3.NO_CARD)
        return _STILL_THERE if found.sw3 == Sw3.SELECT_FAILED else found

    def _find_and_select(self, deadline: Deadline) -> _Refusal | None:
        """Return None when a card is selected and may be read."""
        if (refusal := self._find(deadline)) is not None:
            return refusal
        selected = self._ask(Command.SELECT, deadline)
        if isinstance(selected, Reply) or (selected.sw3 == Sw3.SELECT_FAILED and selected.was_garbled):
            return None  # garbled: selected the first time, and refused the second for that very reason
        if selected.sw3 != Sw3.SELECT_FAILED:
            return selected
        if not (self._may_lie or self._was_reset):
            # Read by another program, or before this one was started anew: the module is asked to forget that, once.
            self._was_reset = True
            self._ask_once(Command.RESET, deadline)
        return _STILL_THERE

    def _read_selected(self, attempt: "_Attempt") -> CardReading | _Refusal:
        """Read the selected card, unless it is the one that was read before and has been lying there since."""
        is_doubtful = self._last_card is not None
        if not is_doubtful:
            attempt.announce()
        reply = self._read_blocks(attempt.deadline)
        if isinstance(reply, _Refusal):
            return CardReading(reply.status, detail=reply.detail)
        if (blocks := card_blocks(reply.data)) is None:
            return CardReading(CardReadStatus.CORRUPT, detail="read: the lengths of text, photo and fingerprint do not add up")
        card: IdCard | FieldTrouble | _Refusal = decode_card(blocks.text, has_photo=bool(blocks.photo))
        unsaid = None
        if isinstance(card, IdCard) and attempt.newest_address:
            added = self._with_newest_address(card, attempt.deadline)
            if isinstance(added, _Refusal) and added.status not in _OF_THE_CARD:
                unsaid = added.detail  # what was read before stands
            else:
                card = added
        digest = hashlib.blake2b(blocks.text, key=self._key).digest()
        if is_doubtful:
            if digest == self._last_card and self._find_and_select(attempt.deadline) is None:
                attempt.lies_there = True
                return _STILL_THERE
            attempt.announce()
        self._last_card, self._may_lie, self._shows_read_card = digest, True, False
        match card:
            case IdCard():
                return CardReading(CardReadStatus.READ, card, unsaid)
            case FieldTrouble():
                return CardReading(CardReadStatus.CORRUPT, detail=str(card))
            case _Refusal():
                return CardReading(card.status, detail=card.detail)

    def _read_blocks(self, deadline: Deadline) -> Reply | _Refusal:
        """Ask for text and photo; the fingerprint is asked for only where a module knows no other way, and dropped."""
        answer = self._ask(Command.READ, deadline)
        if isinstance(answer, _Refusal) and answer.sw3 == Sw3.COMMAND_WRONG:
            return self._ask(Command.READ_WITH_FINGERPRINT, deadline)
        if isinstance(answer, _Refusal) and answer.was_garbled and answer.sw3 is not None:
            # The module has answered once, and nobody heard it. It may want the card found and selected before it does so again.
            if self._find_and_select(deadline) is None:
                return self._ask(Command.READ, deadline)
            return replace(answer, status=CardReadStatus.CARD_MOVED, detail="read: the answer was damaged; the card must be laid again")
        return answer

    def _with_newest_address(self, card: IdCard, deadline: Deadline) -> IdCard | FieldTrouble | _Refusal:
        """Add the address that was written later, if there is one. The module gives it only while the same card lies there."""
        answer = self._ask(Command.NEWEST_ADDRESS, deadline)
        if isinstance(answer, _Refusal):
            # An older module does not know the command; the card is whole without it.
            return card if answer.sw3 == Sw3.COMMAND_WRONG else answer
        address = None if answer.sw3 == Sw3.ITEM_ABSENT else decode_newest_address(answer.data)
        if isinstance(address, FieldTrouble):
            return address
        return replace(card, newest_address=None if address is None else Secret(address))

    def _ask(self, command: Command, deadline: Deadline) -> Reply | _Refusal:
        """Ask, and once more when the question or the answer was lost or damaged on its way."""
        answer = self._ask_once(command, deadline)
        if isinstance(answer, Reply):
            if answer.sw3 not in RESEND:
                return _judged(command, answer)
        elif answer is NoReply.OUT_OF_TIME:
            return _Refusal(CardReadStatus.NO_CARD, f"{words(command)}: the time was up before the answer came")
        # With no time left it would be answered to nobody, or to whoever asks next.
        again = NoReply.OUT_OF_TIME if deadline.is_past else self._ask_once(command, deadline, again=True)
        if isinstance(again, Reply):
            return _judged(command, again, was_garbled=isinstance(answer, NoReply))
        if isinstance(answer, Reply):
            return _judged(command, answer)
        if NoReply.DAMAGED in {answer, again}:  # something speaks there: this is noise, and not a dead module
            return _Refusal(CardReadStatus.CORRUPT, f"{words(command)}: {_NO_REPLY[NoReply.DAMAGED]}", was_garbled=True)
        return _Refusal(CardReadStatus.SILENT, f"{words(command)}: {_NO_REPLY[answer]}", was_garbled=True)

    def _ask_once(self, command: Command, deadline: Deadline, *, again: bool = False) -> Reply | NoReply:
        return self.line.ask(command, lambda reply: is_answer(command, reply), deadline, again=again)


class _Attempt:
    """What one call of `read` was asked for."""

    def __init__(self, deadline: Deadline, *, newest_address: bool, on_card: Callable[[], None] | None) -> None:
        self.deadline = deadline
        self.newest_address = newest_address
        self.lies_there = False  # the card on the plate is known to be the one read before
        self._on_card = on_card

    def announce(self) -> None:
        """Say, the first time only, that a card is being read."""
        on_card, self._on_card = self._on_card, None
        if on_card is not None:
            on_card()


_NO_REPLY = {
    NoReply.SILENT: "no answer, or only half of one",
    NoReply.DAMAGED: "the answers came damaged",
    NoReply.OUT_OF_TIME: "no answer in time",
}


def _judged(command: Command, reply: Reply, *, was_garbled: bool = False) -> Reply | _Refusal:
    if is_success(command, reply.sw3):
        return reply
    status, detail = meaning(reply, words(command))
    return _Refusal(status, detail, reply.sw3, was_garbled)


def _failed(refusal: _Refusal) -> ModuleReport:
    # A module that was not heard in time is silent: there is no card in the question.
    status = CardReadStatus.SILENT if refusal.sw3 is None else CardReadStatus.MODULE_FAULT
    return ModuleReport(status, detail=refusal.detail)
