"""Behind the counter: a case walks its route from office to office, each step is one person's, and the clock stands when it should."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from django.db import connection
from django.utils import timezone

from city import here
from city.folder import CityFolder
from city.onewindow.actions import Claim
from city.onewindow.legal_clock import add_working_days
from city.onewindow.models import Case, Event, Step
from city.onewindow.routes import said
from city.onewindow.standing import NotNow
from city.onewindow.states import Kind, State, StepState
from city.onewindow.work import Carried, Overtaken, carry_out, standing_of
from city.staff.models import AuditLine, Looked, Office
from city.staff.roles import Role
from sync.contract.condition import Condition
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from sync.contract.office_route import Office as RouteOffice
from sync.contract.office_route import Route, RouteStep
from sync.contract.words import Words
from tests.city.colleagues import Person, person
from tests.city.terminal import ITEM, Terminal

pytestmark = pytest.mark.django_db

W = Words
ROUTED: ItemPackage = msgspec.structs.replace(
    ITEM,
    code=ItemCode("sample-relief"),
    name=W("样例救助", "Sample relief"),
    limit=msgspec.structs.replace(ITEM.limit, working_days=20),
    route=Route(
        (RouteOffice("street", W("样例街道", "Street")), RouteOffice("district", W("样例区局", "District"))),
        (
            RouteStep("visit", "street", W("入户调查", "Visit"), days=5),
            RouteStep("rented", "street", W("租房核查", "Tenancy"), days=2, when=Condition("housing", ("own",))),
            RouteStep(
                "publish",
                "street",
                W("公示", "Publicity"),
                days=7,
                after=("visit", "rented"),
                publishes=True,
                stops_clock=True,
                calendar_days=True,
            ),
            RouteStep("approve", "district", W("审批", "Approval"), days=5, after=("publish",), decides=True),
            RouteStep("tell", "street", W("送达", "Delivery"), days=1, after=("approve",)),
        ),
    ),
)


@pytest.fixture(autouse=True)
def published(offer: Callable[[ItemPackage], None]) -> None:
    offer(ROUTED)


@pytest.fixture
def offices() -> dict[str, Office]:
    return {kind: Office.objects.create(code=kind, kind=kind, name=f"样例{kind}") for kind in ("street", "district")}


@pytest.fixture
def desk() -> Person:
    return person("前台员", Role.FRONT_DESK)


@pytest.fixture
def street(offices: dict[str, Office]) -> Person:
    return person("街道员", Role.OFFICE_CLERK, offices["street"])


@pytest.fixture
def district(offices: dict[str, Office]) -> Person:
    return person("区局员", Role.OFFICE_CLERK, offices["district"])


@pytest.fixture
def case(enrol: Callable[[str], Terminal], offices: dict[str, Office], desk: Person) -> Case:
    terminal = enrol("SY-TEST-07")
    terminal.item = ROUTED
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    found = Case.objects.get()
    where = f"/cases/{found.case_number}"
    assert desk.send(f"{where}/accept", where, version=found.version)[0] == 302
    return Case.objects.get()


def step(name: str) -> Step:
    return Step.objects.get(step=name)


def act(who: Person, name: str, do: str, status: int = 302, **more: str) -> str:
    row = step(name)
    got, text, _ = who.send(f"/steps/{row.pk}/act", "/steps", version=row.version, do=do, **more)
    assert got == status, text[:600]
    return text


def finish(who: Person, name: str, said: str = "agreed") -> None:
    act(who, name, "claim")
    act(who, name, said, reason="样例意见：情况属实")


def publicity_over() -> None:
    Step.objects.filter(step="publish").update(due_on=here.today() - timedelta(days=1))


def projected_is_what_the_history_says(case: Case) -> None:
    standing = standing_of(case)
    case.refresh_from_db()
    assert case.state == standing.state
    for row in case.steps.all():
        own = standing.steps[row.step]
        assert (row.state, row.round, row.holder_id) == (own.state, own.round, own.holder)
    assert (case.clock_stopped_on is not None) is standing.clock_stands
    assert case.offices == said(case.steps.values_list("office", flat=True))


def test_acceptance_gives_the_first_offices_their_steps_and_leaves_out_what_does_not_apply(case: Case) -> None:
    assert (case.state, case.decide_by) == (State.ACCEPTED, add_working_days(here.today(), 20))
    assert [(row.step, row.state) for row in case.steps.order_by("place")] == [
        ("visit", StepState.READY),
        ("rented", StepState.LEFT_OUT),
        ("publish", StepState.WAITING),
        ("approve", StepState.WAITING),
        ("tell", StepState.WAITING),
    ]
    assert step("visit").due_on == add_working_days(here.today(), 5)


def test_a_case_walks_its_whole_route_and_is_closed(case: Case, street: Person, district: Person) -> None:
    finish(street, "visit")
    publicity_over()
    finish(street, "publish")
    finish(district, "approve")
    case.refresh_from_db()
    assert case.state == State.APPROVED
    finish(street, "tell")
    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert case.closed_at is not None
    projected_is_what_the_history_says(case)
    kinds = list(Event.objects.filter(case=case).order_by("id").values_list("kind", flat=True))
    assert kinds[-3:] == [Kind.CLAIMED, Kind.CONCLUDED, Kind.CLOSED]
    assert Kind.APPROVED in kinds


def test_publicity_stops_the_clock_and_gives_the_days_back(case: Case, street: Person) -> None:
    promised = case.decide_by
    assert promised is not None
    finish(street, "visit")
    case.refresh_from_db()
    assert case.clock_stopped_on == here.today()
    Case.objects.update(clock_stopped_on=here.today() - timedelta(days=14))  # as if it had begun two weeks ago
    publicity_over()
    finish(street, "publish")
    case.refresh_from_db()
    assert case.clock_stopped_on is None
    assert case.decide_by is not None
    assert case.decide_by > promised
    projected_is_what_the_history_says(case)


def test_publicity_is_not_cut_short(case: Case, street: Person) -> None:
    finish(street, "visit")
    act(street, "publish", "claim")
    assert "公示期还没有满" in act(street, "publish", "agreed", 409, reason="无异议")
    assert step("publish").state == StepState.CLAIMED


def test_a_clerk_of_another_office_who_guesses_ids_finds_nothing(case: Case, district: Person) -> None:
    row = step("visit")
    district.page(f"/steps/{row.pk}", 404)
    assert district.send(f"/steps/{row.pk}/act", "/steps", version=row.version, do="claim")[0] == 404
    assert step("visit").state == StepState.READY


def test_an_office_reads_the_cases_in_which_it_has_a_step_and_no_others(case: Case, street: Person) -> None:
    elsewhere = person("别处员", Role.OFFICE_CLERK, Office.objects.create(code="x", kind="x", name="别处"))
    street.page(f"/cases/{case.case_number}")
    elsewhere.page(f"/cases/{case.case_number}", 404)
    assert "受理本件" not in street.page(f"/cases/{case.case_number}")


def test_of_two_on_one_step_the_second_is_told(case: Case, street: Person, offices: dict[str, Office]) -> None:
    other = person("同岗员", Role.OFFICE_CLERK, offices["street"])
    seen = step("visit").version
    act(street, "visit", "claim")
    got, text, _ = other.send(f"/steps/{step('visit').pk}/act", "/steps", version=seen, do="claim")
    assert got == 409
    assert "街道员" in text
    assert step("visit").holder == street.clerk
    assert "请先领取" in act(other, "visit", "agreed", 409, reason="抢办")


def test_a_lease_that_is_over_lets_a_colleague_take_the_step(case: Case, street: Person, offices: dict[str, Office]) -> None:
    other = person("同岗员", Role.OFFICE_CLERK, offices["street"])
    act(street, "visit", "claim")
    act(other, "visit", "claim", 409)
    Step.objects.filter(step="visit").update(held_until=timezone.now() - timedelta(minutes=1))
    act(other, "visit", "claim")
    assert step("visit").holder == other.clerk


def test_a_step_is_put_back_or_handed_to_a_colleague_of_the_same_office_only(
    case: Case, street: Person, district: Person, offices: dict[str, Office]
) -> None:
    other = person("同岗员", Role.OFFICE_CLERK, offices["street"])
    act(street, "visit", "claim")
    act(street, "visit", "release")
    assert step("visit").state == StepState.READY
    act(street, "visit", "claim")
    act(street, "visit", "hand_over", 404, colleague=str(district.clerk.pk))
    act(other, "visit", "hand_over", 403, colleague=str(other.clerk.pk))
    act(street, "visit", "hand_over", colleague=str(other.clerk.pk))
    assert step("visit").holder == other.clerk


def test_the_head_gives_a_step_to_somebody_without_asking_the_holder(case: Case, street: Person, offices: dict[str, Office]) -> None:
    head = person("科长", Role.OFFICE_HEAD, offices["street"])
    act(street, "visit", "claim")
    act(head, "visit", "hand_over", colleague=str(head.clerk.pk))
    assert step("visit").holder == head.clerk


def test_sent_back_with_a_reason_and_begun_again(case: Case, street: Person, district: Person) -> None:
    finish(street, "visit")
    publicity_over()
    finish(street, "publish")
    act(district, "approve", "claim")
    assert "写明理由" in act(district, "approve", "send_back", 409, to="visit")
    act(district, "approve", "send_back", to="visit", reason="入户记录没有照片")
    assert (step("visit").state, step("visit").round) == (StepState.READY, 2)
    assert step("approve").state == StepState.WAITING
    assert "入户记录没有照片" in street.page(f"/steps/{step('visit').pk}")
    projected_is_what_the_history_says(case)


def test_a_special_procedure_stops_the_clock_until_it_is_over(case: Case, street: Person) -> None:
    act(street, "visit", "claim")
    act(street, "visit", "stop", reason="专家评估")
    case.refresh_from_db()
    assert case.clock_stopped_on == here.today()
    assert "先续计时" in act(street, "visit", "agreed", 409, reason="好")
    act(street, "visit", "resume")
    case.refresh_from_db()
    assert case.clock_stopped_on is None


def test_a_no_ends_the_case_with_its_reason(case: Case, street: Person, district: Person) -> None:
    finish(street, "visit")
    publicity_over()
    finish(street, "publish")
    finish(district, "approve", "not_agreed")
    case.refresh_from_db()
    assert case.state == State.NOT_APPROVED
    assert not case.steps.filter(state__in=(StepState.READY, StepState.CLAIMED)).exists()
    projected_is_what_the_history_says(case)


def test_a_withdrawn_case_takes_its_steps_out_of_every_hand(case: Case, street: Person, desk: Person) -> None:
    act(street, "visit", "claim")
    case.refresh_from_db()
    where = f"/cases/{case.case_number}"
    assert desk.send(f"{where}/end", where, version=case.version, how="withdraw", reason="本人不办了")[0] == 302
    assert "不在能这样办的状态" in act(street, "visit", "agreed", 409, reason="好")
    projected_is_what_the_history_says(case)


def test_every_open_step_leaves_a_line_of_who_looked(case: Case, street: Person) -> None:
    street.page(f"/steps/{step('visit').pk}")
    line = AuditLine.objects.get(looked_at=Looked.STEP)
    assert (line.clerk, line.subject, line.field) == (street.clerk, case.case_number, "visit")


def test_the_list_asks_the_database_no_more_often_when_it_is_longer(
    case: Case, street: Person, enrol: Callable[[str], Terminal], django_assert_max_num_queries: Callable[[int], object], desk: Person
) -> None:
    with connection.execute_wrapper(_Counter()) as _:
        pass
    one = _Counter()
    with connection.execute_wrapper(one):
        street.page("/steps?view=office")
    terminal = enrol("SY-TEST-08")
    terminal.item = ROUTED
    for _ in range(6):
        sealed = terminal.application()
        terminal.put(sealed)
        terminal.upload(sealed)
    for waiting in Case.objects.filter(state=State.RECEIVED):
        where = f"/cases/{waiting.case_number}"
        desk.send(f"{where}/accept", where, version=waiting.version)
    many = _Counter()
    with connection.execute_wrapper(many):
        text = street.page("/steps?view=office")
    assert len(re.findall("data-row", text)) == 7
    assert many.count <= one.count


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., object], *words: object) -> object:
        self.count += 1
        return execute(*words)


def test_an_item_without_a_route_has_one_step_in_its_department(terminal: Terminal, desk: Person) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    found = Case.objects.get()
    where = f"/cases/{found.case_number}"
    desk.send(f"{where}/accept", where, version=found.version)
    row = Step.objects.get()
    assert (row.step, row.office.name, row.state) == ("decide", ITEM.department.zh, StepState.READY)
    finish(person("部门员", Role.OFFICE_CLERK, row.office), "decide")
    found.refresh_from_db()
    assert found.state == State.CLOSED


@pytest.mark.django_db(transaction=True)
def test_fifty_who_take_the_next_step_at_once_get_different_ones(
    enrol: Callable[[str], Terminal], desk: Person, city_folder: CityFolder
) -> None:
    office = Office.objects.create(code="street", kind="street", name="样例街道")
    terminal = enrol("SY-TEST-09")
    terminal.item = ROUTED
    for _ in range(8):
        sealed = terminal.application()
        terminal.put(sealed)
        terminal.upload(sealed)
    for waiting in Case.objects.all():
        where = f"/cases/{waiting.case_number}"
        desk.send(f"{where}/accept", where, version=waiting.version)
    people = [person(f"同岗{number}", Role.OFFICE_CLERK, office) for number in range(10)]
    tokens = [re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', one.page("/steps")) for one in people]
    statuses: list[str] = []

    def take(who: Person, token: re.Match[str]) -> None:
        try:
            answer = who.client.post(
                "/steps/next", {"csrfmiddlewaretoken": token.group(1)}, secure=True, headers={"referer": "https://city.test/"}
            )
            statuses.append(answer["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(who, token)) for who, token in zip(people, tokens, strict=True) if token]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    taken = [where for where in statuses if where != "/steps"]
    assert len(taken) == len(set(taken)) == 8
    assert Step.objects.filter(step="visit", state=StepState.CLAIMED).values("holder").distinct().count() == 8


def test_a_change_of_an_unseen_version_or_state_is_a_value_not_a_fault(case: Case, street: Person) -> None:
    assert isinstance(carry_out(case, 99, Claim(street.clerk.pk, "visit"), step=step("visit")), Overtaken)
    assert carry_out(case, step("approve").version, Claim(street.clerk.pk, "approve"), step=step("approve")) is NotNow.STEP_NOT_READY
    assert isinstance(carry_out(case, step("visit").version, Claim(street.clerk.pk, "visit"), step=step("visit")), Carried)
