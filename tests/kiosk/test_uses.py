"""What residents use most here: it moves the order by days and by fives, names nobody, and a damaged file is no count at all."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.uses import HALF_LIFE_DAYS, Uses, most_used_first, rolled, with_one_more
from kiosk.uses_file import UsesFile
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from tests.kiosk.flow.walk import ITEMS, item

DAY = date(2026, 11, 28)
NEXT = DAY + timedelta(days=1)
OFFERED = tuple(item(folder.name) for folder in sorted(ITEMS.iterdir()) if (folder / "item.json").exists())
BY_THE_CITY = tuple(sorted(OFFERED, key=lambda one: (-one.popularity, one.code)))
RAREST, SECOND_RAREST = BY_THE_CITY[-1].code, BY_THE_CITY[-2].code


def handed_in(code: ItemCode, times: int, uses: Uses | None = None, day: date = DAY) -> Uses:
    uses = uses or Uses(day)
    for _ in range(times):
        uses = with_one_more(uses, code, day)
    return uses


def codes(items: Iterable[ItemPackage]) -> list[ItemCode]:
    return [one.code for one in items]


def test_a_terminal_without_counts_goes_by_the_city() -> None:
    assert most_used_first(OFFERED, Uses(DAY)) == BY_THE_CITY


def test_what_is_handed_in_here_comes_first_and_the_rest_stays() -> None:
    uses = rolled(handed_in(SECOND_RAREST, 6, handed_in(RAREST, 9)), NEXT)
    rest = [code for code in codes(BY_THE_CITY) if code not in (RAREST, SECOND_RAREST)]
    assert codes(most_used_first(OFFERED, uses)) == [RAREST, SECOND_RAREST, *rest]


def test_nothing_moves_on_the_day_itself() -> None:
    uses = handed_in(RAREST, 500)
    assert most_used_first(OFFERED, uses) == BY_THE_CITY
    assert codes(most_used_first(OFFERED, rolled(uses, NEXT)))[0] == RAREST


@pytest.mark.parametrize(("times", "is_first"), [(4, False), (5, True)])
def test_fewer_than_five_count_as_none(times: int, is_first: bool) -> None:
    uses = rolled(handed_in(SECOND_RAREST, 5, handed_in(RAREST, times)), NEXT)
    order = codes(most_used_first(OFFERED, uses))
    assert (order.index(RAREST) < 2) is is_first
    assert order[0] == SECOND_RAREST or is_first


def test_one_person_a_day_moves_nothing_until_five_came_together() -> None:
    """Nine were there; the tenth, alone on a day, would show by the order of the morning after what they came for."""
    uses = rolled(handed_in(SECOND_RAREST, 10, handed_in(RAREST, 10)), NEXT)
    before = most_used_first(OFFERED, uses)
    for ahead in range(1, 5):
        uses = handed_in(SECOND_RAREST, 1, uses, DAY + timedelta(days=ahead))
        assert most_used_first(OFFERED, uses) == before
    last = DAY + timedelta(days=5)
    uses = handed_in(SECOND_RAREST, 1, uses, last)
    assert most_used_first(OFFERED, uses) == before, "the fifth does not show on its own day"
    after = rolled(uses, last + timedelta(days=1))
    assert after.counted[SECOND_RAREST] > after.counted[RAREST]


def test_old_counts_fade_and_are_forgotten() -> None:
    uses = rolled(handed_in(RAREST, 8), NEXT)
    half = rolled(uses, NEXT + timedelta(days=HALF_LIFE_DAYS))
    assert half.counted == {RAREST: pytest.approx(4.0)}
    assert most_used_first(OFFERED, half) == BY_THE_CITY
    assert rolled(half, NEXT + timedelta(days=5 * HALF_LIFE_DAYS)).counted == {}


def test_a_clock_that_is_set_back_or_far_ahead_stops_nothing() -> None:
    uses = rolled(handed_in(RAREST, 8), NEXT)
    assert rolled(uses, DAY).counted == uses.counted
    assert rolled(uses, date.max).counted == {}


def test_an_item_that_is_no_longer_offered_is_not_made_up() -> None:
    uses = rolled(handed_in(ItemCode("withdrawn-item"), 50), NEXT)
    assert most_used_first(OFFERED, uses) == BY_THE_CITY


def test_counts_are_kept_over_a_restart_and_say_nothing_of_anybody(tmp_path: Path) -> None:
    path = tmp_path / "maintenance" / "uses.json"
    for _ in range(7):
        UsesFile(path).add(RAREST, DAY)
    assert UsesFile(path).on(NEXT).counted == {RAREST: pytest.approx(7.0)}
    assert json.loads(path.read_bytes()) == {"day": NEXT.isoformat(), "today": {}, "waiting": {}, "counted": {RAREST: pytest.approx(7.0)}}
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == ["uses.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"day": "2026-11-27", "counted": {"x": 1e999}}',
        b'{"day": "2026-11-27", "counted": {"x": -3}}',
        b'{"day": "2026-11-27", "today": {"x": "many"}}',
        b'{"day": "2026-11-27", "who": "somebody"}',
        b'{"day": "2026-13-27"}',
    ],
)
def test_a_damaged_file_leaves_the_order_to_the_city_and_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "uses.json"
    path.write_bytes(content)
    kept = UsesFile(path)
    assert most_used_first(OFFERED, kept.on(DAY)) == BY_THE_CITY
    kept.add(RAREST, DAY)
    assert UsesFile(path).on(DAY) == Uses(DAY, {RAREST: 1})


def test_a_disk_that_refuses_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "maintenance").write_text("a file where the folder should be")
    kept = UsesFile(tmp_path / "maintenance" / "uses.json")
    for _ in range(6):
        kept.add(RAREST, DAY)
    assert codes(most_used_first(OFFERED, kept.on(NEXT)))[0] == RAREST
