"""The same city, terminal and counter as in tests/sync, an outbox of their own, and a small disk."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.contract.city_keys import write_public
from sync.contract.suites import CitySecretKey, new_city_key
from tests.sync.conftest import city, counter, outbox, settings

__all__ = ["city", "counter", "outbox", "settings"]


@pytest.fixture
def city_key() -> CitySecretKey:
    return new_city_key(datetime.now(UTC))


@pytest.fixture
def folder(tmp_path: Path, city_key: CitySecretKey) -> Path:
    (tmp_path / "keys").mkdir()
    write_public(tmp_path / "keys", city_key.public_key())
    return tmp_path / "outbox"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MiB, where this may be made."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("mounting a small disk takes root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
