"""How long the oldest application has waited, whatever the clock on the wall does meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from sync import reckoning
from sync.outbox import Outbox
from sync.settings import SyncSettings
from sync.waiting import WaitWatch
from tests.sync.conftest import open_outbox
from tests.sync.counter import Counter

DAY_S = 86_400.0
YEARS_S = 3653 * DAY_S


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> WaitWatch:
    return WaitWatch(clock)


def test_the_walls_clock_counts_where_nobody_looked_before(watch: WaitWatch) -> None:
    assert watch.age_s(3, 5, 7200.0) == 7200.0


@pytest.mark.parametrize("by_the_wall_s", [-YEARS_S, -1.0, 0.0, 130.0, YEARS_S])
def test_what_came_between_two_looks_is_as_old_as_they_say(watch: WaitWatch, clock: Clock, by_the_wall_s: float) -> None:
    watch.age_s(None, 4, 0.0)
    clock.now_s += 60
    first = watch.age_s(5, 5, by_the_wall_s)
    assert first is not None
    assert 0.0 <= first <= 60.0
    clock.now_s += 100
    later = watch.age_s(5, 9, by_the_wall_s)
    assert later is not None
    assert 100.0 <= later <= 160.0


@pytest.mark.parametrize("by_the_wall_s", [-YEARS_S, 0.0])
def test_a_clock_that_was_put_back_hides_nothing_that_was_seen_waiting(watch: WaitWatch, clock: Clock, by_the_wall_s: float) -> None:
    watch.age_s(2, 2, 50.0)
    clock.now_s += 3 * DAY_S
    assert watch.age_s(2, 400, by_the_wall_s) == 3 * DAY_S


def test_when_the_oldest_one_is_gone_the_next_one_has_its_own_age(watch: WaitWatch, clock: Clock) -> None:
    for place in range(1, 31):
        watch.age_s(1, place, 0.0)
        clock.now_s += 60
    assert watch.age_s(30, 30, -YEARS_S) == 60.0
    assert watch.age_s(30, 30, YEARS_S) == 120.0
    assert watch.age_s(None, 30, 0.0) is None


def test_looks_that_find_nothing_new_are_not_collected(watch: WaitWatch, clock: Clock) -> None:
    for _ in range(1000):
        clock.now_s += 60
        watch.age_s(1, 3, 0.0)
    assert len(watch._looks) <= 3
    for place in range(1000):
        clock.now_s += 60
        watch.age_s(place + 1, place + 1, 0.0)
    assert len(watch._looks) <= 3


def test_an_outbox_is_asked_while_the_clock_is_put_back_and_forth(
    outbox: Outbox, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outbox.stats()["oldest_waiting_s"] is None
    counter.hand_in()
    for off in (timedelta(0), timedelta(days=-3653), timedelta(days=3653)):

        class Wall(datetime):
            @classmethod
            def now(cls, tz: object = None, *, off: timedelta = off) -> datetime:  # type: ignore[override]
                return datetime.now(UTC if tz else None) + off

        monkeypatch.setattr(reckoning, "datetime", Wall)
        waited_s = outbox.stats()["oldest_waiting_s"]
        assert waited_s is not None
        assert 0.0 <= waited_s < 3600


@pytest.mark.parametrize(("last", "install"), [(1, "first"), (1, "second"), (700, "second")])
def test_looks_at_another_database_say_nothing_of_this_one(watch: WaitWatch, clock: Clock, last: int, install: str) -> None:
    """As when another process has set it aside: places begin at 1 again."""
    watch.age_s(None, 600, 0.0, "first")
    clock.now_s += 30 * DAY_S
    assert watch.age_s(1, last, 5.0, install) == 5.0
    clock.now_s += 60
    assert watch.age_s(1, last, -YEARS_S, install) == 60.0


def test_a_running_process_does_not_take_what_came_since_for_as_old_as_what_was_set_aside(
    settings: SyncSettings, counter: Counter, outbox: Outbox, clock: Clock
) -> None:
    outbox._watch = WaitWatch(clock)
    counter.hand_in()
    assert outbox.stats()["oldest_waiting_s"] is not None
    for path in settings.outbox.glob("outbox.db*"):
        path.unlink()
    other = open_outbox(settings)
    clock.now_s += 30 * DAY_S
    Counter(other, counter.city_key).hand_in()
    waited_s = outbox.stats()["oldest_waiting_s"]
    other.close()
    assert waited_s is not None
    assert waited_s < 3600
