"""The channel as the terminal sees it: TUF metadata, refreshed in a scratch folder and kept durably once it has been verified.

python-tuf's client replaces its files without syncing them, which a power cut can turn into empty ones. So it works on a copy, and what
it has accepted is then written durably, file by file; any mixture of old and new files that a cut leaves is one it recovers from.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec
from tuf.api import exceptions
from tuf.api.metadata import TargetFile
from tuf.ngclient import Updater, UpdaterConfig

from sync.contract.decoding import UNDECODABLE
from sync.contract.rollout import ROLLOUT_MAX_BYTES, ReleaseNameError, Rollout, bundle_target, rollout_target, version_key
from sync.durable import sync_folder, write_durably
from sync.update.known_time import KnownTime
from sync.update.line import Line, LineError, LineTrouble

BUNDLE_MAX_BYTES: Final = 4 * 1024**3
_LIMITS: Final = UpdaterConfig(
    max_root_rotations=64,
    max_delegations=8,
    root_max_length=64 * 1024,
    timestamp_max_length=16 * 1024,
    snapshot_max_length=256 * 1024,
    targets_max_length=1024 * 1024,
)


class Distrust(StrEnum):
    """Why what the channel says is not believed."""

    EXPIRED = "expired"
    OLDER = "older"  # than what was seen before
    UNSIGNED = "unsigned"  # by fewer keys than it must be
    OTHER_BYTES = "other_bytes"  # not those that the signed metadata names
    TOO_LONG = "too_long"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The channel did not answer."""

    trouble: LineTrouble


@dataclass(frozen=True, slots=True)
class Distrusted:
    """The channel's answer is refused; what runs goes on running."""

    why: Distrust
    detail: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A release for this board, as the channel's offline keys signed it."""

    release: str
    url: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What is wanted: a rollout document, and the release that it names where that is signed for this board.

    Attributes:
        rollout: Which, and for whom.
        bundle: The release; None where it does not exist for this board.
        may_fetch: Whether whoever drives this terminal lets it gather now.
        may_install: Whether he lets it restart now.
    """

    rollout: Rollout
    bundle: Bundle | None
    may_fetch: bool = True
    may_install: bool = True


@dataclass(frozen=True, slots=True)
class Signed:
    """What the channel's keys say: its rollout document, where there is one, and the release that was asked for."""

    rollout: Rollout | None
    bundle: Bundle | None


