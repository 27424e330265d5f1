"""Ed25519 keys in files: request keys of terminals, and the keys with which the city signs receipts and packages.

A key's id is derived from its public half. Secret keys are PKCS #8 in PEM, readable by their owner only; public ones are
SubjectPublicKeyInfo in PEM, one file each, named `<key id>.pem`.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from sync.contract.names import digest_of


class KeyFileError(ValueError):
    """A key file is missing, malformed or of another kind."""


def key_id_of(key: Ed25519PublicKey) -> str:
    """Return the id by which signatures name `key`."""
    return digest_of(key.public_bytes_raw())[:16]


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return `key` as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def write_secret_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write `key` to a new file that only its owner reads."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_new_secret(path, pem)


def write_new_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all.

    Raises:
        FileExistsError: There is one; unlike by a rename, another process' key is never taken away.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    finally:
        part.unlink()


def read_secret_key(path: Path) -> Ed25519PrivateKey:
    """Read a secret key.

    Raises:
        KeyFileError: It is not there or not an Ed25519 key.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyFileError(f"{path}: no readable secret key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: not an Ed25519 key")
    return key


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key.

    Raises:
        KeyFileError: It is not there or not an Ed25519 key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path}: no readable public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError(f"{path}: not an Ed25519 key")
    return key


def write_public_key(folder: Path, key: Ed25519PublicKey) -> Path:
    """Write `key` into `folder` under the name that `public_keys_in` expects."""
    path = folder / f"{key_id_of(key)}.pem"
    path.write_bytes(public_pem(key))
    return path


def public_keys_in(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Read every public key of `folder`, by key id.

    Raises:
        KeyFileError: One of them is malformed, or there is none.
    """
    keys = [read_public_key(path) for path in sorted(folder.glob("*.pem"))]
    if not keys:
        raise KeyFileError(f"{folder}: no public key (*.pem) in it")
    return {key_id_of(key): key for key in keys}
