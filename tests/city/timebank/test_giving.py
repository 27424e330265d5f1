"""Giving hours to another member: only what was earned by helping, at the counter, and by an entry like any other."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from city.staff.models import Posting
from city.staff.roles import Role
from city.timebank.closing import close
from city.timebank.giving import give, may_give
from city.timebank.ledger import Refusal, balance_of, book, pool_of, statement, take_back
from city.timebank.limits import SAMPLE, set_limits
from city.timebank.models import Account, Entry, EntryKind
from city.timebank.pages import SAID
from tests.city.people import Person
from tests.city.timebank.test_ledger import (
    AREA,
    OTHER_AREA,
    Finish,
    editor,
    everything_balances,
    finish,
    helped,
    helper,
    opened,
    owner,
    reviewer,
    station,
    town,
)  # fmt: skip

__all__ = ["editor", "finish", "helped", "helper", "owner", "reviewer", "station", "town"]  # fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]

WHY = "本人要送给邻居"
START = SAMPLE.start_minutes
PAGE = "/community/time-bank"


@pytest.fixture
def third(editor: Person) -> Account:
    return opened(editor, "样例互助丙", "13800000003")


@pytest.fixture
def earned(finish: Finish, owner: Person, editor: Person, helper: Account, helped: Account) -> int:
    """What the helper has earned, in minutes."""
    assert book(finish(), editor.clerk, str(helper.pk), 90) is None
    return 90


def gifts() -> list[tuple[int, int, int, str]]:
    return [(one.payer_id, one.earner_id, one.minutes, one.words) for one in Entry.objects.filter(kind=EntryKind.GIFT)]


def test_what_was_earned_goes_to_the_member_whom_its_holder_names(earned: int, helper: Account, third: Account, reviewer: Person) -> None:
    where = f"{PAGE}?account={helper.pk}"
    assert "give-hours" in reviewer.page(where)
    sent = reviewer.post(f"{PAGE}/{helper.pk}/give", where, number=third.pk, minutes=60, words=WHY)
    assert sent.status_code == 302
    assert gifts() == [(helper.pk, third.pk, 60, WHY)]
    assert (balance_of(helper), balance_of(third)) == (START + earned - 60, START + 60)
    assert may_give(helper) == earned - 60
    assert [line.change for line in statement(third)] == [START, 60]
    for account in (helper, third):
        assert WHY in reviewer.page(f"{PAGE}/{account.pk}/statement")
    everything_balances()


def test_hours_to_begin_with_are_not_passed_on_and_neither_are_gifts(
    earned: int, helper: Account, helped: Account, third: Account, reviewer: Person
) -> None:
    assert give(third, reviewer.clerk, str(helper.pk), 10, WHY) is Refusal.NOT_EARNED
    assert "give-hours" not in reviewer.page(f"{PAGE}?account={third.pk}")
    assert give(helper, reviewer.clerk, str(third.pk), earned + 10, WHY) is Refusal.NOT_EARNED
    assert give(helper, reviewer.clerk, str(third.pk), earned, WHY) is None
    assert give(helper, reviewer.clerk, str(third.pk), 10, WHY) is Refusal.NOT_EARNED
    assert give(third, reviewer.clerk, str(helper.pk), 10, WHY) is Refusal.NOT_EARNED
    assert len(gifts()) == 1


@pytest.mark.parametrize(
    ("number", "minutes", "words", "why"),
    [("third", 60, "短", Refusal.NO_WORDS), ("0", 60, WHY, Refusal.NO_MEMBER), ("helper", 60, WHY, Refusal.NO_MEMBER),
     ("pool", 60, WHY, Refusal.NO_MEMBER), ("other", 60, WHY, Refusal.NO_MEMBER), ("third", 0, WHY, Refusal.BAD_TIME),
     ("third", -10, WHY, Refusal.BAD_TIME), ("third", 15, WHY, Refusal.BAD_TIME)],
)  # fmt: skip
def test_what_is_refused_changes_nothing(
    earned: int, helper: Account, third: Account, editor: Person, reviewer: Person, number: str, minutes: int, words: str, why: Refusal
) -> None:
    elsewhere = Account.objects.create(area=OTHER_AREA, kind="member", label="样例", reached="x", sealed=b"", opened_by=editor.clerk)
    named = {"third": third, "helper": helper, "pool": pool_of(AREA), "other": elsewhere}
    count = Entry.objects.count()
    assert give(helper, reviewer.clerk, str(named[number].pk) if number in named else number, minutes, words) is why
    assert Entry.objects.count() == count


def test_who_opened_one_of_them_or_has_no_say_there_does_not_pass_hours_on(
    earned: int, helper: Account, third: Account, editor: Person, owner: Person, person: Callable[..., Person]
) -> None:
    Posting.objects.create(clerk=editor.clerk, role=Role.REVIEWER)
    editor.clerk.__dict__.pop("standing", None)
    assert give(helper, editor.clerk, str(third.pk), 60, WHY) is Refusal.OPENED_BY_YOU
    assert give(helper, person(Role.REVIEWER, OTHER_AREA).clerk, str(third.pk), 60, WHY) is Refusal.NOT_YOURS
    assert give(pool_of(AREA), person(Role.REVIEWER, AREA).clerk, str(third.pk), 60, WHY) is Refusal.NOT_YOURS
    assert gifts() == []


def test_no_account_holds_more_by_gifts_and_none_that_is_closed_takes_any(
    earned: int, helper: Account, third: Account, reviewer: Person, person: Callable[..., Person]
) -> None:
    most = {"task_minutes": 120, "start_minutes": 0, "debt_minutes": 600, "most_minutes": START + 50}
    assert set_limits(reviewer.clerk, AREA, most)
    assert give(helper, reviewer.clerk, str(third.pk), 60, WHY) is Refusal.BEYOND_MOST
    shown = reviewer.post(f"{PAGE}/{helper.pk}/give", f"{PAGE}?account={helper.pk}", number=third.pk, minutes=60, words=WHY)
    assert shown.status_code == 422
    assert SAID[Refusal.BEYOND_MOST] in shown.content.decode()
    assert close(third, reviewer.clerk, WHY) is None
    assert give(helper, reviewer.clerk, str(third.pk), 10, WHY) is Refusal.NO_MEMBER
    assert gifts() == []


def test_a_gift_is_taken_back_by_another_and_may_be_given_again(
    earned: int, helper: Account, third: Account, reviewer: Person, person: Callable[..., Person]
) -> None:
    assert give(helper, reviewer.clerk, str(third.pk), earned, WHY) is None
    gift = Entry.objects.get(kind=EntryKind.GIFT)
    assert take_back(gift, reviewer.clerk, "给错人了") is Refusal.SAME_PERSON
    assert take_back(gift, person(Role.REVIEWER, AREA).clerk, "给错人了") is None
    assert (balance_of(helper), balance_of(third), may_give(helper)) == (START + earned, START, earned)
    everything_balances()


def test_the_database_holds_it_too(helper: Account, third: Account) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry(area=AREA, kind=EntryKind.GIFT, payer=helper, earner=third, minutes=10, word="both").save()
