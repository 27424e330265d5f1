"""A technician's stick: the keeper says that one is wanted while somebody is signed in, a unit of root's lets it in and takes it out again.

No storage is let in by a rule (`admit-usb`). The unit looks for one device whose every interface is storage, says so in a folder of its
own, authorises it and has its file system laid down; once the keeper's word is gone, that is let go of and the device is dead again.
"""

import re
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from kiosk.maintenance.machine import StickWord
from peripherals.values import dataclass
from sync.contract.decoding import UNDECODABLE

WANTED: Final = Path("/run/kiosk-keeper/stick")
"""The keeper's word. Its folder goes with the keeper's process, and so does what it stands for."""

TOLD: Final = Path("/run/kiosk-sticks")
USB: Final = Path("/sys/bus/usb/devices")
MOUNT: Final = "run-kiosk\\x2dstick.mount"

ANSWER_S: Final = 8.0
_LOOK_EVERY_S: Final = 0.5
_TOLD: Final = "told.json"
_INTERFACE: Final = 4
_DEVICE: Final = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*")
_STORAGE: Final = frozenset({(8, 6, 0x50), (8, 6, 0x62)})  # SCSI over bulk-only transport, and over UAS: what sticks and disks are


class StickTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the unit says to one wish: the device as sysfs names it, and maker and product as four hexadecimal digits each."""

    word: StickWord
    device: str = ""
    kind: str = ""
    wish: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """The keeper's side. `wanted` is a file of its own, `told` the unit's folder."""

    wanted: Path = WANTED
    told: Path = TOLD

    @property
    def is_there(self) -> bool:
        """Whether sticks are let in by anybody here: on a desk they need nobody's leave."""
        return self.wanted.parent.is_dir()

    def open(self, within_s: float = ANSWER_S) -> StickTold:
        """Want a stick, and return what is there now; with nobody who answers, `FAILED`.

        Raises:
            OSError: The wish cannot be laid down.
        """
        wish = read_wish(self.wanted)
        if not wish:
            wish, draft = secrets.token_hex(8), self.wanted.with_suffix(".new")
            draft.write_text(wish, encoding="ascii")
            draft.replace(self.wanted)
        until_s = time.monotonic() + within_s
        while (told := read_told(self.told)) is None or told.wish != wish:  # what was said to a wish before counts for nothing
            if time.monotonic() >= until_s:
                return StickTold(StickWord.FAILED)
            time.sleep(0.05)
        return told

    def close(self) -> None:
        """Want none any more.

        Raises:
            OSError: The wish cannot be taken away.
        """
        self.wanted.unlink(missing_ok=True)


def read_wish(wanted: Path) -> str:
    """Return what tells this wish from the one before; nothing where none is wanted."""
    return _read(wanted).decode("ascii", "replace")


def read_told(folder: Path) -> StickTold | None:
    """Return what the unit said last, if it said anything."""
    try:
        return msgspec.json.decode((folder / _TOLD).read_bytes(), type=StickTold)
    except (OSError, *UNDECODABLE):
        return None


def interfaces(descriptors: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield class, subclass and protocol of every interface of a device, as USB 2.0 (section 9.5) lays them one after another."""
    at = 0
    while at + 1 < len(descriptors) and descriptors[at] > 1:
        if descriptors[at + 1] == _INTERFACE and at + 8 <= len(descriptors):
            yield descriptors[at + 5], descriptors[at + 6], descriptors[at + 7]
        at += descriptors[at]


class StickUnit:
    """The side with the rights.

    Args:
        wanted: The keeper's word.
        told: A folder that outlives this process, so that the next one knows what was let in.
        usb: The devices as sysfs lists them.
        command: Runs a program; has the file system laid down and let go of.
    """

    def __init__(self, wanted: Path, told: Path, usb: Path, command: Callable[[Sequence[str]], None]) -> None:
        self._wanted = wanted
        self._told = told
        self._usb = usb
        self._command = command

    def attend(self, stop: threading.Event) -> None:
        """Let one stick in while it is wanted, and take it out in the end; when it is pulled, another may follow.

        Raises:
            OSError: What was done cannot be written down.
        """
        wish = ""
        try:
            while (now_wanted := read_wish(self._wanted)) and not stop.is_set():
                if now_wanted != wish:  # one has gone and the next one come between two looks
                    self.take_out()
                    wish = now_wanted
                told = read_told(self._told)
                if told is None or told.word is not StickWord.LET_IN or not self._is_alive(told.device):
                    self._let_one_in(told, wish)
                stop.wait(_LOOK_EVERY_S)
        finally:
            self.take_out()

    def take_out(self) -> None:
        """Let go of the file system and deaden what was let in, if anything was; also what a process that was killed left behind."""
        told = read_told(self._told)
        if told is not None and told.word is StickWord.LET_IN and _DEVICE.fullmatch(told.device):
            self._order("stop")
            with suppress(OSError):  # pulled meanwhile
                (self._usb / told.device / "authorized").write_text("0\n", encoding="ascii")
        (self._told / _TOLD).unlink(missing_ok=True)

    def _order(self, *order: str) -> None:
        """Have the file system laid down or let go of. Where that fails whoever looks finds no stick, and it is deadened all the same."""
        with suppress(OSError, subprocess.SubprocessError):
            self._command(("systemctl", *order, MOUNT))

    def _is_alive(self, device: str) -> bool:
        return _read(self._usb / device / "authorized").strip() == b"1"

    def _let_one_in(self, before: StickTold | None, wish: str) -> None:
        told = msgspec.structs.replace(self._found(), wish=wish)
        if told.word is StickWord.LET_IN:
            self._tell(told)  # before it is done: whoever comes after a power cut or a kill takes it out again
            try:
                (self._usb / told.device / "authorized").write_text("1\n", encoding="ascii")
            except OSError:
                told = StickTold(StickWord.FAILED, kind=told.kind, wish=wish)
            else:
                self._order("start", "--no-block")  # systemd waits for the kernel to find what is on it; nobody's automount has to
        if told != before:
            self._tell(told)

    def _found(self) -> StickTold:
        left_out = StickTold(StickWord.NONE)
        for device in sorted(self._usb.iterdir()):
            if not _DEVICE.fullmatch(device.name) or _read(device / "authorized").strip() != b"0":
                continue
            kinds = frozenset(interfaces(_read(device / "descriptors")))
            kind = f"{_hex(device / 'idVendor')}:{_hex(device / 'idProduct')}"
            if kinds and kinds <= _STORAGE:
                return StickTold(StickWord.LET_IN, device.name, kind)
            if kinds & _STORAGE:
                left_out = StickTold(StickWord.LEFT_OUT, kind=kind)
        return left_out

    def _tell(self, told: StickTold) -> None:
        draft = self._told / "told.new"
        draft.write_bytes(msgspec.json.encode(told))
        draft.replace(self._told / _TOLD)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _hex(path: Path) -> str:
    """Return four digits that a device says of itself: it may say anything."""
    said = _read(path).decode("ascii", "replace").strip()
    return said if re.fullmatch(r"[0-9a-f]{4}", said) else "????"
