"""What the larger items ask for besides: fitness before the form, family members by card, a helper, answers that follow from the card."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kiosk.flow.events.applying import AnswerGiven, CardSkipped, ConsentTicked, HelperWanted, Inked, RowAdded, RowOpened, RowRemoved
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import CardAnswered, CardFound
from kiosk.flow.events.glass import BackPressed, GlassTouched, NextPressed
from kiosk.flow.events.terminal import ItemsLoaded, Timer, TimerFired
from kiosk.flow.questions import rows_of
from kiosk.flow.views import Capture, CardOf, CardStage, Eligible, Form, Guide, LayCard, RowAt, Sign, View, Whose
from kiosk.flow.visit import Visit
from peripherals.id_card_reader import CardReading, CardReadStatus, IdCard
from peripherals.secret import Secret
from sync.contract.answers import AnswerProblem
from tests.kiosk.flow.walk import INK, Walk, card, item

LIVING, ELDER = item("minimum-living"), item("elder-allowance")
WOMAN = replace(card("周样例", "21010219600101002X"), birth_date=Secret(date(1960, 1, 1)))
OLD = replace(card("周样例", "210102194003090024"), birth_date=Secret(date(1940, 3, 9)))
FITS = {"registered_here": True, "income_low": "below", "rich": False, "may_check": True}


def walk_to_guide(code: str = "minimum-living") -> Walk:
    return Walk().happen(ItemsLoaded((LIVING, ELDER)), GlassTouched(), ItemChosen(item(code).code), ConsentTicked(agreed=True))


def lay(walk: Walk, person: IdCard) -> Walk:
    token = walk.token
    return walk.happen(CardFound(token), CardAnswered(token, CardReading(CardReadStatus.READ, person)), TimerFired(Timer.CARD_SHOWN))


def answer_fitness(walk: Walk) -> Walk:
    for name, value in FITS.items():
        assert isinstance(walk.state.view, Eligible)
        walk.happen(AnswerGiven(name, value), NextPressed())
    return walk


def visit(walk: Walk) -> Visit:
    assert walk.state.application is not None
    return walk.state.application


def at_form(code: str = "minimum-living", person: IdCard = WOMAN) -> Walk:
    walk = lay(walk_to_guide(code).happen(NextPressed()), person)
    return answer_fitness(walk) if code == "minimum-living" else walk


def page_with(name: str) -> int:
    return next(place for place, page in enumerate(LIVING.pages) if any(field.name == name for field in page.fields))


def at_rows() -> Walk:
    walk = at_form()
    walk.state = replace(walk.state, view=Form(page_with("household")))
    return walk


def test_each_question_before_the_form_is_put_once_and_leads_on() -> None:
    walk = at_form()
    assert walk.state.view == Form(0)
    walk.happen(BackPressed())
    assert walk.state.view == Eligible(3), "back to the last of them, with its answer"
    walk.happen(BackPressed(), BackPressed(), BackPressed(), BackPressed())
    assert walk.state.view == Guide(agreed=True)


def test_going_on_without_an_answer_asks_again() -> None:
    walk = lay(walk_to_guide().happen(NextPressed()), WOMAN).happen(NextPressed())
    assert walk.state.view == Eligible(0, asked=True)


def test_a_refusal_leads_no_further_but_to_what_fits() -> None:
    walk = lay(walk_to_guide().happen(NextPressed()), WOMAN)
    walk.happen(AnswerGiven("registered_here", value=False), NextPressed(), NextPressed())
    assert walk.state.view == Eligible(0)
    walk.happen(AnswerGiven("registered_here", value=True), NextPressed())
    assert walk.state.view == Eligible(1), "the answer may be changed"


def test_the_card_answers_by_itself_and_offers_another_item() -> None:
    walk = at_form("elder-allowance")
    assert walk.state.view == Eligible(0), "66 is too young for an allowance from 80 on"
    walk.happen(NextPressed())
    assert walk.state.view == Eligible(0)
    after_card = at_form("elder-allowance", OLD).state.view
    assert isinstance(after_card, Capture), "what the card answers is not asked; the bank card is photographed before the form"


def test_from_a_refusal_straight_to_another_item_nothing_of_the_first_is_left() -> None:
    walk = at_form("elder-allowance")
    walk.state = replace(walk.state, card_on_plate=False)
    walk.happen(ItemChosen(LIVING.code))
    assert walk.state.view == Guide()
    assert visit(walk) == Visit(2, LIVING)


def test_the_age_band_follows_from_the_card_and_cannot_be_answered() -> None:
    walk = at_form("elder-allowance", OLD).happen(AnswerGiven("live_place", "home"), AnswerGiven("age_band", "100"))
    assert visit(walk).answers["age_band"] == "80-89"


# Rows


def test_a_family_member_is_read_by_card_and_finished_by_hand() -> None:
    walk = at_rows().happen(RowAdded("household"))
    assert isinstance(walk.state.view, LayCard)
    assert walk.state.view.whose is CardOf.MEMBER
    lay(walk, card("样例甲", "110101199003078670"))
    assert walk.state.view == Form(page_with("household"), row=RowAt("household", 0))
    assert rows_of(visit(walk), "household") == ({"m_name": "样例甲", "m_id": "110101199003078670"},)
    walk.happen(NextPressed())
    assert isinstance(walk.state.view, Form)
    assert walk.state.view.focus == "m_relation", "to the first gap"
    more = {"m_relation": "son", "m_health": "well", "m_work": "student", "m_income": "0", "m_agreed": True}
    walk.happen(*(AnswerGiven(name, value) for name, value in more.items()), NextPressed())
    assert walk.state.view == Form(page_with("household"))


def test_a_member_without_a_card_is_entered_by_hand_and_an_empty_row_is_not_kept() -> None:
    walk = at_rows().happen(RowAdded("household"), CardSkipped())
    assert walk.state.view == Form(page_with("household"), row=RowAt("household", 0))
    walk.happen(BackPressed())
    assert rows_of(visit(walk), "household") == ()
    walk.happen(RowAdded("household"), BackPressed())
    assert walk.state.view == Form(page_with("household")), "back from the card as well"


def test_going_on_with_a_gap_in_a_row_leads_into_it() -> None:
    walk = at_rows().happen(RowAdded("household"), CardSkipped(), AnswerGiven("m_name", "吴样例"), BackPressed(), NextPressed())
    assert isinstance(walk.state.view, Form)
    assert walk.state.view.row == RowAt("household", 0)
    assert walk.state.view.problems[0].field == "m_id"
    assert walk.state.view.problems[0].problem is AnswerProblem.MISSING


def test_the_applicant_is_not_a_member_and_nobody_is_there_twice() -> None:
    walk = at_rows().happen(RowAdded("household"), CardSkipped(), AnswerGiven("m_id", "21010219600101002X"), NextPressed())
    assert isinstance(walk.state.view, Form)
    said = {problem.field: problem.said for problem in walk.state.view.problems}
    assert said["m_id"] is not None
    assert "申请人自己" in said["m_id"].zh


def test_rows_are_opened_and_removed_and_those_that_are_not_there_are_not() -> None:
    walk = at_rows().happen(RowAdded("household"), CardSkipped(), AnswerGiven("m_name", "吴样例"), BackPressed())
    walk.happen(RowOpened("household", 4), RowRemoved("household", 4), RowRemoved("mobile", 0))
    assert walk.state.view == Form(page_with("household"))
    walk.happen(RowRemoved("household", 0))
    assert rows_of(visit(walk), "household") == ()


def test_no_more_rows_than_the_item_allows() -> None:
    walk = at_rows()
    for place in range(12):
        walk.happen(RowAdded("household"), CardSkipped(), AnswerGiven("m_name", f"样例{'一二三四五六七八九十百千'[place]}"), BackPressed())
    assert len(rows_of(visit(walk), "household")) == 10


def test_amounts_add_up_while_they_are_entered() -> None:
    walk = at_form()
    walk.state = replace(walk.state, view=Form(page_with("incomes")))
    for month in ("1000", "480.50"):
        walk.happen(RowAdded("incomes"), AnswerGiven("i_month", month), AnswerGiven("i_months", "12"), BackPressed())
    assert visit(walk).answers["income_year"] == "17766"


# Somebody hands in for somebody else


def helped(apply_as: str = "family") -> Walk:
    walk = walk_to_guide().happen(HelperWanted())
    assert walk.state.view == Whose()
    return walk.happen(AnswerGiven("apply_as", apply_as), NextPressed())


def test_both_cards_are_laid_the_applicants_first() -> None:
    walk = lay(helped(), WOMAN)
    assert walk.state.view == LayCard(whose=CardOf.HELPER)
    lay(walk, card("样例甲"))
    assert walk.state.view == Eligible(0)
    helper, applicant = visit(walk).helper, visit(walk).card
    assert helper is not None
    assert applicant is not None
    assert helper.reveal().name == "样例甲"
    assert helper.reveal().birth_date is None, "no more of a helper's card than name and number"
    assert applicant.reveal().name == "周样例"


def test_for_whom_has_to_be_said_and_going_back_is_handing_in_for_oneself() -> None:
    walk = walk_to_guide().happen(HelperWanted(), NextPressed())
    assert walk.state.view == Whose(asked=True)
    walk.happen(AnswerGiven("apply_as", "nobody"), AnswerGiven("apply_as", "child"), BackPressed())
    assert walk.state.view == Guide(agreed=True)
    assert not visit(walk).is_helped


def test_an_applicant_without_a_card_is_named_on_the_form() -> None:
    walk = helped("child").happen(CardSkipped())
    assert walk.state.view == LayCard(whose=CardOf.HELPER)
    answer_fitness(lay(walk, card()))
    assert visit(walk).card is None
    asked = {field.name for page in LIVING.pages for field in page.fields}
    assert {"applicant_name", "applicant_id"} <= asked
    walk.happen(AnswerGiven("apply_kind", "single"))
    assert visit(walk).answers["applicant_card"] == "none"


@pytest.mark.parametrize("whose", ["other", "community"])
def test_a_neighbour_cannot_hand_in_without_the_applicants_card(whose: str) -> None:
    walk = helped(whose).happen(CardSkipped())
    assert walk.state.view == LayCard()


@pytest.mark.parametrize(("present", "first"), [(True, Sign()), (False, Sign(helper=True))])
def test_both_sign_or_the_helper_alone_when_the_applicant_is_not_there(present: bool, first: View) -> None:
    walk = answer_fitness(lay(lay(helped(), WOMAN), card()))
    answers: dict[str, Any] = {**visit(walk).answers, "applicant_present": present}
    walk.state = replace(walk.state, visit=replace(visit(walk), answers=answers), view=first)
    walk.happen(NextPressed())
    assert walk.state.view == replace(first, asked=True)  # type: ignore[type-var]  # a Sign in both cases
    walk.happen(Inked(INK), NextPressed())
    if present:
        assert walk.state.view == Sign(helper=True)
        walk.happen(Inked(INK), NextPressed())
    assert type(walk.state.view).__name__ == "Review"
    assert visit(walk).helper_ink == INK


def test_an_item_without_helping_is_handed_in_by_oneself_alone() -> None:
    alone = item("pension-life-check")
    walk = Walk().happen(ItemsLoaded((alone,)), GlassTouched(), ItemChosen(alone.code), ConsentTicked(agreed=True), HelperWanted())
    assert walk.state.view == Guide(agreed=True)
    walk.happen(NextPressed())
    assert walk.state.view == LayCard(CardStage.WAITING)
