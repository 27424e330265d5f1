"""What fits me, and looking for an item: from home, through the answers, straight into an item; nothing of it stays."""

from kiosk.fits import questions
from kiosk.flow.errands import ErrandKind, FitList, FitQuestion, Fitting, Searching, SearchShown
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import ErrandChosen, ItemChosen
from kiosk.flow.events.glass import BackPressed, FinishPressed, GlassTouched, NextPressed
from kiosk.flow.events.terminal import ItemsLoaded
from kiosk.flow.fitting import result
from kiosk.flow.searching import LONGEST
from kiosk.flow.views import Guide, Home
from tests.kiosk.flow.walk import Walk, item

ALLOWANCE, CARD = item("elder-allowance"), item("elder-card")


def at_home() -> Walk:
    return Walk().happen(ItemsLoaded((ALLOWANCE, CARD)), GlassTouched())


def fitting(walk: Walk) -> Fitting:
    assert isinstance(walk.state.visit, Fitting)
    return walk.state.visit


def test_one_answer_leads_on_and_the_last_to_the_list() -> None:
    walk = at_home().happen(ErrandChosen(ErrandKind.FITTING))
    assert walk.state.view == FitQuestion(0)
    given = {"age": "80-89", "register": "local"}
    for place, question in enumerate(questions()):
        assert walk.state.view == FitQuestion(place)
        walk.happen(AnswerGiven(question.name, given[question.name]) if question.name in given else NextPressed())
    assert walk.state.view == FitList()
    assert [fit.item for fit in result(walk.state, fitting(walk)).likely] == ["elder-allowance", "elder-card"]
    walk.happen(ItemChosen(ALLOWANCE.code))
    assert walk.state.view == Guide()
    assert walk.state.application is not None
    assert walk.state.application.answers == {}, "what was answered does not go into the application"


def test_several_answers_wait_for_the_button_and_none_excludes_the_others() -> None:
    place = next(number for number, question in enumerate(questions()) if question.name == "family")
    walk = at_home().happen(ErrandChosen(ErrandKind.FITTING), *[NextPressed()] * place)
    walk.happen(AnswerGiven("family", "one_child"), AnswerGiven("family", "alone"))
    assert walk.state.view == FitQuestion(place)
    assert fitting(walk).answers["family"] == ("alone", "one_child")
    walk.happen(AnswerGiven("family", "alone"))
    assert fitting(walk).answers["family"] == ("one_child",)
    walk.happen(AnswerGiven("family", "none"))
    assert fitting(walk).answers["family"] == ("none",)
    walk.happen(AnswerGiven("family", "alone"))
    assert fitting(walk).answers["family"] == ("alone",)


def test_what_is_not_offered_or_not_asked_is_not_taken() -> None:
    walk = at_home().happen(ErrandChosen(ErrandKind.FITTING), AnswerGiven("who", "nobody"), AnswerGiven("age", "80-89"))
    assert walk.state.view == FitQuestion(0)
    assert not fitting(walk).answers


def test_going_back_leads_to_the_question_before_and_then_home() -> None:
    walk = at_home().happen(ErrandChosen(ErrandKind.FITTING), NextPressed(), BackPressed(), BackPressed())
    assert walk.state.view == Home()
    assert walk.state.visit is None


def test_nothing_of_the_answers_is_left_at_home() -> None:
    walk = at_home().happen(ErrandChosen(ErrandKind.FITTING), AnswerGiven("who", "self"), FinishPressed())
    assert walk.state.view == Home()
    walk.happen(ErrandChosen(ErrandKind.FITTING))
    assert not fitting(walk).answers


def test_what_is_searched_for_is_held_while_somebody_looks() -> None:
    walk = at_home().happen(ErrandChosen(ErrandKind.SEARCH), AnswerGiven("search", "gljt"))
    assert walk.state.view == SearchShown()
    assert walk.state.visit == Searching(walk.token, "gljt")
    walk.happen(AnswerGiven("search", "x" * 100), AnswerGiven("search", None), AnswerGiven("name", "y"))
    assert walk.state.visit == Searching(walk.token, "x" * LONGEST)
    walk.happen(ItemChosen(CARD.code))
    assert walk.state.view == Guide()
    walk.happen(BackPressed(), ErrandChosen(ErrandKind.SEARCH))
    assert walk.state.visit == Searching(walk.token)
    walk.happen(BackPressed())
    assert walk.state.view == Home()
