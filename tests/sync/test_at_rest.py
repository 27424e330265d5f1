"""What lies on the terminal's disk: nothing of a resident, and keys that only their owner reads."""

import binascii
import re
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync import identity
from sync.contract import suites
from sync.contract.application import SealedApplication
from sync.contract.run import Steps
from sync.contract.suites import CitySecretKey, SealError, open_sealed
from sync.errors import SettingsError
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import bodies
from tests.sync.conftest import open_outbox
from tests.sync.counter import CANARY, CANARY_ID, Counter, photo
from tests.sync.standin import StandInCity


def test_the_terminal_cannot_open_what_it_sealed(settings: SyncSettings, city: StandInCity) -> None:
    """With everything that lies on its disk and in its keys, nothing of the resident is found or opened."""
    outbox = open_outbox(settings)
    handed = Counter(outbox, city.city_key.public_key()).hand_in(photo())
    assert handed.header is not None
    everything = [path for path in settings.outbox.parent.rglob("*") if path.is_file()]
    assert len(everything) >= 5
    for path in everything:
        content = path.read_bytes()
        for secret in (CANARY, CANARY_ID):
            assert secret.encode() not in content
            assert secret.encode("utf-16-le") not in content
    body = bodies(outbox)[0]
    assert CANARY.encode() not in body
    raw_keys = [path.read_bytes() for path in (settings.request_key, settings.outbox_key)]
    assert all(city.city_key.secret not in raw for raw in raw_keys)
    envelope = msgspec.json.decode(body, type=SealedApplication).envelope
    assert envelope.key_id == city.city_key.key_id
    outbox.close()


def readable(settings: SyncSettings, outbox: Outbox) -> list[bytes]:
    """Everything that a root user reads: the files, the database with the key that lies beside it, and both out of base64."""
    files = [path for path in settings.outbox.parent.rglob("*") if path.is_file() and not path.name.startswith("outbox.db")]
    pieces = [path.read_bytes() for path in files]
    for (table,) in outbox._ledger.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for row in outbox._ledger.rows(f"SELECT * FROM {table}"):  # noqa: S608  the database's own names
            pieces += [value.encode() if isinstance(value, str) else value for value in row if isinstance(value, str | bytes)]
    for text in [run for piece in pieces for run in re.findall(rb"[A-Za-z0-9+/]{43,}={0,2}", piece)]:
        with suppress(binascii.Error):
            pieces.append(binascii.a2b_base64(text + b"=" * (-len(text) % 4)))
    return pieces


def is_opened_with(pieces: list[bytes], body: bytes, city: CitySecretKey) -> bool:
    """Try whatever stands at any place as the city's key, as the secret of the run, and as the key of this one application."""
    parts = msgspec.json.decode(body, type=suites._Parts)
    envelope, suite = parts.envelope, suites.SuiteName(parts.envelope.suite)
    assert envelope.step is not None
    assert envelope.salt is not None
    bound = suites._bound(suite, bytes(parts.header))

    def opens(content_key: bytes) -> bool:
        try:
            return bool(AESGCM(suites._content_key(suite, content_key)).decrypt(envelope.ciphertext[:12], envelope.ciphertext[12:], bound))
        except InvalidTag:
            return False

    for piece in pieces:
        for at in range(len(piece) - 31):
            window = piece[at : at + 32]
            if opens(window) or opens(Steps(window).key_at(envelope.step, envelope.salt)):
                return True
        for at in range(len(piece) - len(city.secret) + 1):
            tried = msgspec.structs.replace(city, secret=piece[at : at + len(city.secret)])
            with suppress(SealError):
                open_sealed(body, {envelope.key_id: tried})
                return True
    return False


def test_nothing_on_the_disk_is_a_key_that_opens_it_and_what_would_be_one_is_found(settings: SyncSettings, city: StandInCity) -> None:
    outbox = open_outbox(settings)
    Counter(outbox, city.city_key.public_key()).hand_in(photo(100))
    (body,) = bodies(outbox)
    there = readable(settings, outbox)
    assert any(settings.outbox_key.read_bytes() in piece for piece in there)
    assert body in there, "the database was read"
    assert not is_opened_with(there, body, city.city_key)
    own = msgspec.json.decode(body, type=SealedApplication).envelope
    content_key = suites._unwrapped(suites.SuiteName(own.suite), own, city.city_key, b"")
    for planted in (city.city_key.secret, content_key, binascii.b2a_base64(content_key)):
        left_lying = settings.outbox / "left-lying"
        left_lying.write_bytes(b"..." + planted)
        assert is_opened_with(readable(settings, outbox), body, city.city_key), "the search finds what is to be found"
        left_lying.unlink()
    outbox.close()


def test_no_other_key_is_made_in_place_of_one_that_is_gone(settings: SyncSettings) -> None:
    open_outbox(settings).close()
    away = settings.outbox_key.with_name("away")
    settings.outbox_key.rename(away)
    with pytest.raises(SettingsError, match="bring it back"):
        identity.outbox_key(settings.outbox_key, of=settings.outbox)
    assert not settings.outbox_key.exists()
    away.rename(settings.outbox_key)
    open_outbox(settings).close()


def test_keys_are_private_files_and_nothing_less_is_used(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "outbox.key"
    key = identity.outbox_key(path)
    assert identity.outbox_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o604)
    with pytest.raises(SettingsError, match="0600"):
        identity.outbox_key(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(SettingsError, match="5 bytes"):
        identity.outbox_key(path)
