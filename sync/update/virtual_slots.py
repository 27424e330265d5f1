"""Slots in two files, for machines without RAUC and for every test: bytes are really written, counted down and fallen back from.

A bundle is a signed statement (DSSE) about an image on its first line, then the image. The boot counter is what GRUB and U-Boot keep for
RAUC: each start of a slot that is not good takes one try; when none is left, the other slot is started.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.contract.decoding import UNDECODABLE
from sync.contract.signed import SignatureError, verify_as
from sync.contract.virtual_image import IMAGE_TYPE, ImageFacts
from sync.durable import sync_folder, write_durably
from sync.update.slots import InstallStatus, SlotState

TRIES: Final = 3
HEAD_MAX_BYTES: Final = 64 * 1024
_READ_BYTES: Final = 1024 * 1024
_OTHER: Final = {"A": "B", "B": "A"}


class Slot(msgspec.Struct):
    """One slot in the book."""

    version: str | None = None
    sha256: str = ""
    is_good: bool = False
    tries: int = 0


class Book(msgspec.Struct):
    """What the loader reads and the engine writes, in one durable file."""

    slots: dict[str, Slot]
    next: str = "A"
    booted: str = "A"


class VirtualSlots:
    """The engine and the loader of a virtual machine."""

    def __init__(
        self, folder: Path, board: str, authority: Mapping[str, Ed25519PublicKey], restart: Callable[[], None] = lambda: None
    ) -> None:
        """Open the slots in `folder`, which `make` has made.

        Args:
            folder: With slots.json and the two images.
            board: Bundles for another are refused.
            authority: Keys that may sign images, by key id.
            restart: What a restart does; the owner of the machine then calls `boot`.
        """
        self._folder = folder
        self._board = board
        self._authority = authority
        self._restart = restart

    @staticmethod
    def make(folder: Path, version: str, image: bytes = b"first") -> None:
        """Make a machine as it leaves the workshop: slot A holds `version`, good; B is empty."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "A.img").write_bytes(image)
        (folder / "B.img").write_bytes(b"")
        slot = Slot(version, hashlib.sha256(image).hexdigest(), is_good=True)
        _write_book(folder, Book({"A": slot, "B": Slot()}))

    def state(self) -> SlotState:
        """Say what runs."""
        book = self._book()
        running, other = book.slots[book.booted], book.slots[_OTHER[book.booted]]
        return SlotState(book.booted, running.version or "0", running.is_good, other.version, other.is_good)

    def install(self, bundle: BinaryIO, version: str) -> InstallStatus:
        """Write the other slot. It is nobody's next one while it is written."""
        book = self._book()
        if not book.slots[book.booted].is_good:
            return InstallStatus.NOT_GOOD_YET
        try:
            head = bundle.readline(HEAD_MAX_BYTES)
            facts = verify_as(head, IMAGE_TYPE, self._authority, ImageFacts)
        except SignatureError:
            return InstallStatus.FOREIGN
        if facts.board != self._board:
            return InstallStatus.OTHER_BOARD
        if facts.version != version:
            return InstallStatus.DAMAGED
        name = _OTHER[book.booted]
        book.slots[name] = Slot()
        book.next = book.booted
        _write_book(self._folder, book)
        if not _copied(bundle, self._folder / f"{name}.img", facts):
            return InstallStatus.DAMAGED
        sync_folder(self._folder)
        book.slots[name] = Slot(facts.version, facts.sha256, is_good=False, tries=TRIES)
        book.next = name
        _write_book(self._folder, book)
        return InstallStatus.INSTALLED

    def mark_good(self) -> None:
        """Stay with what runs."""
        book = self._book()
        slot = book.slots[book.booted]
        slot.is_good, slot.tries, book.next = True, 0, book.booted
        _write_book(self._folder, book)

    def go_back(self) -> None:
        """Start the other slot next, and not this one again."""
        book = self._book()
        running, other = book.slots[book.booted], _OTHER[book.booted]
        running.is_good, running.tries, book.next = False, 0, other
        _write_book(self._folder, book)

    def restart(self) -> None:
        """Restart."""
        self._restart()

    def boot(self) -> str:
        """Do what the loader does at power-on, and return the slot that runs: never neither."""
        book = self._book()
        name = book.next
        slot = book.slots[name]
        if not self._is_startable(name, slot):
            name = _OTHER[name]
            slot = book.slots[name]
        if not slot.is_good and slot.tries > 0:
            slot.tries -= 1
        book.booted = name
        _write_book(self._folder, book)
        return name

    def _is_startable(self, name: str, slot: Slot) -> bool:
        """Whether the loader would start it: it has an image that its verity tree agrees with, and is good or has tries left."""
        if slot.version is None or not (slot.is_good or slot.tries > 0):
            return False
        return hashlib.sha256((self._folder / f"{name}.img").read_bytes()).hexdigest() == slot.sha256

    def _book(self) -> Book:
        try:
            return msgspec.json.decode((self._folder / "slots.json").read_bytes(), type=Book)
        except UNDECODABLE as error:
            raise ValueError(f"{self._folder}/slots.json is damaged") from error


def _write_book(folder: Path, book: Book) -> None:
    write_durably(folder / "slots.json", msgspec.json.encode(book))
    sync_folder(folder)


def _copied(bundle: BinaryIO, image: Path, facts: ImageFacts) -> bool:
    """Write the image and tell whether it was what was signed."""
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(image, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        while piece := bundle.read(_READ_BYTES):
            size += len(piece)
            if size > facts.size_bytes:
                return False
            digest.update(piece)
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return size == facts.size_bytes and digest.hexdigest() == facts.sha256
