"""Another matter in the same visit: card and papers go on with the same resident for a while, and with nobody else ever."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from kiosk.flow.carried import Continuing, NextMatter
from kiosk.flow.continuing import GOES_ON_FOR, offered
from kiosk.flow.effects import Forget, SetTimer
from kiosk.flow.events.applying import (
    AnotherWanted,
    AnswerGiven,
    CapturePressed,
    ConsentTicked,
    EarlierPaperUsed,
    HelperWanted,
    Inked,
    RetakePressed,
)
from kiosk.flow.events.choosing import CategoryOpened, ItemChosen
from kiosk.flow.events.devices import CardAnswered, PaperSeen, PictureTaken, SlipAnswered
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CityReceived, ItemsLoaded, MinutePassed, Stored, Timer, TimerFired
from kiosk.flow.papers import STEADY_S
from kiosk.flow.views import Capture, CaptureStage, Done, Form, Guide, Home, LayCard, Sign
from kiosk.freeze import freeze
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from sync.contract.application import SOCIAL_SECURITY, Applicant, Application
from sync.contract.item import CardField, Category, ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, ItemCode, ReceiptNumber, TerminalId
from sync.contract.suites import new_city_key, open_sealed
from tests.kiosk.flow.walk import ANSWERS, GOOD, INK, NOW, Walk, card, item

FIRST = ApplicationId("0193582a-7b3c-7d4e-8f50-123456789001")
NEXT = msgspec.structs.replace(item(), code=ItemCode("next-matter"))
"""The same questions and papers, as another matter."""
WIDER = msgspec.structs.replace(NEXT, card_fields=(*NEXT.card_fields, CardField.ISSUER))
"""It reads more of the card than the first one did."""


def done(following: ItemPackage = NEXT) -> Walk:
    walk = Walk().at_review().happen(ItemsLoaded((item(), following)), NextPressed())
    walk.happen(Stored(walk.token, FIRST, ReceiptNumber("7F3K29QD"), NOW))
    walk.happen(SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)))
    assert isinstance(walk.state.view, Done)
    return walk


def choosing(following: ItemPackage = NEXT) -> Walk:
    walk = done(following).happen(AnotherWanted())
    assert walk.state.view == NextMatter()
    return walk


def begun(following: ItemPackage = NEXT) -> Walk:
    return choosing(following).happen(ItemChosen(following.code), ConsentTicked(agreed=True), NextPressed())


def at_paper() -> Walk:
    walk = begun()
    for _ in range(8):
        if not isinstance(walk.state.view, Form):
            break
        walk.happen(*(AnswerGiven(name, value) for name, value in ANSWERS.items()), NextPressed())
    assert isinstance(walk.state.view, Capture)
    return walk


def test_the_card_is_not_laid_again_and_the_consent_is_asked_anew() -> None:
    walk = choosing().happen(ItemChosen(NEXT.code))
    assert walk.state.view == Guide()
    walk.happen(ConsentTicked(agreed=True), NextPressed())
    assert isinstance(walk.state.view, Form)
    assert walk.state.application.card.reveal().id_number == "110101199003078670"


def test_what_is_asked_is_asked_anew_and_no_answer_goes_on() -> None:
    assert not set(begun().state.application.answers) & set(ANSWERS)


def test_an_item_that_reads_more_of_the_card_asks_for_it_again() -> None:
    assert WIDER.card_fields != item().card_fields
    walk = begun(WIDER)
    assert isinstance(walk.state.view, LayCard)
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.READ, card())), TimerFired(Timer.CARD_SHOWN))
    assert walk.state.application.carried is not None


def test_an_item_that_reads_less_gets_no_more_than_it_may_read() -> None:
    narrow = msgspec.structs.replace(NEXT, card_fields=(CardField.NAME,))
    known = begun(narrow).state.application.card.reveal()
    assert (known.name, known.id_number, known.address) == ("样例甲", None, None)


def test_another_persons_card_ends_what_went_on() -> None:
    walk = begun(WIDER)
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.READ, card("样例乙", "110101199003078671"))))
    assert walk.state.application.carried is None
    assert offered(walk.state, walk.state.application) == ()


def test_a_social_security_card_goes_on_only_to_what_takes_one() -> None:
    social = replace(done().state.application, card=Secret(Applicant(SOCIAL_SECURITY, name="样例甲", id_number="110101199003078670")))
    for takes, expected in ((True, Form), (False, LayCard)):
        following = msgspec.structs.replace(NEXT, card_fields=(CardField.NAME, CardField.ID_NUMBER), by_social_card=takes)
        walk = done(following)
        walk.state = replace(walk.state, visit=social)
        walk.happen(AnotherWanted(), ItemChosen(following.code), ConsentTicked(agreed=True), NextPressed())
        assert isinstance(walk.state.view, expected)


def test_a_paper_is_used_again_and_says_so_on_the_wire() -> None:
    walk = at_paper().happen(EarlierPaperUsed(0))
    assert walk.state.view.stage is CaptureStage.TAKEN
    walk.happen(NextPressed())
    assert isinstance(walk.state.view, Sign)
    visit = walk.state.application
    assert [paper.earlier for paper in visit.papers] == [FIRST]
    key = new_city_key(NOW)
    sealed = freeze(visit, TerminalId("SY-TEST-0001"), "zh", NOW, key.public_key()).sealed(2, "install")
    content = msgspec.json.decode(open_sealed(sealed.body, {key.key_id: key}).content, type=Application)
    assert [paper.photographed_for for paper in content.papers] == [FIRST]


def test_a_paper_that_is_taken_again_is_a_new_one() -> None:
    walk = at_paper().happen(EarlierPaperUsed(0), RetakePressed())
    walk.take_picture().happen(NextPressed())
    assert [paper.earlier for paper in walk.state.application.papers] == [None]


def steadies(walk: Walk) -> int:
    """How often it was going to take a picture by itself."""
    return walk.ordered(SetTimer).count(SetTimer(Timer.STEADY, STEADY_S))


def test_what_was_just_taken_is_not_taken_again_by_itself() -> None:
    walk = at_paper().take_picture().happen(RetakePressed())
    before = steadies(walk)
    assert steadies(walk.happen(PaperSeen(walk.token, GOOD))) == before


def test_what_lies_there_after_the_camera_saw_nothing_is_taken_by_itself() -> None:
    walk = at_paper().take_picture().happen(RetakePressed())
    walk.happen(CapturePressed(), PictureTaken(walk.token, Picture(PaperView(PaperHint.CAMERA_ABSENT))))
    before = steadies(walk)
    assert steadies(walk.happen(PaperSeen(walk.token, GOOD))) == before + 1


@pytest.mark.parametrize("place", [-1, 1, 99])
def test_a_paper_that_is_not_offered_is_not_used(place: int) -> None:
    walk = at_paper()
    before = walk.state
    assert walk.happen(EarlierPaperUsed(place)).state == before


def test_what_went_on_is_over_after_a_while() -> None:
    later = MinutePassed(NOW + GOES_ON_FOR + timedelta(minutes=1))
    walk = at_paper().happen(later)
    before = walk.state
    assert walk.happen(EarlierPaperUsed(0)).state == before
    walk = choosing().happen(ItemChosen(NEXT.code), later, ConsentTicked(agreed=True), NextPressed())
    assert isinstance(walk.state.view, LayCard)
    assert walk.state.application.carried is None
    assert choosing().happen(later, ItemChosen(NEXT.code)).state.visit is None


def test_home_wipes_it_and_the_next_resident_finds_nothing() -> None:
    walk = choosing().happen(FinishPressed())
    assert (walk.state.view, walk.state.visit) == (Home(), None)
    walk.happen(ItemChosen(NEXT.code))
    assert "110101199003078670" not in repr(walk.state)
    assert walk.state.application is None or walk.state.application.carried is None


def test_late_news_of_the_first_application_means_nothing_to_the_second() -> None:
    walk = done()
    token = walk.token
    walk.happen(AnotherWanted())
    assert walk.ordered(Forget)
    before = walk.state
    assert walk.happen(CityReceived(token, CaseNumber("c"), complete=True)).state == before


def test_while_the_slip_prints_nothing_else_begins() -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(Stored(walk.token, FIRST, ReceiptNumber("7F3K29QD"), NOW), AnotherWanted())
    assert isinstance(walk.state.view, Done)


def test_whoever_handed_in_for_somebody_else_or_without_a_card_begins_anew() -> None:
    walk = done()
    helped = replace(walk.state.application, card=None)
    walk.state = replace(walk.state, visit=helped)
    assert isinstance(walk.happen(AnotherWanted()).state.view, Done)


def test_for_somebody_else_nothing_goes_on() -> None:
    large = item("minimum-living")
    assert large.helping is not None
    walk = done(large).happen(AnotherWanted(), ItemChosen(large.code), ConsentTicked(agreed=True), HelperWanted())
    assert walk.state.application.carried is None


def test_the_drawers_open_and_close_and_the_guide_leads_back() -> None:
    walk = choosing().happen(CategoryOpened(Category.WORK))
    assert walk.state.view == NextMatter(Category.WORK)
    assert walk.happen(BackPressed()).state.view == NextMatter()
    walk.happen(ItemChosen(NEXT.code), BackPressed())
    assert walk.state.view == NextMatter()
    assert isinstance(walk.state.visit, Continuing)


@pytest.mark.parametrize("again", [True, False], ids=["used again", "taken anew"])
def test_a_third_matter_has_the_papers_of_both_and_none_twice(again: bool) -> None:
    walk = at_paper()
    if again:
        walk.happen(EarlierPaperUsed(0), NextPressed())
    else:
        walk.take_picture().happen(NextPressed())
    walk.happen(Inked(INK), NextPressed(), NextPressed())
    second = ApplicationId("0193582a-7b3c-7d4e-8f50-123456789002")
    walk.happen(Stored(walk.token, second, ReceiptNumber("7F3K29QD"), NOW))
    walk.happen(SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)), AnotherWanted())
    assert isinstance(walk.state.visit, Continuing)
    assert [paper.application_id for paper in walk.state.visit.carried.papers] == ([FIRST] if again else [second, FIRST])
