"""Open cases are moved to a newer route: looked at first, then one by one, with the reason in each history, and the clock as it was."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from city import here
from city.catalogue import withdraw
from city.onewindow.models import Case, Event, Step
from city.onewindow.standing import NotNow
from city.onewindow.states import Kind, State, StepState
from city.onewindow.work import standing_of
from city.packages.models import ItemHome
from city.rerouting import moves, pages
from city.rerouting.models import MoveState, RerouteLine, RerouteRun
from city.rerouting.moves import Stays
from city.staff.models import Office
from city.staff.roles import Role
from sync.contract.condition import Condition
from sync.contract.item import ItemPackage
from sync.contract.office_route import Route, RouteStep
from sync.contract.words import Words
from tests.city.colleagues import Person, person
from tests.city.terminal import Terminal
from tests.city.test_back_offices import ROUTED, act, finish, offices, projected_is_what_the_history_says, publicity_over

__all__ = ["offices"]  # a fixture

pytestmark = pytest.mark.django_db

ROUTE = ROUTED.route
assert ROUTE is not None
OF = {step.id: step for step in ROUTE.steps}
REASON = "样例：新办法施行"
MANY = 4


def newer(*steps: RouteStep, version: int = ROUTED.version + 1) -> ItemPackage:
    """The item's next version, with another route."""
    assert ROUTE is not None
    return msgspec.structs.replace(ROUTED, version=version, route=Route(ROUTE.offices, steps))


COUNCIL = newer(
    OF["visit"],
    RouteStep("council", "street", Words("民主评议", "Council"), days=3, after=("visit",)),
    msgspec.structs.replace(OF["approve"], after=("council",)),
    OF["tell"],
)
"""A council in the place of publicity."""


@pytest.fixture(autouse=True)
def published(offer: Callable[[ItemPackage], None]) -> None:
    offer(ROUTED)


@pytest.fixture
def boss() -> Person:
    return person("管理员", Role.ADMINISTRATOR)


@pytest.fixture
def street(offices: dict[str, Office]) -> Person:
    return person("街道员", Role.OFFICE_CLERK, offices["street"])


@pytest.fixture
def take_in(enrol: Callable[[str], Terminal], offices: dict[str, Office]) -> Callable[..., list[Case]]:
    """So many cases, accepted unless it is said otherwise."""
    terminal, desk = enrol("SY-TEST-07"), person("前台员", Role.FRONT_DESK)
    terminal.item = ROUTED

    def make(many: int = 1, *, accepted: bool = True) -> list[Case]:
        found = []
        for _ in range(many):
            sealed = terminal.application()
            terminal.put(sealed)
            terminal.upload(sealed)
            case = Case.objects.latest("pk")
            where = f"/cases/{case.case_number}"
            assert not accepted or desk.send(f"{where}/accept", where, version=case.version)[0] == 302
            found.append(Case.objects.get(pk=case.pk))
        return found

    return make


def begin(who: Person, since: int = ROUTED.version) -> str:
    status, _, page = who.send("/reroutes/begin", "/reroutes", item=ROUTED.code, since=since)
    assert status == 302
    return page


def drive(who: Person, page: str) -> str:
    """Press the page's button until there is none."""
    while "data-goes-on" in (shown := who.page(page)):
        assert who.send(f"{page}/on", page)[0] == 302
    return shown


def run_through(who: Person) -> str:
    page = begin(who)
    drive(who, page)
    assert who.send(f"{page}/confirm", page, reason=REASON)[0] == 302
    return drive(who, page)


def test_all_open_cases_are_looked_at_counted_and_then_moved_with_the_reason_in_each_history(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person
) -> None:
    cases = take_in(MANY)
    offer(COUNCIL)
    listed = boss.page("/reroutes")
    assert "民主评议" in listed
    assert "公示" in listed
    assert re.search(rf'class="num">{MANY}<', listed)
    page = begin(boss)
    assert f"可以改 {MANY}，留在原流程 0" in drive(boss, page)
    assert not Event.objects.filter(kind=Kind.REROUTED).exists()  # the look changed nothing
    assert [Case.objects.get(pk=case.pk).version for case in cases] == [case.version for case in cases]
    assert boss.send(f"{page}/confirm", page, reason=" 短 ")[0] == 422
    assert boss.send(f"{page}/on", "/reroutes")[0] == 302  # nothing to look at, nothing confirmed
    assert not Event.objects.filter(kind=Kind.REROUTED).exists()
    assert boss.send(f"{page}/confirm", page, reason=REASON)[0] == 302
    assert f"已改 {MANY}，留在原流程 0" in drive(boss, page)
    for case in cases:
        line = Event.objects.get(case=case, kind=Kind.REROUTED)
        assert (line.clerk_id, line.detail["from"], line.detail["to"], line.detail["reason"]) == (boss.clerk.pk, 3, 4, REASON)
        now = Case.objects.get(pk=case.pk)
        assert (now.decide_by, now.accepted_at, now.item_version, now.route_taken) == (case.decide_by, case.accepted_at, 3, 4)
        projected_is_what_the_history_says(now)
        assert list(now.steps.order_by("place").values_list("step", flat=True)) == ["visit", "council", "approve", "tell"]
    assert "没有要改的" in boss.page("/reroutes")


