"""The life of a case: whatever anybody does in whatever order, its state is a known one, and its history tells the whole of it."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city.onewindow.actions import (
    Accept,
    Action,
    Bring,
    Claim,
    Complete,
    Conclude,
    Lapse,
    Reassign,
    Refuse,
    Release,
    Reroute,
    ResumeClock,
    SendBack,
    StopClock,
    TellOnce,
    Withdraw,
)
from city.onewindow.happenings import Happening, after
from city.onewindow.machine import decide
from city.onewindow.standing import NotNow, Standing, is_active, is_finished
from city.onewindow.states import OVER, UNDER_WAY, Conclusion, Kind, State, StepState
from sync.contract.office_route import Office, Route, RouteStep, waits_for
from sync.contract.words import Words

DESK, STREET, CHECK, HEAD, OTHER = 1, 2, 3, 4, 5
W = Words("样例")

ROUTE = Route(
    (Office("street", W), Office("check", W), Office("district", W)),
    (
        RouteStep("visit", "street", W, days=5),
        RouteStep("compare", "check", W, days=7, stops_clock=True),
        RouteStep("examine", "street", W, days=3, after=("visit", "compare")),
        RouteStep("publish", "street", W, days=7, after=("examine",), publishes=True, stops_clock=True, calendar_days=True),
        RouteStep("approve", "district", W, days=5, after=("publish",), decides=True),
        RouteStep("deliver", "street", W, days=1, after=("approve",)),
    ),
)
STEPS = [step.id for step in ROUTE.steps]


def walk(*actions: Action, standing: Standing | None = None) -> Standing:
    """Do everything; each must happen."""
    standing = standing or Standing(ROUTE)
    for action in actions:
        happened = decide(standing, action)
        assert not isinstance(happened, NotNow), (action, happened)
        standing = after(standing, happened)
    return standing


def done(step: str, who: int, conclusion: Conclusion = Conclusion.AGREED) -> tuple[Action, ...]:
    return Claim(who, step), Conclude(who, step, conclusion, "样例意见")


ACCEPTED = (Complete(), Accept(DESK))
EXAMINED = (*ACCEPTED, *done("visit", STREET), *done("compare", CHECK), *done("examine", STREET))


def test_a_case_goes_its_whole_way_and_is_closed() -> None:
    standing = walk(*EXAMINED, *done("publish", STREET), *done("approve", HEAD))
    assert standing.state is State.APPROVED
    assert walk(*done("deliver", STREET), standing=standing).state is State.CLOSED


def test_parallel_steps_begin_together_and_meet_in_a_join() -> None:
    standing = walk(*ACCEPTED)
    assert [step for step in STEPS if is_active(standing.steps[step])] == ["visit", "compare"]
    standing = walk(*done("visit", STREET), standing=standing)
    assert standing.steps["examine"].state is StepState.WAITING
    standing = walk(*done("compare", CHECK), standing=standing)
    assert standing.steps["examine"].state is StepState.READY


def test_a_no_of_whoever_decides_ends_the_case_and_takes_every_step_out_of_all_hands() -> None:
    standing = walk(*EXAMINED, *done("publish", STREET), *done("approve", HEAD, Conclusion.NOT_AGREED))
    assert standing.state is State.NOT_APPROVED
    assert not any(is_active(step) for step in standing.steps.values())


def test_a_no_of_somebody_who_does_not_decide_is_an_opinion() -> None:
    assert walk(*ACCEPTED, *done("visit", STREET, Conclusion.NOT_AGREED)).state is State.ACCEPTED


def test_the_clock_stands_in_a_check_elsewhere_in_publicity_in_a_special_procedure_and_while_correcting() -> None:
    assert walk(*ACCEPTED).clock_stands
    examining = walk(*ACCEPTED, *done("visit", STREET), *done("compare", CHECK))
    assert not examining.clock_stands
    special = walk(Claim(STREET, "examine"), StopClock(STREET, "examine", "专家评估"), standing=examining)
    assert special.clock_stands
    assert not walk(ResumeClock(STREET, "examine"), standing=special).clock_stands
    assert walk(*EXAMINED).clock_stands
    assert walk(Complete(), TellOnce(DESK, 2)).clock_stands
    assert not walk(Complete(), TellOnce(DESK, 2), Bring()).clock_stands


def test_what_is_sent_back_is_begun_again_with_all_that_waits_for_it() -> None:
    standing = walk(*EXAMINED, *done("publish", STREET), Claim(HEAD, "approve"), SendBack(HEAD, "approve", "examine", "收入没写清"))
    assert standing.steps["examine"].state is StepState.READY
    assert standing.steps["examine"].round == 2
    assert standing.steps["publish"].state is StepState.WAITING
    assert standing.steps["visit"].state is StepState.DONE


def test_steps_that_do_not_apply_are_walked_past() -> None:
    standing = walk(Complete(), Accept(DESK, frozenset({"publish", "compare"})), *done("visit", STREET), *done("examine", STREET))
    assert standing.steps["approve"].state is StepState.READY


REFUSED: list[tuple[str, tuple[Action, ...], Action, NotNow]] = [
    ("accepting what is still arriving", (), Accept(DESK), NotNow.OTHER_STATE),
    ("accepting twice", ACCEPTED, Accept(DESK), NotNow.OTHER_STATE),
    ("a second notice", (Complete(), TellOnce(DESK, 1), Bring()), TellOnce(DESK, 1), NotNow.TOLD_ALREADY),
    ("refusing without a reason", (Complete(),), Refuse(DESK, ""), NotNow.NO_REASON),
    ("taking back what is over", (Complete(), Refuse(DESK, "不在范围")), Withdraw(DESK, "不办了"), NotNow.OTHER_STATE),
    ("lapsing what is not being corrected", ACCEPTED, Lapse(), NotNow.OTHER_STATE),
    ("a step before acceptance", (Complete(),), Claim(STREET, "visit"), NotNow.OTHER_STATE),
    ("a step that is not there", ACCEPTED, Claim(STREET, "nothing"), NotNow.NO_SUCH_STEP),
    ("a step whose turn has not come", ACCEPTED, Claim(HEAD, "approve"), NotNow.STEP_NOT_READY),
    ("a step in another's hands", (*ACCEPTED, Claim(STREET, "visit")), Claim(OTHER, "visit"), NotNow.HELD_BY_ANOTHER),
    ("concluding without claiming", ACCEPTED, Conclude(STREET, "visit", Conclusion.AGREED, "好"), NotNow.HELD_BY_ANOTHER),
    ("concluding without a word", (*ACCEPTED, Claim(STREET, "visit")), Conclude(STREET, "visit", Conclusion.AGREED, ""), NotNow.NO_REASON),
    (
        "publicity cut short",
        (*EXAMINED, Claim(STREET, "publish")),
        Conclude(STREET, "publish", Conclusion.AGREED, "好", too_early=True),
        NotNow.TOO_EARLY,
    ),
    ("sending back to nowhere", (*ACCEPTED, Claim(STREET, "visit")), SendBack(STREET, "visit", "approve", "错"), NotNow.NOT_EARLIER),
    (
        "deciding on what one examined oneself",
        (*EXAMINED, *done("publish", OTHER), Claim(STREET, "approve")),
        Conclude(STREET, "approve", Conclusion.AGREED, "好"),
        NotNow.SAME_PERSON,
    ),
    (
        "concluding while experts still look",
        (*ACCEPTED, Claim(STREET, "visit"), StopClock(STREET, "visit", "评估")),
        Conclude(STREET, "visit", Conclusion.AGREED, "好"),
        NotNow.CLOCK_STANDS,
    ),
]


@pytest.mark.parametrize(("before", "action", "why"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_refused(before: tuple[Action, ...], action: Action, why: NotNow) -> None:
    assert decide(walk(*before), action) is why


def test_a_colleague_takes_over_when_the_lease_is_over_and_the_head_may_reassign_at_once() -> None:
    held = walk(*ACCEPTED, Claim(STREET, "visit"))
    assert walk(Claim(OTHER, "visit", lease_over=True), standing=held).steps["visit"].holder == OTHER
    assert walk(Reassign(HEAD, "visit", OTHER), standing=held).steps["visit"].holder == OTHER
    assert walk(Release(STREET, "visit"), standing=held).steps["visit"].holder is None


# Any sequence

PEOPLE = st.sampled_from((DESK, STREET, CHECK, HEAD, OTHER))
STEP = st.sampled_from((*STEPS, "nothing"))
WORDS = st.sampled_from(("", "理由"))
ACTIONS = st.one_of(
    st.just(Complete()),
    st.builds(Accept, PEOPLE, st.frozensets(st.sampled_from(STEPS))),
    st.builds(TellOnce, PEOPLE, st.integers(1, 5)),
    st.just(Bring()),
    st.just(Lapse()),
    st.builds(Refuse, PEOPLE, WORDS),
    st.builds(Withdraw, PEOPLE, WORDS),
    *[st.builds(Claim, PEOPLE, STEP, st.booleans())] * 4,
    st.builds(Release, PEOPLE, STEP),
    st.builds(Reassign, PEOPLE, STEP, PEOPLE),
    *[st.builds(Conclude, PEOPLE, STEP, st.sampled_from(Conclusion), WORDS, st.booleans())] * 4,
    st.builds(SendBack, PEOPLE, STEP, STEP, WORDS),
    st.builds(StopClock, PEOPLE, STEP, WORDS),
    st.builds(ResumeClock, PEOPLE, STEP),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ACTIONS, max_size=60), st.booleans())
def test_no_sequence_of_actions_reaches_an_unknown_state_or_loses_history(actions: list[Action], head_start: bool) -> None:
    history: list[Happening] = []
    standing = Standing(ROUTE)
    for action in [*(EXAMINED if head_start else ()), *actions]:
        happened = decide(standing, action)
        if isinstance(happened, NotNow):
            continue
        assert happened
        assert standing.state not in OVER
        history += happened
        standing = after(standing, happened)
        assert isinstance(standing.state, State)
        assert (standing.state in UNDER_WAY) or not any(is_active(step) for step in standing.steps.values())
        assert all((step.holder is not None) is (step.state is StepState.CLAIMED) for step in standing.steps.values())
        assert all((step.concluded_by is None) is (step.state is not StepState.DONE) for step in standing.steps.values())
        if standing.state in UNDER_WAY:  # somebody can always go on
            assert any(is_active(step) for step in standing.steps.values())
        assert after(Standing(ROUTE), history) == standing
        assert sum(one.kind is Kind.TO_CORRECT for one in history) <= 1


# Another route

NEWER = Route(
    ROUTE.offices,
    (
        RouteStep("visit", "street", W, days=3),
        RouteStep("examine", "street", W, days=3, after=("visit",)),
        RouteStep("council", "street", W, days=2, after=("examine",)),
        RouteStep("approve", "district", W, days=5, after=("council",), decides=True),
        RouteStep("deliver", "street", W, days=1, after=("approve",)),
    ),
)
MOVE = Reroute(HEAD, 2, "样例：新办法施行")


def moved(*before: Action, to: Route = NEWER) -> Standing | NotNow:
    """Do everything on the old route, and then move."""
    standing = walk(*before, standing=Standing(ROUTE, routes={1: ROUTE, 2: to}))
    happened = decide(standing, MOVE)
    return happened if isinstance(happened, NotNow) else after(standing, happened)


def test_what_is_done_stays_done_and_what_comes_next_is_the_new_route_s() -> None:
    standing = moved(*ACCEPTED, *done("visit", STREET), *done("compare", CHECK), Claim(STREET, "examine"))
    assert isinstance(standing, Standing)
    assert (standing.version, standing.former) == (2, {"compare"})
    assert standing.steps["examine"].holder == STREET  # still in the same hands
    assert standing.steps["compare"].concluded_by == CHECK
    assert "publish" not in standing.steps
    standing = walk(Conclude(STREET, "examine", Conclusion.AGREED, "好"), *done("council", OTHER), standing=standing)
    assert standing.steps["approve"].state is StepState.READY
    assert (
        decide(walk(Claim(CHECK, "approve"), standing=standing), Conclude(CHECK, "approve", Conclusion.AGREED, "好")) is NotNow.SAME_PERSON
    )
    assert walk(*done("approve", HEAD), *done("deliver", STREET), standing=standing).state is State.CLOSED


def test_a_case_that_is_not_accepted_yet_begins_the_new_route() -> None:
    standing = moved(Complete())
    assert isinstance(standing, Standing)
    assert set(walk(Accept(DESK), standing=standing).steps) == {step.id for step in NEWER.steps}


def test_a_step_that_nobody_took_waits_for_what_now_comes_first() -> None:
    first = (RouteStep("papers", "street", W), *(msgspec.structs.replace(step, after=step.after or ("papers",)) for step in NEWER.steps))
    whole = (*first, RouteStep("compare", "check", W, after=("papers",)))
    standing = moved(*ACCEPTED, to=Route(ROUTE.offices, whole))
    assert isinstance(standing, Standing)
    assert [name for name, step in standing.steps.items() if is_active(step)] == ["papers"]
    standing = walk(*done("papers", OTHER), standing=standing)
    assert [(name, step.round) for name, step in standing.steps.items() if is_active(step)] == [("visit", 2), ("compare", 2)]


SAME_BUT = {step.id: step for step in ROUTE.steps}
STAYS: list[tuple[str, tuple[Action, ...], Route, Action, NotNow]] = [
    ("its step is gone", ACCEPTED, NEWER, MOVE, NotNow.STEP_GONE),
    (
        "its step does not apply any more",
        (*ACCEPTED, *done("visit", STREET), *done("compare", CHECK)),
        NEWER,
        replace(MOVE, left_out=frozenset({"examine"})),
        NotNow.STEP_GONE,
    ),
    (
        "a step comes before what is done",
        (*ACCEPTED, *done("visit", STREET), *done("compare", CHECK)),
        Route(
            ROUTE.offices,
            (RouteStep("papers", "street", W), msgspec.structs.replace(SAME_BUT["visit"], after=("papers",)), *ROUTE.steps[1:]),
        ),
        MOVE,
        NotNow.STEP_BEFORE,
    ),
    (
        "what is in hand is another office's",
        (*ACCEPTED, Claim(STREET, "visit")),
        Route(ROUTE.offices, (msgspec.structs.replace(SAME_BUT["visit"], office="check"), *ROUTE.steps[1:])),
        MOVE,
        NotNow.OTHER_OFFICE,
    ),
    (
        "an office that examined would have decided",
        EXAMINED,
        Route(
            ROUTE.offices,
            tuple(msgspec.structs.replace(step, decides=step.id == "examine") for step in ROUTE.steps),
        ),
        MOVE,
        NotNow.WOULD_DECIDE,
    ),
    (
        "all would be done",
        (*EXAMINED, *done("publish", STREET), *done("approve", HEAD)),
        Route(ROUTE.offices, ROUTE.steps[:-1]),
        MOVE,
        NotNow.STEP_GONE,
    ),
    (
        "what was decided would be open again",
        (*EXAMINED, *done("publish", STREET), *done("approve", HEAD)),
        Route(
            ROUTE.offices,
            (
                *ROUTE.steps[:-1],
                RouteStep("again", "district", W, after=("approve",), decides=True),
                msgspec.structs.replace(SAME_BUT["deliver"], after=("approve",)),
            ),
        ),
        MOVE,
        NotNow.WOULD_DECIDE,
    ),
    ("no reason", (Complete(),), NEWER, replace(MOVE, reason=""), NotNow.NO_REASON),
    ("no such version", (Complete(),), NEWER, replace(MOVE, to=3), NotNow.NO_SUCH_ROUTE),
    ("the route that it has", (Complete(),), NEWER, replace(MOVE, to=1), NotNow.NO_SUCH_ROUTE),
    ("over", (Complete(), Refuse(DESK, "不在范围")), NEWER, MOVE, NotNow.OTHER_STATE),
]


@pytest.mark.parametrize(("before", "route", "action", "why"), [one[1:] for one in STAYS], ids=[one[0] for one in STAYS])
def test_a_person_has_to_look_before_it_is_moved(before: tuple[Action, ...], route: Route, action: Action, why: NotNow) -> None:
    assert decide(walk(*before, standing=Standing(ROUTE, routes={1: ROUTE, 2: route})), action) is why


@st.composite
def routes(draw: st.DrawFn) -> Route:
    """Any route without a circle, of some of the known steps and some others."""
    ids = draw(st.lists(st.sampled_from((*STEPS, "papers", "council", "again")), unique=True, min_size=1, max_size=7))
    steps = []
    for place, name in enumerate(ids):
        before = draw(st.lists(st.sampled_from(ids[:place]), unique=True, max_size=2)) if place else []
        office = draw(st.sampled_from(("street", "check", "district")))
        steps.append(RouteStep(name, office, W, after=tuple(before), decides=draw(st.booleans()), stops_clock=draw(st.booleans())))
    return Route(ROUTE.offices, tuple(steps))


MOVES = st.builds(Reroute, PEOPLE, st.integers(1, 4), st.just("样例理由"), st.frozensets(st.sampled_from(STEPS), max_size=2))
ANY_STEP = st.sampled_from((*STEPS, "papers", "council", "again"))
AMONG_MOVES = st.one_of(
    *[MOVES] * 4,
    *[st.builds(Claim, PEOPLE, ANY_STEP, st.booleans())] * 4,
    *[st.builds(Conclude, PEOPLE, ANY_STEP, st.just(Conclusion.AGREED), st.just("理由"))] * 4,
    st.builds(SendBack, PEOPLE, ANY_STEP, ANY_STEP, st.just("理由")),
    ACTIONS,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine drawing routes takes its time
@given(st.tuples(routes(), routes(), routes()), st.lists(AMONG_MOVES, max_size=60), st.integers(0, len(EXAMINED)))
def test_moving_to_other_routes_reaches_no_unknown_state_and_loses_neither_history_nor_work(
    others: tuple[Route, ...], actions: list[Action], head_start: int
) -> None:
    known = {1: ROUTE} | dict(enumerate(others, start=2))
    history: list[Happening] = []
    standing = Standing(ROUTE, routes=known)
    for action in [*EXAMINED[:head_start], *actions]:
        happened = decide(standing, action)
        if isinstance(happened, NotNow):
            continue
        before, standing = standing, after(standing, happened)
        history += happened
        assert after(Standing(ROUTE, routes=known), history) == standing
        if standing.state in UNDER_WAY:
            assert any(is_active(step) for step in standing.steps.values())
            assert all(_in_order(standing, name) for name in standing.steps)
        if isinstance(action, Reroute):
            assert [one.kind for one in happened] == [Kind.REROUTED]
            assert (standing.state, standing.told, standing.accepted_by) == (before.state, before.told, before.accepted_by)
            assert {step.id for step in standing.route.steps} >= {step.id for step in known[standing.version].steps}
            for name, step in before.steps.items():
                if step.state in (StepState.DONE, StepState.CLAIMED):
                    assert standing.steps[name] == step


def _in_order(standing: Standing, name: str) -> bool:
    """Whether everything before a step that was begun is finished."""
    step = standing.steps[name]
    is_begun = step.state is StepState.DONE or is_active(step)
    return not is_begun or all(is_finished(standing.steps[one]) for one in waits_for(standing.route, name))


def test_a_route_without_anything_that_applies_is_closed_when_it_is_accepted() -> None:
    assert walk(Complete(), Accept(DESK, frozenset(STEPS))).state is State.CLOSED


def test_what_is_no_happening_of_a_step_is_a_broken_assumption() -> None:
    standing = walk(*ACCEPTED)
    with pytest.raises(KeyError):
        after(standing, (Happening(Kind.CLAIMED, 1, {}),))
    assert replace(standing) == standing
