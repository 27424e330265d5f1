"""The TUF repository: made, added to and kept fresh as a folder of static files that any web server can give out.

Everything that a new timestamp names is written before it, whole and synced, so a cut or a copy at any moment leaves a repository that
terminals can read. Old files stay: a terminal that began a moment ago finds what it was promised.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, MetaFile, Role, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from city.channel.chunks import index_of
from city.channel.keys import OF_THREE, THRESHOLD, KeyFolder, signed
from city.folder import FolderError, keep_name, write_whole
from sync.contract.chunk_index import SUFFIX
from sync.contract.rollout import bundle_target, named, rollout_role, rollout_target

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)

ROOT_LIFE: Final = timedelta(days=3 * 365)
OFFLINE_LIFE: Final = timedelta(days=365)
ROLLOUT_LIFE: Final = timedelta(days=30)
SNAPSHOT_LIFE: Final = timedelta(days=7)
TIMESTAMP_LIFE: Final = timedelta(days=2)
RESIGN_BEFORE: Final = timedelta(hours=26)  # a daily timer may fail once


class ChannelError(ValueError):
    """The channel cannot be changed so; nothing was changed, and the message says what to do."""


@dataclass(slots=True)
class Repository:
    """A repository in a folder.

    Attributes:
        folder: With metadata/ and targets/; what is given out.
        online: Keys that stay with the city.
        offline: Keys that are put away; only publishing and root changes need them.
        now: The city's time.
    """

    folder: Path
    online: KeyFolder
    offline: KeyFolder
    now: datetime

    @property
    def is_made(self) -> bool:
        """Whether there is one."""
        return (self.folder / "metadata" / "timestamp.json").is_file()

    def make(self, channels: Iterable[str] = ("stable",)) -> None:
        """Make keys and an empty repository.

        Raises:
            ChannelError: There is one.
        """
        if self.is_made:
            raise ChannelError(f"{self.folder}: there is a repository; it is kept")
        for part in ("metadata", "targets"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        root = Root(expires=self.now + ROOT_LIFE, consistent_snapshot=True)
        self._entitle(root, self.offline.make("root", OF_THREE), "root", THRESHOLD)
        self._entitle(root, self.offline.make("targets", OF_THREE), "targets", THRESHOLD)
        for role in ("snapshot", "timestamp"):
            self._entitle(root, self.online.make(role), role, 1)
        self._write_root(Metadata(root), self.offline.signers("root"), THRESHOLD, "1.root.json")
        targets = Metadata(Targets(expires=self.now + OFFLINE_LIFE, delegations=Delegations({}, {})))
        changed: dict[str, Metadata[Targets]] = {}
        for channel in channels:
            changed |= self._delegated(targets, channel)
        changed["targets"] = targets
        self._publish(changed)

    def add_release(self, channel: str, version: str, board: str, bundle: Path, facts: dict[str, Any] | None = None) -> TargetFile:
        """Sign a bundle into a channel, with the channel's offline keys.

        Raises:
            ChannelError: Too few keys, an unknown channel, or this release exists with other bytes.
            ReleaseNameError: A name cannot stand in a path.
        """
        role, target = self.with_release(channel, version, board, bundle, facts)
        self.place(target.path, target, bundle)
        self._publish({channel: role})
        return target

    def with_release(
        self, channel: str, version: str, board: str, bundle: Path, facts: dict[str, Any] | None = None
    ) -> tuple[Metadata[Targets], TargetFile]:
        """Return the channel's role with one release more, not signed yet, and the release.

        Raises:
            ChannelError: An unknown channel, or this release exists with other bytes.
            ReleaseNameError: A name cannot stand in a path.
        """
        name = bundle_target(channel, version, board)
        role = self.role(channel)
        target = _target_of(name, bundle)
        target.unrecognized_fields["custom"] = {"version": version, "board": board, **(facts or {})}
        old = role.signed.targets.get(name)
        if old is not None and old.hashes != target.hashes:
            raise ChannelError(f"{name} is published with other bytes; a release never changes, give it a new version")
        role.signed.targets[name] = target
        role.signed.expires = self.now + OFFLINE_LIFE
        role.signed.version += 1
        return role, target

    def put_signed(self, name: str, role: Metadata[Targets]) -> None:
        """Let a role count that was signed elsewhere and has been looked into."""
        self._publish({}, {name: role})

    def put_rollout(self, channel: str, document: bytes) -> None:
        """Sign a channel's rollout document, with the online key.

        Raises:
            ChannelError: An unknown channel, or the key is missing.
        """
        name, role_name = rollout_target(channel), rollout_role(channel)
        role = self.role(role_name)
        target = TargetFile.from_data(name, document, ["sha256"])
        digest = target.hashes["sha256"]
        write_whole(self.folder / "targets" / channel / f"{digest}.rollout.json", document, 0o644)
        role.signed.targets = {name: target}
        role.signed.expires = self.now + ROLLOUT_LIFE
        role.signed.version += 1
        self._publish({role_name: role})

    def rollout(self, channel: str) -> bytes | None:
        """Return a channel's rollout document as it was signed last."""
        target = self.role(rollout_role(channel)).signed.targets.get(rollout_target(channel))
        if target is None:
            return None
        return (self.folder / "targets" / channel / f"{target.hashes['sha256']}.rollout.json").read_bytes()

    def releases(self, channel: str) -> dict[str, TargetFile]:
        """Return what a channel has, by target name."""
        return dict(self.role(channel).signed.targets)

    def refresh(self, *, now: bool = False) -> bool:
        """Sign snapshot, timestamp and rollout documents again where they run out soon, or anyhow with `now`; tell whether anything was."""
        soon = self.now + RESIGN_BEFORE
        due: dict[str, Metadata[Targets]] = {}
        for name in self._snapshot().signed.meta:
            role_name = name.removesuffix(".json")
            if role_name.endswith("-rollout"):
                role = self.role(role_name)
                if role.signed.expires <= soon:
                    role.signed.expires = self.now + ROLLOUT_LIFE
                    role.signed.version += 1
                    due[role_name] = role
        timestamp = self._read("timestamp.json", Timestamp)
        if not now and not due and timestamp.signed.expires > soon and self._snapshot().signed.expires > soon:
            return False
        self._publish(due)
        return True

    def rotate(self, role: str, old_root: KeyFolder | None = None) -> None:
        """Exchange the keys of a top-level role for those that its key folder holds now, made where they are missing.

        Args:
            role: root, targets, snapshot or timestamp.
            old_root: Where the root keys that were valid until now are, if they are not those of the offline folder.

        Raises:
            ChannelError: Too few keys of the old root are here.
        """
        root = self._read(f"{self._root_version()}.root.json", Root)
        place, count, threshold = (self.offline, OF_THREE, THRESHOLD) if role in ("root", "targets") else (self.online, 1, 1)
        old = (old_root or self.offline).signers("root")
        for key_id in list(root.signed.roles[role].keyids):
            root.signed.revoke_key(key_id, role)
        self._entitle(root.signed, place.make(role, count), role, threshold)
        root.signed.version += 1
        root.signed.expires = self.now + ROOT_LIFE
        self._write_root(root, old, THRESHOLD, f"{root.signed.version}.root.json")
        if role != "root":
            self._publish({"targets": self.role("targets", again=True)} if role == "targets" else {})

    def _delegated(self, targets: Metadata[Targets], channel: str) -> dict[str, Metadata[Targets]]:
        """Hand a channel's releases to its offline keys and its rollout document to an online one."""
        delegations = targets.signed.delegations
        if delegations is None or delegations.roles is None:
            raise ChannelError("the repository's targets role delegates nothing")
        made: dict[str, Metadata[Targets]] = {}
        parts = (
            (named(channel), self.offline.make(channel, OF_THREE), THRESHOLD, f"{channel}/*/*", OFFLINE_LIFE),
            (rollout_role(channel), self.online.make(rollout_role(channel)), 1, rollout_target(channel), ROLLOUT_LIFE),
        )
        for role, keys, threshold, pattern, life in parts:
            delegations.roles[role] = DelegatedRole(role, [], threshold, terminating=True, paths=[pattern])
            for key in keys:
                targets.signed.add_key(key, role)
            made[role] = Metadata(Targets(expires=self.now + life))
        return made

    def _publish(self, changed: dict[str, Metadata[Targets]], signed: dict[str, Metadata[Targets]] | None = None) -> None:
        """Write changed roles, and such as are signed already, then a snapshot of them, then the timestamp that makes them count."""
        written: list[tuple[str, Metadata[Targets]]] = list((signed or {}).items())
        for name, role in changed.items():
            place = self.online if name.endswith("-rollout") else self.offline
            threshold = 1 if name.endswith("-rollout") else THRESHOLD
            self._signed(role, place.signers(name), threshold, name)
            written.append((name, role))
        is_first = not self.is_made
        snapshot = Metadata(Snapshot()) if is_first else self._snapshot()
        for name, role in written:
            snapshot.signed.meta[f"{name}.json"] = MetaFile(role.signed.version)
        timestamp = Metadata(Timestamp()) if is_first else self._read("timestamp.json", Timestamp)
        if not is_first:
            snapshot.signed.version += 1
            timestamp.signed.version += 1
        snapshot.signed.expires = self.now + SNAPSHOT_LIFE
        timestamp.signed.snapshot_meta = MetaFile(snapshot.signed.version)
        timestamp.signed.expires = self.now + TIMESTAMP_LIFE
        self._signed(snapshot, self.online.signers("snapshot"), 1, "snapshot")
        self._signed(timestamp, self.online.signers("timestamp"), 1, "timestamp")
        for name, role in written:
            self._save(role, f"{role.signed.version}.{name}.json")
        self._save(snapshot, f"{snapshot.signed.version}.snapshot.json")
        self._save(timestamp, "timestamp.json")

    def role(self, name: str, *, again: bool = False) -> Metadata[Targets]:
        """Return a delegated role as it was signed last; `again`: as the next version of itself.

        Raises:
            ChannelError: There is none.
        """
        found = self._snapshot().signed.meta.get(f"{name}.json")
        if found is None:
            raise ChannelError(f"there is no channel {name.removesuffix('-rollout')!r}")
        role = self._read(f"{found.version}.{name}.json", Targets)
        if again:
            role.signed.version += 1
            role.signed.expires = self.now + OFFLINE_LIFE
        return role

    def _snapshot(self) -> Metadata[Snapshot]:
        version = self._read("timestamp.json", Timestamp).signed.snapshot_meta.version
        return self._read(f"{version}.snapshot.json", Snapshot)

    def _root_version(self) -> int:
        return max(int(path.name.partition(".")[0]) for path in (self.folder / "metadata").glob("*.root.json"))

    def _read(self, name: str, _type: type[S]) -> Metadata[S]:
        path = self.folder / "metadata" / name
        try:
            return Metadata.from_file(str(path))
        except (OSError, DeserializationError, RepositoryError) as error:
            raise FolderError(f"{path}: no readable metadata; make the channel with `city release init`, or restore it") from error

    def place(self, name: str, target: TargetFile, source: Path) -> None:
        """Lay a target's bytes down under their digest.

        Raises:
            ChannelError: They are not what the target says.
        """
        folder, _, base = name.rpartition("/")
        place = self.folder / "targets" / folder / f"{target.hashes['sha256']}.{base}"
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.new")
        shutil.copyfile(source, draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
            if hashlib.file_digest(file, "sha256").hexdigest() != target.hashes["sha256"]:
                draft.unlink()
                raise ChannelError(f"{source} changed while it was read; try again")
        draft.chmod(0o644)
        if base.endswith(".bundle"):  # beside it, signed by nobody and believed by nobody: by what terminals save a download
            write_whole(place.with_name(place.name + SUFFIX), index_of(draft), 0o644)
        draft.rename(place)
        keep_name(place.parent)

    @staticmethod
    def _entitle(root: Root, keys: list[Key], role: str, threshold: int) -> None:
        root.roles[role] = Role([], threshold)
        for key in keys:
            root.add_key(key, role)

    def _write_root(self, metadata: Metadata[Root], signers: list[Signer], threshold: int, name: str) -> None:
        self._signed(metadata, signers, threshold, "root")
        known = set(metadata.signatures)
        for signer in self.offline.signers("root"):  # a new root is signed by the old and by the new keys
            if signer.public_key.keyid not in known:
                signed(metadata, signer)
        self._save(metadata, name)

    @staticmethod
    def _signed(metadata: Metadata[S], signers: list[Signer], threshold: int, what: str) -> None:
        if len(signers) < threshold:
            raise ChannelError(
                f"{what}: {len(signers)} of {threshold} keys that must sign are here; bring the media with the others (--keys)"
            )
        metadata.signatures.clear()
        for signer in signers:
            signed(metadata, signer)

    def _save(self, metadata: Metadata[S], name: str) -> None:
        write_whole(self.folder / "metadata" / name, metadata.to_bytes(JSONSerializer(compact=True)), 0o644)


def _target_of(name: str, bundle: Path) -> TargetFile:
    try:
        return TargetFile.from_file(name, str(bundle), ["sha256"])
    except OSError as error:
        raise ChannelError(f"{bundle}: {error.strerror}") from error
