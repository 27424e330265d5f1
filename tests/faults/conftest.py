"""The same city, terminal and counter as in tests/sync."""

from tests.sync.conftest import city, counter, outbox, settings

__all__ = ["city", "counter", "outbox", "settings"]
