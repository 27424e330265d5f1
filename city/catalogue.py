"""The published item packages: signed files in the data directory. A version, once published, never changes and is kept.

Withdrawing an item leaves a file beside its version, `CODE.VERSION.withdrawn`: the version is still there for the cases that were taken
for it, and no terminal is given the item any more until a newer version is published.
"""

import logging
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from city.folder import write_whole
from city.keyring import Signer
from sync.contract import signed
from sync.contract.batch import CatalogueAnswer
from sync.contract.checking import SOURCE_NAME, Complaint, check_folder, check_source
from sync.contract.checking import STATEMENT_SUFFIX as SUFFIX
from sync.contract.findings import Weight
from sync.contract.item import PAYLOAD_TYPE, Door, ItemPackage
from sync.contract.names import Digest, ItemCode, digest_of

log = logging.getLogger("city.catalogue")

WITHDRAWN_SUFFIX = ".withdrawn"

_LOOK_AGAIN_S: Final = 1.0
"""A file that was changed where it lies leaves no mark on its folder; it is noticed within this time."""

_TICK_NS: Final = 100_000_000
"""A folder's time of change moves in ticks of a few milliseconds; one as young as this may have another change within the same tick."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


class PackageGoneError(LookupError):
    """A published package that cases need is no longer there."""


@dataclass(frozen=True, slots=True)
class Published:
    """A package and the statement that it came in."""

    package: ItemPackage
    statement: bytes


class Catalogue:
    """Reads the folder again when its files change."""

    def __init__(self, folder: Path, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._folder = folder
        self._keys = keys
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._settled_ns: int | None = None
        self._look_again_s = 0.0
        self._published: dict[tuple[ItemCode, int], Published] = {}
        self._withdrawn: frozenset[str] = frozenset()

    def package(self, code: ItemCode, version: int) -> ItemPackage | None:
        """Return that version, also when a newer one is on offer or its validity is over: a terminal may have been offline."""
        published = self._read().get((code, version))
        return None if published is None else published.package

    def kept(self, code: ItemCode, version: int) -> ItemPackage:
        """Return a version that an application has been taken for; such ones are kept.

        Raises:
            PackageGoneError: Somebody took it away.
        """
        package = self.package(code, version)
        if package is None:
            raise PackageGoneError(f"{code} version {version} is gone from {self._folder}; restore it from the backup")
        return package

    def newest(self, code: ItemCode) -> ItemPackage | None:
        """Return the newest version of an item, also when its validity is over: what lists call it."""
        versions = [version for known, version in self._read() if known == code]
        return self.package(code, max(versions)) if versions else None

    def elsewhere(self) -> frozenset[ItemCode]:
        """Return the codes of items, of whatever version, that do not go to the front desk."""
        return frozenset(code for (code, _), one in self._read().items() if one.package.door is not Door.CATALOGUE)

    def on_offer(self, today: date) -> tuple[Published, ...]:
        """Return the newest version of each item that is valid today, the most used first."""
        newest: dict[ItemCode, Published] = {}
        for (code, version), published in self._read().items():
            if code not in newest or version > newest[code].package.version:
                newest[code] = published
        valid = [one for one in newest.values() if one.package.valid_until >= today and not self.is_withdrawn(one.package)]
        return tuple(sorted(valid, key=lambda one: (-one.package.popularity, one.package.code)))

    def newest_of_each(self) -> tuple[ItemPackage, ...]:
        """Return the newest version of each item, whether it is on offer or not, by its code."""
        newest: dict[ItemCode, ItemPackage] = {}
        for (code, version), published in sorted(self._read().items()):
            if code not in newest or version > newest[code].version:
                newest[code] = published.package
        return tuple(newest.values())

    def versions(self, code: ItemCode) -> tuple[ItemPackage, ...]:
        """Return every version of an item, the newest first."""
        return tuple(one.package for (known, _), one in sorted(self._read().items(), reverse=True) if known == code)

    def is_withdrawn(self, package: ItemPackage) -> bool:
        """Tell whether this version was withdrawn."""
        self._read()
        return _name(package) in self._withdrawn

    def answer(self, today: date) -> tuple[bytes, str]:
        """Return what terminals fetch, and its ETag."""
        body = msgspec.json.encode(CatalogueAnswer(tuple(one.statement for one in self.on_offer(today))))
        return body, f'"{digest_of(body)[:32]}"'

    def _read(self) -> dict[tuple[ItemCode, int], Published]:
        changed_ns = self._folder.stat().st_mtime_ns
        if changed_ns == self._settled_ns and time.monotonic() < self._look_again_s:
            return self._published  # nothing came or went; looking at every file would cost each application more than opening it
        is_settled = time.time_ns() - changed_ns > _TICK_NS
        seen = tuple(_stamps(self._folder))
        if seen != self._seen:
            self._published = {(one.package.code, one.package.version): one for one in self._statements()}
            self._withdrawn = frozenset(path.name.removesuffix(WITHDRAWN_SUFFIX) for path in self._folder.glob(f"*{WITHDRAWN_SUFFIX}"))
            self._seen = seen
        self._look_again_s = time.monotonic() + _LOOK_AGAIN_S
        self._settled_ns = changed_ns if is_settled else None  # last: from here on other threads take what was read without a look
        return self._published

    def _statements(self) -> Iterator[Published]:
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            statement = path.read_bytes()
            try:
                yield Published(signed.verify_as(statement, PAYLOAD_TYPE, self._keys, ItemPackage), statement)
            except signed.SignatureError as error:
                log.error("package %s is left out: %s", path.name, error)  # noqa: TRY400  the words say it all


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """What was signed, what stood there already, and what is wrong; with one error nothing is published at all."""

    published: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    complaints: tuple[Complaint, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing forbade it; warnings do not."""
        return all(one.weight is Weight.WARNING for one in self.complaints)


