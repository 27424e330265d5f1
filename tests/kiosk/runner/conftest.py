"""The outbox desk stands before the same city and terminal as in tests/sync."""

from collections.abc import Iterator

import pytest

from tests.kiosk.runner.said import Said
from tests.sync.conftest import city, settings

__all__ = ["city", "settings"]


@pytest.fixture
def said() -> Iterator[Said]:
    heard = Said()
    yield heard
    assert heard.failed == []
