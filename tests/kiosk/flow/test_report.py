"""Reporting to the grid: an application that asks for no card and no signature, by the item behind its own door."""

from typing import Any

import pytest

from kiosk.flow.effects import HandIn, ReadCard
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.applying import AnswerGiven, ConsentTicked, PaperSkipped, ReviewChanged
from kiosk.flow.events.choosing import ErrandChosen
from kiosk.flow.events.glass import BackPressed, FinishPressed, GlassTouched, LeaveConfirmed, NextPressed
from kiosk.flow.events.terminal import ItemsLoaded
from kiosk.flow.views import Capture, Form, Guide, HandingIn, Home, LeaveAsked, Review
from tests.kiosk.flow.walk import Walk, item

ANSWERS: dict[str, Any] = {
    "place": "99010100100406@393,300", "spot": "市场北门外", "kind": "rubbish", "danger": False, "text": "堆了三天", "wants_reply": False,
}  # fmt: skip


def at_guide() -> Walk:
    return Walk().happen(ItemsLoaded((item(), item("grid-report"))), GlassTouched(), ErrandChosen(ErrandKind.REPORT))


def at_papers(**changes: Any) -> Walk:  # noqa: ANN401 - an answer is what its schema says
    walk = at_guide().happen(ConsentTicked(agreed=True), NextPressed())
    for _ in range(6):
        if not isinstance(walk.state.view, Form):
            break
        walk.happen(*(AnswerGiven(name, value) for name, value in (ANSWERS | changes).items()), NextPressed())
    return walk


def test_it_goes_from_the_guide_to_the_form_and_from_the_papers_to_the_review() -> None:
    walk = at_guide()
    assert isinstance(walk.state.view, Guide)
    walk.happen(ConsentTicked(agreed=True), NextPressed())
    assert walk.state.view == Form(0)
    walk = at_papers()
    assert isinstance(walk.state.view, Capture)
    walk.happen(PaperSkipped())
    assert walk.state.view == Review()
    walk.happen(NextPressed())
    assert isinstance(walk.state.view, HandingIn)
    (order,) = walk.ordered(HandIn)
    assert isinstance(order, HandIn)
    assert (order.visit.card, dict(order.visit.answers)) == (None, ANSWERS)
    assert walk.ordered(ReadCard) == []


def test_the_way_back_from_the_review_leads_to_the_papers() -> None:
    assert isinstance(at_papers().happen(PaperSkipped(), BackPressed()).state.view, Capture)


def test_a_signature_cannot_be_asked_for_from_the_review() -> None:
    assert at_papers().happen(PaperSkipped(), ReviewChanged()).state.view == Review()


@pytest.mark.parametrize("missing", ["place", "kind", "danger", "wants_reply"])
def test_nothing_is_handed_in_without_place_kind_and_the_two_questions(missing: str) -> None:
    walk = at_papers(**{missing: None})
    assert isinstance(walk.state.view, Form)
    assert missing in {problem.field for problem in walk.state.view.problems}


def test_who_wants_an_answer_leaves_a_number_and_nobody_else_is_asked_for_one() -> None:
    walk = at_papers(wants_reply=True)
    assert isinstance(walk.state.view, Form)
    assert [problem.field for problem in walk.state.view.problems] == ["mobile"]


@pytest.mark.parametrize(
    ("kind", "asked"), [("lift", "trapped"), ("sewer", "cover_missing"), ("fire", "gas_smell"), ("elder", "no_answer")]
)
def test_what_decides_how_urgent_it_is_is_asked(kind: str, asked: str) -> None:
    walk = at_papers(kind=kind)
    assert isinstance(walk.state.view, Form)
    assert [problem.field for problem in walk.state.view.problems] == [asked]


@pytest.mark.parametrize("place", ["nowhere", "99@12", "99@1,2,3", "99@-1,2", 5])
def test_what_is_no_place_is_not_taken_for_one(place: object) -> None:
    walk = at_papers(place=place)
    assert walk.state.view == Form(0, "place", walk.state.view.problems if isinstance(walk.state.view, Form) else ())


def test_without_the_item_nothing_begins() -> None:
    walk = Walk().at_home().happen(ErrandChosen(ErrandKind.REPORT))
    assert (walk.state.view, walk.state.visit) == (Home(), None)


def test_leaving_asks_and_then_forgets_everything() -> None:
    walk = at_papers().happen(FinishPressed())
    assert walk.state.overlay == LeaveAsked()
    walk.happen(LeaveConfirmed())
    assert (walk.state.view, walk.state.visit) == (Home(), None)
