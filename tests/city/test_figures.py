"""Figures: what waits now, and how promises were kept; counted rightly, and with nobody to be made out."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from city import here
from city.figures.assessment import COUNTED, Dimension, assess
from city.figures.availability import covered_s, percent, uptimes
from city.figures.export_pages import STANDS_STILL, followed
from city.figures.hiding import LEAST, hide, is_small, share
from city.figures.keeping import FRESH_FOR, count_months
from city.figures.measures import Measure, working_days_between
from city.figures.models import CaseExport, MonthCounted, Went
from city.figures.periods import neighbours, period_named, year_of
from city.fleet.models import Alert, Severity
from city.fleet.models import Cause as AlertCause
from city.fleet.models import Terminal as Row
from city.onewindow.export import Within, rows
from city.onewindow.legal_clock import add_working_days, working_days_until
from city.onewindow.models import Case, RatingRow, Step
from city.onewindow.states import State, StepState
from city.staff.doors import within_reach
from city.staff.models import AuditLine, Looked, Office
from city.staff.roles import Right, Role
from sync.contract.words import Language
from tests.city.colleagues import Person, person
from tests.city.terminal import HOST, ITEM, PERSON, Terminal

COUNTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=12)


# Hiding, as a rule without a city


@given(COUNTS)
def test_no_small_count_is_shown_and_none_follows_from_the_sum(cells: dict[str, int]) -> None:
    hidden = hide(cells)
    assert all(key in hidden.cells for key, count in cells.items() if is_small(count))
    telling = [cells[key] for key in hidden.cells if cells[key]]
    if telling and not hidden.whole:
        assert len(telling) > 1
        assert sum(telling) >= LEAST  # which is all that sum minus what is shown can say
    if not any(is_small(count) for count in cells.values()):
        assert not hidden.cells  # and nothing is hidden for nothing


@given(COUNTS)
def test_a_sum_that_is_hidden_cannot_be_added_up_from_its_parts(cells: dict[str, int]) -> None:
    hidden = hide(cells, sum_is_hidden=True)
    assert hidden.cells or not any(cells.values())


@given(COUNTS)
def test_a_whole_is_hidden_only_when_it_is_small_itself(cells: dict[str, int]) -> None:
    """So that a total which other tables show as well is never hidden in one of them alone."""
    assert not hide(cells).whole or is_small(sum(cells.values()))


@given(whole=st.integers(0, 400), data=st.data())
def test_a_share_tells_no_small_number(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    shown = share(part, whole)
    if shown.percent is None:
        return
    if shown.sign == "":
        assert not is_small(part)
        assert not is_small(whole - part)
        assert abs(100 * part / whole - shown.percent) <= 0.5
    elif shown.sign == "≥":
        assert 100 * part / whole >= shown.percent
        assert str(share(whole - 1, whole)) == str(share(whole - 4, whole)) == str(shown)  # which of the four it is stays unknown
    else:
        assert 100 * part / whole <= shown.percent
        assert str(share(1, whole)) == str(share(4, whole)) == str(shown)


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(0, 400))
def test_working_days_are_counted_as_the_legal_clock_counts_them(first: date, later: int) -> None:
    last = first + timedelta(days=later)
    assert working_days_between(first, last) == working_days_until(first, last)
    assert working_days_between(last, first) == 0 or later == 0


def test_the_median_is_of_all() -> None:
    one = Measure()
    one.days.update({1: 3, 5: 1, 9: 3})
    assert one.median_days == 5
    assert Measure().median_days is None


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_period_is_a_year_a_quarter_or_a_month(name: str, start: date, end: date) -> None:
    found = period_named(name, date(2026, 11, 28))
    assert found is not None
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize("name", ["", "2027", "2026-12", "2027-Q1", "2099", "2026-13", "2026-Q5' OR 1=1"])
def test_what_has_not_begun_or_is_none_is_no_period(name: str) -> None:
    assert period_named(name, date(2026, 11, 28)) is None


def test_a_period_that_is_none_is_told_on_the_page_and_gives_no_file(auditor: Person) -> None:
    assert "没有这个时段" not in auditor.page("/assessment")
    assert "没有这个时段" in auditor.page("/assessment?period=2099")
    assert auditor.client.get("/assessment/export.csv?period=2099", secure=True).status_code == 400
    assert auditor.client.get("/assessment/export.csv", secure=True).status_code == 200


def test_the_periods_offered_exist() -> None:
    for today in (date(2026, 1, 1), date(2026, 3, 31), date(2026, 11, 28)):
        assert all(named and named.name == name for name in neighbours(today) for named in [period_named(name, today)])


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 200)), max_size=8))
def test_no_second_counts_twice(spans: list[tuple[int, int]]) -> None:
    zero = datetime(2026, 1, 1, tzinfo=UTC)
    seconds = {second for first, length in spans for second in range(first, first + length)}
    made = [(zero + timedelta(seconds=first), zero + timedelta(seconds=first + length)) for first, length in spans]
    assert covered_s(made) == len(seconds)


# Counting


@pytest.fixture
def cases(enrol: Callable[[str], Terminal], areas: dict[str, Any]) -> list[Case]:
    """Eight of one community and two of its neighbour: seven ended, one of them late, one told what was missing."""
    for name, area, count in (("SY-TEST-01", "here", 8), ("SY-TEST-02", "there", 2)):
        terminal = enrol(name)
        Row.objects.filter(pk=name).update(area=areas[area].code)
        for _ in range(count):
            made = terminal.application()
            terminal.put(made)
            terminal.upload(made)
    found = list(Case.objects.order_by("pk"))
    now = here.now()
    for place, case in enumerate(found[:7]):
        accepted = now - timedelta(days=20)
        due = here.today() - timedelta(days=1) if place == 0 else add_working_days(here.today(), 3)
        Case.objects.filter(pk=case.pk).update(state=State.CLOSED, accepted_at=accepted, closed_at=now, decide_by=due)
        RatingRow.objects.create(case=case, level=5, rated_at=now, digest="", receipt=b"")
    return found


@pytest.fixture
def auditor(db: None) -> Person:
    return person("审计员", Role.AUDITOR)


def found(who: Person, dimension: Dimension) -> Any:  # noqa: ANN401
    reach = within_reach(who.clerk, Right.READ_FIGURES)
    steps = within_reach(who.clerk, Right.READ_FIGURES, "case__area")
    return assess(reach, reach, steps, year_of(here.today()), dimension, Language.ZH)


@pytest.mark.django_db
def test_what_was_done_is_counted_and_the_small_neighbour_is_hidden_with_what_gives_it_away(cases: list[Case], auditor: Person) -> None:
    seen = found(auditor, Dimension.COMMUNITY)
    counts = {one.name: one.counts["arrived"] for one in seen.figures}
    assert counts == {"样例社区": None, "别的社区": None}  # 2 is small, and 8 = 10 - 2
    assert seen.whole.counts["arrived"] == 10
    assert (seen.hidden_small, seen.hidden_beside) == (1, 1)
    (street,) = found(auditor, Dimension.STREET).figures
    assert {name: street.counts[name] for name in COUNTED} == {
        "arrived": 10,
        "accepted": 7,
        "returned": 0,
        "refused": 0,
        "ended": 7,
        "rated": 7,
    }
    assert (str(street.on_time), str(street.satisfied)) == ("—", "100%")  # 6 of 7 would tell of the one
    assert street.median_days == working_days_between(here.day_of(here.now() - timedelta(days=20)), here.today())


@pytest.mark.django_db
def test_along_items_and_offices(cases: list[Case], auditor: Person) -> None:
    (item,) = found(auditor, Dimension.ITEM).figures
    assert (item.name, item.counts["arrived"]) == (ITEM.name.zh, 10)
    assert found(auditor, Dimension.OFFICE).figures == ()


@pytest.mark.django_db
def test_terminals_are_available_but_for_the_time_that_alerts_name(enrol: Callable[[str], Terminal]) -> None:
    enrol("SY-TEST-01")
    enrol("SY-TEST-02")  # never heard of: it makes no promise
    start = here.now() - timedelta(days=10)
    Row.objects.filter(pk="SY-TEST-01").update(admitted_at=start, heard_at=here.now())
    for cause, severity, first, last in (
        (AlertCause.SILENT, Severity.SILENT, 8, 7),
        (AlertCause.NOT_TAKING, Severity.FAULT, 7.5, 7),  # at the same time: counts once
        (AlertCause.PAPER_LOW, Severity.ATTENTION, 5, 4),  # residents are served
    ):
        Alert.objects.create(
            terminal_id="SY-TEST-01",
            cause=cause,
            severity=severity,
            opened_at=here.now() - timedelta(days=first),
            closed_at=here.now() - timedelta(days=last),
        )
    clerk = person("审计员", Role.AUDITOR).clerk
    (one,) = uptimes(within_reach(clerk, Right.READ_FIGURES), year_of(here.today()))
    assert one.down_s == pytest.approx(86400, abs=5)
    assert percent([one]) == pytest.approx(90.0, abs=0.1)
    assert percent([]) is None


@pytest.mark.django_db
def test_the_pages_show_them_and_no_person(cases: list[Case], auditor: Person) -> None:
    head = person("科长", Role.OFFICE_HEAD)
    for who in (auditor, head):
        for dimension in Dimension:
            text = who.page(f"/assessment?by={dimension}")
            assert cases[0].case_number not in text
            assert cases[0].masked_name not in text
            assert str(PERSON.name) not in text
    assert "补藏" in auditor.page("/assessment?by=community")
    assert "<script>&" not in auditor.page("/assessment?by=<script>&period=<script>")


@pytest.mark.django_db
def test_the_export_hides_the_same_and_leaves_a_line(cases: list[Case], auditor: Person) -> None:
    answer = auditor.client.get("/assessment/export.csv", secure=True)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    arrived = {(row["维度"], row["名称"]): row["收件"] for row in rows}
    assert arrived["社区", "别的社区"] == "<5"
    assert arrived["社区", "样例社区"] == "*"
    assert arrived["社区", ""] == "10"
    assert {row["维度"] for row in rows} == set(Dimension.labels)
    assert AuditLine.objects.filter(looked_at=Looked.EXPORT, subject="assessment").exists()


@pytest.mark.django_db
def test_a_head_of_one_street_sees_its_figures_alone(cases: list[Case], areas: dict[str, Any]) -> None:
    head = person("科长", Role.OFFICE_HEAD, area=areas["there"].code)
    seen = found(head, Dimension.COMMUNITY)
    assert [one.name for one in seen.figures] == ["别的社区"]
    assert seen.whole.counts["arrived"] is None  # two are not shown to anybody


@pytest.mark.django_db
def test_the_board_shows_what_waits_and_costs_the_same_however_much_there_is(cases: list[Case]) -> None:
    desk = person("前台员", Role.FRONT_DESK)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            text = desk.page("/dashboard")
        assert ITEM.name.zh in text
        return len(queries)

    asked()  # the days that are over are counted by who looks first
    before = asked()
    Case.objects.filter(state=State.RECEIVED).update(precheck_by=here.today() - timedelta(days=3))
    assert '预审逾期</dt><dd class="t-danger">3' in desk.page("/dashboard")
    assert asked() == before


# A year's cases as rows


def taken(who: Person, year: int | str = "") -> Any:  # noqa: ANN401
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', who.page("/case-exports"))
    assert token is not None
    values = {"csrfmiddlewaretoken": token.group(1), "year": year or here.today().year}
    return who.client.post("/case-exports/take", values, secure=True, headers={"referer": f"https://{HOST}/"})


def as_rows(answer: Any) -> list[dict[str, str]]:  # noqa: ANN401
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.mark.django_db
def test_a_years_cases_are_taken_as_rows_without_a_person_and_leave_a_line(cases: list[Case], auditor: Person) -> None:
    answer = taken(auditor)
    line = AuditLine.objects.get(looked_at=Looked.EXPORT, subject="cases")  # before a row has left
    assert (line.clerk, line.field) == (auditor.clerk, str(here.today().year))
    assert "正在导出" in auditor.page("/case-exports/progress")
    rows = as_rows(answer)
    assert [row["办件编号"] for row in rows] == [case.case_number for case in cases]
    assert [row["状态"] for row in rows] == [str(State.CLOSED.label)] * 7 + [str(State.RECEIVED.label)] * 3
    text = str(rows)
    for personal in (cases[0].masked_name, cases[0].number, str(PERSON.name), str(PERSON.id_number)):
        assert personal not in text
    run = CaseExport.objects.get()
    assert (run.went, run.sent, run.total) == (Went.WHOLE, 10, 10)
    assert "10 / 10" in auditor.page("/case-exports/progress")


@pytest.mark.django_db
def test_an_export_reaches_as_far_as_its_posting(cases: list[Case], areas: dict[str, Any]) -> None:
    head = person("科长", Role.OFFICE_HEAD, area=areas["there"].code)
    assert len(as_rows(taken(head))) == 2
    office = Office.objects.create(code="sample-office", name="样例科")
    other = person("别科科长", Role.OFFICE_HEAD, office)
    assert as_rows(taken(other)) == []
    assert len(as_rows(taken(person("市审计员", Role.AUDITOR, office)))) == 10  # an auditor's office handles nothing
    Step.objects.create(case=cases[3], step="one", place=0, office=office, state=StepState.READY)
    assert [row["办件编号"] for row in as_rows(taken(other))] == [cases[3].case_number]
    assert "科长" not in other.page("/case-exports/progress").replace("别科科长", "")  # who reads the audit sees everybody's


@pytest.mark.django_db
def test_another_year_is_empty_and_one_that_never_was_is_not_found(cases: list[Case], auditor: Person) -> None:
    this = here.today().year
    Case.objects.filter(pk=cases[0].pk).update(received_at=datetime(this - 1, 12, 31, 23, 59, 59, tzinfo=here.CITY_TIME))
    assert len(as_rows(taken(auditor, this - 1))) == 1
    assert len(as_rows(taken(auditor, this))) == 9
    for never in (this + 1, "1900", "2026 OR 1=1", "²⁰²⁶"):
        assert taken(auditor, never).status_code == 404
    assert CaseExport.objects.count() == 2


@pytest.mark.django_db
def test_whoever_breaks_off_has_no_whole_file_and_one_at_a_time_is_enough(cases: list[Case], auditor: Person) -> None:
    now = here.now()
    run = CaseExport.objects.create(clerk=auditor.clerk, year=now.year, total=10, began_at=now, moved_at=now)
    stream = followed(run, rows(Within(Q(), now - timedelta(days=1), now + timedelta(days=1))))
    next(stream)
    next(stream)
    second = taken(auditor)
    assert second.status_code == 409
    assert "这次没有导出" in second.content.decode()
    assert not AuditLine.objects.filter(subject="cases").exists()
    stream.close()  # what the server does when the browser is gone
    assert CaseExport.objects.get().went == Went.BROKEN
    assert len(as_rows(taken(auditor))) == 10


@pytest.mark.django_db
def test_an_export_that_stands_still_is_given_up(cases: list[Case], auditor: Person) -> None:
    long_ago = here.now() - STANDS_STILL - timedelta(seconds=1)
    CaseExport.objects.create(clerk=auditor.clerk, year=2026, total=10, began_at=long_ago, moved_at=long_ago)
    assert "中断" in auditor.page("/case-exports")
    assert len(as_rows(taken(auditor))) == 10


@pytest.mark.django_db
def test_rows_are_read_a_few_at_a_time(cases: list[Case]) -> None:
    within = Within(Q(), here.now() - timedelta(days=1), here.now() + timedelta(days=1))
    with CaptureQueriesContext(connection) as queries:
        found = rows(within, at_once=4)
        next(found)
        assert len(queries) == 1
        assert len(list(found)) == 9
        assert len(queries) == 3


# Months that are kept


@pytest.fixture
def steps(cases: list[Case]) -> list[Step]:
    """Six steps of one office, one of them late."""
    office, now = Office.objects.create(code="street", kind="street", name="样例街道"), here.now()
    due = (here.today() - timedelta(days=1), *[here.today()] * 5)
    return [
        Step.objects.create(case=case, step="visit", place=0, office=office, state=StepState.DONE, ready_at=now, due_on=day, done_at=now)
        for case, day in zip(cases, due, strict=False)
    ]


@pytest.mark.django_db
def test_kept_months_say_what_the_cases_say_for_every_dimension_and_reach(
    cases: list[Case], steps: list[Step], auditor: Person, areas: dict[str, Any]
) -> None:
    heads = [person(f"科长 {name}", Role.OFFICE_HEAD, area=areas[name].code) for name in ("here", "there")]
    live = {(who.clerk.pk, dimension): found(who, dimension) for who in (auditor, *heads) for dimension in Dimension}
    assert live[auditor.clerk.pk, Dimension.OFFICE].whole.counts["ended"] == 6
    assert count_months(here.today()) == 12 + here.today().month
    with CaptureQueriesContext(connection) as asked:
        kept = {(who.clerk.pk, dimension): found(who, dimension) for who in (auditor, *heads) for dimension in Dimension}
    assert kept == live
    assert [one["sql"] for one in asked if "onewindow_" in one["sql"]] == [], "whatever the number of cases, none is read"


@pytest.mark.django_db
def test_kept_months_stay_until_the_next_night_and_old_ones_are_not_trusted(cases: list[Case], auditor: Person) -> None:
    assert "数到" not in auditor.page("/assessment")
    count_months(here.today())
    assert "数到" in auditor.page("/assessment")
    before = found(auditor, Dimension.COMMUNITY)
    Case.objects.filter(pk=cases[0].pk).update(closed_at=None)
    assert found(auditor, Dimension.COMMUNITY) == before
    MonthCounted.objects.update(counted_at=here.now() - FRESH_FOR - timedelta(minutes=1))
    assert found(auditor, Dimension.COMMUNITY) != before
    assert "数到" not in auditor.page("/assessment")
    count_months(here.today())
    now = found(auditor, Dimension.COMMUNITY)
    assert (now.whole.counts["ended"], MonthCounted.objects.count()) == (6, 12 + here.today().month)


@pytest.mark.django_db
def test_a_month_that_was_never_counted_is_counted_from_the_cases(cases: list[Case], auditor: Person) -> None:
    count_months(here.today())
    MonthCounted.objects.filter(month=here.today().replace(day=1)).delete()
    Case.objects.filter(pk=cases[0].pk).update(closed_at=None)
    assert found(auditor, Dimension.COMMUNITY).whole.counts["ended"] == 6
