"""Closing an account: the hours pass on by an entry, nothing touches it afterwards, and nobody makes hours by it."""

import itertools
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, transaction

from city.staff.models import Line, Posting
from city.staff.roles import Role
from city.timebank import ledger
from city.timebank.closing import close
from city.timebank.ledger import Refusal, balance_of, book, pool_of, say_who_helped, statement, take_back
from city.timebank.limits import SAMPLE, set_limits
from city.timebank.models import Account, Entry, EntryKind
from city.timebank.pages import SAID
from tests.city.people import Person
from tests.city.test_command import city, said
from tests.city.timebank.test_ledger import (
    AREA,
    HELPED,
    HELPER,
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

WHY = "本人要求销户"
START = SAMPLE.start_minutes
PAGE = "/community/time-bank"


def closings() -> list[tuple[int, int, int]]:
    return [(one.payer_id, one.earner_id, one.minutes) for one in Entry.objects.filter(kind=EntryKind.CLOSING)]


def test_what_is_left_passes_to_the_community(helper: Account, reviewer: Person) -> None:
    pool = pool_of(AREA)
    assert reviewer.post(f"{PAGE}/{helper.pk}/close", f"{PAGE}?account={helper.pk}", words=WHY).status_code == 302
    helper.refresh_from_db()
    assert helper.closed_at is not None
    assert (helper.closed_by_id, helper.closed_words) == (reviewer.clerk.pk, WHY)
    assert closings() == [(helper.pk, pool.pk, START)]
    assert balance_of(helper) == balance_of(pool) == 0
    shown = reviewer.page(f"{PAGE}?account={helper.pk}")
    assert "已销户" in shown
    assert "close-account" not in shown
    assert WHY in reviewer.page(f"{PAGE}/{helper.pk}/statement")
    everything_balances()


def test_or_to_the_member_whom_its_holder_names(helper: Account, helped: Account, reviewer: Person) -> None:
    assert close(helper, reviewer.clerk, WHY, str(helped.pk)) is None
    assert balance_of(helped) == 2 * START
    assert [line.change for line in statement(helper)] == [START, -START]
    everything_balances()


def test_the_community_takes_on_a_debt_and_nobody_else_does(
    finish: Finish, owner: Person, helper: Account, helped: Account, editor: Person, reviewer: Person
) -> None:
    assert set_limits(reviewer.clerk, AREA, {"task_minutes": 600, "start_minutes": 0, "debt_minutes": 600, "most_minutes": 6000})
    assert book(finish(), editor.clerk, str(helper.pk), 600) is None
    assert balance_of(helped) == START - 600
    assert close(helped, reviewer.clerk, WHY, str(helper.pk)) is Refusal.NOTHING_LEFT
    assert close(helped, reviewer.clerk, WHY) is None
    assert closings() == [(pool_of(AREA).pk, helped.pk, 600 - START)]
    assert balance_of(helped) == 0
    everything_balances()


def test_an_empty_account_closes_without_an_entry(editor: Person, reviewer: Person) -> None:
    assert set_limits(reviewer.clerk, AREA, {"task_minutes": 120, "start_minutes": 0, "debt_minutes": 0, "most_minutes": 6000})
    empty = opened(editor, "样例互助丙", "13800000003")
    assert close(empty, reviewer.clerk, WHY) is None
    assert closings() == []


def test_more_hours_than_a_small_number_holds(editor: Person, reviewer: Person) -> None:
    most = {"task_minutes": 120, "start_minutes": 6000, "debt_minutes": 0, "most_minutes": 600_000}
    assert set_limits(reviewer.clerk, AREA, most)
    members = [opened(editor, "样例互助", f"1380000010{place}") for place in range(7)]
    for before, after in itertools.pairwise(members):
        assert close(before, reviewer.clerk, WHY, str(after.pk)) is None
    assert balance_of(members[-1]) == 42_000
    assert close(members[-1], reviewer.clerk, WHY) is None  # more than 32,767 in one entry
    everything_balances()


def test_nothing_touches_a_closed_account(
    finish: Finish, owner: Person, helper: Account, helped: Account, editor: Person, reviewer: Person
) -> None:
    order = finish()
    assert book(order, editor.clerk, str(helper.pk), 60) is None
    booked = Entry.objects.get(kind=EntryKind.SERVICE)
    assert close(helper, reviewer.clerk, WHY) is None
    assert close(helper, reviewer.clerk, WHY) is Refusal.CLOSED
    assert take_back(booked, reviewer.clerk, "时长记错了") is Refusal.CLOSED
    assert close(helped, reviewer.clerk, WHY, str(helper.pk)) is Refusal.NO_MEMBER
    other = finish()
    assert say_who_helped(other, owner.clerk, str(helper.pk), 60) is Refusal.NO_MEMBER
    assert book(other, editor.clerk, str(helper.pk), 60) is Refusal.NO_MEMBER
    with transaction.atomic():
        assert ledger._beyond(helped, helper, 60) is Refusal.CLOSED  # a booking that read the account before it was closed
    assert close(helped, reviewer.clerk, WHY) is None
    third = opened(editor, "样例互助丙", "13800000003")
    assert book(other, editor.clerk, str(third.pk), 60) is None  # for whom was helped the pool pays, as for anybody without an account
    assert Entry.objects.filter(kind=EntryKind.SERVICE).latest("pk").payer == pool_of(AREA)
    everything_balances()


def test_what_was_reported_is_booked_before(finish: Finish, owner: Person, helper: Account, editor: Person, reviewer: Person) -> None:
    order = finish()
    assert say_who_helped(order, owner.clerk, str(helper.pk), 60) is None
    assert close(helper, reviewer.clerk, WHY) is Refusal.STILL_TO_BOOK
    assert book(order, editor.clerk) is None
    assert close(helper, reviewer.clerk, WHY) is None


def test_closing_and_opening_again_makes_no_hours(helper: Account, helped: Account, editor: Person, reviewer: Person) -> None:
    assert close(helper, reviewer.clerk, WHY, str(helped.pk)) is None
    again = opened(editor, "样例互助甲", HELPER)
    assert again.pk != helper.pk
    assert balance_of(again) == 0


@pytest.mark.parametrize(
    ("words", "number", "refusal"),
    [("短", "", Refusal.NO_WORDS), (WHY, "0", Refusal.NO_MEMBER), (WHY, "own", Refusal.NO_MEMBER), (WHY, "１", Refusal.NO_MEMBER),
     (WHY, "pool", Refusal.NO_MEMBER), (WHY, "other", Refusal.NO_MEMBER), (WHY, "<b>", Refusal.NO_MEMBER)],
)  # fmt: skip
def test_what_is_refused_changes_nothing(
    helper: Account, editor: Person, reviewer: Person, words: str, number: str, refusal: Refusal
) -> None:
    named = {"own": helper.pk, "pool": pool_of(AREA).pk, "other": opened(editor, "样例互助丁", HELPED, OTHER_AREA).pk}
    answer = reviewer.post(f"{PAGE}/{helper.pk}/close", f"{PAGE}?account={helper.pk}", words=words, number=str(named.get(number, number)))
    assert answer.status_code == 422
    assert SAID[refusal] in answer.content.decode()
    helper.refresh_from_db()
    assert (helper.closed_at, closings(), balance_of(helper)) == (None, [], START)


def test_an_heir_holds_no_more_than_a_member_may(helper: Account, helped: Account, reviewer: Person) -> None:
    assert set_limits(reviewer.clerk, AREA, {"task_minutes": 120, "start_minutes": 300, "debt_minutes": 0, "most_minutes": 599})
    assert close(helper, reviewer.clerk, WHY, str(helped.pk)) is Refusal.BEYOND_MOST


def test_who_opened_it_or_has_no_say_there_does_not_close_it(helper: Account, editor: Person, person: Callable[..., Person]) -> None:
    assert editor.post(f"{PAGE}/{helper.pk}/close", PAGE, words=WHY).status_code == 403
    Posting.objects.create(clerk=editor.clerk, role=Role.REVIEWER)
    assert close(helper, editor.clerk, WHY) is Refusal.OPENED_BY_YOU
    elsewhere = person(Role.REVIEWER, area=OTHER_AREA)
    assert elsewhere.post(f"{PAGE}/{helper.pk}/close", PAGE, words=WHY).status_code == 404
    assert close(helper, elsewhere.clerk, WHY) is Refusal.NOT_YOURS
    assert close(pool_of(AREA), person(Role.REVIEWER).clerk, WHY) is Refusal.NOT_YOURS  # the community's own stays
    assert closings() == []


def test_the_database_holds_it_too(helper: Account) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=helper.pk).update(closed_at="2026-01-01T00:00:00Z")  # by nobody
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry(area=AREA, kind=EntryKind.CLOSING, payer=helper, earner=pool_of(AREA), minutes=10, word="both").save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(minutes=1)


def test_on_sqlite_every_record_still_only_grows(tmp_path: Path) -> None:
    """SQLite makes a table anew when a rule of it changes, and its triggers would be gone."""
    assert said(city("init", "--data", tmp_path / "data", "--json"))["people"]
    with sqlite3.connect(tmp_path / "data" / "city.sqlite3") as database:
        kept = {(table, name) for table, name in database.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")}
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, Line)}
    assert tables
    assert {(table, f"{table}_no_{verb}") for table in tables for verb in ("update", "delete")} <= kept