class Channel:
    """One channel on one static server."""

    def __init__(self, url: str, channel: str, board: str, folder: Path, line: Line, time: KnownTime) -> None:
        """Begin.

        Args:
            url: Where `metadata/` and `targets/` are.
            channel: Such as stable.
            board: For which bundles are taken, such as x86-64.
            folder: Holds `root.json`, the trust that the image brings, and what has been verified since.
            line: The way to the server.
            time: By which expiry is judged.
        """
        self._url = url.rstrip("/")
        self._channel = channel
        self._board = board
        self._folder = folder
        self._line = line
        self._time = time

    def offer(self) -> Offer | Unreachable | Distrusted | None:
        """Refresh and return what the channel wants; None when it has no rollout document."""
        found = self.signed()
        if not isinstance(found, Signed):
            return found
        return None if found.rollout is None else Offer(found.rollout, found.bundle)

    def signed(self, release: str | None = None) -> Signed | Unreachable | Distrusted:
        """Refresh and return what the keys say of a release; without one, of that which the rollout document names."""
        try:
            with tempfile.TemporaryDirectory(prefix="bianmin-tuf-") as scratch:
                return self._refreshed(Path(scratch), release)
        except LineError as error:
            return Unreachable(error.trouble)
        except exceptions.DownloadLengthMismatchError as error:
            return Distrusted(Distrust.TOO_LONG, str(error))
        except exceptions.DownloadHTTPError:
            return Unreachable(LineTrouble.MISSING)
        except exceptions.DownloadError:
            return Unreachable(LineTrouble.NO_LINE)
        except exceptions.RepositoryError as error:
            return Distrusted(_why(error), str(error)[:200])
        except OSError as error:
            return Distrusted(Distrust.MALFORMED, f"{error.filename}: {error.strerror}")
        except (*UNDECODABLE, ReleaseNameError, KeyError, ValueError, TypeError) as error:
            return Distrusted(Distrust.MALFORMED, type(error).__name__)

    def _refreshed(self, scratch: Path, release: str | None) -> Signed:
        metadata, targets = scratch / "metadata", scratch / "targets"
        targets.mkdir()
        metadata.mkdir()
        kept = self._folder / "metadata"
        for file in kept.glob("*.json") if kept.is_dir() else ():
            (metadata / file.name).write_bytes(file.read_bytes())
        updater = self._updater(metadata, targets)
        updater.judge_by(self._time)
        try:
            updater.refresh()
            rollout = self._document(updater)
            wanted = release or (None if rollout is None else rollout.release)
            found = None if wanted is None else updater.get_targetinfo(bundle_target(self._channel, wanted, self._board))
        finally:
            self._keep(metadata)  # also what was verified before something later was refused: it is newer than what we had
        if rollout is not None:
            # It was signed after its share grew last: for a machine without a clock, that is news. Bounded by another key's expiry.
            self._time.learn(max(self._time.now(), min(rollout.widened_at, updater.expires)))
        return Signed(rollout, None if found is None or wanted is None else self._bundle(wanted, found))

    def _document(self, updater: "_Updater") -> Rollout | None:
        info = updater.get_targetinfo(rollout_target(self._channel))
        if info is None:
            return None
        if info.length > ROLLOUT_MAX_BYTES:
            raise exceptions.DownloadLengthMismatchError("the rollout document is too long")
        rollout = msgspec.json.decode(Path(updater.download_target(info)).read_bytes(), type=Rollout)
        version_key(rollout.release)
        version_key(rollout.minimum_version)
        return rollout

    def _updater(self, metadata: Path, targets: Path) -> "_Updater":
        """Begin with the newest root that was verified here; where that file is damaged, with the one that the image brings."""

        def begin(root: Path) -> _Updater:
            base, files = f"{self._url}/metadata/", f"{self._url}/targets/"
            return _Updater(str(metadata), base, str(targets), files, self._line, _LIMITS, bootstrap=root.read_bytes())

        try:
            return begin(self._folder / "metadata" / "root.json")
        except (OSError, exceptions.RepositoryError):
            return begin(self._folder / "root.json")

    def _keep(self, metadata: Path) -> None:
        kept = self._folder / "metadata"
        kept.mkdir(exist_ok=True, mode=0o700)
        for file in sorted(metadata.glob("*.json"), key=_root_first):
            content, old = file.read_bytes(), kept / file.name
            if not old.is_file() or old.read_bytes() != content:
                write_durably(old, content)
        sync_folder(kept)
        sync_folder(self._folder)

    def _bundle(self, release: str, info: TargetFile) -> Bundle:
        digest = info.hashes["sha256"]
        folder, _, name = info.path.rpartition("/")
        if not 0 < info.length <= BUNDLE_MAX_BYTES:
            raise exceptions.DownloadLengthMismatchError("the bundle is too long")
        return Bundle(release, f"{self._url}/targets/{folder}/{digest}.{name}", info.length, digest)


class _Updater(Updater):
    """python-tuf's client, judging by our clock."""

    def judge_by(self, time: KnownTime) -> None:
        self._trusted_set.reference_time = time.now()

    @property
    def expires(self) -> datetime:
        """When the timestamp that was believed runs out."""
        return self._trusted_set.timestamp.expires

    def get_targetinfo(self, target_path: str) -> TargetFile | None:
        found = super().get_targetinfo(target_path)
        return found if found is None or set(found.hashes) == {"sha256"} else _refuse_hashes()


def _refuse_hashes() -> Any:  # noqa: ANN401
    raise exceptions.RepositoryError("a target must be named by its SHA-256 alone")


def _root_first(file: Path) -> tuple[int, str]:
    order = ("root.json", "timestamp.json", "snapshot.json")
    return (order.index(file.name) if file.name in order else len(order), file.name)


def _why(error: exceptions.RepositoryError) -> Distrust:
    match error:
        case exceptions.ExpiredMetadataError():
            return Distrust.EXPIRED
        case exceptions.EqualVersionNumberError() | exceptions.BadVersionNumberError():
            return Distrust.OLDER
        case exceptions.UnsignedMetadataError():
            return Distrust.UNSIGNED
        case exceptions.LengthOrHashMismatchError():
            return Distrust.OTHER_BYTES
        case _:
            return Distrust.MALFORMED