def publish(source: Path, catalogue: Path, signer: Signer) -> PublishOutcome:
    """Sign every `item.json` under `source` into `catalogue`, all or none."""
    checked = [check_source(source)] if source.is_file() else [one for one in check_folder(source) if one.file.name == SOURCE_NAME]
    if not checked:
        return PublishOutcome(
            complaints=(_error(source, "", f"there is no {SOURCE_NAME} in it", "name the folder in which the items stand"),)
        )
    complaints = [complaint for one in checked for complaint in one.complaints]
    fresh: dict[Path, bytes] = {}
    names: dict[Path, str] = {}
    for one in checked:
        if one.package is None:
            continue
        target = catalogue / f"{one.package.code}.{one.package.version}{SUFFIX}"
        names[target] = f"{one.package.code} {one.package.version}"
        payload = msgspec.json.encode(one.package)
        if not _CODE.fullmatch(one.package.code):
            complaints.append(_error(one.file, "code", "this code cannot name a file", "use 1 to 64 letters, digits, - and _"))
        elif target.exists():
            complaints.extend(_changed(target, payload, signer, one.file))
        else:
            fresh[target] = payload
    outcome = PublishOutcome((), tuple(name for target, name in names.items() if target not in fresh), tuple(complaints))
    if not outcome.is_done:
        return PublishOutcome(complaints=outcome.complaints)
    for target, payload in fresh.items():
        write_whole(target, signer.sign(payload, PAYLOAD_TYPE), 0o644)
    return replace(outcome, published=tuple(names[target] for target in fresh))


def publish_one(package: ItemPackage, catalogue: Path, signer: Signer) -> Digest:
    """Sign a checked package into `catalogue` and return the digest of what was signed; the same content once more changes nothing.

    Raises:
        FileExistsError: This version is published with other content.
    """
    target = catalogue / f"{_name(package)}{SUFFIX}"
    payload = msgspec.json.encode(package)
    if target.exists():
        if signed.verify(target.read_bytes(), PAYLOAD_TYPE, signer.public) != payload:
            raise FileExistsError(target)
    else:
        write_whole(target, signer.sign(payload, PAYLOAD_TYPE), 0o644)
    return digest_of(payload)


def withdraw(package: ItemPackage, catalogue: Path) -> None:
    """Take an item off the terminals: they drop it when they next fetch the catalogue."""
    write_whole(catalogue / f"{_name(package)}{WITHDRAWN_SUFFIX}", b"", 0o644)


def _name(package: ItemPackage) -> str:
    return f"{package.code}.{package.version}"


def _changed(target: Path, payload: bytes, signer: Signer, source: Path) -> tuple[Complaint, ...]:
    try:
        kept = signed.verify(target.read_bytes(), PAYLOAD_TYPE, signer.public)
    except signed.SignatureError as error:
        return (_error(target, "", str(error), "take the file away and publish again"),)
    if kept != payload:
        return (_error(source, "version", "this version is published with other content", "raise `version` by one"),)
    return ()


def _error(file: Path, where: str, what: str, advice: str) -> Complaint:
    return Complaint(str(file), 1, 1, Weight.ERROR, where, what, advice)


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in sorted((*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*{WITHDRAWN_SUFFIX}"))):
        stat = path.stat()
        yield path.name, stat.st_mtime_ns, stat.st_size
