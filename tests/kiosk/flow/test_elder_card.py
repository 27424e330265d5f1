"""A card at the elder home begins "what fits me" with what it tells, and with nothing else of its holder."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.fits import band_of, questions
from kiosk.flow.desk_errands import HolderCard, LayStage
from kiosk.flow.effects import ReadCard, SetTimer, StopReading, WatchPlate
from kiosk.flow.errands import ErrandKind, FindCases, FitList, FitQuestion, Fitting, Following
from kiosk.flow.events.applying import ConsentTicked
from kiosk.flow.events.choosing import ErrandChosen, ItemChosen, ShelfOpened
from kiosk.flow.events.devices import CardAnswered, CardFound, PlateSeen
from kiosk.flow.events.glass import BackPressed, ElderChosen, NextPressed, OverlayClosed, StaffWanted
from kiosk.flow.events.terminal import ItemsLoaded, Timer, TimerFired
from kiosk.flow.fitting import awaits_card
from kiosk.flow.identify import LOOK_AGAIN_S, READ_WITHIN_S
from kiosk.flow.lights import lights
from kiosk.flow.views import CardLeft, CardStage, Guide, Home, LayCard, Shelf
from peripherals.fittings import Light
from peripherals.id_card_reader import CardReading, CardReadStatus, IdCard, PlateStatus, Sex
from peripherals.secret import Secret
from tests.kiosk.flow.walk import Walk, card, item

ALLOWANCE = item("elder-allowance")


def old_card() -> IdCard:
    return replace(card(), birth_date=Secret(date(1942, 3, 7)), sex=Sex.FEMALE)


def at_elder_home() -> Walk:
    return Walk().at_home().happen(ItemsLoaded((ALLOWANCE,)), ElderChosen(on=True))


def waited_for(walk: Walk) -> int:
    token = awaits_card(walk.state)
    assert token is not None
    return token


def laid(walk: Walk, read: IdCard | None = None) -> Walk:
    token = waited_for(walk)
    return walk.happen(CardFound(token), CardAnswered(token, CardReading(CardReadStatus.READ, read or old_card())))


def test_the_reader_waits_at_the_elder_home_and_nowhere_else_at_home() -> None:
    walk = Walk().at_home()
    assert walk.ordered(ReadCard) == []
    walk.happen(ElderChosen(on=True))
    assert walk.ordered(ReadCard) == [ReadCard(waited_for(walk), READ_WITHIN_S)]
    assert lights(walk.state) == {Light.CARD}
    for away in (ShelfOpened(Shelf.MEDICAL), StaffWanted(), ElderChosen(on=False)):
        there = at_elder_home()
        there.happen(away)
        assert awaits_card(there.state) is None
        assert there.ordered(StopReading), away
        assert Light.CARD not in lights(there.state)


def test_a_card_answers_years_and_sex_and_the_first_open_question_is_put() -> None:
    walk = at_elder_home()
    walk.happen(CardFound(waited_for(walk)))
    assert walk.state.view == HolderCard(LayStage.READING)
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.READ, old_card())))
    assert isinstance(walk.state.visit, Fitting)
    assert walk.state.visit.answers == {"age": ("80-89",), "sex": ("f",)}
    assert isinstance(walk.state.view, FitQuestion)
    assert questions()[walk.state.view.place].name == "register"
    assert walk.ordered(WatchPlate)
    kept = repr(walk.state.visit) + repr(dict(walk.state.visit.answers))
    assert not any(told in kept for told in ("样例甲", "110101199003078670", "1942", "胡同")), "nothing else of the card is kept"


def test_questions_that_the_card_answered_are_never_put() -> None:
    walk = laid(at_elder_home())
    put = []
    while isinstance(walk.state.view, FitQuestion):
        put.append(questions()[walk.state.view.place].name)
        walk.happen(NextPressed())
    assert walk.state.view == FitList()
    assert put == [question.name for question in questions() if question.name not in ("who", "age", "sex")]
    for _ in put:
        walk.happen(BackPressed())
    assert isinstance(walk.state.view, FitQuestion)
    assert questions()[walk.state.view.place].name == put[0]
    back = walk.happen(BackPressed()).state
    assert (back.view, back.visit) == (Home(), None)
    assert back.display.elder, "whoever goes back is still there"


def test_a_sex_that_is_not_stated_is_asked_for() -> None:
    walk = laid(at_elder_home(), replace(old_card(), sex=Sex.NOT_STATED))
    assert isinstance(walk.state.view, FitQuestion)
    assert questions()[walk.state.view.place].name == "sex"


def test_the_item_that_is_chosen_reads_the_card_that_still_lies_there() -> None:
    walk = laid(at_elder_home())
    walk.happen(*[NextPressed()] * len(questions()), ItemChosen(ALLOWANCE.code))
    assert walk.state.view == Guide()
    assert walk.state.overlay is None, "it is this resident's own card"
    agreed = walk.happen(ConsentTicked(agreed=True), NextPressed()).state
    assert agreed.view == LayCard(CardStage.WAITING)
    assert walk.state.application is not None
    assert walk.state.application.card is None, "what the item may know is read for it, after consent"


def test_a_card_that_still_lies_there_at_home_is_called_back_and_begins_nothing() -> None:
    walk = laid(at_elder_home()).happen(BackPressed())
    assert walk.state.overlay == CardLeft()
    late = walk.state.visits + 1
    walk.happen(CardFound(late), CardAnswered(late, CardReading(CardReadStatus.READ, old_card())))
    assert (walk.state.view, walk.state.visit, walk.state.overlay) == (Home(), None, CardLeft())
    walk.happen(PlateSeen(PlateStatus.EMPTY))
    assert awaits_card(walk.state) == late


def test_a_card_that_cannot_be_read_is_said_and_waited_for_again() -> None:
    walk = at_elder_home()
    token = waited_for(walk)
    walk.happen(CardFound(token), CardAnswered(token, CardReading(CardReadStatus.CARD_MOVED)))
    assert walk.state.view == HolderCard(LayStage.REFUSED, CardReadStatus.CARD_MOVED)
    walk.happen(TimerFired(Timer.LOOK_AGAIN))
    assert walk.state.view == HolderCard(LayStage.WAITING, CardReadStatus.CARD_MOVED)
    assert walk.happen(BackPressed()).state.view == Home()


@pytest.mark.parametrize("status", [status for status in CardReadStatus if status not in (CardReadStatus.READ, CardReadStatus.NO_CARD)])
def test_a_reader_in_trouble_leaves_the_home_alone_and_is_asked_again_later(status: CardReadStatus) -> None:
    walk = at_elder_home()
    walk.happen(CardAnswered(waited_for(walk), CardReading(status)))
    assert (walk.state.view, walk.state.visit) == (Home(), None)
    assert walk.ordered(SetTimer)[-1] == SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S)
    asked = len(walk.ordered(ReadCard))
    walk.happen(TimerFired(Timer.LOOK_AGAIN))
    assert len(walk.ordered(ReadCard)) == asked + 1


def test_waiting_goes_on_when_no_card_came() -> None:
    walk = at_elder_home()
    walk.happen(CardAnswered(waited_for(walk), CardReading(CardReadStatus.NO_CARD)))
    assert len(walk.ordered(ReadCard)) == 2
    assert walk.state.view == Home()


def test_an_answer_for_another_visit_begins_nothing() -> None:
    walk = at_elder_home()
    other = waited_for(walk) - 1
    walk.happen(CardFound(other), CardAnswered(other, CardReading(CardReadStatus.READ, old_card())))
    assert (walk.state.view, walk.state.visit) == (Home(), None)


def test_choosing_by_touch_while_the_reader_waits_goes_where_it_was_touched() -> None:
    walk = at_elder_home().happen(ErrandChosen(ErrandKind.PROGRESS))
    assert isinstance(walk.state.visit, Following)
    assert walk.state.view == FindCases()
    assert not walk.ordered(StopReading), "a card laid meanwhile is read for what was chosen"
    called = at_elder_home().happen(StaffWanted(), OverlayClosed())
    assert awaits_card(called.state) is not None


@pytest.mark.parametrize(("age", "band"), [(0, "0-15"), (15, "0-15"), (16, "16-34"), (79, "60-79"), (80, "80-89"), (120, "90-120")])
def test_years_fall_into_their_band(age: int, band: str) -> None:
    assert band_of(age) == band


def test_years_in_no_band_are_no_answer() -> None:
    assert band_of(-1) is None
    assert band_of(130) is None
