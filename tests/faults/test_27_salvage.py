"""Fault 27: however damaged a database is, what can be read of it is read, and in bounded time."""

import random
from pathlib import Path
from typing import Final

import pytest

from sync import salvage
from sync.contract.suites import CitySecretKey
from sync.ledger import Ledger
from sync.outbox import Outbox
from sync.salvage import Salvage, salvaged
from sync.set_aside import DATABASE_NAME, OutboxEvent, set_aside_folders
from sync.space import OutboxLimits, Room
from tests.faults.outbox_ground import KEY, bodies, opened
from tests.sync.counter import Counter

PAGE_BYTES: Final = 4096
ROOMY: Final = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=8 << 20, ballast_bytes=0)


def damage(path: Path, first: int, last: int) -> None:
    """Overwrite pages, numbered from 1."""
    with path.open("r+b") as file:
        file.seek((first - 1) * PAGE_BYTES)
        file.write(random.randbytes((last - first + 1) * PAGE_BYTES))


def filled(outbox: Outbox, city_key: CitySecretKey, most: int) -> list[bytes]:
    counter = Counter(outbox, city_key.public_key())
    for _ in range(most):
        counter.hand_in()
    handed = bodies(outbox)
    outbox._ledger.checkpoint()
    return handed


def salvaged_of(folder: Path) -> Salvage:
    return salvaged(folder / DATABASE_NAME, KEY, Room(folder, ROOMY))


def count_openings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each costs some milliseconds, and lines on stderr."""
    openings: list[str] = []
    as_it_is = Ledger._open

    def counted(self: Ledger, mode: str) -> None:
        openings.append(mode)
        as_it_is(self, mode)

    monkeypatch.setattr(Ledger, "_open", counted)
    return openings


def test_where_the_root_of_the_table_is_damaged_it_ends_soon(
    folder: Path, city_key: CitySecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = opened(folder, ROOMY)
    filled(outbox, city_key, 3)
    ((root,),) = outbox._ledger.rows("SELECT rootpage FROM sqlite_master WHERE name = 'application'")
    outbox.close()
    damage(folder / DATABASE_NAME, root, root)
    openings = count_openings(monkeypatch)
    outbox = opened(folder, ROOMY)
    assert outbox.events == (OutboxEvent.DAMAGED_SET_ASIDE,)
    assert outbox.list() == []
    outbox.close()
    assert len(openings) < 500
    assert len(set_aside_folders(folder)) == 1


def test_what_lies_behind_much_damage_is_read_from_the_other_end(
    folder: Path, city_key: CitySecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = opened(folder)
    handed = filled(outbox, city_key, 80)
    outbox.close()
    pages = (folder / DATABASE_NAME).stat().st_size // PAGE_BYTES
    damage(folder / DATABASE_NAME, pages // 3, pages // 2)
    found = salvaged_of(folder)
    monkeypatch.setattr(salvage, "_DAMAGED_IN_A_ROW", 3)
    impatient = salvaged_of(folder)
    assert impatient.bodies == found.bodies
    assert not found.is_doubtful
    assert impatient.is_doubtful, "what lies between was not tried"
    assert 20 < len(found.bodies) < 80
    assert [body for body in handed if body in found.bodies] == list(found.bodies), "in their order"
    assert {handed[0], handed[-1]} <= set(found.bodies)


def test_damage_without_end_is_left_when_the_time_is_up_and_that_is_said(
    folder: Path, city_key: CitySecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = opened(folder)
    handed = filled(outbox, city_key, 80)
    outbox.close()
    pages = (folder / DATABASE_NAME).stat().st_size // PAGE_BYTES
    damage(folder / DATABASE_NAME, pages // 3, pages // 2)
    monkeypatch.setattr(salvage, "_MOST_S", 0.0)
    found = salvaged_of(folder)
    assert found.is_doubtful
    assert {handed[0], handed[-1]} <= set(found.bodies)


def test_rows_that_are_not_there_end_nothing(folder: Path, city_key: CitySecretKey) -> None:
    outbox = opened(folder)
    handed = filled(outbox, city_key, 3)
    with outbox._ledger.writing() as db:
        db.execute("PRAGMA defer_foreign_keys = 1")
        for table in ("application", "delivery", "photo"):
            db.execute(f"UPDATE {table} SET place = place + 20000 WHERE place > 1")  # noqa: S608
    outbox.close()
    assert salvaged_of(folder).bodies == tuple(handed)
