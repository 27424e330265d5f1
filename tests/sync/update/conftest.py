"""A published channel and a terminal for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.update.channel_server import Published
from tests.sync.update.machine import Machine


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug of this machine; what a cut leaves is reckoned by `Disk`, which watches the same calls."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    """A channel with nothing in it."""
    (tmp_path / "city").mkdir()
    published = Published(tmp_path / "city")
    yield published
    published.close()


@pytest.fixture
def machine(tmp_path: Path, published: Published) -> Machine:
    """A terminal that runs 1.0.0."""
    return Machine(tmp_path / "terminal", published)
