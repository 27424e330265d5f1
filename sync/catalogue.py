"""The item packages that this terminal may offer: signed by the city, valid today, each in its highest version.

They lie in one folder as signed statements, `<code>.item.json`, and are used with the line down as with the line up. Fetching
replaces them one by one, each whole or not at all, and never by an older version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.contract.checking import LARGEST_BYTES, check_bytes
from sync.contract.item import PAYLOAD_TYPE, ItemPackage
from sync.contract.names import ItemCode
from sync.contract.signed import SignatureError, verify, verify_as
from sync.durable import sync_folder, write_durably
from sync.offline import Offline, Refused

if TYPE_CHECKING:
    from sync.client import CityClient  # brings the line's library, which the screen has no use for

SUFFIX: Final = ".item.json"
_ETAG_NAME: Final = "etag.json"


class PackageFault(StrEnum):
    """Why a package is not offered."""

    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"  # not by a key that may sign packages
    MALFORMED = "malformed"  # signed, and not a package that this version can offer
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"  # a higher version is there


@dataclass(frozen=True, slots=True)
class RefusedPackage:
    """A file that is not offered, and what staff read about it."""

    file: str
    fault: PackageFault
    detail: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is offered, most used first, and what is not."""

    items: tuple[ItemPackage, ...]
    refused: tuple[RefusedPackage, ...]


class FetchStatus(StrEnum):
    """How fetching ended."""

    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    OFFLINE = "offline"
    STORAGE_FAULT = "storage_fault"


def load_catalogue(folder: Path, keys: Mapping[str, Ed25519PublicKey], today: date) -> Catalogue:
    """Read every package in `folder` and keep those that may be offered today."""
    best: dict[ItemCode, tuple[str, ItemPackage]] = {}
    refused: list[RefusedPackage] = []
    for path in sorted(folder.glob("*" + SUFFIX)):
        read = _read(path, keys, today)
        if isinstance(read, RefusedPackage):
            refused.append(read)
            continue
        held = best.get(read.code)
        if held is not None and held[1].version >= read.version:
            refused.append(_superseded(path.name, held[1]))
            continue
        if held is not None:
            refused.append(_superseded(held[0], read))
        best[read.code] = (path.name, read)
    items = sorted((package for _, package in best.values()), key=lambda package: (-package.popularity, package.code))
    return Catalogue(tuple(items), tuple(refused))


def fetch_catalogue(client: "CityClient", folder: Path, keys: Mapping[str, Ed25519PublicKey]) -> FetchStatus:
    """Bring the folder to what the city offers now."""
    answer = client.catalogue(_etag(folder, keys))
    if isinstance(answer, Offline):
        return FetchStatus.OFFLINE
    if isinstance(answer, Refused):
        return FetchStatus.REFUSED
    if answer.items is None:
        return FetchStatus.UNCHANGED
    offered: dict[ItemCode, bytes] = {}
    for statement in answer.items:
        package = _package(statement, keys)
        if package is not None:
            offered[package.code] = statement
    if answer.items and not offered:
        return FetchStatus.REFUSED  # nothing of it is believable, so nothing here is thrown away for it
    try:
        _replace(folder, offered, keys)
        write_durably(folder / _ETAG_NAME, msgspec.json.encode(answer.etag))
        sync_folder(folder)
    except OSError:
        return FetchStatus.STORAGE_FAULT
    return FetchStatus.REPLACED


def _replace(folder: Path, offered: Mapping[ItemCode, bytes], keys: Mapping[str, Ed25519PublicKey]) -> None:
    """Write what is new, then remove what was withdrawn; a version that is lower than the one here changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    here = {path: _package(_content(path), keys) for path in folder.glob("*" + SUFFIX)}
    highest: dict[ItemCode, int] = {}
    for held in here.values():
        if held is not None:
            highest[held.code] = max(held.version, highest.get(held.code, 0))
    for code, statement in offered.items():
        new = _package(statement, keys)
        if new is not None and new.version > highest.get(code, 0):
            write_durably(folder / f"{code}{SUFFIX}", statement)
            here.pop(folder / f"{code}{SUFFIX}", None)
            highest[code] = new.version
    sync_folder(folder)
    for path, held in here.items():
        if held is None or held.code not in offered or held.version < highest[held.code]:
            path.unlink()


def _read(path: Path, keys: Mapping[str, Ed25519PublicKey], today: date) -> ItemPackage | RefusedPackage:
    try:
        with path.open("rb") as file:
            payload = verify(file.read(2 * LARGEST_BYTES), PAYLOAD_TYPE, keys)
    except OSError as error:
        return RefusedPackage(path.name, PackageFault.UNREADABLE, error.strerror or "not readable")
    except SignatureError as error:
        return RefusedPackage(path.name, PackageFault.UNSIGNED, str(error))
    checked = check_bytes(path, payload)
    package = checked.package
    if package is None or not checked.is_fit:
        return RefusedPackage(path.name, PackageFault.MALFORMED, "; ".join(str(complaint) for complaint in checked.complaints))
    if today < package.valid_from:
        return RefusedPackage(path.name, PackageFault.NOT_YET_VALID, f"from {package.valid_from}")
    if today > package.valid_until:
        return RefusedPackage(path.name, PackageFault.EXPIRED, f"until {package.valid_until}")
    return package


def _package(statement: bytes, keys: Mapping[str, Ed25519PublicKey]) -> ItemPackage | None:
    try:
        package = verify_as(statement, PAYLOAD_TYPE, keys, ItemPackage)
    except SignatureError:
        return None
    return package if _is_file_name(package.code) else None


def _is_file_name(code: str) -> bool:
    return 0 < len(code) <= 64 and all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in code) and code[0].isalnum()


def _superseded(file: str, by: ItemPackage) -> RefusedPackage:
    return RefusedPackage(file, PackageFault.SUPERSEDED, f"version {by.version} of {by.code} is there")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _etag(folder: Path, keys: Mapping[str, Ed25519PublicKey]) -> str | None:
    """What was fetched last; forgotten when packages are gone or one is damaged, so that they are fetched anew."""
    here = [_package(_content(path), keys) for path in folder.glob("*" + SUFFIX)]
    if not here or None in here:
        return None
    try:
        return msgspec.json.decode((folder / _ETAG_NAME).read_bytes(), type=str) or None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
