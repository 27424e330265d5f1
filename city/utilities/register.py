"""Which providers this city has: `utilities.json` in its data directory, and a secret for each in its keys."""

import secrets
from pathlib import Path

import msgspec

from city.folder import CityFolder, FolderError, write_whole
from city.utilities.provider import Provider
from sync.contract.bills import Utilities, Utility

NAME = "utilities.json"
SANDBOX_URL = "http://127.0.0.1:8460"
_SAMPLES = Path(__file__).parents[1] / "samples" / NAME


class Registered(msgspec.Struct, frozen=True):
    """One provider: what terminals are told of it, and where it is met (https, or http on this machine alone)."""

    utility: Utility
    url: str


def registered(folder: CityFolder) -> tuple[Registered, ...]:
    """Return the providers; a city without the file has none.

    Raises:
        FolderError: The file is malformed, or an address is not one.
    """
    path = folder.root / NAME
    try:
        found = msgspec.json.decode(path.read_bytes(), type=tuple[Registered, ...])
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.MsgspecError) as error:
        raise FolderError(f"{path}: {error}") from error
    for one in found:
        if not one.url.startswith(("https://", "http://127.0.0.1:")):
            raise FolderError(f"{path}: {one.utility.id}: the address must be https, or http on 127.0.0.1")
    return found


def provider_of(folder: CityFolder, utility: str) -> Provider | None:
    """Return the way to a provider, or None where there is none of this name or its secret is missing.

    Raises:
        FolderError: As `registered`.
    """
    one = next((known for known in registered(folder) if known.utility.id == utility), None)
    if one is None:
        return None
    try:
        secret = secret_path(folder, utility).read_bytes().strip()
    except OSError:
        return None
    return Provider(one.url, secret)


def secret_path(folder: CityFolder, utility: str) -> Path:
    """Return where the secret shared with a provider stands."""
    return folder.keys / f"utility-{utility}.secret"


def register_sandbox(folder: CityFolder) -> bool:
    """Register the sample utilities, all behind the sandbox on this machine, and tell whether that was done: not where any is registered.

    They share one secret, so that one process of the sandbox answers for all of them.
    """
    if (folder.root / NAME).exists():
        return False
    samples = msgspec.json.decode(_SAMPLES.read_bytes(), type=Utilities).utilities
    secret = secrets.token_hex(32).encode()
    for one in samples:
        write_whole(secret_path(folder, one.id), secret)
    write_whole(folder.root / NAME, msgspec.json.encode(tuple(Registered(one, SANDBOX_URL) for one in samples)))
    return True
