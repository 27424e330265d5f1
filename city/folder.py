"""The city's data directory: where keys, catalogue, photos and the database of one city stand, and its one settings file."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOML = """\
# The settings of this city. Every key is optional; what stands here are the built-in values.

[database]
# url = "postgresql://user:password@host:5432/name"    # PostgreSQL; without it, a SQLite file in this folder

[city]
# region = "2101"                  # the first digits of every case number
# office = "便民服务中心"           # shown beside the clerk's name and on notices
# hotline = "12345"
# hosts = ["city.example.org"]     # names under which the pages are reached, beside localhost
# free_space_floor_bytes = 268435456   # below this nothing new is accepted

[photos]
# s3_endpoint = "https://s3.example.org"   # an S3-compatible store for the sealed photos; without it, files in this folder
# s3_bucket = "bianmin-photos"             # its key stands in keys/s3.toml: access_key = "…", secret_key = "…"
# s3_region = "garage"

[platform]
# adapter = "example"                        # an existing platform behind the terminals' contract; without it, the city's own front desk
# url = "https://platform.example.org"       # its token in keys/platform.toml, its codes of items in platform-codes.json

[oidc]
# issuer = "https://id.example.org"          # the city's own identity provider; without it, people sign in with password and telephone
# client_id = "bianmin-city"                 # its secret in keys/oidc.toml; which group has which roles in oidc-roles.json
# roles_claim = "groups"                     # where the provider says the groups
# label = "统一身份认证"                      # on the button of the sign-in page

[grid]
# records_from = ["residence-registration"]   # items that teach the grid's records; their notice must say so

[limits]
# requests_per_second = 20         # of one terminal and serving process, on the average
# precheck_working_days = 5        # to accept, or to say everything that is missing
# correction_working_days = 15     # for the resident to bring what was missing
"""


class FolderError(ValueError):
    """The data directory is not one, or its settings are wrong; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `city.toml` may say."""

    database_url: str | None = None
    region: str = "2101"
    office: str = "便民服务中心"
    hotline: str = "12345"
    hosts: tuple[str, ...] = ()
    free_space_floor_bytes: int = 256 * 1024 * 1024
    precheck_working_days: int = 5
    correction_working_days: int = 15
    requests_per_second: int = 20
    s3_endpoint: str | None = None
    s3_bucket: str | None = None
    s3_region: str | None = None
    grid_records_from: tuple[str, ...] = ()
    platform_adapter: str | None = None
    platform_url: str | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_roles_claim: str = "groups"
    oidc_label: str = "统一身份认证"


_KEYS: dict[tuple[str, str], tuple[str, type]] = {
    ("database", "url"): ("database_url", str),
    ("city", "region"): ("region", str),
    ("city", "office"): ("office", str),
    ("city", "hotline"): ("hotline", str),
    ("city", "hosts"): ("hosts", list),
    ("city", "free_space_floor_bytes"): ("free_space_floor_bytes", int),
    ("photos", "s3_endpoint"): ("s3_endpoint", str),
    ("photos", "s3_bucket"): ("s3_bucket", str),
    ("photos", "s3_region"): ("s3_region", str),
    ("grid", "records_from"): ("grid_records_from", list),
    ("platform", "adapter"): ("platform_adapter", str),
    ("platform", "url"): ("platform_url", str),
    ("oidc", "issuer"): ("oidc_issuer", str),
    ("oidc", "client_id"): ("oidc_client_id", str),
    ("oidc", "roles_claim"): ("oidc_roles_claim", str),
    ("oidc", "label"): ("oidc_label", str),
    ("limits", "requests_per_second"): ("requests_per_second", int),
    ("limits", "precheck_working_days"): ("precheck_working_days", int),
    ("limits", "correction_working_days"): ("correction_working_days", int),
}


@dataclass(frozen=True, slots=True)
class CityFolder:
    """The places in a data directory."""

    root: Path

    @property
    def toml(self) -> Path:
        """The settings file."""
        return self.root / "city.toml"

    @property
    def keys(self) -> Path:
        """Private keys; nobody else reads this folder."""
        return self.root / "keys"

    @property
    def public(self) -> Path:
        """What terminals are given: certificates and public keys."""
        return self.root / "public"

    @property
    def catalogue(self) -> Path:
        """Signed item packages."""
        return self.root / "catalogue"

    @property
    def blobs(self) -> Path:
        """Sealed photos, named by their SHA-256."""
        return self.root / "blobs"

    @property
    def uploads(self) -> Path:
        """Sealed photos that have not arrived whole."""
        return self.root / "uploads"

    @property
    def updates(self) -> Path:
        """The update channel's static files: metadata/ and targets/."""
        return self.root / "updates"

    @property
    def database(self) -> Path:
        """The SQLite file, where no other database is named."""
        return self.root / "city.sqlite3"

    @property
    def is_city(self) -> bool:
        """Whether `city init` has been here."""
        return self.toml.is_file() and self.keys.is_dir()

    def create(self) -> None:
        """Make the folders, private to their owner, and the settings file; keep what is there."""
        for folder in (self.root, self.keys, self.public, self.catalogue, self.blobs, self.uploads):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.keys.chmod(0o700)
        if not self.toml.exists():
            self.toml.write_text(TOML, encoding="utf-8")

    def settings(self) -> Settings:
        """Read `city.toml`.

        Raises:
            FolderError: It cannot be read, is not TOML, or has an unknown key or a value of the wrong type.
        """
        try:
            tables = tomllib.loads(self.toml.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise FolderError(f"{self.root} is not a city's data directory; make one with `city init --data {self.root}`") from error
        except (OSError, ValueError) as error:
            raise FolderError(f"{self.toml}: {error}") from error
        return Settings(**_checked(self.toml, tables))


def _checked(path: Path, tables: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for table, content in tables.items():
        if not isinstance(content, dict):
            raise FolderError(f"{path}: {table!r} must be a table, such as [{table}]")
        for key, value in content.items():
            if (table, key) not in _KEYS:
                raise FolderError(f"{path}: [{table}] has no key {key!r}")
            name, kind = _KEYS[table, key]
            if not isinstance(value, kind) or isinstance(value, bool):
                raise FolderError(f"{path}: [{table}] {key} must be of type {kind.__name__}, not {type(value).__name__}")
            values[name] = tuple(value) if isinstance(value, list) else value
    return values


def read_s3_key(folder: CityFolder) -> tuple[str, str]:
    """Return the name and the secret of the key for the store of photos.

    Raises:
        FolderError: `keys/s3.toml` cannot be read, others may read it, or it lacks one of the two.
    """
    path = folder.keys / "s3.toml"
    try:
        is_open = path.stat().st_mode & 0o077
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FolderError(f"{path}: {error}; write access_key and secret_key into it") from error
    if is_open:
        raise FolderError(f"{path}: others may read it; chmod 600 {path}")
    name, secret = said.get("access_key"), said.get("secret_key")
    if not isinstance(name, str) or not isinstance(secret, str):
        raise FolderError(f'{path}: write access_key = "…" and secret_key = "…" into it')
    return name, secret


def write_whole(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write `path` so that it is there whole or not at all, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    keep_name(path.parent)


def keep_name(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
