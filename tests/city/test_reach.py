"""Who sees which cases: counted by what a case says of its offices, or found by asking its steps, they are the same."""

import random
from collections.abc import Callable

import msgspec
import pytest

from city import here
from city.figures.dashboard import AtWork, at_work
from city.onewindow.actions import Accept, Action, Claim, Conclude, Lapse, Refuse, Release, SendBack, TellOnce, Withdraw
from city.onewindow.models import Case
from city.onewindow.reach import cases_counted, cases_within_reach
from city.onewindow.routes import said
from city.onewindow.standing import Conclusion
from city.onewindow.states import UNDER_WAY, State
from city.onewindow.work import carry_out
from city.staff.models import Clerk, Office, Posting
from city.staff.roles import Role
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from tests.city.colleagues import person
from tests.city.terminal import Terminal
from tests.city.test_back_offices import ROUTED, offices

__all__ = ["offices"]  # a fixture

pytestmark = pytest.mark.django_db

OTHER = msgspec.structs.replace(ROUTED, code=ItemCode("sample-plain"), route=None)
"""An item that names no way: one step of its department's own office."""


@pytest.fixture(autouse=True)
def published(offer: Callable[[ItemPackage], None]) -> None:
    offer(ROUTED)
    offer(OTHER)


@pytest.fixture
def cases(enrol: Callable[[str], Terminal], offices: dict[str, Office]) -> list[Case]:
    terminal = enrol("SY-TEST-07")
    for item in (ROUTED, OTHER) * 4:
        terminal.item = item
        sealed = terminal.application()
        terminal.put(sealed)
        terminal.upload(sealed)
    return list(Case.objects.order_by("pk"))


@pytest.fixture
def everybody(offices: dict[str, Office], cases: list[Case]) -> list[Clerk]:
    area = cases[0].area
    both = person("两处员", Role.OFFICE_CLERK, offices["street"]).clerk
    Posting.objects.create(clerk=both, role=Role.OFFICE_HEAD, office=offices["district"], area="no-such-area")
    return [
        person("前台员", Role.FRONT_DESK).clerk,
        person("街道员", Role.OFFICE_CLERK, offices["street"]).clerk,
        person("区局长", Role.OFFICE_HEAD, offices["district"]).clerk,
        person("本区员", Role.OFFICE_CLERK, offices["street"], area).clerk,
        person("外区员", Role.OFFICE_CLERK, offices["street"], "no-such-area").clerk,
        person("总管", Role.OFFICE_HEAD).clerk,
        person("别处员", Role.OFFICE_CLERK, Office.objects.create(code="x", kind="x", name="别处")).clerk,
        both,
    ]


def something(chance: random.Random, case: Case, who: int) -> Action:
    """What a clerk might try next, possible or not."""
    steps = [row.step for row in case.steps.all()] or ["visit"]
    step, to = chance.choice(steps), chance.choice(steps)
    return chance.choice(
        (
            Accept(who, frozenset(chance.sample(["rented"], chance.randint(0, 1)))), TellOnce(who, 1), Refuse(who, "样例理由"),
            Withdraw(who, "样例理由"), Lapse(), Claim(who, step), Claim(who, step), Release(who, step), SendBack(who, step, to, "样例理由"),
            *(Conclude(who, step, conclusion, "样例理由") for conclusion in Conclusion),
        )
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happened_a_count_finds_what_asking_each_step_finds(seed: int, cases: list[Case], everybody: list[Clerk]) -> None:
    chance = random.Random(seed)
    for case in cases[:4]:
        carry_out(case, case.version, Accept(everybody[0].pk))
    for _ in range(60):
        case = Case.objects.get(pk=chance.choice(cases).pk)
        carry_out(case, case.version, something(chance, case, chance.choice(everybody).pk))
    for case in Case.objects.all():
        assert case.offices == said(case.steps.values_list("office", flat=True))
    for clerk in everybody:
        seen = set(Case.objects.filter(cases_within_reach(clerk)).values_list("pk", flat=True))
        assert set(Case.objects.filter(cases_counted(clerk)).values_list("pk", flat=True)) == seen, clerk.username


@pytest.mark.parametrize("seed", range(3))
def test_the_dashboard_counts_what_a_list_of_the_cases_would(seed: int, cases: list[Case], everybody: list[Clerk]) -> None:
    chance, today = random.Random(seed), here.today()
    for _ in range(40):
        case = Case.objects.get(pk=chance.choice(cases).pk)
        carry_out(case, case.version, something(chance, case, chance.choice(everybody).pk))
    for case in cases[::2]:
        Case.objects.filter(pk=case.pk).update(precheck_by="2020-01-02", decide_by="2020-01-02")
    for clerk in everybody:
        wanted: dict[str, AtWork] = {}
        for case in Case.objects.filter(cases_within_reach(clerk), corrects=None):
            waits, goes = case.state == State.RECEIVED, case.state in UNDER_WAY
            late = case.decide_by is not None and case.decide_by < today and case.clock_stopped_on is None
            if waits or goes:
                one = AtWork(waits, waits and case.precheck_by is not None and case.precheck_by < today, goes, goes and late)
                wanted[case.item] = wanted.get(case.item, AtWork()) + one
        assert at_work(cases_counted(clerk), today) == wanted, clerk.username


def test_an_office_s_number_is_not_found_in_another_s() -> None:
    assert said([13, 3]) == ",3,13,"
    assert said([3]) not in said([13])
    assert said([]) == ""