def test_a_moved_case_goes_on_to_its_end_and_keeps_what_was_done(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person, street: Person, offices: dict[str, Office]
) -> None:
    (case,) = take_in()
    finish(street, "visit")
    due = Step.objects.get(step="visit").done_at
    offer(newer(RouteStep("publish", "street", Words("公示"), days=1, publishes=True), OF["approve"], OF["tell"]))
    run_through(boss)
    case.refresh_from_db()
    assert standing_of(case).former == {"visit"}
    assert Step.objects.get(step="visit").done_at == due
    publicity_over()
    finish(street, "publish")
    shown = person("区局员", Role.OFFICE_CLERK, offices["district"]).page(f"/steps/{Step.objects.get(step='approve').pk}")
    assert "样例意见：情况属实" in shown  # of the step that is no more
    finish(person("区局二", Role.OFFICE_CLERK, offices["district"]), "approve")
    finish(street, "tell")
    case.refresh_from_db()
    assert case.state == State.CLOSED
    desk = person("前台二", Role.FRONT_DESK)
    assert REASON in desk.page(f"/cases/{case.case_number}")
    for kind in ("acceptance", "result"):
        assert desk.client.get(f"/cases/{case.case_number}/documents/{kind}.pdf", secure=True).status_code == 200


def test_what_cannot_be_moved_is_listed_with_its_reason_and_stays(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person, street: Person
) -> None:
    stays, moves_on = take_in(2)
    row = Step.objects.get(case=stays, step="visit")
    assert street.send(f"/steps/{row.pk}/act", "/steps", version=row.version, do="claim")[0] == 302
    offer(
        newer(msgspec.structs.replace(OF["visit"], office="district"), msgspec.structs.replace(OF["approve"], after=("visit",)), OF["tell"])
    )
    shown = run_through(boss)
    assert pages._said(NotNow.OTHER_OFFICE) in shown
    assert stays.case_number in shown
    assert f'href="/cases/{stays.case_number}"' not in shown  # an administrator reads no cases
    assert Case.objects.get(pk=stays.pk).route_taken == 3
    assert Case.objects.get(pk=moves_on.pk).route_taken == 4


def test_one_whose_step_is_gone_stays(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person, street: Person
) -> None:
    take_in()
    finish(street, "visit")  # publicity is next, and the newer route has none
    offer(COUNCIL)
    page = begin(boss)
    shown = drive(boss, page)
    assert pages._said(NotNow.STEP_GONE) in shown
    assert "公示" in shown
    assert "data-decision" not in shown  # nothing to confirm
    boss.send(f"{page}/confirm", "/reroutes", reason=REASON)
    drive(boss, page)
    assert not Event.objects.filter(kind=Kind.REROUTED).exists()


def test_one_that_somebody_worked_on_after_the_look_stays(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person, street: Person
) -> None:
    take_in()
    offer(COUNCIL)
    page = begin(boss)
    drive(boss, page)
    act(street, "visit", "claim")
    boss.send(f"{page}/confirm", page, reason=REASON)
    assert pages.WHY[Stays.OVERTAKEN] in drive(boss, page)
    assert Step.objects.get(step="visit").holder_id == street.clerk.pk
    assert not Event.objects.filter(kind=Kind.REROUTED).exists()


