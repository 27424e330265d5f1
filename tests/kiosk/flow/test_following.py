"""Somebody looks after their cases: by card or slip, one by one, brings what is missing without typing anything again, and rates."""

from dataclasses import replace
from uuid import uuid4

import msgspec
import pytest

from kiosk.flow.effects import Enquire, Forget, HandIn, PrintNotice, PrintSlip, ReadCode, StopReading, StopScanning, WatchPlate
from kiosk.flow.errands import CaseList, CaseShown, ErrandKind, FindCases, FindStage, Following, NoticePaper, OnceOnly, RatingStage
from kiosk.flow.events.applying import AnswerGiven, Inked, Rated, ReprintPressed
from kiosk.flow.events.choosing import CaseOpened, ErrandChosen
from kiosk.flow.events.devices import CardAnswered, CardFound, CodeShown, PlateSeen, SlipAnswered
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, ItemsLoaded, Stored, Timer, TimerFired
from kiosk.flow.following import correction
from kiosk.flow.state import Place
from kiosk.flow.views import Capture, CardLeft, Done, Form, HandingIn, Home, Review, Sign
from kiosk.flow.visit import Visit
from kiosk.freeze import freeze
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.application import Application
from sync.contract.names import ApplicationId, ItemCode, MaterialId, TerminalId
from sync.contract.progress import PROGRESS, RATING, CaseProgress, Missing, Progress, RatingTaken
from sync.contract.question import Answered, Declined, NoLine, Outcome, QuestionId
from sync.contract.suites import new_city_key, open_sealed
from sync.contract.words import Words
from tests.kiosk.flow.cases import ACCEPTED, CASES, CLOSED, TO_CORRECT
from tests.kiosk.flow.walk import INK, NOW, Walk, card, item

CODE = (TO_CORRECT.number, TO_CORRECT.application_id)
PRINTED = Printing(printed=True, status=PrinterStatus.READY)


def finding(*, scans: bool = False) -> Walk:
    walk = Walk().at_home()
    walk.state = replace(walk.state, place=Place("SY-TEST-0001", "样例社区", "12345", "1 号窗口", scans=scans))
    return walk.happen(ErrandChosen(ErrandKind.PROGRESS))


def asking(walk: Walk | None = None) -> Walk:
    walk = walk or finding()
    return walk.happen(CardFound(walk.token), CardAnswered(walk.token, CardReading(CardReadStatus.READ, card())))


def told(walk: Walk, outcome: Outcome[Progress]) -> Walk:
    return walk.happen(CityTold(walk.token, PROGRESS.name, QuestionId("q"), outcome))


def listed(*cases: CaseProgress) -> Walk:
    return told(asking(), Answered(Progress(cases or CASES)))


def test_the_card_is_read_and_its_number_goes_into_one_question() -> None:
    walk = asking()
    assert walk.state.view == FindCases(FindStage.ASKING)
    (ask,) = walk.ordered(Enquire)
    assert (ask.kind, ask.question.id_number) == (PROGRESS, "110101199003078670")
    assert "110101199003078670" not in repr(walk.state) + repr(ask)
    assert walk.ordered(WatchPlate)
    assert walk.ordered(StopReading)


def test_a_slips_code_asks_for_its_one_case() -> None:
    walk = finding(scans=True)
    assert walk.ordered(ReadCode)
    walk.happen(CodeShown(walk.token, CODE))
    assert walk.ordered(StopScanning)
    assert walk.ordered(Enquire)[0].question.application_id == TO_CORRECT.application_id


def test_a_code_that_is_not_ours_is_said_and_the_next_one_is_waited_for() -> None:
    walk = finding(scans=True)
    walk.happen(CodeShown(walk.token, None))
    assert walk.state.view == FindCases(FindStage.NOT_OURS)
    walk.happen(TimerFired(Timer.LOOK_AGAIN))
    assert walk.state.view == FindCases(FindStage.WAITING)
    assert not walk.ordered(Enquire)


