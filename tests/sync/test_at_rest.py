"""What lies on the terminal's disk: nothing of a resident, and keys that only their owner reads."""

from pathlib import Path

import msgspec
import pytest

from sync import identity
from sync.contract.application import SealedApplication
from sync.errors import SettingsError
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
