"""Which adapters there are, and the one that this city's settings name."""

import tomllib
from collections.abc import Callable, Mapping

import msgspec

from city.bridge.example import Example
from city.bridge.port import Platform
from city.folder import CityFolder, FolderError
from sync.contract.decoding import UNDECODABLE

CODES = "platform-codes.json"
TOKEN = "platform.toml"  # noqa: S105  the name of the file in which it stands

ADAPTERS: Mapping[str, Callable[[str, str, Mapping[str, str]], Platform]] = {
    "example": lambda url, token, codes: Example(url.rstrip("/"), token, codes),
}
"""An adapter is made from the address, the token and the platform's codes of items."""


def adapter_of(folder: CityFolder) -> Platform | None:
    """Return the adapter that `city.toml` names; None where the city stands for itself.

    Raises:
        FolderError: There is no such adapter, or something that it needs is missing or open to others.
    """
    own = folder.settings()
    if own.platform_adapter is None:
        return None
    make = ADAPTERS.get(own.platform_adapter)
    if make is None:
        raise FolderError(f"{folder.toml}: there is no adapter {own.platform_adapter!r}; there are: {', '.join(sorted(ADAPTERS))}")
    if not own.platform_url:
        raise FolderError(f"{folder.toml}: [platform] url is missing")
    return make(own.platform_url, _token(folder), _codes(folder))


def _codes(folder: CityFolder) -> dict[str, str]:
    path = folder.root / CODES
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except OSError as error:
        raise FolderError(f'{path}: {error.strerror}; write {{"our item": "the platform\'s code"}} into it') from error
    except UNDECODABLE as error:
        raise FolderError(f"{path}: {error}") from error


def _token(folder: CityFolder) -> str:
    path = folder.keys / TOKEN
    try:
        if path.stat().st_mode & 0o077:
            raise FolderError(f"{path}: others may read it; chmod 600 {path}")
        token = tomllib.loads(path.read_text(encoding="utf-8")).get("token")
    except (OSError, ValueError) as error:
        if isinstance(error, FolderError):
            raise
        raise FolderError(f'{path}: {error}; write token = "…" into it') from error
    if not isinstance(token, str) or not token:
        raise FolderError(f'{path}: write token = "…" into it')
    return token
