"""Which providers this city has: `utilities.json` in its data directory, and a secret for each in its keys."""

from pathlib import Path

import msgspec

from city.folder import CityFolder, FolderError
from city.utilities.provider import Provider
from sync.contract.bills import Utility

NAME = "utilities.json"


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
