"""Filters of one's own, and many at once: each in the version that was shown, with one result for each."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from city import here
from city.desk.bulk import MOST
from city.desk.filters import Filters, filters_of
from city.desk.models import SavedFilter
from city.fleet.models import Terminal as TerminalRow
from city.onewindow import pages, step_pages
from city.onewindow.models import Case, Event, SealedBody, Step
from city.onewindow.queue import VIEWS
from city.onewindow.states import Kind, State, StepState
from city.staff.models import Office
from city.staff.roles import Role
from tests.city.colleagues import Person, person
from tests.city.terminal import ITEM, Terminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Person:
    return person("前台员", Role.FRONT_DESK)


@pytest.fixture
def waiting(terminal: Terminal) -> list[Case]:
    """Three complete applications."""
    for _ in range(3):
        made = terminal.application()
        terminal.put(made)
        terminal.upload(made)
    return list(Case.objects.order_by("pk"))


def row(case: Case) -> str:
    return f"{case.case_number}:{case.version}"


# Many at the front desk


def test_several_are_accepted_each_on_its_own(desk: Person, waiting: list[Case]) -> None:
    status, text, _ = desk.send("/queue/accept", "/queue", row=[row(case) for case in waiting[:2]])
    assert status == 200
    assert "办成 2 件，没有办成 0 件" in text
    assert [case.state for case in Case.objects.order_by("pk")] == [State.ACCEPTED, State.ACCEPTED, State.RECEIVED]
    assert Event.objects.filter(kind=Kind.ACCEPTED, clerk=desk.clerk).count() == 2


def test_what_somebody_else_changed_meanwhile_is_left_and_named_and_the_rest_is_done(
    desk: Person, waiting: list[Case], terminal: Terminal
) -> None:
    first, _, third = waiting
    colleague = person("同事甲", Role.FRONT_DESK)
    where = f"/cases/{first.case_number}"
    colleague.send(f"{where}/end", where, version=first.version, how="refuse", reason="样例理由")
    terminal.put(terminal.application())  # its photo is still on the way
    rows = [row(case) for case in (*waiting, Case.objects.latest("pk"))]
    _, text, _ = desk.send("/queue/accept", "/queue", row=rows)
    assert "办成 2 件，没有办成 2 件" in text
    assert "刚才已由 同事甲 办理" in text
    assert "本件现在不在能这样办的状态" in text
    third.refresh_from_db()
    assert third.state == State.ACCEPTED
    first.refresh_from_db()
    assert first.state == State.NOT_ACCEPTED


def test_the_same_case_twice_is_accepted_once(desk: Person, waiting: list[Case]) -> None:
    _, text, _ = desk.send("/queue/accept", "/queue", row=[row(waiting[0])] * 5)
    assert "办成 1 件，没有办成 0 件" in text
    assert Event.objects.filter(kind=Kind.ACCEPTED).count() == 1


def test_a_case_of_another_area_is_as_if_it_were_not_there(waiting: list[Case], areas: dict[str, Any]) -> None:
    TerminalRow.objects.update(area="990101001001")
    Case.objects.update(area="990101001001")
    elsewhere = person("别处", Role.FRONT_DESK, area="990101001002")
    _, text, _ = elsewhere.send("/queue/accept", "/queue", row=[row(case) for case in waiting])
    assert "没有这一件，或者不在您的辖区" in text
    assert not Case.objects.filter(state=State.ACCEPTED).exists()


def test_one_that_does_not_open_any_more_holds_up_no_other(desk: Person, waiting: list[Case]) -> None:
    SealedBody.objects.filter(case=waiting[0]).update(body=b"spoilt")
    _, text, _ = desk.send("/queue/accept", "/queue", row=[row(case) for case in waiting])
    assert "申请打不开了" in text
    assert Case.objects.filter(state=State.ACCEPTED).count() == 2


@pytest.mark.parametrize("rows", [[], ["x"], ["1:"], [":1"], ["1:1:1"], ["' OR 1=1:1"], ["9" * 400 + ":1"]])
def test_rows_that_are_none_lead_back(desk: Person, waiting: list[Case], rows: list[str]) -> None:
    assert desk.send("/queue/accept", "/queue", row=rows)[0] == 302
    assert not Case.objects.filter(state=State.ACCEPTED).exists()


def test_what_is_more_than_one_request_takes_is_left_and_said(desk: Person, waiting: list[Case]) -> None:
    beyond = [f"{case.case_number}:{case.version}" for case in waiting]
    status, shown, _ = desk.send("/queue/accept", "/queue", row=[*(f"{number}:1" for number in range(MOST)), *beyond])
    assert status == 200
    assert f"一次办 {MOST} 件，另外勾选的 {len(waiting)} 件还没有办" in shown
    assert {case.state for case in Case.objects.all()} == {State.RECEIVED}
    assert "还没有办" not in desk.send("/queue/accept", "/queue", row=beyond)[1]


def test_no_list_shows_more_rows_than_one_request_takes() -> None:
    assert max(pages.ROWS, step_pages.ROWS) <= MOST


# Many in the back office


@pytest.fixture
def steps(desk: Person, waiting: list[Case]) -> list[Step]:
    """The one step of each, ready."""
    desk.send("/queue/accept", "/queue", row=[row(case) for case in waiting])
    return list(Step.objects.order_by("pk"))


@pytest.fixture
def office(steps: list[Step]) -> Office:
    return steps[0].office


def ticked(steps: list[Step]) -> list[str]:
    return [f"{step.pk}:{step.version}" for step in steps]


def test_a_long_list_is_paged_and_a_step_opens_on_its_page(steps: list[Step], office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_pages, "ROWS", 2)
    clerk = person("经办甲", Role.OFFICE_CLERK, office)
    first, second = (clerk.page(f"/steps?view=office&item={ITEM.code}&page={number}") for number in (1, 2))
    assert [text.count("data-row") for text in (first, second)] == [2, len(steps) - 2]
    assert "1 / 2" in first
    assert f'href="/steps?view=office&amp;item={ITEM.code}&amp;page=2"' in first
    opened = re.findall(r'href="(/steps/\d+\?[^"]+)"', second)
    assert opened == [f"/steps/{steps[2].pk}?view=office&amp;item={ITEM.code}&amp;page=2"]
    assert 'aria-current="true"' in clerk.page(opened[0].replace("&amp;", "&"))
    assert clerk.page("/steps?view=office&page=99").count("data-row") == len(steps) - 2
    assert clerk.page("/steps?view=office&page=x").count("data-row") == 2


def test_several_steps_are_claimed_and_put_back(steps: list[Step], office: Office) -> None:
    clerk = person("经办甲", Role.OFFICE_CLERK, office)
    _, text, _ = clerk.send("/steps/many", "/steps?view=office", do="claim", row=ticked(steps))
    assert "办成 3 件" in text
    held = list(Step.objects.order_by("pk"))
    assert {(step.state, step.holder_id) for step in held} == {(StepState.CLAIMED, clerk.clerk.pk)}
    clerk.send("/steps/many", "/steps", do="release", row=ticked(held[:1]))
    assert [step.state for step in Step.objects.order_by("pk")] == [StepState.READY, StepState.CLAIMED, StepState.CLAIMED]


def test_two_who_claim_the_same_get_each_step_once(steps: list[Step], office: Office) -> None:
    first, second = (person(name, Role.OFFICE_CLERK, office) for name in ("经办甲", "经办乙"))
    first.send("/steps/many", "/steps?view=office", do="claim", row=ticked(steps[:2]))
    _, text, _ = second.send("/steps/many", "/steps?view=office", do="claim", row=ticked(steps))
    assert "办成 1 件，没有办成 2 件" in text
    assert Step.objects.filter(holder=first.clerk).count() == 2


def test_only_a_head_gives_steps_away_and_only_within_the_office(steps: list[Step], office: Office) -> None:
    other = Office.objects.create(code="other", kind="other", name="别的科室")
    head, clerk = person("科长", Role.OFFICE_HEAD, office), person("经办甲", Role.OFFICE_CLERK, office)
    stranger = person("别科的", Role.OFFICE_CLERK, other)
    _, text, _ = clerk.send("/steps/many", "/steps?view=office", do="assign", colleague=clerk.clerk.pk, row=ticked(steps))
    assert "没有这一件" in text
    _, text, _ = head.send("/steps/many", "/steps?view=office", do="assign", colleague=stranger.clerk.pk, row=ticked(steps))
    assert "这位同事不在这一步的科室" in text
    assert not Step.objects.filter(state=StepState.CLAIMED).exists()
    _, text, _ = head.send("/steps/many", "/steps?view=office", do="assign", colleague=clerk.clerk.pk, row=ticked(steps))
    assert "办成 3 件" in text
    assert Step.objects.filter(holder=clerk.clerk).count() == 3


@pytest.mark.parametrize(
    "values", [{"do": "claim"}, {"do": "burn", "row": ["1:1"]}, {"row": ["1:1"]}, {"do": "assign", "row": ["1:1"], "colleague": "x"}]
)
def test_what_cannot_be_done_to_steps_leads_back(steps: list[Step], office: Office, values: dict[str, object]) -> None:
    assert person("科长", Role.OFFICE_HEAD, office).send("/steps/many", "/steps", **values)[0] == 302
    assert not Step.objects.filter(state=StepState.CLAIMED).exists()


# Filters


def test_the_queue_narrows_by_item_area_office_and_deadline(desk: Person, waiting: list[Case]) -> None:
    first = waiting[0]
    Case.objects.filter(pk=first.pk).update(area="990101001001", precheck_by=here.today() + timedelta(days=30))
    far = (here.today() + timedelta(days=20)).isoformat()
    for query, count in (
        (f"item={ITEM.code}", 3),
        ("item=another", 0),
        ("area=990101", 1),
        (f"due_from={far}", 1),
        (f"due_to={far}", 2),
        (f"item={ITEM.code}&area=990101001001&due_from={far}", 1),
        ("office=1", 0),
    ):
        assert desk.page(f"/queue?{query}").count("data-row>") == count, query


def test_the_steps_narrow_too(steps: list[Step], office: Office) -> None:
    clerk = person("经办甲", Role.OFFICE_CLERK, office)
    for query, count in ((f"item={ITEM.code}", 3), ("item=another", 0), (f"office={office.pk}", 3), ("due_to=2000-01-01", 0)):
        assert clerk.page(f"/steps?view=office&{query}").count("data-row>") == count, query


def test_a_filter_is_kept_under_a_name_shown_and_dropped_by_its_owner_alone(desk: Person) -> None:
    shown = f"/queue?item={ITEM.code}&due_to=2030-01-01"
    assert desk.send("/filters", shown, page="queue", name="  我的  <b>急件</b> ", query=f"view=overdue&item={ITEM.code}")[0] == 302
    kept = SavedFilter.objects.get()
    assert (kept.name, kept.query) == ("我的 <b>急件</b>", f"view=overdue&item={ITEM.code}")
    text = desk.page("/queue")
    assert "我的 &lt;b&gt;急件&lt;/b&gt;" in text
    assert f"?view=overdue&amp;item={ITEM.code}" in text
    other = person("别人", Role.FRONT_DESK)
    assert "急件" not in other.page("/queue")
    other.send(f"/filters/{kept.pk}/drop", "/queue")
    assert SavedFilter.objects.exists()
    desk.send(f"/filters/{kept.pk}/drop", "/queue")
    assert not SavedFilter.objects.exists()


def test_a_name_that_is_there_already_is_written_over_and_there_are_not_too_many(desk: Person) -> None:
    for number in range(30):
        desk.send("/filters", "/queue?item=x", page="queue", name=f"筛选{number}", query="item=x")
    assert SavedFilter.objects.count() == 20
    desk.send("/filters", "/queue?item=x", page="queue", name="筛选0", query="item=y")
    assert SavedFilter.objects.get(name="筛选0").query == "view=waiting&item=y"
    desk.send("/filters", "/queue?item=x", page="queue", name="   ", query="item=y")
    assert SavedFilter.objects.count() == 20


def test_what_a_browser_sends_as_a_filter_leads_nowhere_else(desk: Person) -> None:
    for query in ("view=waiting&next=//evil.example", "//evil.example", "x" * 5000, "%zz&\0", "view[]=x;DROP TABLE"):
        _, _, where = desk.send("/filters", "/queue?item=x", page="//evil.example", name="一", query=query)
        assert where == "/queue?view=waiting"
    assert SavedFilter.objects.get().query == "view=waiting"


@given(st.text(max_size=300))
def test_whatever_stands_in_an_address_becomes_a_filter_that_reads_back_the_same(text: str) -> None:
    one = filters_of(QueryDict(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")).dict(), VIEWS, "waiting")
    assert filters_of(QueryDict(one.query).dict(), VIEWS, "waiting") == one


@given(
    st.builds(
        Filters,
        view=st.sampled_from(sorted(VIEWS)),
        search=st.text(max_size=60).map(lambda text: text.replace("\0", "").strip()),
        item=st.text(max_size=30).map(lambda text: text.replace("\0", "").strip()),
        office=st.none() | st.integers(0, 10**9),
        due_from=st.none() | st.dates(),
    ).filter(lambda one: "\ud800" not in one.search)
)
def test_a_filter_survives_being_written_into_an_address(one: Filters) -> None:
    assert filters_of(QueryDict(one.query).dict(), VIEWS, "waiting") == one


def test_the_english_page_says_it_in_english(desk: Person, waiting: list[Case]) -> None:
    desk.client.cookies["django_language"] = "en"
    text = desk.page("/queue?item=x")
    assert "Keep it as my filter" in text
    assert "选" not in text.split("<main", 1)[1].split("<footer", 1)[0].replace("待受理", "")
