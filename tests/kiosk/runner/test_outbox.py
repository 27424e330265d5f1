"""The outbox's desk: stored before it is said, the city's word as it comes, and honest rest when nothing can be stored."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kiosk.flow.events.terminal import CityReceived, ItemsLoaded, LineSeen, NotStored, StorageFailed, StorageMended, Stored
from kiosk.flow.views import HandInTrouble
from kiosk.runner.outbox import Back, OutboxDesk
from sync import loop
from sync.ask import City
from sync.contract.city_keys import newest_public_key
from sync.errors import SettingsError
from sync.feeds import Feeds
from sync.settings import SyncSettings
from sync.space import OutboxLimits
from sync.wake import wake
from tests.kiosk.flow.cases import TO_CORRECT
from tests.kiosk.flow.walk import NOW, Walk, item
from tests.kiosk.runner.said import Said
from tests.sync.conftest import open_outbox
from tests.sync.standin import Asked, Reply, StandInCity


class Behind:
    """What lies behind the desk, with a line, items and a calendar that the test changes."""

    def __init__(self, settings: SyncSettings) -> None:
        self.settings = settings
        self.line_up = False
        self.now = NOW
        self.items = (item(),)
        self.changes = 0.0
        self.keys_are_there = True
        self.clock_is_sure = True
        self.counted: list[str] = []

    def offered(self) -> tuple[object, ...]:
        if not self.keys_are_there:
            raise SettingsError("no key")
        return self.items

    def back(self) -> Back:
        settings = self.settings
        return Back(
            terminal=settings.terminal,
            now=lambda: self.now,
            clock_is_sure=lambda: self.clock_is_sure,
            open_outbox=lambda: open_outbox(self.settings),
            sealing_key=lambda: newest_public_key(settings.city_keys),
            wake=lambda: wake(settings.outbox),
            city=City(settings.ask_socket),
            line_up=lambda: self.line_up,
            feeds=lambda: Feeds(settings.feeds, settings.terminal, {}),
            items=self.offered,  # type: ignore[arg-type]
            items_changed=lambda: self.changes,
            count_use=self.counted.append,
        )


@pytest.fixture
def behind(settings: SyncSettings) -> Behind:
    return Behind(settings)


@contextmanager
def opened(behind: Behind, said: Said) -> Iterator[OutboxDesk]:
    desk = OutboxDesk(behind.back(), said.post, said.fail)
    try:
        yield desk
    finally:
        desk.close()


def finished(walk: Callable[[], Walk] = Walk) -> Walk:
    return walk().at_review()


def test_an_application_is_in_the_outbox_before_it_is_said_to_be(behind: Behind, said: Said, settings: SyncSettings) -> None:
    with opened(behind, said) as desk:
        desk.hand_in(finished().state.visit, "zh")
        stored = said.next(Stored)
        (entry,) = open_outbox(settings).list()
        assert (entry["application_id"], entry["number"]) == (stored.application_id, stored.number)
        assert stored.at == NOW
        assert stored.time_is_sure
        behind.clock_is_sure = False
        desk.hand_in(finished().state.visit, "zh")
        assert not said.next(Stored).time_is_sure


def test_what_was_handed_in_is_counted_once_and_a_correction_or_a_refused_one_never(behind: Behind, said: Said) -> None:
    visit = finished().state.visit
    with opened(behind, said) as desk:
        desk.hand_in(visit, "zh")
        said.next(Stored)
        desk.hand_in(replace(visit, completes=TO_CORRECT), "zh")
        said.next(Stored)
        desk.hand_in(replace(visit, item=item("grid-report")), "zh")
        said.next(Stored)
        behind.keys_are_there = False
        shutil.rmtree(behind.settings.city_keys)
        desk.hand_in(visit, "zh")
        said.next(NotStored)
    assert behind.counted == [visit.item.code]


def test_the_city_is_heard_twice_when_pictures_come_later(behind: Behind, said: Said, settings: SyncSettings, city: StandInCity) -> None:
    with opened(behind, said) as desk:
        desk.hand_in(finished().state.visit, "zh")
        stored = said.next(Stored)
        desk.ask_city(1, stored.application_id)
        city.misbehave = no_pictures
        loop.once(settings)
        first = said.next(CityReceived)
        assert not first.complete
        city.misbehave = None
        loop.once(settings)
        second = said.next(CityReceived)
        assert second == CityReceived(first.token, first.case_number, complete=True)
        assert said.is_silent(0.5)


def no_pictures(asked: Asked) -> Reply | None:
    return (503, {}, b"") if "/blobs/" in asked.path else None


def test_nobody_hears_of_the_city_after_the_visit(behind: Behind, said: Said, settings: SyncSettings) -> None:
    with opened(behind, said) as desk:
        desk.hand_in(finished().state.visit, "zh")
        stored = said.next(Stored)
        desk.ask_city(1, stored.application_id)
        desk.forget()
        assert loop.once(settings)["complete"] == 1, "delivery goes on"
        assert said.is_silent(0.6)


def test_a_rating_is_delivered_after_its_application(behind: Behind, said: Said, settings: SyncSettings, city: StandInCity) -> None:
    with opened(behind, said) as desk:
        desk.hand_in(finished().state.visit, "zh")
        stored = said.next(Stored)
        desk.rate(stored.application_id, 4)
    assert loop.once(settings)["ratings"] == 1
    assert stored.application_id in city.ratings


def test_a_disk_without_room_is_said_before_the_first_question_and_takes_nothing(behind: Behind, said: Said) -> None:
    behind.settings = replace(behind.settings, limits=OutboxLimits(1 << 62, 0, 64 * 1024, 0))
    with opened(behind, said) as desk:
        said.next(StorageFailed)
        desk.hand_in(finished().state.visit, "zh")
        assert said.next(NotStored).trouble is HandInTrouble.STORAGE_FULL
    assert open_outbox(behind.settings).list() == []


def test_an_outbox_that_cannot_be_opened_rests_the_terminal_until_it_can(behind: Behind, said: Said, settings: SyncSettings) -> None:
    settings.outbox.parent.mkdir(parents=True, exist_ok=True)
    settings.outbox.write_text("a file where the outbox should be")
    with opened(behind, said) as desk:
        said.next(StorageFailed)
        said.next(ItemsLoaded)
        desk.hand_in(finished().state.visit, "zh")
        assert said.next(NotStored).trouble is HandInTrouble.STORAGE_FAULT
        settings.outbox.unlink()
        said.next(StorageMended)
        desk.hand_in(finished().state.visit, "zh")
        said.next(Stored)


def test_without_a_key_of_the_city_nothing_is_taken(behind: Behind, said: Said, settings: SyncSettings) -> None:
    shutil.rmtree(settings.city_keys)
    with opened(behind, said) as desk:
        said.next(StorageFailed)
        desk.hand_in(finished().state.visit, "zh")
        assert said.next(NotStored).trouble is HandInTrouble.STORAGE_FAULT


def test_the_line_is_said_when_it_changes(behind: Behind, said: Said) -> None:
    with opened(behind, said):
        assert said.next(LineSeen) == LineSeen(up=False)
        behind.line_up = True
        assert said.next(LineSeen) == LineSeen(up=True)


def test_items_are_said_when_they_change_and_with_every_new_day(behind: Behind, said: Said) -> None:
    with opened(behind, said):
        assert said.next(ItemsLoaded).items == behind.items
        behind.items = (item("elder-card"),)
        behind.now = next_day(behind.now)
        assert said.next(ItemsLoaded).items == behind.items


def test_items_without_the_citys_keys_are_none_until_the_keys_are_there(behind: Behind, said: Said) -> None:
    behind.keys_are_there = False
    with opened(behind, said):
        assert said.next(ItemsLoaded).items == ()
        behind.keys_are_there = True
        assert said.next(ItemsLoaded).items == behind.items


def next_day(now: datetime) -> datetime:
    return now + timedelta(days=1)
