"""The PC/SC service of this machine (pcscd), asked through pyscard's plain calls.

Not through its monitors: those are threads that die with the service and stay dead when it is back. Every call's result is
turned here into one of four troubles, and every card that was opened is let go.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from smartcard import scard

from drivers.pcsc.apdu import Transmit
from peripherals.values import dataclass


class PcscError(Exception):
    """The family of what happens below; it ends in `drivers.chip_card_reader`, as a status."""


class ServiceGoneError(PcscError):
    """Nothing serves readers on this machine, or what did has ended."""


class ReaderGoneError(PcscError):
    """The reader was there a moment ago."""


class CardGoneError(PcscError):
    """The card was pulled, reset, or stopped answering."""


class CardHeldError(PcscError):
    """Another program talks to the card."""


class CardMuteError(PcscError):
    """The card says nothing on power-up, or was pulled and the service has not noticed."""


_CARD_GONE = {
    scard.SCARD_E_NO_SMARTCARD,
    scard.SCARD_W_REMOVED_CARD,
    scard.SCARD_W_RESET_CARD,
    scard.SCARD_E_NOT_TRANSACTED,
    scard.SCARD_E_COMM_DATA_LOST,
    scard.SCARD_E_TIMEOUT,
    scard.SCARD_E_INSUFFICIENT_BUFFER,  # an answer longer than any card may give
}
_CARD_MUTE = {
    scard.SCARD_W_UNRESPONSIVE_CARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_W_UNSUPPORTED_CARD,
    scard.SCARD_E_PROTO_MISMATCH,
    scard.SCARD_E_CARD_UNSUPPORTED,
}
_READER_GONE = {scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE}
_LONGEST_ADDRESS = 100  # bytes; the kernel takes 107
_chosen: dict[str, Path] = {}
_NEW_READER = "\\\\?PnP?\\Notification"  # a name under which the service tells of readers that come


@dataclass(frozen=True, slots=True)
class Slot:
    """One reader now. `visit` counts what was put in and taken out, so the same number means the same card."""

    state: int  # as the service says it: flags below, the count above
    power_up: bytes = field(repr=False)

    @property
    def is_present(self) -> bool:
        """Whether a card is in it."""
        return bool(self.state & scard.SCARD_STATE_PRESENT)

    @property
    def is_mute(self) -> bool:
        """Whether what is in it says nothing on power-up."""
        return bool(self.state & scard.SCARD_STATE_MUTE)

    @property
    def visit(self) -> int:
        """Count of what was put in and taken out."""
        return self.state >> 16


def use_service(socket: Path) -> None:
    """Talk to the card service behind `socket`, from the first conversation on; the library asks for it once in a process's life.

    Raises:
        ValueError: This process talks to another one already.
    """
    if (before := _chosen.setdefault("service", socket)) != socket:
        raise ValueError(f"this process talks to the card service at {before} already")
    os.environ["PCSCLITE_CSOCK_NAME"] = str(socket) if len(os.fsencode(socket)) < _LONGEST_ADDRESS else _shortened(socket)


def _shortened(socket: Path) -> str:
    """Return an address that the kernel takes, however deep the folder is; its nearest part that is there is held open for good."""
    for folder in socket.parents:
        with contextlib.suppress(OSError):
            return f"/proc/self/fd/{os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)}/{socket.relative_to(folder)}"
    raise ValueError(f"{socket}: no such folder")


class PcscService:
    """A conversation with the service, begun when first needed and begun anew after the service was gone."""

    def __init__(self) -> None:
        self._context: int | None = None
        self.conversations = 0
        """How many were begun: with each the service may be another one, which counts cards from the beginning."""

    def slots(self) -> dict[str, Slot]:
        """Return every reader by its name."""
        names = self._names()
        return self._changed(dict.fromkeys(names, scard.SCARD_STATE_UNAWARE), 0)

    def wait(self, known: Mapping[str, Slot], seconds: float) -> None:
        """Return when something has changed at the known readers, a reader has come, or the time is over."""
        now = {name: slot.state & ~scard.SCARD_STATE_CHANGED for name, slot in known.items()}
        self._changed({**now, _NEW_READER: scard.SCARD_STATE_UNAWARE}, seconds)

    @contextlib.contextmanager
    def card(self, reader: str) -> Iterator[Transmit]:
        """Hold the card in `reader` alone while it is talked to."""
        result, handle, protocol = scard.SCardConnect(
            self._began(), reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        if result in _CARD_GONE:
            raise CardMuteError(_words(result))
        self._check(result)
        head = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0

        def transmit(command: bytes) -> bytes:
            sent, answer = scard.SCardTransmit(handle, head, list(command))
            self._check(sent)
            if not answer:  # said of a card that was pulled before the service has noticed it
                raise CardGoneError("the card answers nothing")
            return bytes(answer)

        try:
            yield transmit
        finally:
            # Without power the card forgets what was chosen, and whoever asks next learns at once whether it is still there.
            scard.SCardDisconnect(handle, scard.SCARD_UNPOWER_CARD)

    def knock(self, reader: str) -> bool:
        """Tell whether a card is in a reader that the service calls empty, and have the service look, too.

        A card that was pulled while it was talked to, and another put in before the service looked again: pcscd took note of the first
        one's end, saw a card at its next look as at the one before, and would call the reader empty for as long as that card stays.
        """
        result, handle, _ = scard.SCardConnect(self._began(), reader, scard.SCARD_SHARE_DIRECT, 0)
        if result != scard.SCARD_S_SUCCESS:
            return False
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, _ = scard.SCardReconnect(handle, scard.SCARD_SHARE_EXCLUSIVE, protocols, scard.SCARD_UNPOWER_CARD)
        scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
        return bool(result == scard.SCARD_S_SUCCESS)

    def close(self) -> None:
        """End the conversation; the next question begins another."""
        if self._context is not None:
            scard.SCardReleaseContext(self._context)  # what it answers does not matter: the service may be gone
            self._context = None

    def _began(self) -> int:
        if self._context is None:
            result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
            if result != scard.SCARD_S_SUCCESS:
                raise ServiceGoneError(_words(result))
            self._context = context
            self.conversations += 1
        return self._context

    def _names(self) -> list[str]:
        result, names = scard.SCardListReaders(self._began(), [])
        if result in {scard.SCARD_E_NO_READERS_AVAILABLE, *_READER_GONE}:
            return []
        self._check(result)
        return list(names)

    def _changed(self, known: Mapping[str, int], seconds: float) -> dict[str, Slot]:
        if not known:
            return {}
        result, states = scard.SCardGetStatusChange(self._began(), int(seconds * 1000), list(known.items()))
        if result not in {scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED}:
            self._check(result)
        return {name: Slot(state, bytes(power_up)) for name, state, power_up in states}

    def _check(self, result: int) -> None:
        """Raise what a result stands for, if it stands for trouble."""
        if result == scard.SCARD_S_SUCCESS:
            return
        if result == scard.SCARD_E_SHARING_VIOLATION:
            raise CardHeldError(_words(result))
        if result in _CARD_MUTE:
            raise CardMuteError(_words(result))
        if result in _READER_GONE:
            raise ReaderGoneError(_words(result))
        # "Communication error" is said of the line to the card and of the line to the service alike.
        if result in _CARD_GONE or (result == scard.SCARD_F_COMM_ERROR and self._is_alive()):
            raise CardGoneError(_words(result))
        self.close()
        raise ServiceGoneError(_words(result))

    def _is_alive(self) -> bool:
        return self._context is not None and scard.SCardListReaders(self._context, [])[0] == scard.SCARD_S_SUCCESS


def _words(result: int) -> str:
    return f"{scard.SCardGetErrorMessage(result).rstrip('.')} ({result & 0xFFFFFFFF:08X})"
