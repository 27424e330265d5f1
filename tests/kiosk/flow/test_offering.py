"""What a paper says to the form: read behind the visit, offered, taken or left, and gone with its page."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from kiosk.flow.effects import Forget, ReadPrint
from kiosk.flow.events.applying import (
    AnswerGiven,
    CapturePressed,
    ConsentTicked,
    OfferLeft,
    OfferTaken,
    PageAdded,
    RetakePressed,
    ReviewChanged,
)
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import CardAnswered, CardFound, PictureTaken, PrintRead
from kiosk.flow.events.glass import BackPressed, FinishPressed, GlassTouched, LeaveConfirmed, NextPressed
from kiosk.flow.events.terminal import ItemsLoaded, Timer, TimerFired
from kiosk.flow.offering import offer_for, offers_on
from kiosk.flow.route import after, first_open
from kiosk.flow.views import Capture, CaptureStage, Eligible, Form, Review
from kiosk.flow.visit import Visit
from peripherals.document_camera import Picture
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.paper_reader import PrintedLine
from peripherals.secret import Secret
from sync.contract.answers import fits_alone, pages_asked
from tests.kiosk.flow.walk import GOOD, NOW, Walk, card, item

TODAY = date(2026, 11, 23)


def lines(*texts: str) -> tuple[PrintedLine, ...]:
    return tuple(PrintedLine(Secret(text), 0.99, 0.5, row / 10) for row, text in enumerate(texts))


def reading_walk() -> Walk:
    walk = Walk()
    walk.state = replace(walk.state, place=replace(walk.state.place, reads=True))
    return walk


def page_of(walk: Walk, place: int = -1) -> Secret[bytes]:
    return visit_of(walk).papers[place].jpeg


def visit_of(walk: Walk) -> Visit:
    assert walk.state.application is not None
    return walk.state.application


def say(walk: Walk, *texts: str, place: int = -1) -> Walk:
    return walk.happen(PrintRead(walk.token, page_of(walk, place), lines(*texts)))


def test_a_kept_page_is_read_once_and_only_where_something_reads() -> None:
    walk = reading_walk().at_signature()
    assert walk.ordered(ReadPrint) == [ReadPrint(walk.token, page_of(walk))]
    walk.happen(BackPressed())
    assert isinstance(walk.state.view, Capture)
    walk.happen(NextPressed())
    assert len(walk.ordered(ReadPrint)) == 1, "looked at again, it is not read again"
    assert Walk().at_signature().ordered(ReadPrint) == []


def test_a_paper_that_helps_with_nothing_is_not_read() -> None:
    walk = reading_walk().at_papers()
    package = visit_of(walk).item
    plain = msgspec.structs.replace(package, materials=tuple(msgspec.structs.replace(one, reads=()) for one in package.materials))
    walk.state = replace(walk.state, visit=replace(visit_of(walk), item=plain))
    walk.take_picture().happen(NextPressed())
    assert len(visit_of(walk).papers) == 1
    assert walk.ordered(ReadPrint) == []


def test_what_differs_is_asked_about_and_taken_only_by_the_resident() -> None:
    walk = say(reading_walk().at_review(), "出租方（甲方）：王样例", "甲方电话：138 0000 0000")
    offer = offer_for(visit_of(walk), "landlord_name")
    assert offer is not None
    assert (offer.value.reveal(), offer.differs) == ("王样例", True)
    assert visit_of(walk).answers["landlord_name"] == "样例乙", "nothing is filled in by itself"
    assert offer_for(visit_of(walk), "landlord_mobile") is None, "the paper says the same, or nothing"
    walk.happen(OfferTaken("landlord_name"))
    assert visit_of(walk).answers["landlord_name"] == "王样例"
    assert offer_for(visit_of(walk), "landlord_name") is None
    assert isinstance(walk.state.view, Review)


def test_what_is_not_wanted_is_not_offered_again() -> None:
    walk = say(reading_walk().at_review(), "出租方（甲方）：王样例").happen(OfferLeft("landlord_name"))
    assert offer_for(visit_of(walk), "landlord_name") is None
    walk.happen(OfferTaken("landlord_name"))
    assert visit_of(walk).answers["landlord_name"] == "样例乙"


def test_an_empty_question_is_offered_on_its_page() -> None:
    walk = say(reading_walk().at_review(), "出租方（甲方）：王样例").happen(ReviewChanged(page=1), AnswerGiven("landlord_name", ""))
    assert isinstance(walk.state.view, Form)
    (offer,) = offers_on(visit_of(walk), 1)
    assert not offer.differs
    walk.happen(OfferTaken("landlord_mobile"))
    assert "landlord_name" not in visit_of(walk).answers, "what was not offered is not taken"
    walk.happen(OfferTaken("landlord_name"))
    assert visit_of(walk).answers["landlord_name"] == "王样例"
    assert offers_on(visit_of(walk), 1) == ()


def test_a_question_that_is_not_put_is_not_answered() -> None:
    walk = say(reading_walk().at_review(), "出租方（甲方）：王样例").happen(ReviewChanged(page=1), AnswerGiven("housing", "own"))
    assert offers_on(visit_of(walk), 1) == ()
    before = visit_of(walk).answers
    walk.happen(OfferTaken("landlord_name"))
    assert visit_of(walk).answers == before


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("出租方（甲方）：A1",),  # no name
        ("出租方（甲方）：王样例", "出租人：李样例"),  # two of them
        ("别的纸",),
    ],
)
def test_what_fails_the_rule_or_is_not_one_thing_is_not_offered(texts: tuple[str, ...]) -> None:
    walk = say(reading_walk().at_review(), *texts)
    assert offers_on(visit_of(walk), 1) == ()


def test_two_pages_that_differ_say_nothing_and_a_page_taken_anew_takes_its_words_along() -> None:
    walk = reading_walk().at_papers().take_picture().happen(PageAdded())
    other = Picture(GOOD, Secret(b"second"), 1240, 1754)
    walk.happen(CapturePressed(), PictureTaken(walk.token, other), NextPressed())
    say(walk, "出租方（甲方）：王样例", place=0)
    assert offer_for(visit_of(walk), "landlord_name") is not None
    say(walk, "出租方（甲方）：李样例")
    assert offer_for(visit_of(walk), "landlord_name") is None
    walk.happen(BackPressed(), RetakePressed(), CapturePressed(), PictureTaken(walk.token, replace(other, jpeg=Secret(b"third"))))
    walk.happen(NextPressed())
    offer = offer_for(visit_of(walk), "landlord_name")
    assert offer is not None
    assert offer.value.reveal() == "王样例"
    assert len(walk.ordered(ReadPrint)) == 3


def test_print_of_another_visit_or_page_belongs_to_nobody() -> None:
    walk = reading_walk().at_review()
    late = PrintRead(walk.token - 1, page_of(walk), lines("出租方（甲方）：王样例"))
    other = PrintRead(walk.token, Secret(b"jpeg of before"), lines("出租方（甲方）：王样例"))
    walk.happen(late, other)
    assert offers_on(visit_of(walk), 1) == ()
    jpeg, token = page_of(walk), walk.token
    walk.happen(FinishPressed(), LeaveConfirmed())
    assert walk.ordered(Forget)
    before = walk.state
    walk.happen(PrintRead(token, jpeg, lines("出租方（甲方）：王样例")))
    assert walk.state == before


def allowance_walk() -> Walk:
    walk = reading_walk().happen(ItemsLoaded((item("elder-allowance"),)), GlassTouched(), ItemChosen(item("elder-allowance").code))
    walk.happen(ConsentTicked(agreed=True), NextPressed())
    reading = CardReading(CardReadStatus.READ, replace(card(), birth_date=Secret(date(1940, 3, 7)), id_number=Secret("110101194003078671")))
    walk.happen(CardFound(walk.token), CardAnswered(walk.token, reading), TimerFired(Timer.CARD_SHOWN))
    for _ in range(4):
        if not isinstance(walk.state.view, Eligible):
            break
        question = visit_of(walk).item.eligibility[walk.state.view.place].question
        refused = [value for refusal in visit_of(walk).item.eligibility[walk.state.view.place].refusals for value in refusal.is_one_of]
        fine = [value for value in (True, False, *(option.value for option in question.options)) if value not in refused]
        walk.happen(AnswerGiven(question.name, fine[-1]), NextPressed())
    return walk


def test_a_paper_that_helps_to_fill_the_form_comes_before_it() -> None:
    walk = allowance_walk()
    assert isinstance(walk.state.view, Capture)
    assert walk.state.view.material == "bank-card"
    walk.take_picture().happen(NextPressed())
    assert isinstance(walk.state.view, Form)
    say(walk, "样例银行", "6222 0000 0000 0000 004")
    page = next(place for place, page in enumerate(visit_of(walk).item.pages) if "bank_card" in {field.name for field in page.fields})
    (offer,) = offers_on(visit_of(walk), page)
    assert (offer.field, offer.value.reveal(), offer.differs) == ("bank_card", "6222000000000000004", False)
    walk.happen(BackPressed())
    assert isinstance(walk.state.view, Capture)
    assert walk.state.view.stage is CaptureStage.TAKEN
    walk.happen(BackPressed())
    assert not isinstance(walk.state.view, Capture | Form), "before it comes what came before the form"


def test_without_that_paper_nothing_is_handed_in() -> None:
    walk = allowance_walk()
    open_step = first_open(visit_of(walk), TODAY)
    assert open_step == Capture(item("elder-allowance").materials[1].id, 1)


def test_the_other_papers_still_come_after_the_form() -> None:
    walk = allowance_walk().take_picture().happen(NextPressed())
    visit = visit_of(walk)
    following = after(walk.state, visit, Form(pages_asked(visit.item, visit.answers)[-1]))
    assert isinstance(following, Capture)
    assert following.material == "household-book"


def test_a_value_is_judged_by_its_own_question_alone() -> None:
    package = item()
    assert fits_alone(package, "landlord_name", "王样例", TODAY)
    assert not fits_alone(package, "landlord_name", "A1", TODAY)
    assert not fits_alone(package, "landlord_mobile", "1380000000", TODAY)
    assert not fits_alone(package, "no_such_question", "王样例", TODAY)
    assert NOW.date() == TODAY
