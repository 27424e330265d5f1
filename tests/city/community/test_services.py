"""A service from its proposal to the terminals, and a request from a terminal to its end, each step by the right person alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse

from city import here
from city.community.models import OrderLine, OrderRow, OrderState, OrderStep, ProviderRow, ProviderState
from city.community.services import RATINGS_LEAST, Refusal, admit, delist, directory_for, do
from city.fleet.models import Terminal as Row
from city.onewindow.models import Case, RatingRow
from city.onewindow.states import State
from city.staff.models import AuditLine
from city.staff.roles import Role
from sync.contract.item import ItemPackage
from tests.city.items.test_items import ITEMS, example_in, package_in
from tests.city.people import Person
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

REQUEST = msgspec.json.decode((ITEMS / "service-request" / "item.json").read_bytes(), type=ItemPackage)
REPAIR = package_in(ITEMS / "service-repair")
AREA = "990101001001"
ANSWERS: dict[str, Any] = {
    "service": "one", "day": "2026-12-01", "slot": "morning", "note": "厨房漏水", "for_whom": "self", "name": "样例甲",
    "mobile": "13800000000", "elder": False,
    "address": {"district": "和平区", "street": "晴岚街道", "community": "晴岚社区", "road": "晴岚街", "door": "18号3-5-1"},
}  # fmt: skip


@pytest.fixture
def editor(person: Callable[..., Person]) -> Person:
    return person(Role.CONTENT_EDITOR, AREA)


@pytest.fixture
def reviewer(person: Callable[..., Person]) -> Person:
    return person(Role.REVIEWER, AREA)


@pytest.fixture
def owner(person: Callable[..., Person]) -> Person:
    return person(Role.PROVIDER, "880101")  # a provider's own posting reaches nothing


@pytest.fixture
def service(editor: Person, reviewer: Person, owner: Person) -> ProviderRow:
    return listed("one", editor, reviewer, owner)


def listed(key: str, editor: Person, reviewer: Person, owner: Person) -> ProviderRow:
    row = ProviderRow.objects.create(
        key=key, area=AREA, kind="repair", family="commercial", name=f"样例维修 {key}", about="修水管", place="市场", hours="每天",
        price="30 元", telephone="024-0000-0000", valid_until=here.today() + timedelta(days=90), updated_on=here.today(),
        takes_requests=True, owner=owner.clerk, proposed_by=editor.clerk,
    )  # fmt: skip
    assert admit(row, row.version, reviewer.clerk) is None
    row.refresh_from_db()
    return row


@pytest.fixture
def order(service: ProviderRow, terminal: Terminal, offer: Callable[[ItemPackage], None]) -> OrderRow:
    offer(REQUEST)
    Row.objects.filter(pk=terminal.id).update(area=AREA)
    return ask(terminal)


def ask(terminal: Terminal, **changes: object) -> OrderRow:
    terminal.item = REQUEST
    answer = terminal.put(terminal.application((), answers=ANSWERS | changes, applicant=None, signature=None))
    assert answer.status_code == 201, answer.content
    return OrderRow.objects.latest("pk")


def step(order: OrderRow, who: Person, verb: OrderStep, words: str = "", provider: ProviderRow | None = None) -> Refusal | None:
    order.refresh_from_db()
    return do(order, verb, order.version, who.clerk, words, provider)


def test_a_service_is_proposed_by_one_and_admitted_by_another(editor: Person, reviewer: Person) -> None:
    facts = {
        "name": "样例维修", "kind": "repair", "family": "commercial", "about": "修水管", "place": "市场", "hours": "每天", "price": "30 元",
        "telephone": "024-0000-0000", "valid_until": (here.today() + timedelta(days=9)).isoformat(),
    }  # fmt: skip
    assert editor.post("/community/services/save", "/community/services?new", **(facts | {"name": ""})).status_code == 422
    assert editor.post("/community/services/save", "/community/services?new", **facts).status_code == 302
    row = ProviderRow.objects.get()
    assert (row.state, directory_for(AREA).providers) == (ProviderState.APPLIED, ())
    assert admit(row, row.version, editor.clerk) is Refusal.NOT_YOURS
    page = f"/community/services?service={row.pk}"
    assert reviewer.post("/community/services/judge", page, service=row.pk, version=row.version).status_code == 400, "nothing was chosen"
    assert ProviderRow.objects.get().state == ProviderState.APPLIED
    assert reviewer.post("/community/services/judge", page, service=row.pk, version=row.version, verdict="admit").status_code == 302
    (sent,) = directory_for(AREA).providers
    assert (sent.name.zh, sent.takes_requests, sent.stars) == ("样例维修", False, None)
    assert directory_for("990101001002").providers == ()


def test_the_database_itself_lists_nothing_unadmitted(service: ProviderRow, editor: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderRow.objects.update(admitted_by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderRow.objects.update(admitted_by=editor.clerk)


def test_a_change_waits_for_admission_again_and_an_old_page_changes_nothing(service: ProviderRow, editor: Person) -> None:
    page = f"/community/services?service={service.pk}"
    facts = {name: getattr(service, name) for name in ("name", "kind", "family", "about", "place", "hours", "price", "telephone")}
    facts |= {"service": service.pk, "version": service.version, "valid_until": service.valid_until.isoformat(), "price": "50 元"}
    assert editor.post("/community/services/save", page, **(facts | {"version": 99})).status_code == 409
    assert editor.post("/community/services/save", page, **facts).status_code == 302
    service.refresh_from_db()
    assert (service.state, service.price) == (ProviderState.APPLIED, "50 元")


def test_what_is_over_or_delisted_is_gone_from_the_terminals(service: ProviderRow) -> None:
    assert len(directory_for(AREA).providers) == 1
    ProviderRow.objects.update(valid_until=here.today() - timedelta(days=1))
    assert directory_for(AREA).providers == ()
    ProviderRow.objects.update(valid_until=here.today())
    assert delist(service, service.version) is None
    assert directory_for(AREA).providers == ()
    assert delist(service, service.version) is Refusal.OVERTAKEN


def test_a_request_reaches_its_provider_and_ends_checked(order: OrderRow, owner: Person, editor: Person) -> None:
    assert order.state == OrderState.PLACED
    page = f"/community/orders?order={order.pk}"
    assert "13800000000" not in owner.page(page), "before it is taken nobody is shown whom to go to"
    for verb in ("take", "start", "finish"):
        order.refresh_from_db()
        assert owner.post(f"/community/orders/{order.pk}/do", page, step=verb, version=order.version).status_code == 302
        assert ("13800000000" in owner.page(page)) == (verb != "finish")
        assert ("和平区晴岚街道晴岚社区晴岚街18号3-5-1" in owner.page(page)) == (verb != "finish")
    assert "13800000000" not in editor.page(page)
    assert step(order, owner, OrderStep.CHECK) is Refusal.NOT_YOURS
    assert step(order, editor, OrderStep.CHECK) is None
    assert Case.objects.get(pk=order.case_id).state == State.CLOSED
    assert AuditLine.objects.filter(looked_at="order", subject=order.case.case_number).exists()
    assert [line.step for line in OrderLine.objects.order_by("id")] == ["place", "take", "start", "finish", "check"]


def test_another_provider_and_another_community_see_nothing(order: OrderRow, person: Callable[..., Person]) -> None:
    for other in (person(Role.PROVIDER, AREA), person(Role.CONTENT_EDITOR, "990101001002")):
        assert other.get(f"/community/orders?order={order.pk}").status_code == 404
        assert step(order, other, OrderStep.TAKE) is Refusal.NOT_YOURS


def test_what_nobody_takes_is_given_to_another(
    order: OrderRow, owner: Person, editor: Person, reviewer: Person, person: Callable[..., Person]
) -> None:
    assert step(order, owner, OrderStep.DECLINE) is Refusal.NO_WORDS
    assert step(order, owner, OrderStep.DECLINE, "今天排满了") is None
    assert step(order, editor, OrderStep.REASSIGN) is Refusal.NO_PROVIDER
    other = person(Role.PROVIDER)
    assert step(order, editor, OrderStep.REASSIGN, provider=listed("two", editor, reviewer, other)) is None
    assert step(order, owner, OrderStep.TAKE) is Refusal.NOT_YOURS
    assert step(order, other, OrderStep.TAKE) is None


def test_a_request_to_a_service_that_is_gone_waits_for_the_community(order: OrderRow, terminal: Terminal) -> None:
    assert ask(terminal, service="gone").state == OrderState.UNANSWERED


def test_cancelling_says_why_and_ends_the_case(order: OrderRow, editor: Person) -> None:
    assert step(order, editor, OrderStep.CANCEL) is Refusal.NO_WORDS
    assert step(order, editor, OrderStep.CANCEL, "居民电话取消") is None
    assert Case.objects.get(pk=order.case_id).state == State.NOT_ACCEPTED
    assert step(order, editor, OrderStep.CANCEL, "再取消一次") is Refusal.OVERTAKEN


def test_stars_are_shown_from_five_ratings_on(service: ProviderRow, order: OrderRow, terminal: Terminal) -> None:
    for count in range(1, RATINGS_LEAST + 1):
        placed = order if count == 1 else ask(terminal)
        RatingRow.objects.create(case=placed.case, level=4, rated_at=here.now(), digest="0" * 64, receipt=b"")
        (sent,) = directory_for(AREA).providers
        assert (sent.stars, sent.rated) == ((40, 5) if count == RATINGS_LEAST else (None, 0))


@pytest.fixture
def repair(service: ProviderRow, terminal: Terminal, offer: Callable[[ItemPackage], None]) -> Terminal:
    """A terminal that asks for repairs with questions of their own."""
    offer(REPAIR)
    Row.objects.filter(pk=terminal.id).update(area=AREA)
    terminal.item = REPAIR
    return terminal


def hand_in(terminal: Terminal, **changes: object) -> HttpResponse:
    given = {
        name: value for name, value in (example_in(ITEMS / "service-repair") | {"service": "one"} | changes).items() if value is not None
    }
    return terminal.put(terminal.application((), answers=given, applicant=None, signature=None))


def test_the_provider_reads_the_answers_to_its_kinds_own_questions(repair: Terminal, owner: Person) -> None:
    assert hand_in(repair, what="lock", urgent=True).status_code == 201
    order = OrderRow.objects.get()
    assert order.state == OrderState.PLACED
    page = owner.page(f"/community/orders?order={order.pk}")
    for said in ("要修什么", "哪里坏了", "门锁", "怎么坏的", "厨房水龙头关不严"):
        assert said in page


@pytest.mark.parametrize(
    ("field", "answer"), [("what", "roof"), ("note", "x"), ("note", "长" * 101), ("urgent", "yes"), ("what", None), ("portions", "2")]
)
def test_answers_that_the_kinds_questions_do_not_allow_are_refused_whole(repair: Terminal, field: str, answer: object) -> None:
    refused = hand_in(repair, **{field: answer})
    assert (refused.status_code, field in refused.content.decode()) == (422, True)
    assert not OrderRow.objects.exists()
    assert not Case.objects.exists()


def test_a_service_that_does_something_else_by_now_is_not_sent_the_questions_of_its_old_kind(
    repair: Terminal, service: ProviderRow, owner: Person, editor: Person, reviewer: Person
) -> None:
    ProviderRow.objects.update(kind="meals")
    assert hand_in(repair).status_code == 201
    order = OrderRow.objects.get()
    assert (order.state, order.provider) == (OrderState.UNANSWERED, None)
    right = listed("two", editor, reviewer, owner)
    page = editor.page(f"/community/orders?order={order.pk}")
    assert ">样例维修 two</option>" in page
    assert ">样例维修 one</option>" not in page
    sent = {"step": "reassign", "version": order.version, "words": ""}
    assert editor.post(f"/community/orders/{order.pk}/do", "/community/orders", provider=service.pk, **sent).status_code == 422
    assert editor.post(f"/community/orders/{order.pk}/do", "/community/orders", provider=right.pk, **sent).status_code == 302
