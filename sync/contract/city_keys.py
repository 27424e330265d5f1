"""The city's sealing keys in files: `<key id>.public.json` for terminals, `<key id>.secret.json` for the city alone.

A key that was retired, but still opens what is stored, is `<key id>.retired.json`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from sync.contract.decoding import UNDECODABLE
from sync.contract.signing_keys import write_new_secret
from sync.contract.suites import CityPublicKey, CitySecretKey, SealError, SuiteName

Key = TypeVar("Key", CityPublicKey, CitySecretKey)


def write_secret(folder: Path, key: CitySecretKey) -> Path:
    """Write a secret key to a new file that only its owner reads."""
    path = folder / f"{key.key_id}.secret.json"
    write_new_secret(path, msgspec.json.encode(key))
    return path


def write_public(folder: Path, key: CityPublicKey) -> Path:
    """Write a public key, for a terminal to be given."""
    path = folder / f"{key.key_id}.public.json"
    path.write_bytes(msgspec.json.encode(key))
    return path


def secret_keys_in(folder: Path) -> dict[str, CitySecretKey]:
    """Read every secret key of `folder`, by key id.

    Raises:
        SealError: One of them is malformed.
    """
    return {key.key_id: key for key in (_read(path, CitySecretKey) for path in sorted(folder.glob("*.secret.json")))}


def retired_keys_in(folder: Path) -> dict[str, CitySecretKey]:
    """Read every key of `folder` that nobody may seal to any more, by key id.

    Raises:
        SealError: One of them is malformed.
    """
    return {key.key_id: key for key in (_read(path, CitySecretKey) for path in sorted(folder.glob("*.retired.json")))}


def retire_secret(folder: Path, key_id: str) -> None:
    """Mark a key as retired, in one rename; nothing happens to one that is."""
    path = folder / f"{key_id}.secret.json"
    if path.exists():
        path.rename(retired_path(folder, key_id))


def retired_path(folder: Path, key_id: str) -> Path:
    """Return where a retired key lies."""
    return folder / f"{key_id}.retired.json"


def newest_public_key(folder: Path) -> CityPublicKey:
    """Return the key to seal to: the newest in `folder` whose suite this version knows.

    Raises:
        SealError: One of them is malformed, or there is none.
    """
    newest = newest_known([_read(path, CityPublicKey) for path in sorted(folder.glob("*.public.json"))])
    if newest is None:
        raise SealError(f"{folder}: no key of the city that this version can seal to")
    return newest


def newest_known(keys: Iterable[CityPublicKey]) -> CityPublicKey | None:
    """Return the newest of `keys` whose suite this version knows."""
    return max((key for key in keys if key.suite in set(SuiteName)), key=lambda key: (key.created_at, key.key_id), default=None)


def _read(path: Path, kind: type[Key]) -> Key:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, *UNDECODABLE) as error:
        raise SealError(f"{path}: not a key of the city") from error
