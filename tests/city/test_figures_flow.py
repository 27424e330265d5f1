"""What came and what ended: days that are over are counted once a day, today as it is, and nobody sees a neighbour's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from city import here
from city.figures.dashboard import days
from city.figures.flow import DAYS, Flow, flow_of
from city.fleet.models import Terminal as Row
from city.onewindow.models import Case
from city.onewindow.reach import cases_within_reach
from city.onewindow.states import State
from city.staff.models import Posting
from city.staff.roles import Role
from tests.city.colleagues import Person, person
from tests.city.terminal import Terminal


@pytest.fixture
def three(enrol: Callable[[str], Terminal], areas: dict[str, Any]) -> list[Case]:
    """Two cases here and one at the neighbour's, all of three days ago; the first was accepted and ended yesterday."""
    for name, area, count in (("SY-TEST-01", "here", 2), ("SY-TEST-02", "there", 1)):
        terminal = enrol(name)
        Row.objects.filter(pk=name).update(area=areas[area].code)
        for _ in range(count):
            made = terminal.application()
            terminal.put(made)
            terminal.upload(made)
    now = here.now()
    Case.objects.update(received_at=now - timedelta(days=3))
    first = Case.objects.order_by("pk")[0]
    Case.objects.filter(pk=first.pk).update(
        state=State.CLOSED, accepted_at=now - timedelta(days=2), closed_at=now - timedelta(days=1), decided_at=now
    )
    return list(Case.objects.order_by("pk"))


def seen_by(who: Person) -> Flow:
    who.clerk.__dict__.pop("standing", None)
    return flow_of(who.clerk, cases_within_reach(who.clerk), here.today())


@pytest.mark.django_db
def test_arrivals_and_ends_stand_on_their_days(three: list[Case]) -> None:
    seen, today = seen_by(person("前台员", Role.FRONT_DESK)), here.today()
    item = three[0].item
    assert seen.arrived == {(today - timedelta(days=3), item): 3}
    assert seen.ended == {(today - timedelta(days=1), item, today - timedelta(days=2)): 1}
    shown = days(seen, today)
    assert len(shown) == DAYS
    assert [(day.arrived, day.ended) for day in shown[-4:]] == [(3, 0), (0, 0), (0, 1), (0, 0)]


@pytest.mark.django_db
def test_what_lapsed_ended_but_took_no_time(three: list[Case]) -> None:
    Case.objects.filter(pk=three[0].pk).update(state=State.WITHDRAWN)
    ((_, _, accepted),) = seen_by(person("前台员", Role.FRONT_DESK)).ended
    assert accepted is None


@pytest.mark.django_db
def test_days_that_are_over_are_counted_once_and_today_each_time(three: list[Case]) -> None:
    desk, today, item = person("前台员", Role.FRONT_DESK), here.today(), three[0].item
    first = seen_by(desk)
    Case.objects.filter(pk=three[1].pk).update(received_at=here.now())
    Case.objects.filter(pk=three[2].pk).update(received_at=here.now() - timedelta(days=9))
    with CaptureQueriesContext(connection) as asked:
        again = seen_by(desk)
    assert again.arrived == first.arrived + type(first.arrived)({(today, item): 1})
    assert len([query for query in asked if "onewindow_case" in query["sql"]]) == 2  # today's arrivals and ends


@pytest.mark.django_db
def test_a_new_day_counts_anew(three: list[Case]) -> None:
    desk, item = person("前台员", Role.FRONT_DESK), three[0].item
    seen_by(desk)
    Case.objects.update(received_at=here.now() - timedelta(days=5))
    tomorrow = here.today() + timedelta(days=1)
    anew = flow_of(desk.clerk, cases_within_reach(desk.clerk), tomorrow)
    assert anew.arrived == {(here.today() - timedelta(days=5), item): 3}


@pytest.mark.django_db
def test_what_is_kept_for_one_reach_is_not_shown_to_another(three: list[Case], areas: dict[str, Any]) -> None:
    everywhere, there = person("前台员", Role.FRONT_DESK), person("邻居", Role.FRONT_DESK, area=areas["there"].code)
    office = person("经办", Role.OFFICE_CLERK)  # posted in no office
    assert seen_by(everywhere).arrived.total() == 3
    assert seen_by(there).arrived.total() == 1
    assert seen_by(office).arrived.total() == 0  # no step of theirs
    Posting.objects.filter(clerk=there.clerk).update(area="")
    assert seen_by(there).arrived.total() == 3  # posted elsewhere, they see more at once
