"""A town of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.demo.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path / "town") as running:
        yield running
