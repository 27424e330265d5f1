"""A day is signed off by two people who saw the same figures; anything else is refused, and nothing of it is ever taken back."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from city import here
from city.fleet.models import Terminal as Row
from city.reconciliation.models import DaySigned, SlipCount
from city.reconciliation.pages import UNSIGNED
from city.reconciliation.signing import Unsigned
from city.staff.roles import Role
from tests.city.colleagues import Person, person
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def yesterday() -> date:
    return here.today() - timedelta(days=1)


@pytest.fixture
def slips(terminal: Terminal, yesterday: date) -> SlipCount:
    return SlipCount.objects.create(terminal=Row.objects.get(), day=yesterday, handed_in=3, printed=3)


@pytest.fixture
def first(slips: SlipCount) -> Person:
    return person("first", Role.FRONT_DESK)


@pytest.fixture
def second(slips: SlipCount) -> Person:
    return person("second", Role.OFFICE_HEAD)


def figures(who: Person, day: date) -> str:
    page = who.page("/reconciliation")
    return page.partition(f'name="day" value="{day.isoformat()}"')[2].partition('name="figures" value="')[2].partition('"')[0]


def sign(who: Person, day: date, token: str, note: str = "样例说明") -> str:
    _, _, where = who.send("/reconciliation/sign", "/reconciliation", day=day.isoformat(), figures=token, note=note)
    return where.partition("unsigned=")[2].partition("#")[0]


def test_two_people_sign_the_same_figures(first: Person, second: Person, yesterday: date) -> None:
    token = figures(first, yesterday)
    assert sign(first, yesterday, token) == ""
    assert "一人已签" in second.page("/reconciliation")
    assert sign(second, yesterday, token) == ""
    assert "两人已签" in first.page("/reconciliation")
    assert [line.figures["handed_in"] for line in DaySigned.objects.all()] == [3, 3]
    assert sign(first, yesterday, token) == Unsigned.DONE


def test_one_person_is_not_two(first: Person, yesterday: date) -> None:
    token = figures(first, yesterday)
    assert sign(first, yesterday, token) == ""
    assert sign(first, yesterday, token) == Unsigned.OWN
    assert DaySigned.objects.count() == 1


def test_nobody_signs_for_figures_that_they_did_not_see(first: Person, second: Person, slips: SlipCount, yesterday: date) -> None:
    token = figures(first, yesterday)
    SlipCount.objects.update(handed_in=4, printed=4)
    assert sign(first, yesterday, token) == Unsigned.CHANGED
    assert not DaySigned.objects.exists()


def test_figures_that_change_between_need_two_new_signatures(first: Person, second: Person, slips: SlipCount, yesterday: date) -> None:
    sign(first, yesterday, figures(first, yesterday))
    SlipCount.objects.update(handed_in=4, printed=4)
    assert "数字变了" in second.page("/reconciliation")
    assert sign(second, yesterday, figures(second, yesterday)) == ""
    assert "一人已签" in first.page("/reconciliation")
    assert sign(first, yesterday, figures(first, yesterday)) == ""
    assert "两人已签" in first.page("/reconciliation")
    assert DaySigned.objects.count() == 3


def test_a_day_that_was_signed_off_is_open_again_when_its_figures_change(first: Person, second: Person, yesterday: date) -> None:
    for who in (first, second):
        sign(who, yesterday, figures(who, yesterday))
    SlipCount.objects.update(handed_in=4, printed=4)
    assert "数字变了" in first.page("/reconciliation")
    assert sign(first, yesterday, figures(first, yesterday)) == ""
    assert "一人已签" in first.page("/reconciliation")


def test_open_differences_are_not_signed_away_in_silence(first: Person, slips: SlipCount, yesterday: date) -> None:
    SlipCount.objects.update(printed=1)
    token = figures(first, yesterday)
    assert token.split("-")[1] != "0"  # handed in, open, printed, received: in the order of their names
    assert sign(first, yesterday, token, note="") == Unsigned.NOTE
    assert sign(first, yesterday, token, note="样例：两张小票卡纸，已补打") == ""


def test_a_day_that_is_not_over_or_not_shown_is_not_signed(first: Person) -> None:
    for day in (here.today(), here.today() - timedelta(days=60)):
        assert sign(first, day, "0") == Unsigned.GONE
    _, _, where = first.send("/reconciliation/sign", "/reconciliation", day="<b>", figures="0")
    assert "只能核签最近 7 天" in first.page(where.partition("#")[0])
    assert not DaySigned.objects.exists()


def test_people_of_other_areas_sign_for_their_own(first: Person, yesterday: date) -> None:
    sign(first, yesterday, figures(first, yesterday))
    other = person("other", Role.FRONT_DESK, area="990101")
    assert "一人已签" not in other.page("/reconciliation")


def test_signatures_only_grow(first: Person, yesterday: date) -> None:
    sign(first, yesterday, figures(first, yesterday))
    for statement in ("UPDATE reconciliation_daysigned SET note = 'x'", "DELETE FROM reconciliation_daysigned"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_every_refusal_has_its_words() -> None:
    assert set(UNSIGNED) == set(Unsigned)
