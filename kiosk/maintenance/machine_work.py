"""Does what a technician orders of the machine: onto a stick, off a stick, and back to the version before."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from kiosk.config import Config
from kiosk.machine.keeper import Keeper, KeeperError
from kiosk.machine.sticks import StickTold
from kiosk.maintenance.bundle import make_bundle, write_bundle, write_film
from kiosk.maintenance.finding import Finding
from kiosk.maintenance.machine import MachineAct, MachineDone, MachineLook, MachineOutcome, StickWord
from kiosk.recording import RecordingError
from peripherals.deadline import Deadline
from peripherals.values import dataclass
from sync.ask import City
from sync.contract.decoding import UNDECODABLE
from sync.contract.export import CARRY, SIGN_MANIFEST, CarryWanted, ManifestSigned, ManifestWanted
from sync.contract.names import ApplicationId, TerminalId
from sync.contract.question import Answered
from sync.durable import write_durably
from sync.errors import SyncError
from sync.export import ExportError, give_out
from sync.heartbeat import release
from sync.outbox import Outbox
from sync.reckoning import Stats

_SIGNED_WITHIN_S = 20.0
_LAID_WITHIN_S = 6.0  # from being let in until its file system is there
_LOOK_EVERY_S = 0.2
_CARRIED_WITHIN_S = 60.0  # a slice of it
_HISTORY = 5
_WANT_A_STICK = (MachineAct.EXPORT, MachineAct.CARRY, MachineAct.BUNDLE, MachineAct.FILM, MachineAct.INSTALL)
_WENT_BACK = {True: MachineOutcome.DONE, False: MachineOutcome.NO_OTHER, None: MachineOutcome.NO_UPDATES}
_ENDED = {
    "destroyed": MachineOutcome.DONE,
    "not_printed": MachineOutcome.NOT_PRINTED,
    "left": MachineOutcome.LEFT,
    "other_terminal": MachineOutcome.OTHER_TERMINAL,
}


@dataclass(frozen=True, slots=True)
class MachineTools:
    """What the work is done with.

    Attributes:
        config: The terminal's.
        city: Whom the sending process is asked through: it signs the list.
        open_outbox: Raises SyncError.
        stats: Raises SyncError.
        findings: What is found of each part now.
        now: Local, aware.
        keeper: Has the rights that the screen's process lacks: slots, and ending a terminal.
        exported: Where it is noted what was given out to a stick last.
        film: Records an invented visit on the screens, and may raise RecordingError; None where there are none.
    """

    config: Config
    city: City
    open_outbox: Callable[[], Outbox]
    stats: Callable[[], Stats]
    findings: Callable[[], tuple[Finding, ...]]
    now: Callable[[], datetime]
    keeper: Keeper
    exported: Path
    film: Callable[[], bytes] | None = None


class MachineWork:
    """The work."""

    def __init__(self, tools: MachineTools) -> None:
        self._tools = tools
        self._stick = tools.config.terminal.stick

    def look(self) -> MachineLook:
        """Say what is there; a terminal without updates has a version all the same."""
        admitted = self._admitted()
        look = MachineLook(
            release(),
            has_stick=self._has_stick(),
            stick=None if admitted is None else admitted.word,
            stick_kind="" if admitted is None else admitted.kind,
        )
        try:
            slots = self._tools.keeper.look()
        except KeeperError:
            return look
        if slots is None:
            return look
        return replace(look, release=slots.release, slot=slots.slot, other=slots.other, history=slots.history[-_HISTORY:])

    def do(self, act: MachineAct) -> MachineDone:
        """Do it; what goes wrong is an outcome."""
        if act in _WANT_A_STICK and not self._has_stick():
            return MachineDone(act, MachineOutcome.NO_STICK)
        try:
            match act:
                case MachineAct.EXPORT:
                    return self._export()
                case MachineAct.CARRY:
                    return self._carry()
                case MachineAct.BUNDLE:
                    return self._bundle()
                case MachineAct.FILM:
                    return self._film()
                case MachineAct.INSTALL:
                    return self._install()
                case MachineAct.GO_BACK:
                    return MachineDone(act, _WENT_BACK[self._tools.keeper.go_back()])
                case MachineAct.END:
                    return self._end()
        except KeeperError:
            return MachineDone(act, MachineOutcome.NO_KEEPER)
        except SyncError:
            return MachineDone(act, MachineOutcome.UNREADABLE)
        except RecordingError:
            return MachineDone(act, MachineOutcome.NO_FILM)
        except OSError:
            return MachineDone(act, MachineOutcome.FAILED if act.is_asked else MachineOutcome.STICK_FAULT)

    def _admitted(self) -> StickTold | None:
        """Have a stick let in, and wait until the machine has laid it down; somebody without a grant has the ports as they are."""
        try:
            told = self._tools.keeper.admit_stick()
        except KeeperError:
            return None
        if told is not None and told.word is StickWord.LET_IN:
            until = Deadline.after(_LAID_WITHIN_S)
            while not self._has_stick() and not until.is_past:
                time.sleep(_LOOK_EVERY_S)
        return told

    def _has_stick(self) -> bool:
        """Tell whether a stick is in: the machine lays one that it let in where it is looked for; without one, nobody may write there."""
        try:
            return self._stick.is_dir() and os.access(self._stick, os.W_OK)
        except OSError:
            return False

    def _export(self) -> MachineDone:
        self._take_receipts()  # what somebody delivered meanwhile is not given out again
        outbox = self._tools.open_outbox()
        try:
            _, count = give_out(self._stick, self._signed_list, outbox.sealed_rows)
            self._tools.exported.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_durably(self._tools.exported, msgspec.json.encode([row.digest for row in outbox.sealed_rows()]))
        finally:
            outbox.close()
        return MachineDone(MachineAct.EXPORT, MachineOutcome.DONE, str(count))

    def _signed_list(self, after: ApplicationId | None) -> ManifestSigned:
        signed = self._tools.city.ask(SIGN_MANIFEST, ManifestWanted(after), _SIGNED_WITHIN_S)
        if not isinstance(signed, Answered):
            raise ExportError("nobody signs the list")
        return signed.answer

    def _take_receipts(self) -> None:
        from sync.carrier import take_receipts  # noqa: PLC0415 - it brings the line's library, which the screen has no other use for

        outbox = self._tools.open_outbox()
        try:
            take_receipts(self._stick, outbox, TerminalId(self._tools.config.terminal.id))
        finally:
            outbox.close()

    def _carry(self) -> MachineDone:
        """Have the sending process deliver what the stick holds, slice by slice, until nothing moves any more."""
        act = MachineAct.CARRY
        while True:
            answered = self._tools.city.ask(CARRY, CarryWanted(), _CARRIED_WITHIN_S)
            if not isinstance(answered, Answered):
                return MachineDone(act, MachineOutcome.UNREADABLE)
            done = answered.answer
            if done.is_stick_gone or not done.left or done.is_held_up or not done.moved_bytes:
                break
        total = done.complete + done.left + done.refused
        if done.is_stick_gone:
            return MachineDone(act, MachineOutcome.STICK_FAULT)
        if done.unread and not done.left:
            return MachineDone(act, MachineOutcome.UNREAD_LIST)
        if not done.lists:
            return MachineDone(act, MachineOutcome.NO_ROWS)
        if done.distrusted == done.lists:
            return MachineDone(act, MachineOutcome.NOT_ADMITTED)
        if done.left:
            return MachineDone(act, MachineOutcome.HELD_UP, f"{done.complete}/{total}")
        if done.refused or done.distrusted:
            return MachineDone(act, MachineOutcome.PARTLY, f"{done.complete}/{total}")
        return MachineDone(act, MachineOutcome.DONE, str(done.complete))

    def _bundle(self) -> MachineDone:
        tools = self._tools
        content = make_bundle(tools.config, tools.now(), tools.findings(), tools.stats)
        path = write_bundle(self._stick, tools.config.terminal.id, tools.now(), content)
        return MachineDone(MachineAct.BUNDLE, MachineOutcome.DONE, path.name)

    def _film(self) -> MachineDone:
        tools = self._tools
        if tools.film is None:
            raise RecordingError("there are no screens here")
        path = write_film(self._stick, tools.config.terminal.id, tools.now(), tools.film())
        return MachineDone(MachineAct.FILM, MachineOutcome.DONE, path.name)

    def _install(self) -> MachineDone:
        outcome = self._tools.keeper.install()
        told = {
            "restarting": MachineOutcome.DONE,
            "distrusted": MachineOutcome.DISTRUSTED,
            "unreachable": MachineOutcome.NOTHING,
            "keep": MachineOutcome.NOTHING,
            "no_channel": MachineOutcome.NO_UPDATES,
        }.get(outcome.word, MachineOutcome.FAILED)
        return MachineDone(MachineAct.INSTALL, told, outcome.release)

    def _end(self) -> MachineDone:
        """End the terminal: only once the city has everything, or what it has not was carried away."""
        outbox = self._tools.open_outbox()
        try:
            waiting = [row.digest for row in outbox.sealed_rows()]
        finally:
            outbox.close()
        if not set(waiting) <= self._exported():
            return MachineDone(MachineAct.END, MachineOutcome.WAITING, str(len(waiting)))
        ended = self._tools.keeper.end(self._tools.config.terminal.id, len(waiting))
        return MachineDone(MachineAct.END, _ENDED.get(ended.word, MachineOutcome.FAILED), ended.about)

    def _exported(self) -> frozenset[str]:
        try:
            return frozenset(msgspec.json.decode(self._tools.exported.read_bytes(), type=list[str]))
        except (OSError, *UNDECODABLE):
            return frozenset()