def test_a_terminal_without_a_scanner_listens_to_none() -> None:
    assert not finding().ordered(ReadCode)


def test_a_card_that_moved_is_said_and_waited_for_again() -> None:
    walk = finding()
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.CARD_MOVED)))
    assert walk.state.view == FindCases(FindStage.REFUSED, CardReadStatus.CARD_MOVED)
    walk.happen(TimerFired(Timer.LOOK_AGAIN))
    assert walk.state.view == FindCases(FindStage.WAITING, CardReadStatus.CARD_MOVED)


@pytest.mark.parametrize(
    ("outcome", "stage"), [(NoLine("down"), FindStage.NO_LINE), (Declined("busy", is_passing=True), FindStage.DECLINED)]
)
def test_without_an_answer_it_is_said_and_may_be_asked_again_without_the_card(outcome: Outcome[Progress], stage: FindStage) -> None:
    walk = told(asking(), outcome)
    assert walk.state.view == FindCases(stage)
    walk.happen(NextPressed())
    assert walk.state.view == FindCases(FindStage.ASKING)
    assert len(walk.ordered(Enquire)) == 2


def test_an_answer_to_an_earlier_resident_means_nothing() -> None:
    walk = asking()
    late = CityTold(walk.token - 1, PROGRESS.name, QuestionId("q"), Answered(Progress(CASES)))
    assert walk.happen(late).state.view == FindCases(FindStage.ASKING)


def test_several_cases_are_a_list_one_is_opened_at_once_and_none_is_said() -> None:
    assert listed().state.view == CaseList()
    assert listed(ACCEPTED).state.view == CaseShown(ACCEPTED.application_id)
    assert listed(TO_CORRECT).state.view == OnceOnly(TO_CORRECT.application_id)
    assert told(asking(), Answered(Progress(()))).state.view == CaseList()


def test_the_list_leads_to_what_is_missing_first_and_to_any_case() -> None:
    assert listed().happen(NextPressed()).state.view == OnceOnly(TO_CORRECT.application_id)
    walk = listed().happen(CaseOpened(CLOSED.application_id))
    assert walk.state.view == CaseShown(CLOSED.application_id)
    assert walk.happen(BackPressed()).state.view == CaseList()
    assert listed().happen(CaseOpened(ApplicationId(str(uuid4())))).state.view == CaseList()


def test_home_keeps_nothing_and_calls_the_card_back() -> None:
    walk = listed().happen(FinishPressed())
    assert isinstance(walk.state.view, Home)
    assert walk.state.visit is None
    assert walk.state.overlay == CardLeft()
    assert walk.ordered(Forget)
    assert walk.happen(PlateSeen(PlateStatus.EMPTY)).state.overlay is None


# Bringing what is missing


def bringing() -> Walk:
    return listed().happen(NextPressed(), NextPressed())


def test_only_what_is_missing_is_asked_and_nothing_is_typed_again() -> None:
    walk = bringing()
    visit = walk.state.application
    assert visit is not None
    assert [field.name for page in visit.item.pages for field in page.fields] == ["mobile"]
    assert [material.id for material in visit.item.materials] == ["home-proof"]
    assert isinstance(walk.state.view, Form)
    assert walk.happen(NextPressed()).state.view.problems


def at_review() -> Walk:
    walk = bringing().happen(AnswerGiven("mobile", "13900000001"), NextPressed())
    assert isinstance(walk.state.view, Capture)
    walk.take_picture().happen(NextPressed())
    assert isinstance(walk.state.view, Sign)
    walk.happen(Inked(INK), NextPressed())
    assert isinstance(walk.state.view, Review)
    return walk


