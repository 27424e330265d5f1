"""The life of a case: whatever anybody does in whatever order, its state is a known one, and its history tells the whole of it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.onewindow.machine import (
    Accept,
    Action,
    Bring,
    Claim,
    Complete,
    Conclude,
    Happening,
    Lapse,
    NotNow,
    Reassign,
    Refuse,
    Release,
    ResumeClock,
    SendBack,
    Standing,
    StopClock,
    TellOnce,
    Withdraw,
    after,
    decide,
    is_active,
)
from city.onewindow.states import OVER, UNDER_WAY, Conclusion, Kind, State, StepState
from sync.contract.office_route import Office, Route, RouteStep
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


def test_a_route_without_anything_that_applies_is_closed_when_it_is_accepted() -> None:
    assert walk(Complete(), Accept(DESK, frozenset(STEPS))).state is State.CLOSED


def test_what_is_no_happening_of_a_step_is_a_broken_assumption() -> None:
    standing = walk(*ACCEPTED)
    with pytest.raises(KeyError):
        after(standing, (Happening(Kind.CLAIMED, 1, {}),))
    assert replace(standing) == standing
