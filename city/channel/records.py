"""Release records: a channel's metadata with one release more, signed where the offline keys are and carried to the city by hand.

So the city, its console and whoever sits at it never see a key that can add a release. A record is an ordinary role of the repository; two
people sign it one after the other, each with the key of their own medium, and the city looks into it before it lets it count.
"""

import hashlib
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, TargetFile, Targets
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from city.channel.keys import THRESHOLD, signed
from city.channel.repository import ChannelError, Repository
from sync.contract.rollout import ReleaseNameError, bundle_target

RECORD_MAX_BYTES: Final = 192 * 1024
INCOMING: Final = "incoming"


class RecordFault(StrEnum):
    """Why a record does not count."""

    NOT_ONE = "not_one"
    OLD = "old"  # prepared for another state of the channel, or out of date
    CHANGES = "changes"  # what is published, or anything beyond new releases
    NOTHING = "nothing"
    STRANGE_NAME = "strange_name"
    UNSIGNED = "unsigned"
    NO_BUNDLE = "no_bundle"
    NO_KEY = "no_key"
    FOREIGN_COPY = "foreign_copy"
    DISK = "disk"


class RecordError(ChannelError):
    """A record that cannot be made, or does not count."""

    def __init__(self, fault: RecordFault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Release:
    """One release that a record adds."""

    name: str  # of the target: CHANNEL/VERSION/BOARD.bundle
    version: str
    board: str
    size_bytes: int
    sha256: str
    is_here: bool  # its bytes lie at the city


@dataclass(frozen=True, slots=True)
class Looked:
    """What a record says, once it has been looked into."""

    added: tuple[Release, ...]
    signed: int
    needed: int

    @property
    def is_ready(self) -> bool:
        """Whether it could be published now."""
        return self.signed >= self.needed and all(one.is_here for one in self.added)


def prepare(repository: Repository, channel: str, version: str, board: str, bundle: Path) -> bytes:
    """Return a record of one release, signed with those of the channel's keys that are here; one is enough to begin.

    Raises:
        RecordError: No key is here, or the copy of the channel is not what the keys signed.
        ReleaseNameError: A name cannot stand in a path.
    """
    _must_be_ours(repository, channel)
    role, _ = repository.with_release(channel, version, board, bundle)
    role.signatures.clear()
    return _signed(repository, channel, role)


def cosign(repository: Repository, channel: str, record: bytes) -> bytes:
    """Return a record with the signatures of the keys that are here added; look into it first.

    Raises:
        RecordError: It is no record, or no key is here.
    """
    _must_be_ours(repository, channel)
    look(repository, channel, record)
    return _signed(repository, channel, _read(record))


def look(repository: Repository, channel: str, record: bytes) -> Looked:
    """Return what a record would add. It may add releases to this channel, and do nothing else.

    Raises:
        RecordError: It is no record of this channel as it stands now.
    """
    role, old = _read(record), repository.role(channel)
    if role.signed.version != old.signed.version + 1:
        raise RecordError(RecordFault.OLD, "the record was prepared for another state of the channel; prepare it again")
    if role.signed.delegations is not None or role.signed.expires <= repository.now:
        raise RecordError(RecordFault.OLD, "the record is out of date, or hands rights on")
    if any(role.signed.targets.get(name) != target for name, target in old.signed.targets.items()):
        raise RecordError(RecordFault.CHANGES, "the record changes or removes a release that is published")
    added = tuple(
        _release(repository, channel, name, role.signed.targets[name]) for name in role.signed.targets if name not in old.signed.targets
    )
    if not added:
        raise RecordError(RecordFault.NOTHING, "the record adds nothing")
    delegations = repository.role("targets").signed
    result = delegations.get_verification_result(channel, role.signed_bytes, role.signatures)
    return Looked(added, len(result.signed), result.threshold)


def publish(repository: Repository, channel: str, record: bytes) -> Looked:
    """Let a record count: place its bundles, then sign snapshot and timestamp with the city's own keys.

    Raises:
        RecordError: Too few have signed it, or a bundle is not here.
    """
    looked = look(repository, channel, record)
    if looked.signed < looked.needed:
        raise RecordError(
            RecordFault.UNSIGNED, f"{looked.signed} of {looked.needed} signatures; the next one signs with: city release cosign"
        )
    role = _read(record)
    for one in looked.added:
        if not one.is_here:
            raise RecordError(RecordFault.NO_BUNDLE, f"{one.name}: its bundle is not here; bring it with: city release bring")
        if not _placed(repository, one.name, one.sha256).is_file():
            repository.place(one.name, role.signed.targets[one.name], _incoming(repository, one.sha256))
    repository.put_signed(channel, role)
    for one in looked.added:
        _incoming(repository, one.sha256).unlink(missing_ok=True)
    return looked


def bring(repository: Repository, bundle: Path) -> str:
    """Lay a bundle down at the city under its digest, and return that. It is given out to nobody before a record names it.

    Raises:
        RecordError: It cannot be read or written.
    """
    try:
        with bundle.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        target = _incoming(repository, digest)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        draft = target.with_suffix(".new")
        shutil.copyfile(bundle, draft)
        draft.rename(target)
    except OSError as error:
        raise RecordError(RecordFault.DISK, f"{error.filename or bundle}: {error.strerror}") from error
    return digest


def _read(record: bytes) -> Metadata[Targets]:
    if len(record) > RECORD_MAX_BYTES:
        raise RecordError(RecordFault.NOT_ONE, "this is too long for a record")
    try:
        role: Metadata[Targets] = Metadata.from_bytes(record)
    except (DeserializationError, RepositoryError, ValueError) as error:
        raise RecordError(RecordFault.NOT_ONE, "this is no release record") from error
    if not isinstance(role.signed, Targets):
        raise RecordError(RecordFault.NOT_ONE, "this is no release record")
    return role


def _release(repository: Repository, channel: str, name: str, target: TargetFile) -> Release:
    parts = name.removesuffix(".bundle").split("/")
    try:
        is_named_well = len(parts) == 3 and bundle_target(channel, parts[1], parts[2]) == name
    except ReleaseNameError:
        is_named_well = False
    digest = target.hashes.get("sha256", "")
    if not is_named_well or set(target.hashes) != {"sha256"} or len(digest) != 64 or not digest.isalnum():
        raise RecordError(RecordFault.STRANGE_NAME, f"{name[:60]!r} is no release of {channel}")
    is_here = _placed(repository, name, digest).is_file() or _incoming(repository, digest).is_file()
    return Release(name, parts[1], parts[2], target.length, digest, is_here)


def _signed(repository: Repository, channel: str, role: Metadata[Targets]) -> bytes:
    signers = repository.offline.signers(channel)
    if not signers:
        raise RecordError(RecordFault.NO_KEY, f"{channel}: none of its keys is here; give the medium with --keys")
    for signer in signers:
        signed(role, signer)
    return role.to_bytes(JSONSerializer(compact=True))


def _must_be_ours(repository: Repository, channel: str) -> None:
    """Check the copy of the channel against the public halves beside the keys: what is signed anew is everything in it."""
    role, keys = repository.role(channel), repository.offline.public(channel)
    if sum(_has_signed(key, role) for key in keys) < THRESHOLD:
        raise RecordError(RecordFault.FOREIGN_COPY, f"this copy of {channel} is not what its keys signed; take a fresh copy of updates/")


def _has_signed(key: Key, role: Metadata[Targets]) -> bool:
    signature = role.signatures.get(key.keyid)
    if signature is None:
        return False
    try:
        key.verify_signature(signature, role.signed_bytes)
    except UnverifiedSignatureError:
        return False
    return True


def _placed(repository: Repository, name: str, digest: str) -> Path:
    folder, _, base = name.rpartition("/")
    return repository.folder / "targets" / folder / f"{digest}.{base}"


def _incoming(repository: Repository, digest: str) -> Path:
    return repository.folder.with_name(INCOMING) / f"{digest}.bundle"