def test_one_that_is_not_accepted_yet_takes_the_newer_route_when_it_is(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person
) -> None:
    (case,) = take_in(accepted=False)
    offer(COUNCIL)
    run_through(boss)
    case.refresh_from_db()
    desk, where = person("前台二", Role.FRONT_DESK), f"/cases/{case.case_number}"
    assert desk.send(f"{where}/accept", where, version=case.version)[0] == 302
    assert list(case.steps.order_by("place").values_list("step", flat=True)) == ["visit", "council", "approve", "tell"]
    projected_is_what_the_history_says(case)


def test_answers_are_looked_at_where_the_newer_route_asks_and_never_guessed(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person
) -> None:
    (case,) = take_in()  # who rents
    owners = msgspec.structs.replace(OF["rented"], id="owned", when=Condition("housing", ("own",)))
    offer(newer(OF["visit"], owners, msgspec.structs.replace(OF["approve"], after=("visit", "owned"))))
    run_through(boss)
    assert Step.objects.get(case=case, step="owned").state == StepState.LEFT_OUT
    unasked = msgspec.structs.replace(owners, when=Condition("income", ("low",)))
    offer(newer(OF["visit"], unasked, msgspec.structs.replace(OF["approve"], after=("visit",)), version=5))
    assert pages.WHY[Stays.OTHER_FORM] in drive(boss, begin(boss, since=4))


def test_a_run_that_stopped_goes_on_where_it_stopped_and_moves_none_twice(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(MANY)
    offer(COUNCIL)
    monkeypatch.setattr(pages, "AT_ONCE_S", 0.0)  # one case in each request
    page = begin(boss)
    for looked in range(1, MANY + 1):
        boss.send(f"{page}/on", "/reroutes")
        assert f"{looked} / {MANY}" in boss.page(page)
    boss.send(f"{page}/confirm", page, reason=REASON)
    run = RerouteRun.objects.get()
    going = moves.go_on(run)
    next(going)
    going.close()  # the process is gone between two cases
    assert Event.objects.filter(kind=Kind.REROUTED).count() == 1
    assert f'href="{page}"' in boss.page("/reroutes")
    with pytest.MonkeyPatch.context() as patch:  # and then within one
        patch.setattr("city.onewindow.work._write_steps", _dies)
        with pytest.raises(KeyboardInterrupt):
            list(moves.go_on(run))
    assert Event.objects.filter(kind=Kind.REROUTED).count() == 1
    assert run.lines.filter(state=MoveState.MOVED).count() == 1
    drive(boss, page)
    assert sorted(Event.objects.filter(kind=Kind.REROUTED).values_list("case", flat=True)) == sorted(
        Case.objects.values_list("pk", flat=True)
    )
    assert f'href="{page}"' not in boss.page("/reroutes")


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_head_moves_the_items_of_their_office_and_only_in_their_area(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], offices: dict[str, Office]
) -> None:
    here_too, elsewhere = take_in(2)
    Case.objects.filter(pk=here_too.pk).update(area="990101001")
    Case.objects.filter(pk=elsewhere.pk).update(area="990202")
    offer(COUNCIL)
    owner, other = (person(kind, Role.OFFICE_HEAD, offices[kind], "990101") for kind in ("district", "street"))
    ItemHome.objects.create(code=ROUTED.code, owner=offices["district"])
    assert ROUTED.code not in other.page("/reroutes")
    assert other.send("/reroutes/begin", "/reroutes", item=ROUTED.code, since=3)[2] == "/reroutes"
    assert "已改 1，" in run_through(owner)
    assert Case.objects.get(pk=here_too.pk).route_taken == 4
    assert Case.objects.get(pk=elsewhere.pk).route_taken == 3


def test_a_run_is_its_beginner_s_and_ends_with_their_right(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person
) -> None:
    take_in()
    offer(COUNCIL)
    page = begin(boss)
    other = person("管理二", Role.ADMINISTRATOR)
    assert other.client.get(page, secure=True).status_code == 404
    assert other.send(f"{page}/on", "/reroutes")[0] == 404
    assert other.send(f"{page}/confirm", "/reroutes", reason=REASON)[0] == 404
    drive(boss, page)
    boss.send(f"{page}/confirm", page, reason=REASON)
    boss.clerk.postings.update(area="990202")  # before it was moved
    assert pages.WHY[Stays.OUT_OF_REACH] in drive(boss, page)
    assert not Event.objects.filter(kind=Kind.REROUTED).exists()


