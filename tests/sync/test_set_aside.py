"""A damaged outbox is taken over whole, also when the power goes at any step of it; and no photo is thrown away for it."""

from pathlib import Path

import pytest

from sync.loop import once
from sync.outbox import Outbox
from sync.set_aside import OutboxEvent, set_aside_folders
from sync.settings import SyncSettings
from tests.sync.conftest import open_outbox
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity

FILES = ("outbox.db-shm", "outbox.db-wal", "outbox.db")


def handed_in(settings: SyncSettings, city: StandInCity) -> tuple[Outbox, list[str]]:
    """Put three in, one with a photo; the outbox stays open, so that its log is there."""
    outbox = open_outbox(settings)
    counter = Counter(outbox, city.city_key.public_key())
    counter.hand_in(photo())
    counter.hand_in()
    last = counter.hand_in()
    assert last.header is not None
    outbox.put_rating(last.header.application_id, 5)
    return outbox, [entry["application_id"] for entry in outbox.list()]


def begin_to_set_aside(folder: Path, moved: int) -> None:
    """Leave what a process leaves that is killed after moving this many files."""
    aside = folder / "set-aside-20260101T000000-abcd"
    aside.mkdir()
    for name in FILES[:moved]:
        (folder / name).rename(aside / name)


@pytest.mark.parametrize("moved", range(len(FILES) + 1))
def test_setting_aside_goes_on_where_the_power_went(settings: SyncSettings, city: StandInCity, moved: int) -> None:
    before, names = handed_in(settings, city)
    begin_to_set_aside(settings.outbox, moved)

    outbox = open_outbox(settings)
    before.close()
    assert outbox.events == (OutboxEvent.DAMAGED_SET_ASIDE,)
    assert [entry["application_id"] for entry in outbox.list()] == names
    outbox.close()
    done = once(settings)
    assert (done["complete"], done["photos"], done["ratings"]) == (3, 1, 1)


def test_what_was_taken_over_is_not_taken_over_twice(settings: SyncSettings, city: StandInCity) -> None:
    before, names = handed_in(settings, city)
    begin_to_set_aside(settings.outbox, len(FILES))
    open_outbox(settings).close()
    before.close()
    (aside,) = set_aside_folders(settings.outbox)
    (aside / "taken-over").unlink()  # the power went before this was written

    outbox = open_outbox(settings)
    assert [entry["application_id"] for entry in outbox.list()] == names
    outbox.close()
    assert open_outbox(settings).events == ()


def test_photos_whose_rows_are_gone_stay_with_what_was_set_aside(settings: SyncSettings, city: StandInCity) -> None:
    before, _ = handed_in(settings, city)
    before.close()
    (kept,) = (settings.outbox / "photos").iterdir()
    content = kept.read_bytes()
    (settings.outbox / "outbox.db").unlink()

    outbox = open_outbox(settings)
    assert outbox.events == (OutboxEvent.DATABASE_MISSING,)
    outbox.close()
    (aside,) = set_aside_folders(settings.outbox)
    assert (aside / "photos" / kept.name).read_bytes() == content
    assert open_outbox(settings).events == ()
