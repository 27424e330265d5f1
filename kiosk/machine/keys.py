"""The terminal's keys on its own disk: sealed by systemd-creds to this machine, and handed by systemd to the units that need them.

A machine with a TPM binds them to it and to its own disk; one without binds them to a secret on the data partition only, which keeps a key
out of a copied file, not out of a stolen disk.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.config import Config
from sync import identity
from sync.contract.http_signature import RequestKey
from sync.contract.names import TerminalId
from sync.durable import sync_folder, write_durably
from sync.settings import LOGIN_FILE

REQUEST, OUTBOX, PROXY_LOGIN = "request.pem", "outbox.key", LOGIN_FILE
"""Credentials by the names under which the program looks for its keys."""

NEW_PROXY_LOGIN = f"{PROXY_LOGIN}.new"
"""Beside the sealed keys: a login that was typed at the menu, to be sealed in the place of the one before with the next start."""

PUBLIC = "request.public.pem"
"""What the city enrols: the public half, for whoever admits this terminal."""


class SealingError(OSError):
    """systemd-creds could not do its part; the message is its own."""


def by_systemd_creds(plain: Path, name: str) -> bytes:
    """Return a file sealed to this machine under a credential's name.

    Raises:
        SealingError: It could not be done.
    """
    done = subprocess.run(["systemd-creds", "encrypt", f"--name={name}", str(plain), "-"], capture_output=True, check=False)
    if done.returncode != 0:
        raise SealingError(f"systemd-creds: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout


def opened_by_systemd_creds(sealed: Path, name: str) -> None:
    """Open a sealed file and throw the key away: whoever starts the units will be able to.

    Raises:
        SealingError: It cannot be opened; it is damaged, or was sealed by another machine.
    """
    done = subprocess.run(["systemd-creds", "decrypt", f"--name={name}", str(sealed), "-"], capture_output=True, check=False)
    if done.returncode != 0:
        raise SealingError(f"{sealed}: systemd-creds: {done.stderr.decode(errors='replace').strip()[-300:]}")


def seal_keys(
    config: Config,
    sealed: Path,
    scratch: Path,
    seal: Callable[[Path, str], bytes] = by_systemd_creds,
) -> tuple[str, ...]:
    """Seal what is not sealed yet, and return the names; keys that the depot laid down are taken, others are made.

    Args:
        config: The terminal's.
        sealed: The folder of sealed keys, on the data partition.
        scratch: A folder in memory.
        seal: Seals a file under a name.

    Raises:
        SealingError: One could not be sealed; what was there before still is.
        SettingsError: A key that was laid down is not one.
        OSError: The disk does not take it.
    """
    laid_down = config.terminal.folder / "keys"
    sealed.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    done = []
    if (fresh := sealed / NEW_PROXY_LOGIN).exists():
        write_durably(sealed / PROXY_LOGIN, seal(fresh, PROXY_LOGIN))
        fresh.unlink()
        sync_folder(sealed)
        done.append(PROXY_LOGIN)
    for name in (REQUEST, OUTBOX, PROXY_LOGIN):
        if (sealed / name).exists():
            continue
        plain = laid_down / name if (laid_down / name).exists() else scratch / name
        if name == REQUEST:
            _publish(identity.request_key(plain, TerminalId(config.terminal.id)), sealed.with_name(PUBLIC))
        elif name == OUTBOX:
            identity.outbox_key(plain)
        elif not plain.exists():
            plain.touch(mode=0o600)  # no proxy, or one that wants no login: systemd wants the file all the same
        write_durably(sealed / name, seal(plain, name))
        sync_folder(sealed)
        done.append(name)
    for name in (REQUEST, OUTBOX, PROXY_LOGIN):  # only once each is sealed, and on the disk
        (laid_down / name).unlink(missing_ok=True)
        (scratch / name).unlink(missing_ok=True)
    return tuple(done)


def check_keys(sealed: Path, check: Callable[[Path, str], None] = opened_by_systemd_creds) -> None:
    """Open each sealed key, so that what is wrong with one is said before a unit falls over it.

    Raises:
        SealingError: One is not there, or cannot be opened.
    """
    for name in (REQUEST, OUTBOX, PROXY_LOGIN):
        if not (sealed / name).exists():
            raise SealingError(f"{sealed / name}: it was never sealed; the log of kiosk-keys says why")
        check(sealed / name, name)


def _publish(key: RequestKey, path: Path) -> None:
    path.write_bytes(key.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    path.chmod(0o644)