@pytest.mark.parametrize("is_looked_at", [False, True])
def test_a_look_is_thrown_away_with_all_of_it_and_another_can_begin(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person, *, is_looked_at: bool
) -> None:
    cases = take_in(2)
    offer(COUNCIL)
    page = begin(boss)
    if is_looked_at:
        drive(boss, page)
    assert f'action="{page}/discard"' in boss.page("/reroutes")
    assert boss.send(f"{page}/discard", page)[:3:2] == (302, "/reroutes")
    assert not RerouteRun.objects.exists()
    assert not RerouteLine.objects.exists()
    assert boss.client.get(page, secure=True).status_code == 404
    for step in ("discard", "on", "confirm"):
        assert boss.send(f"{page}/{step}", "/reroutes", reason=REASON)[0] == 404
    assert [Case.objects.get(pk=case.pk).version for case in cases] == [case.version for case in cases]
    assert not Event.objects.filter(kind=Kind.REROUTED).exists()
    assert f"已改 {len(cases)}，" in run_through(boss)


def test_what_was_confirmed_is_not_thrown_away(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person
) -> None:
    take_in(2)
    offer(COUNCIL)
    page = begin(boss)
    drive(boss, page)
    boss.send(f"{page}/confirm", page, reason=REASON)
    status, shown, _ = boss.send(f"{page}/discard", page)
    assert (status, "删不掉" in shown) == (409, True)
    assert f"{page}/discard" not in boss.page(page)
    assert f"{page}/discard" not in boss.page("/reroutes")
    drive(boss, page)
    assert boss.send(f"{page}/discard", page)[0] == 409
    assert RerouteRun.objects.get().lines.filter(state=MoveState.MOVED).count() == 2


def test_a_look_is_thrown_away_by_its_beginner_alone(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person
) -> None:
    take_in()
    offer(COUNCIL)
    page = begin(boss)
    assert person("管理二", Role.ADMINISTRATOR).send(f"{page}/discard", "/reroutes")[0] == 404
    assert person("前台二", Role.FRONT_DESK).send(f"{page}/discard", "/queue")[0] == 403
    assert boss.client.get(f"{page}/discard", secure=True).status_code == 405
    assert boss.client.post(f"{page}/discard", secure=True).status_code == 403  # no token of the page
    assert RerouteRun.objects.count() == 1


def test_a_look_that_is_thrown_away_while_it_goes_on_ends(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(2)
    offer(COUNCIL)
    begin(boss)
    run, asked = RerouteRun.objects.get(), moves.decide

    def decide(*words: Any) -> Any:  # noqa: ANN401  the machine's own
        moves.discard(run)  # by another window, in the middle of a look
        return asked(*words)

    monkeypatch.setattr(moves, "decide", decide)
    assert len(list(moves.go_on(run))) == 1
    assert not RerouteLine.objects.exists()
    assert not moves.confirm(run, REASON)
    assert not moves.discard(run)


@pytest.mark.parametrize(
    "sent", [{"item": "none", "since": "3"}, {"item": "\0", "since": "3"}, {"since": "x"}, {"since": "99999999999"}, {"since": "4"}]
)
def test_nonsense_begins_nothing(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person, sent: dict[str, str]
) -> None:
    take_in()
    offer(COUNCIL)
    assert boss.send("/reroutes/begin", "/reroutes", **({"item": ROUTED.code} | sent))[2] == "/reroutes"
    assert not RerouteRun.objects.exists()


def test_a_version_that_is_withdrawn_after_the_look_takes_no_case(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person
) -> None:
    take_in()
    offer(COUNCIL)
    page = begin(boss)
    drive(boss, page)
    withdraw(here.catalogue().kept(ROUTED.code, COUNCIL.version), here.folder().catalogue)
    boss.send(f"{page}/confirm", page, reason=REASON)
    assert pages.WHY[Stays.WITHDRAWN] in drive(boss, page)
    assert not Event.objects.filter(kind=Kind.REROUTED).exists()


def test_a_withdrawn_version_and_one_with_the_same_route_are_not_offered(
    take_in: Callable[..., list[Case]], offer: Callable[[ItemPackage], None], boss: Person
) -> None:
    take_in()
    offer(msgspec.structs.replace(ROUTED, version=4, fee_fen=100))
    assert "没有要改的" in boss.page("/reroutes")
    offer(msgspec.structs.replace(COUNCIL, version=5))
    assert "v3 → v5" in boss.page("/reroutes")
    withdraw(here.catalogue().kept(ROUTED.code, 5), here.folder().catalogue)
    assert "v3 → v5" not in boss.page("/reroutes")
