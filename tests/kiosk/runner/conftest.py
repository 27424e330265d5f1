"""The outbox desk stands before the same city and terminal as in tests/sync."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from kiosk.bench import PRINTER, Bench
from kiosk.config import Config, load
from kiosk.sandbox import make_sandbox
from tests.kiosk.runner.said import Said
from tests.kiosk.runner.upkeep_desk import Desk
from tests.sync.conftest import city, settings

__all__ = ["city", "settings"]


@pytest.fixture
def said() -> Iterator[Said]:
    heard = Said()
    yield heard
    assert heard.failed == []


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, Bench]]:
    config = load(make_sandbox(tmp_path_factory.mktemp("upkeep") / "sandbox").config)
    config = msgspec.structs.replace(
        config, terminal=msgspec.structs.replace(config.terminal, stick=tmp_path_factory.mktemp("port") / "stick")
    )
    with Bench(config) as bench:
        yield config, bench


@pytest.fixture
def desk(bench: tuple[Config, Bench], tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(bench[0], tmp_path)
    with closing(desk.desk):
        yield desk
    if desk.reader is not None:
        desk.reader.close()
    bench[1].do(PRINTER, "fault", fault="none")
