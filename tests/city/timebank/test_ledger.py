"""Hours of mutual help: what is booked, on whose word, what is refused, and that the books always balance."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city import here
from city.community.models import OrderRow, OrderState, OrderStep, ProviderRow
from city.community.services import directory_for
from city.grid.models import Area, Level
from city.onewindow.models import RatingRow
from city.staff.models import AuditLine
from city.staff.roles import Role
from city.timebank import ledger
from city.timebank.giving import give
from city.timebank.ledger import Refusal, balance_of, book, open_account, pool_of, say_who_helped, statement, take_back, with_balances
from city.timebank.limits import SAMPLE, limits_of, set_limits
from city.timebank.models import Account, Entry, EntryKind, LimitLine, Word
from city.timebank.pages import SAID
from sync.contract.item import ItemPackage
from tests.city.community.test_services import AREA, REQUEST, ask, editor, listed, owner, reviewer, step
from tests.city.people import Person
from tests.city.terminal import Terminal

__all__ = ["editor", "owner", "reviewer"]  # fixtures

pytestmark = pytest.mark.django_db

OTHER_AREA = "990101001002"
HELPER, HELPED = "13800000001", "13800000002"


@pytest.fixture
def town(db: None) -> None:
    district = Area.objects.create(code="990101", name="样例区", level=Level.DISTRICT)
    street = Area.objects.create(code="990101001", name="样例街道", level=Level.STREET, parent=district)
    for code in (AREA, OTHER_AREA):
        Area.objects.create(code=code, name=f"样例社区 {code[-1]}", level=Level.COMMUNITY, parent=street)


@pytest.fixture
def station(editor: Person, reviewer: Person, owner: Person) -> ProviderRow:
    listed("one", editor, reviewer, owner)
    ProviderRow.objects.update(family="mutual", kind="volunteer", time_minutes=60)
    return ProviderRow.objects.get()


@pytest.fixture
def helper(editor: Person) -> Account:
    return opened(editor, "样例互助甲", HELPER)


@pytest.fixture
def helped(editor: Person) -> Account:
    return opened(editor, "样例互助乙", HELPED)


def opened(editor: Person, name: str, telephone: str, area: str = AREA) -> Account:
    account = open_account(editor.clerk, area, name, telephone)
    assert isinstance(account, Account), account
    return account


Finish = Callable[..., OrderRow]


@pytest.fixture
def finish(station: ProviderRow, owner: Person, terminal: Terminal, offer: Callable[[ItemPackage], None]) -> Finish:
    """Hand in a request and bring it to its end."""
    offer(REQUEST)
    _put_in_area(terminal)

    def made(**changes: object) -> OrderRow:
        order = ask(terminal, **({"mobile": HELPED} | changes))
        for verb in (OrderStep.TAKE, OrderStep.START, OrderStep.FINISH):
            assert step(order, owner, verb) is None
        return OrderRow.objects.select_related("case", "provider").get(pk=order.pk)

    return made


def _put_in_area(terminal: Terminal) -> None:
    from city.fleet.models import Terminal as Row

    Row.objects.filter(pk=terminal.id).update(area=AREA)


def rate(order: OrderRow, level: int) -> None:
    RatingRow.objects.create(case=order.case, level=level, rated_at=here.now(), digest="0" * 64, receipt=b"")


def services() -> list[tuple[int, int, int, str]]:
    return [(one.payer_id, one.earner_id, one.minutes, one.word) for one in Entry.objects.filter(kind=EntryKind.SERVICE).order_by("pk")]


def everything_balances() -> None:
    accounts = with_balances(Account.objects.all())
    assert sum(account.balance for account in accounts) == 0
    for account in accounts:
        lines = statement(account)
        assert account.balance == balance_of(account) == sum(line.change for line in lines) == (lines[-1].left if lines else 0)


def test_both_sides_words_book_it_and_the_terminal_said_what_it_costs(
    finish: Finish, owner: Person, helper: Account, helped: Account
) -> None:
    (sent,) = directory_for(AREA).providers
    assert sent.time_minutes == 60
    order = finish()
    assert say_who_helped(order, owner.clerk, str(helper.pk), 90) is None
    assert services() == [], "the provider's word alone books nothing"
    rate(order, 5)
    assert services() == [(helped.pk, helper.pk, 90, Word.BOTH)]
    assert (balance_of(helper), balance_of(helped)) == (SAMPLE.start_minutes + 90, SAMPLE.start_minutes - 90)
    everything_balances()


def test_a_rating_that_was_there_first_counts_too(finish: Finish, owner: Person, helper: Account, helped: Account) -> None:
    order = finish()
    rate(order, 4)
    assert services() == []
    assert say_who_helped(OrderRow.objects.get(pk=order.pk), owner.clerk, str(helper.pk), 60) is None
    assert services() == [(helped.pk, helper.pk, 60, Word.BOTH)]


def test_who_is_not_content_is_asked_by_the_community_first(
    finish: Finish, owner: Person, editor: Person, helper: Account, helped: Account
) -> None:
    order = finish()
    assert say_who_helped(order, owner.clerk, str(helper.pk), 60) is None
    rate(order, ledger.CONTENT_WITH - 1)
    assert services() == []
    assert book(order, editor.clerk, minutes=30) is None
    assert services() == [(helped.pk, helper.pk, 30, Word.COMMUNITY)]


def test_for_whoever_has_no_account_the_pool_pays_on_the_communitys_word_alone(
    finish: Finish, owner: Person, editor: Person, helper: Account
) -> None:
    order = finish(mobile="13800000009")
    assert say_who_helped(order, owner.clerk, str(helper.pk), 60) is None
    rate(order, 5)
    assert services() == []
    assert book(order, editor.clerk) is None
    assert services() == [(pool_of(AREA).pk, helper.pk, 60, Word.COMMUNITY)]
    everything_balances()


@pytest.mark.parametrize("minutes", [-60, 0, 5, SAMPLE.task_minutes + 10])
def test_no_time_that_is_none(finish: Finish, owner: Person, editor: Person, helper: Account, helped: Account, minutes: int) -> None:
    order = finish()
    assert say_who_helped(order, owner.clerk, str(helper.pk), minutes) is Refusal.BAD_TIME
    assert book(order, editor.clerk, str(helper.pk), minutes) is Refusal.BAD_TIME
    assert services() == []


def test_nobody_helps_themselves(finish: Finish, owner: Person, editor: Person, helper: Account) -> None:
    order = finish(mobile=HELPER)
    assert say_who_helped(order, owner.clerk, str(helper.pk), 60) is Refusal.SELF_HELP
    assert book(order, editor.clerk, str(helper.pk), 60) is Refusal.SELF_HELP
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry(
            area=AREA, kind=EntryKind.COUNTER, payer=helper, earner=helper, minutes=1, word=Word.BOTH, counters=Entry.objects.first()
        ).save()
    assert services() == []


def test_a_request_is_booked_once(finish: Finish, owner: Person, editor: Person, helper: Account, helped: Account) -> None:
    order = finish()
    assert say_who_helped(order, owner.clerk, str(helper.pk), 60) is None
    assert say_who_helped(order, owner.clerk, str(helper.pk), 60) is Refusal.SAID_ALREADY
    assert book(order, editor.clerk) is None
    assert book(order, editor.clerk) is Refusal.BOOKED
    rate(order, 5)  # the resident's word comes after: it books no second time
    assert len(services()) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry(area=AREA, kind=EntryKind.SERVICE, payer=helped, earner=helper, minutes=60, order=order, word=Word.BOTH).save()


def test_another_community_keeps_out_and_is_kept_out(
    finish: Finish, owner: Person, editor: Person, helped: Account, person: Callable[..., Person]
) -> None:
    stranger = opened(editor, "样例外人", "13800000008", OTHER_AREA)
    order = finish()
    assert say_who_helped(order, owner.clerk, str(stranger.pk), 60) is Refusal.NO_MEMBER
    assert book(order, editor.clerk, str(stranger.pk), 60) is Refusal.NO_MEMBER
    other = person(Role.CONTENT_EDITOR, OTHER_AREA)
    assert book(order, other.clerk, str(stranger.pk), 60) is Refusal.NOT_YOURS
    page = "/community/time-bank"
    assert other.get(f"{page}?account={helped.pk}").status_code == 404
    assert other.get(f"{page}/{helped.pk}/statement").status_code == 404
    assert other.post(f"{page}/orders/{order.pk}/book", page, number=stranger.pk, minutes=60).status_code == 404
    assert services() == []


def test_only_the_provider_speaks_for_it_and_it_does_not_confirm_itself(
    finish: Finish, owner: Person, person: Callable[..., Person], helper: Account
) -> None:
    order = finish()
    assert say_who_helped(order, person(Role.PROVIDER).clerk, str(helper.pk), 60) is Refusal.NOT_YOURS
    both = person(Role.CONTENT_EDITOR, AREA)
    ProviderRow.objects.update(owner=both.clerk)
    assert book(OrderRow.objects.get(pk=order.pk), both.clerk, str(helper.pk), 60) is Refusal.NOT_YOURS


def test_what_is_not_finished_or_no_mutual_help_counts_nothing(
    finish: Finish, owner: Person, editor: Person, helper: Account, helped: Account
) -> None:
    order = finish()
    OrderRow.objects.update(state=OrderState.CANCELLED)
    order.refresh_from_db()
    assert say_who_helped(order, owner.clerk, str(helper.pk), 60) is Refusal.NOT_DONE
    assert book(order, editor.clerk, str(helper.pk), 60) is Refusal.NOT_DONE
    OrderRow.objects.update(state=OrderState.DONE)
    assert book(order, editor.clerk) is Refusal.NOBODY_NAMED
    ProviderRow.objects.update(time_minutes=0)
    assert book(order, editor.clerk, str(helper.pk), 60) is Refusal.NOT_DONE
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderRow.objects.update(family="commercial", time_minutes=60)
    assert services() == []


def test_limits_hold_on_both_sides(finish: Finish, reviewer: Person, editor: Person, helper: Account, helped: Account) -> None:
    asked = {"task_minutes": 600, "start_minutes": 0, "debt_minutes": 0, "most_minutes": SAMPLE.start_minutes + 60}
    assert set_limits(reviewer.clerk, AREA, asked)
    assert book(finish(), editor.clerk, str(helper.pk), SAMPLE.start_minutes + 10) is Refusal.BEYOND_DEBT
    assert book(finish(), editor.clerk, str(helper.pk), 70) is Refusal.BEYOND_MOST
    assert book(finish(), editor.clerk, str(helper.pk), 60) is None
    everything_balances()


def test_a_community_sets_its_own_limits_and_nonsense_is_refused(town: None, editor: Person, reviewer: Person) -> None:
    page = "/community/time-bank/limits"
    assert "样例值" in reviewer.page(page)
    good = {"area": AREA, "task_minutes": 3, "start_minutes": 2, "debt_minutes": 1, "most_minutes": 100}
    assert editor.get(page).status_code == 403
    for bad in (
        {"start_minutes": "101"},
        {"task_minutes": "0"},
        {"debt_minutes": "-1"},
        {"most_minutes": "99999"},
        {"task_minutes": "2.5"},
    ):
        answer = reviewer.post(page, page, **(good | bad))
        assert (answer.status_code, LimitLine.objects.count()) == (422, 0), bad
        assert "额度不对" in answer.content.decode()
    assert reviewer.post(page, page, **good).status_code == 302
    assert limits_of(AREA).task_minutes == 180
    assert not limits_of(AREA).is_sample
    assert limits_of(OTHER_AREA) is SAMPLE
    assert opened(editor, "样例丁", "13800000004").earned.get().minutes == 120
    with pytest.raises(DatabaseError), transaction.atomic():
        LimitLine.objects.update(task_minutes=1)


def test_an_entry_is_taken_back_by_another_once_and_the_request_can_be_booked_right(
    finish: Finish, owner: Person, editor: Person, reviewer: Person, helper: Account, helped: Account
) -> None:
    order = finish()
    assert book(order, editor.clerk, str(helper.pk), 120) is None
    entry = Entry.objects.get(kind=EntryKind.SERVICE)
    page = f"/community/time-bank?account={helper.pk}"
    back = f"/community/time-bank/entries/{entry.pk}/take-back"
    assert editor.post(back, page, words="样例：记错了").status_code == 403
    assert reviewer.post(back, page, words="错").status_code == 422
    assert take_back(entry, editor.clerk, "样例：记错了") is Refusal.NOT_YOURS
    assert reviewer.post(back, page, words="样例：记错了", account=helper.pk).status_code == 302
    assert take_back(entry, reviewer.clerk, "样例：再冲一次") is Refusal.TAKEN_BACK
    assert take_back(Entry.objects.get(kind=EntryKind.COUNTER), reviewer.clerk, "样例：冲正的冲正") is not None
    shown = with_balances(Account.objects.filter(pk=helper.pk)).get()
    assert (shown.given, shown.balance) == (0, SAMPLE.start_minutes)
    assert book(order, editor.clerk, str(helper.pk), 60) is None
    assert book(order, editor.clerk, str(helper.pk), 60) is Refusal.BOOKED
    assert with_balances(Account.objects.filter(pk=helper.pk)).get().given == 60
    everything_balances()


def test_who_booked_an_entry_does_not_take_it_back(finish: Finish, reviewer: Person, helper: Account, helped: Account) -> None:
    assert book(finish(), reviewer.clerk, str(helper.pk), 60) is None
    assert take_back(Entry.objects.get(kind=EntryKind.SERVICE), reviewer.clerk, "样例：记错了") is Refusal.SAME_PERSON


def test_the_database_itself_changes_no_entry(helper: Account) -> None:
    for spoil in (lambda: Entry.objects.update(minutes=1), lambda: Entry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            spoil()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry(area=AREA, kind=EntryKind.SERVICE, payer=pool_of(AREA), earner=helper, minutes=60, word=Word.BOTH).save()
    assert Entry.objects.get().minutes == SAMPLE.start_minutes


def test_an_account_is_opened_once_and_keeps_nobodys_name_in_clear(town: None, editor: Person) -> None:
    page = "/community/time-bank?new"
    given_in = {"area": AREA, "name": "样例互助甲", "telephone": HELPER}
    for bad in ({"name": ""}, {"telephone": "1380000"}, {"telephone": "1380000000x"}):
        assert editor.post("/community/time-bank/open", page, **(given_in | bad)).status_code == 422
    assert editor.post("/community/time-bank/open", page, **(given_in | {"area": "880101"})).status_code == 404
    assert editor.post("/community/time-bank/open", page, **given_in).status_code == 302
    answer = editor.post("/community/time-bank/open", page, **given_in)
    assert (answer.status_code, SAID[Refusal.THERE_ALREADY] in answer.content.decode()) == (422, True)
    account = Account.objects.get(kind="member")
    assert "样例互助甲" not in f"{account.label} {bytes(account.sealed)!r}"
    assert HELPER not in f"{account.reached} {bytes(account.sealed)!r}"
    assert "样例互助甲" not in editor.page(f"/community/time-bank?account={account.pk}")
    assert AuditLine.objects.filter(looked_at="time", subject=f"account {account.pk}").exists()


def test_the_statement_names_its_holder_and_the_look_is_written_down(
    finish: Finish, town: None, owner: Person, editor: Person, helper: Account, helped: Account
) -> None:
    order = finish()
    page = f"/community/orders?order={order.pk}"
    assert "是谁帮的忙" in owner.page(page)
    assert "是谁帮的忙" not in editor.page(page)
    told = {"number": str(helper.pk), "minutes": "90"}
    wrong = owner.post(f"/community/time-bank/orders/{order.pk}/helped", page, **(told | {"number": "999999"}))
    assert (wrong.status_code, SAID[Refusal.NO_MEMBER] in wrong.content.decode()) == (422, True)
    assert owner.post(f"/community/time-bank/orders/{order.pk}/helped", page, **told).status_code == 302
    waiting = "/community/time-bank/orders"
    assert "1 小时 30 分" in editor.page(waiting)
    assert editor.post(f"{waiting}/{order.pk}/book", waiting, number="", minutes="").status_code == 302
    assert "没有等着记账的" in editor.page(waiting)
    shown = editor.page(f"/community/time-bank/{helper.pk}/statement")
    for said in ("样例互助甲", HELPER, "+1 小时 30 分", "6 小时 30 分", "起始时数"):
        assert said in shown
    assert AuditLine.objects.filter(looked_at="time", subject=f"account {helper.pk}", field="statement").exists()


def test_every_refusal_has_its_words() -> None:
    assert set(SAID) == set(Refusal)


VERBS = st.sampled_from(("book", "take back", "rate", "give"))
ACTS = st.lists(
    st.tuples(VERBS, st.integers(0, 3), st.integers(0, 4), st.integers(-2, 14)),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_sequence_of_acts_makes_the_books_lean(
    finish: Finish, owner: Person, editor: Person, reviewer: Person, helper: Account, helped: Account, acts: list[tuple[str, int, int, int]]
) -> None:
    class Rollback(Exception):  # noqa: N818  no error: it ends the example
        pass

    orders = [finish(), finish(mobile="13800000009"), finish(mobile=HELPER)] if not OrderRow.objects.exists() else _orders()
    try:
        with transaction.atomic():
            for act, which, who, tens in acts:
                _do(act, orders[which % 3], (helper, helped, pool_of(AREA))[who % 3], tens * 10, (editor, reviewer, owner)[who % 3])
                everything_balances()
            standing = Entry.objects.filter(kind=EntryKind.SERVICE, countered_by=None).values_list("order", flat=True)
            assert len(set(standing)) == len(standing), "an order is booked at most once"
            assert all(balance_of(one) >= -SAMPLE.debt_minutes for one in (helper, helped))
            assert (Entry.objects.aggregate(least=Sum("minutes"))["least"] or 0) >= 0
            raise Rollback  # noqa: TRY301
    except Rollback:
        pass


def _orders() -> list[OrderRow]:
    return list(OrderRow.objects.select_related("case", "provider").order_by("pk")[:3])


def _do(act: str, order: OrderRow, account: Account, minutes: int, who: Person) -> object:
    match act:
        case "book":
            return book(order, who.clerk, str(account.pk), minutes)
        case "take back":
            entry = Entry.objects.order_by("-pk").first()
            return take_back(entry, who.clerk, "样例：冲正") if entry else None
        case "give":
            other = Account.objects.exclude(pk=account.pk).filter(kind="member").first()
            return give(account, who.clerk, str(other.pk), minutes, "样例：转赠") if other else None
        case _:
            return say_who_helped(order, who.clerk, str(account.pk), minutes)
