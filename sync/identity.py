"""The terminal's own keys: one to sign its requests, one to encrypt its outbox. Each is a file that only its owner reads."""

import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.contract.http_signature import RequestKey
from sync.contract.names import TerminalId
from sync.contract.signing_keys import KeyFileError, public_keys_in, read_secret_key, write_new_secret, write_secret_key
from sync.durable import sync_folder
from sync.errors import SettingsError
from sync.settings import OUTBOX_KEY_BYTES


def request_key(path: Path, terminal: TerminalId) -> RequestKey:
    """Return the key with which this terminal signs, made on the first call.

    Raises:
        SettingsError: The file cannot be read or made, is no Ed25519 key, or others may read it.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_secret_key(path, Ed25519PrivateKey.generate())
            sync_folder(path.parent)
        _check_private(path)
        return RequestKey(terminal, read_secret_key(path))
    except FileExistsError:
        return request_key(path, terminal)  # another process made it in this moment
    except (KeyFileError, OSError) as error:
        raise SettingsError(str(error)) from error


def outbox_key(path: Path, *, of: Path | None = None) -> bytes:
    """Return the key of the outbox, made on the first call.

    Args:
        path: The key's file.
        of: The outbox's folder. Where there is an outbox already, no other key is made in place of one that is gone.

    Raises:
        SettingsError: The file cannot be read or made, is too short, others may read it, or it is gone.
    """
    try:
        if not path.exists():
            if of is not None and _is_made(of):
                raise SettingsError(
                    f"{path}: the key of the outbox in {of} is gone; bring it back from where it was kept, nothing was changed"
                )
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_new_secret(path, secrets.token_bytes(OUTBOX_KEY_BYTES))
            sync_folder(path.parent)
        _check_private(path)
        key = path.read_bytes()
    except FileExistsError:
        return outbox_key(path, of=of)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    if len(key) != OUTBOX_KEY_BYTES:
        raise SettingsError(f"{path}: {len(key)} bytes instead of {OUTBOX_KEY_BYTES}")
    return key


def _is_made(outbox: Path) -> bool:
    from sync.set_aside import is_made  # noqa: PLC0415 - brings the database, which who makes keys at boot has no use for

    return is_made(outbox)


def trusted_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Return the city's public keys in `folder`, by key id.

    Raises:
        SettingsError: There is none, or one is malformed.
    """
    try:
        return public_keys_in(folder)
    except KeyFileError as error:
        raise SettingsError(str(error)) from error


def _check_private(path: Path) -> None:
    # Reading may be granted to the group: systemd hands a credential to its unit's user that way, as an access list.
    if path.stat().st_mode & (stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO):
        raise SettingsError(f"{path}: others may read it; it must have mode 0600")