def test_what_was_brought_is_handed_in_as_a_correction_of_the_case() -> None:
    walk = at_review().happen(NextPressed())
    assert isinstance(walk.state.view, HandingIn)
    (order,) = walk.ordered(HandIn)
    key = new_city_key(NOW)
    frozen = freeze(order.visit, TerminalId("SY-TEST-0001"), "zh", NOW, key.public_key())
    sealed = frozen.sealed(1, "install")
    content = msgspec.json.decode(open_sealed(sealed.body, {key.key_id: key}).content, type=Application)
    assert content.corrects == TO_CORRECT.application_id
    assert content.answers == {"mobile": "13900000001"}
    assert content.applicant is None
    walk.happen(Stored(walk.token, frozen.application_id, frozen.number, NOW))
    assert isinstance(walk.state.view, Done)
    assert walk.ordered(PrintSlip)


def test_back_from_the_first_page_shows_again_what_is_missing() -> None:
    walk = bringing().happen(BackPressed())
    assert walk.state.view == OnceOnly(TO_CORRECT.application_id)
    assert isinstance(walk.state.visit, Following)
    assert isinstance(walk.happen(NextPressed()).state.visit, Visit)


def test_what_this_terminal_cannot_ask_for_is_brought_at_the_window() -> None:
    strange = Missing(Words("别的"), Words("缺"), "带来", material=MaterialId("no-such-paper"))
    walk = listed(msgspec.structs.replace(TO_CORRECT, missing=(strange,))).happen(NextPressed())
    assert walk.state.view == OnceOnly(TO_CORRECT.application_id, elsewhere=True)
    walk = listed(TO_CORRECT).happen(ItemsLoaded((msgspec.structs.replace(item(), code=ItemCode("other")),)), NextPressed())
    assert walk.state.view == OnceOnly(TO_CORRECT.application_id, elsewhere=True)
    assert correction(item(), msgspec.structs.replace(TO_CORRECT, missing=())) is None


@pytest.mark.parametrize("printed", [True, False])
def test_the_notice_is_printed_to_take_home_or_its_number_is_said(printed: bool) -> None:
    walk = listed(TO_CORRECT).happen(ReprintPressed())
    (order,) = walk.ordered(PrintNotice)
    assert order.case == TO_CORRECT
    assert walk.happen(NextPressed()).state.view == OnceOnly(TO_CORRECT.application_id, NoticePaper.PRINTING)
    walk.happen(SlipAnswered(walk.token, PRINTED if printed else Printing(printed=False, status=PrinterStatus.PAPER_OUT)))
    assert walk.state.view == OnceOnly(TO_CORRECT.application_id, NoticePaper.PRINTED if printed else NoticePaper.NOT_PRINTED)


# Rating


def test_a_finished_case_is_rated_once() -> None:
    walk = listed().happen(CaseOpened(CLOSED.application_id), Rated(5))
    assert walk.state.view == CaseShown(CLOSED.application_id, 5, RatingStage.SENDING)
    walk.happen(CityTold(walk.token, RATING.name, QuestionId("q"), Answered(RatingTaken(is_new=True))), Rated(1), BackPressed())
    walk.happen(CaseOpened(CLOSED.application_id), Rated(1))
    assert walk.state.view == CaseShown(CLOSED.application_id)
    assert [ask.kind for ask in walk.ordered(Enquire)] == [PROGRESS, RATING]


def test_a_rating_that_did_not_arrive_may_be_given_again() -> None:
    walk = listed().happen(CaseOpened(CLOSED.application_id), Rated(5))
    walk.happen(CityTold(walk.token, RATING.name, QuestionId("q"), NoLine("down")))
    assert walk.state.view == CaseShown(CLOSED.application_id, 5, RatingStage.NOT_KEPT)
    walk.happen(Rated(4))
    assert len(walk.ordered(Enquire)) == 3


@pytest.mark.parametrize("level", [0, 6])
def test_there_are_five_levels_and_only_finished_cases_are_rated(level: int) -> None:
    assert listed().happen(CaseOpened(CLOSED.application_id), Rated(level)).state.view == CaseShown(CLOSED.application_id)
    assert listed().happen(CaseOpened(ACCEPTED.application_id), Rated(5)).state.view == CaseShown(ACCEPTED.application_id)
