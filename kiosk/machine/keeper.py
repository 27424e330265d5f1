"""What takes root's rights is asked of the keeper, a process of its own, over a small socket: the words, and the side that asks.

Whoever asks shows a grant, which the keeper gives for a card and its PIN and judges by itself: that the screen's process says "an engineer
stands here" is not enough to write a slot or to end a terminal.
"""

import socket
import time
from pathlib import Path
from typing import Final

import msgspec

from kiosk.machine.sticks import StickTold
from kiosk.maintenance.machine import InstallOutcome, MachineLook, StickWord, Tried
from peripherals.secret import Secret
from sync.ask import reachable, receive_frame, send_frame
from sync.contract.decoding import UNDECODABLE

SOCKET: Final = "keeper.sock"
NOT_NEEDED: Final = "not_needed"
_FRAME_WITHIN_S: Final = 10.0
_WORK_WITHIN_S: Final = 3600.0  # writing a slot takes minutes on a slow card; the machine restarts at the end


class OpenGrant(msgspec.Struct, frozen=True, tag="open"):
    """Judge a card and its PIN, or without a card a one-time code."""

    uid: str
    code: str

    def __repr__(self) -> str:
        return "OpenGrant(<secret>)"


class CloseGrant(msgspec.Struct, frozen=True, tag="close"):
    """The technician has gone."""


class LookAtSlots(msgspec.Struct, frozen=True, tag="look"):
    """What runs, in which slot, and what was tried: anybody may ask."""


class InstallOffStick(msgspec.Struct, frozen=True, tag="install"):
    """Take a release off the stick; where that is laid, the keeper knows itself."""

    grant: str


class AdmitStick(msgspec.Struct, frozen=True, tag="admit-stick"):
    """Let the storage in that is plugged in, until the technician has gone."""

    grant: str


class GoBack(msgspec.Struct, frozen=True, tag="go-back"):
    """Start the other slot."""

    grant: str


class SetProxy(msgspec.Struct, frozen=True, tag="set-proxy"):
    """Put another proxy in force, by a restart. Without an address there is to be none, without a user no login."""

    grant: str
    address: str
    user: str
    password: str

    def __repr__(self) -> str:
        return "SetProxy(<secret>)"


class EndTerminal(msgspec.Struct, frozen=True, tag="end"):
    """Destroy keys and data. `terminal` is the number that was typed; `waiting` stands on the proof."""

    grant: str
    terminal: str
    waiting: int


Order = OpenGrant | CloseGrant | LookAtSlots | AdmitStick | InstallOffStick | GoBack | SetProxy | EndTerminal


class Granted(msgspec.Struct, frozen=True, tag="granted"):
    """The answer to a right card and PIN, or to a right code. For a technician it is good for a stick alone, for an engineer for all."""

    grant: str


class Slots(msgspec.Struct, frozen=True, tag="slots"):
    """What there is."""

    release: str
    slot: str
    other: str | None
    history: tuple[Tried, ...]


class Did(msgspec.Struct, frozen=True, tag="did"):
    """What came of an order: a word, and the release or the proof that it is about."""

    word: str
    about: str = ""


class Denied(msgspec.Struct, frozen=True, tag="denied"):
    """Nothing was done, for want of a grant."""


class HasNone(msgspec.Struct, frozen=True, tag="none"):
    """Nothing was done: this terminal has no update channel, or its slots do not answer."""

    has_channel: bool


Answer = Granted | Slots | Did | Denied | HasNone


class KeeperError(OSError):
    """The keeper is not there, or does not want to."""


class Keeper:
    """The keeper, as the screen's process meets it. For one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._grant = ""

    def sign_in(self, uid: Secret[str] | None, code: Secret[str]) -> None:
        """Get a grant for a technician or an engineer; for anybody else, and with no keeper there, there is none."""
        self._grant = ""
        try:
            answer = self.ask(OpenGrant("" if uid is None else uid.reveal(), code.reveal()))
        except KeeperError:
            return
        if isinstance(answer, Granted):
            self._grant = answer.grant

    def sign_out(self) -> None:
        """Give it back."""
        had, self._grant = self._grant, ""
        if had:
            try:
                self.ask(CloseGrant())
            except KeeperError:
                return  # it forgets by itself

    def look(self) -> MachineLook | None:
        """Return what runs; None where there is no update channel.

        Raises:
            KeeperError: Nobody answers.
        """
        answer = self.ask(LookAtSlots())
        if not isinstance(answer, Slots):
            return None
        return MachineLook(answer.release, answer.slot, answer.other, answer.history)

    def admit_stick(self) -> StickTold | None:
        """Have the stick let in that is plugged in; None where none has to be, as on a desk.

        Raises:
            KeeperError: It does not, or nobody with a grant stands here.
        """
        answer = self._did(AdmitStick(self._grant))
        if answer is None:
            raise KeeperError("not an answer to this")
        try:
            return None if answer.word == NOT_NEEDED else StickTold(StickWord(answer.word), kind=answer.about)
        except ValueError as error:
            raise KeeperError("not an answer to this") from error

    def install(self) -> InstallOutcome:
        """Let it install off the stick.

        Raises:
            KeeperError: It does not.
        """
        answer = self._did(InstallOffStick(self._grant))
        return InstallOutcome("no_channel") if answer is None else InstallOutcome(answer.word, answer.about)

    def go_back(self) -> bool | None:
        """Let it start the other slot; False where there is nothing to start, None without an update channel.

        Raises:
            KeeperError: It does not.
        """
        answer = self._did(GoBack(self._grant))
        return None if answer is None else answer.word == "restarting"

    def set_proxy(self, address: str, user: str, password: Secret[str]) -> str:
        """Let it put another proxy in force; the word is `restarting`, or `kept` where nothing restarts by itself.

        Raises:
            KeeperError: It does not.
        """
        answer = self._did(SetProxy(self._grant, address, user, password.reveal()))
        if answer is None:
            raise KeeperError("not an answer to this")
        return answer.word

    def end(self, terminal: str, waiting: int) -> Did:
        """Let it end the terminal; the word is `destroyed`, `not_printed`, `left` or `other_terminal`, and it is about the proof.

        Raises:
            KeeperError: It does not.
        """
        answer = self._did(EndTerminal(self._grant, terminal, waiting))
        if answer is None:
            raise KeeperError("not an answer to this")
        return answer

    def _did(self, order: Order) -> Did | None:
        answer = self.ask(order)
        if isinstance(answer, HasNone) and not answer.has_channel:
            return None
        if not isinstance(answer, Did):
            raise KeeperError(f"the keeper answers {type(answer).__name__}")
        return answer

    def ask(self, order: Order) -> Answer:
        """Ask, and wait for the answer.

        Raises:
            KeeperError: There is none.
        """
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(_FRAME_WITHIN_S)
                with reachable(self._path) as address:
                    line.connect(address)
                send_frame(line, order, time.monotonic() + _FRAME_WITHIN_S)
                answer: Answer = msgspec.msgpack.decode(receive_frame(line, time.monotonic() + _WORK_WITHIN_S), type=Answer)
                return answer
        except (OSError, *UNDECODABLE) as error:
            raise KeeperError("the keeper does not answer") from error
