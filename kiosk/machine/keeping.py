"""The keeper's side of its socket: it judges cards and PINs by itself, and does what takes root's rights, one order at a time."""

import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Final, assert_never

import msgspec

from kiosk.config import ConfigError
from kiosk.machine.decommission import Proof
from kiosk.machine.keeper import (
    NOT_NEEDED,
    AdmitStick,
    Answer,
    CloseGrant,
    Denied,
    Did,
    EndTerminal,
    GoBack,
    Granted,
    HasNone,
    InstallOffStick,
    LookAtSlots,
    OpenGrant,
    Order,
    SetProxy,
    Slots,
)
from kiosk.machine.network import Network
from kiosk.machine.sticks import Gate
from kiosk.maintenance.door import Door
from kiosk.maintenance.machine import InstallOutcome, MachineLook
from kiosk.maintenance.sign_in import SignInStatus
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.ask import listen, receive_frame, send_frame
from sync.contract.decoding import UNDECODABLE
from sync.contract.technicians import TechnicianRole
from sync.errors import SyncError

GRANT_S: Final = 900.0
_FRAME_WITHIN_S: Final = 2.0
_LOOK_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Rights:
    """What the keeper does what is ordered with. Each of the first three may raise ConfigError, SyncError or OSError.

    Attributes:
        look: What runs, from the slots.
        install: Takes a release off the stick.
        go_back: Starts the other slot; False where there is nothing to start.
        terminal: Whose end may be asked for.
        end: Given who orders it and how many applications the city does not have: destroys, and returns the proof and whether it came
            out on paper.
        sticks: Has storage let in.
        set_proxy: Given host and port, and user and password with a colon between: writes them down; True where the machine restarts.
    """

    look: Callable[[], MachineLook]
    install: Callable[[], InstallOutcome]
    go_back: Callable[[], bool]
    terminal: str
    end: Callable[[str, int], tuple[Proof, bool]]
    set_proxy: Callable[[str, Secret[str]], bool]
    sticks: Gate = field(default_factory=Gate)


class Keeping:
    """Answers orders. `door` is a door of the keeper's own, with tries that it counts itself."""

    def __init__(self, door: Door, rights: Rights, clock: Callable[[], float] = time.monotonic) -> None:
        self._door = door
        self._rights = rights
        self._clock = clock
        self._grant = ""
        self._by = ""
        self._role = TechnicianRole.OPENER
        self._until_s = 0.0

    def lapse(self) -> None:
        """Take back what a grant that is over had opened."""
        if not self._grant or self._clock() >= self._until_s:
            self.close()

    def close(self) -> None:
        """Whoever had a grant has it no longer, and no stick is wanted."""
        self._grant = ""
        if self._rights.sticks.is_there:
            self._rights.sticks.close()

    def answer(self, order: Order) -> Answer:
        """Do what is ordered, if who orders may."""
        match order:
            case OpenGrant(uid, code):
                return self._open(Secret(uid), Secret(code))
            case CloseGrant():
                self.close()
                return Did("closed")
            case LookAtSlots():
                return self._tried(self._look)
            case AdmitStick(grant) if self._holds(grant, TechnicianRole.TECHNICIAN):
                return self._tried(self._admit)
            case InstallOffStick(grant) if self._holds(grant):
                return self._tried(self._install)
            case GoBack(grant) if self._holds(grant):
                return self._tried(lambda: Did("restarting" if self._rights.go_back() else "no_other"))
            case SetProxy(grant, address, user, password) if self._holds(grant):
                return self._set_proxy(address, user, Secret(password))
            case EndTerminal(grant, terminal, waiting) if self._holds(grant):
                return self._end(terminal, waiting)
            case AdmitStick() | InstallOffStick() | GoBack() | SetProxy() | EndTerminal():
                return Denied()
            case _:
                assert_never(order)

    def _open(self, uid: Secret[str], code: Secret[str]) -> Answer:
        self.close()
        outcome = self._door.try_code(code, uid if uid.reveal() else None)
        if outcome.status is not SignInStatus.SIGNED_IN or outcome.role is None or not outcome.role.may(TechnicianRole.TECHNICIAN):
            return Denied()
        self._grant, self._by, self._until_s = secrets.token_urlsafe(24), outcome.number, self._clock() + GRANT_S
        self._role = outcome.role
        return Granted(self._grant)

    def _holds(self, grant: str, wanted: TechnicianRole = TechnicianRole.ENGINEER) -> bool:
        if not self._role.may(wanted):
            return False
        return bool(self._grant) and self._clock() < self._until_s and secrets.compare_digest(grant.encode(), self._grant.encode())

    def _tried(self, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except ConfigError:
            return HasNone(has_channel=False)
        except (SyncError, OSError):
            return HasNone(has_channel=True)

    def _look(self) -> Answer:
        look = self._rights.look()
        return Slots(look.release, look.slot, look.other, look.history)

    def _admit(self) -> Answer:
        if not self._rights.sticks.is_there:
            return Did(NOT_NEEDED)
        told = self._rights.sticks.open()
        return Did(told.word.value, told.kind)

    def _install(self) -> Answer:
        outcome = self._rights.install()
        return Did(outcome.word, outcome.release)

    def _set_proxy(self, address: str, user: str, password: Secret[str]) -> Answer:
        """Judge it once more: whoever asks may be no screen of ours."""
        asked = Network(has_proxy=True, proxy=address, proxy_user=user, proxy_password=password.reveal())
        if address and asked.wrong():
            return Did("refused")
        login = Secret(f"{user}:{password.reveal()}" if address and user else "")
        try:
            return Did("restarting" if self._rights.set_proxy(address, login) else "kept")
        except (ConfigError, OSError):
            return Did("failed")

    def _end(self, terminal: str, waiting: int) -> Answer:
        if terminal != self._rights.terminal:
            return Did("other_terminal")
        self._grant = ""  # it is over with this order, however that goes
        proof, is_printed = self._rights.end(self._by, waiting)
        if proof.left:
            return Did("left", proof.digest)
        return Did("destroyed" if is_printed else "not_printed", proof.digest)


def serve(path: Path, keeping: Keeping, is_over: Callable[[], bool], listening: Callable[[], None] = lambda: None) -> None:
    """Answer one after another until `is_over`; `listening` is called once somebody may ask.

    Raises:
        OSError: The socket cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with listen(path) as listener:
        path.chmod(0o660)
        listener.settimeout(_LOOK_EVERY_S)
        listening()
        try:
            while not is_over():
                keeping.lapse()
                with suppress(TimeoutError), listener.accept()[0] as line:
                    _serve(line, keeping)
        finally:
            keeping.close()
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _serve(line: socket.socket, keeping: Keeping) -> None:
    try:
        order = msgspec.msgpack.decode(receive_frame(line, time.monotonic() + _FRAME_WITHIN_S), type=Order)
        send_frame(line, keeping.answer(order), time.monotonic() + _FRAME_WITHIN_S)
    except (OSError, *UNDECODABLE):
        return  # whoever asked is gone, or is no process of this release
