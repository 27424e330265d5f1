"""The city's keys: those that open applications, and those that sign receipts and item packages."""

import errno
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from city.folder import CityFolder, FolderError, keep_name, write_whole
from sync.contract import signed
from sync.contract.city_keys import retire_secret, retired_keys_in, retired_path, secret_keys_in, write_public, write_secret
from sync.contract.signing_keys import KeyFileError, key_id_of, read_secret_key, write_public_key, write_secret_key
from sync.contract.suites import CitySecretKey, SealError, new_city_key

RECEIPT_KEY = "receipt.pem"
CATALOGUE_KEY = "catalogue.pem"
WEBHOOK_KEY = "webhooks.pem"
SECOND_FACTORS_KEY = "second-factors.key"
PEOPLE_KEY = "people.key"
RECORDS_KEY = "records.key"


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key that signs statements, and its id."""

    key_id: str
    _key: Ed25519PrivateKey = field(repr=False)

    def sign(self, payload: bytes, payload_type: str) -> bytes:
        """Return the statement as JSON."""
        return signed.sign(payload, payload_type, self.key_id, self._key)

    @property
    def public(self) -> dict[str, Ed25519PublicKey]:
        """The key that verifies, by its id."""
        return {self.key_id: self._key.public_key()}


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys of one city."""

    opening: Mapping[str, CitySecretKey] = field(repr=False)  # every key that the city opens with, retired ones too
    offered: Mapping[str, CitySecretKey] = field(repr=False)  # those that may be sealed to
    receipts: Signer
    catalogue: Signer
    people: bytes = field(repr=False)  # under which a resident's cases are found again without keeping anybody's number
    webhooks: Ed25519PrivateKey = field(repr=False)  # signs what is pushed to departments' systems
    records: bytes = field(repr=False)  # seals the grid's records, and the numbers that reminders wait with
    second_factors: bytes = field(repr=False)  # seals what the codes of the clerks' telephones are made from

    @property
    def newest(self) -> CitySecretKey:
        """The key that is sealed to now."""
        return max(self.offered.values(), key=lambda key: (key.created_at, key.key_id))


def make_keys(folder: CityFolder) -> None:
    """Make what is missing of the city's keys and lay out the public halves for terminals."""
    for name, public in ((RECEIPT_KEY, "receipt-keys"), (CATALOGUE_KEY, "catalogue-keys"), (WEBHOOK_KEY, "webhook-keys")):
        path = folder.keys / name
        if not path.exists():
            write_secret_key(path, Ed25519PrivateKey.generate())
        shown = folder.public / public
        shown.mkdir(exist_ok=True)
        write_public_key(shown, read_secret_key(path).public_key())
    sealing = folder.public / "sealing-keys"
    sealing.mkdir(exist_ok=True)
    if not secret_keys_in(folder.keys):
        write_secret(folder.keys, new_city_key(datetime.now(UTC)))
    for key in secret_keys_in(folder.keys).values():
        write_public(sealing, key.public_key())
    for name in ("pages.secret", "metrics.secret"):
        if not (folder.keys / name).exists():
            write_whole(folder.keys / name, secrets.token_urlsafe(48).encode())
    if not (folder.keys / PEOPLE_KEY).exists():
        write_whole(folder.keys / PEOPLE_KEY, secrets.token_bytes(32))
    for name in (SECOND_FACTORS_KEY, RECORDS_KEY):
        if not (folder.keys / name).exists():
            write_whole(folder.keys / name, Fernet.generate_key())


def read_keys(folder: CityFolder) -> Keyring:
    """Read the keys.

    Raises:
        FolderError: A key is missing or damaged.
    """
    try:
        offered = secret_keys_in(folder.keys)
        opening = {**retired_keys_in(folder.keys), **offered}
        people, second_factors, records = ((folder.keys / name).read_bytes() for name in (PEOPLE_KEY, SECOND_FACTORS_KEY, RECORDS_KEY))
        receipts, catalogue = _signer(folder.keys / RECEIPT_KEY), _signer(folder.keys / CATALOGUE_KEY)
        return Keyring(opening, offered, receipts, catalogue, people, read_secret_key(folder.keys / WEBHOOK_KEY), records, second_factors)
    except OSError as error:
        raise FolderError(f"{error.filename} cannot be read; `city init --data {folder.root}` makes what is missing") from error
    except (KeyFileError, SealError) as error:
        raise FolderError(f"{error}; restore it from the backup of {folder.keys}") from error


def add_sealing_key(folder: CityFolder, now: datetime) -> CitySecretKey:
    """Make a sealing key of the suite that is usual now; it is the newest, also where the clock was ahead when the one before was made.

    Raises:
        PermissionError: The keys belong to another user, who could not read the new one.
        FolderError: The keys that are there cannot be read.
    """
    _must_own(folder.keys)
    before = read_keys(folder).offered.values()
    key = new_city_key(max([now, *(one.created_at + timedelta(seconds=1) for one in before)]))
    write_public(folder.public / "sealing-keys", key.public_key())
    write_secret(folder.keys, key)  # from here on it goes down to terminals
    keep_name(folder.keys)
    return key


def withdraw_sealing_key(folder: CityFolder, key_id: str) -> None:
    """Let nobody seal to this key any more; it still opens.

    Raises:
        PermissionError: The keys belong to another user.
    """
    _must_own(folder.keys)
    retire_secret(folder.keys, key_id)
    (folder.public / "sealing-keys" / f"{key_id}.public.json").unlink(missing_ok=True)
    keep_name(folder.keys)


def destroy_sealing_key(folder: CityFolder, key_id: str) -> None:
    """Remove a retired key: what is sealed to it can never be opened again."""
    retired_path(folder.keys, key_id).unlink(missing_ok=True)
    keep_name(folder.keys)


def _must_own(keys: Path) -> None:
    if keys.stat().st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "belongs to another user", str(keys))


def _signer(path: Path) -> Signer:
    key = read_secret_key(path)
    return Signer(key_id_of(key.public_key()), key)
