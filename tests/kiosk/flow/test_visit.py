"""A visit, told as taps."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.flow.display import Display, Scale
from kiosk.flow.effects import (
    AskCity,
    CloseCamera,
    Forget,
    HandIn,
    OpenCamera,
    PrintSlip,
    Rate,
    ReadCard,
    SetTimer,
    StopReading,
    TakePicture,
    WatchPlate,
)
from kiosk.flow.events import Event
from kiosk.flow.events.applying import (
    AnswerGiven,
    CapturePressed,
    ConsentTicked,
    FieldEntered,
    FieldLeft,
    Inked,
    PageAdded,
    Rated,
    ReprintPressed,
    RetakePressed,
    ReviewChanged,
)
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import CameraOpened, CardAnswered, CardFound, PaperSeen, PictureTaken, PlateSeen, PrinterSeen, SlipAnswered
from kiosk.flow.events.glass import (
    BackPressed,
    FinishPressed,
    GlassTouched,
    LeaveConfirmed,
    NextPressed,
    OverlayClosed,
    ScaleChosen,
    StaffWanted,
)
from kiosk.flow.events.terminal import (
    CityReceived,
    ItemsLoaded,
    LineSeen,
    NotStored,
    StorageFailed,
    StorageMended,
    Stored,
    Timer,
    TimerFired,
)
from kiosk.flow.hand_in import RESUMED_AT_MOST
from kiosk.flow.papers import STEADY_S
from kiosk.flow.views import (
    CaptureStage,
    CardLeft,
    CardStage,
    Done,
    Fault,
    Form,
    Guide,
    HandingIn,
    HandInTrouble,
    Home,
    Idle,
    LayCard,
    LeaveAsked,
    OutOfOrder,
    Paper,
    Review,
    Sign,
    StaffCalled,
)
from kiosk.flow.visit import Ink
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from sync.contract.answers import AnswerProblem
from sync.contract.names import ApplicationId, CaseNumber, ItemCode, ReceiptNumber
from tests.kiosk.flow.walk import ANSWERS, CODE, GOOD, INK, NOW, Walk, card, item

APPLICATION = ApplicationId("0193-sample")
NUMBER = ReceiptNumber("7F3K29QD")
CASE = CaseNumber("210100-20261123-000001")


def stored(walk: Walk) -> Stored:
    return Stored(walk.token, APPLICATION, NUMBER, NOW)


def printed(walk: Walk, status: PrinterStatus = PrinterStatus.READY) -> SlipAnswered:
    return SlipAnswered(walk.token, Printing(status.can_print, status))


def test_a_resident_walks_from_the_first_touch_to_the_slip() -> None:
    walk = Walk().at_review().happen(LineSeen(up=True), NextPressed())
    assert isinstance(walk.state.view, HandingIn)
    assert len(walk.ordered(HandIn)) == 1
    walk.happen(stored(walk))
    assert not walk.ordered(PrintSlip), "the slip waits a moment for the city"
    walk.happen(CityReceived(walk.token, CASE, complete=True))
    assert walk.ordered(PrintSlip)[0].visit.handed_in.case_number == CASE
    walk.happen(printed(walk), Rated(5), NextPressed())
    assert walk.state.view == Home()
    assert walk.state.visit is None
    assert walk.ordered(Rate) == [Rate(APPLICATION, 5)]
    assert walk.ordered(Forget)


def test_with_the_line_cut_the_slip_comes_at_once_and_says_less() -> None:
    walk = Walk().at_review().happen(LineSeen(up=False), NextPressed())
    walk.happen(stored(walk))
    assert walk.ordered(PrintSlip)[0].visit.handed_in.case_number is None
    assert walk.ordered(AskCity), "delivery begins all the same"


def test_a_slow_city_does_not_keep_the_slip_waiting() -> None:
    walk = Walk().at_review().happen(LineSeen(up=True), NextPressed())
    walk.happen(stored(walk), TimerFired(Timer.CITY))
    assert isinstance(walk.state.view, Done)
    assert walk.ordered(PrintSlip)[0].visit.handed_in.case_number is None
    walk.happen(printed(walk), CityReceived(walk.token, CASE, complete=True))
    assert walk.state.visit.handed_in.case_number == CASE, "the page turns into the better one without a new page"
    assert len(walk.ordered(PrintSlip)) == 1


def test_going_on_without_consent_asks_for_it_and_reads_no_card() -> None:
    walk = Walk().at_home().happen(ItemChosen(CODE), NextPressed())
    assert walk.state.view == Guide(agreed=False, asked=True)
    assert not walk.ordered(ReadCard)
    walk.happen(ConsentTicked(agreed=True), NextPressed())
    assert isinstance(walk.state.view, LayCard)
    assert walk.state.visit.agreed_at == NOW


def test_the_card_gives_only_what_the_item_may_read() -> None:
    walk = Walk().at_form()
    read = walk.state.visit.card.reveal()
    assert (read.name, read.id_number) == ("样例甲", "110101199003078670")
    assert read.issuer is None, "this item does not read the issuer"


@pytest.mark.parametrize("status", [status for status in CardReadStatus if status not in (CardReadStatus.READ, CardReadStatus.NO_CARD)])
def test_a_card_that_is_not_read_is_said_and_tried_again(status: CardReadStatus) -> None:
    walk = Walk().at_card()
    walk.happen(CardFound(walk.token), CardAnswered(walk.token, CardReading(status)))
    assert walk.state.view == LayCard(CardStage.REFUSED, status)
    walk.happen(TimerFired(Timer.LOOK_AGAIN))
    assert walk.state.view == LayCard(CardStage.WAITING, status), "what went wrong stays to be read"
    assert len(walk.ordered(ReadCard)) == 2


def test_nobody_laying_a_card_keeps_the_reader_waiting() -> None:
    walk = Walk().at_card()
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.NO_CARD)))
    assert walk.state.view == LayCard()
    assert len(walk.ordered(ReadCard)) == 2


def test_an_expired_card_is_said_and_goes_on() -> None:
    walk = Walk().at_card()
    expired = replace(card(), valid_until=(NOW - timedelta(days=1)).date())
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.READ, expired)))
    assert walk.state.view.expired
    walk.happen(NextPressed())
    assert isinstance(walk.state.view, Form)


def test_an_answer_for_an_ended_visit_is_dropped() -> None:
    walk = Walk().at_card()
    late = walk.token
    walk.happen(FinishPressed(), LeaveConfirmed(), ItemChosen(CODE), ConsentTicked(agreed=True), NextPressed())
    walk.happen(CardAnswered(late, CardReading(CardReadStatus.READ, card())))
    assert walk.state.visit.card is None


def test_leaving_the_card_page_stops_the_reader() -> None:
    walk = Walk().at_card().happen(BackPressed())
    assert walk.ordered(StopReading)
    assert walk.state.view == Guide(agreed=True)


def test_a_page_with_gaps_says_which_and_goes_nowhere() -> None:
    walk = Walk().at_form().happen(NextPressed())
    view = walk.state.view
    assert isinstance(view, Form)
    assert view.page == 0
    assert {problem.problem for problem in view.problems} == {AnswerProblem.MISSING}
    assert view.focus == view.problems[0].field
    walk.happen(AnswerGiven(view.focus, ANSWERS[view.focus]))
    assert view.problems[0].field not in {problem.field for problem in walk.state.view.problems}


def test_a_wrong_answer_keeps_what_was_typed() -> None:
    walk = Walk().at_form().happen(FieldEntered("arrive_date"), AnswerGiven("arrive_date", "2030-01-01"), FieldLeft())
    assert [problem.problem for problem in walk.state.view.problems] == [AnswerProblem.NOT_IN_THE_PAST]
    assert walk.state.visit.answers["arrive_date"] == "2030-01-01"


def test_a_field_of_another_page_cannot_be_answered() -> None:
    walk = Walk().at_form().happen(AnswerGiven("mobile", "13900000000"), AnswerGiven("no_such_field", "x"))
    assert not walk.state.visit.answers


def test_answers_that_became_hidden_are_not_handed_in() -> None:
    walk = Walk().at_review()
    assert "employer" in walk.state.visit.answers
    walk.happen(ReviewChanged(page=0), AnswerGiven("reason", "family"), NextPressed())
    assert isinstance(walk.state.view, Review)
    walk.happen(NextPressed())
    assert "employer" not in walk.ordered(HandIn)[0].visit.answers


def test_a_change_that_opens_a_gap_leads_to_the_gap_before_the_review() -> None:
    walk = Walk().at_review().happen(ReviewChanged(page=0), AnswerGiven("reason", "study"), NextPressed())
    view = walk.state.view
    assert isinstance(view, Form)
    assert "school" in {problem.field for problem in view.problems}


def test_the_camera_runs_only_while_its_page_is_shown() -> None:
    walk = Walk().at_papers()
    assert len(walk.ordered(OpenCamera)) == 1
    walk.take_picture().happen(NextPressed())
    assert isinstance(walk.state.view, Sign)
    assert len(walk.ordered(CloseCamera)) == 1


def test_a_good_paper_held_still_takes_its_own_picture() -> None:
    walk = Walk().at_papers()
    walk.happen(CameraOpened(walk.token, PaperHint.GOOD), PaperSeen(walk.token, GOOD), TimerFired(Timer.STEADY))
    assert walk.ordered(TakePicture) == [TakePicture(walk.token, insist=False)]


NO_PAPER = PaperView(PaperHint.NO_PAPER)


def test_a_paper_that_was_changed_while_its_picture_was_looked_at_is_seen_and_takes_its_own_picture() -> None:
    walk = Walk().at_papers().take_picture()
    walk.happen(PaperSeen(walk.token, NO_PAPER), PaperSeen(walk.token, GOOD), PageAdded())
    assert walk.state.view.view == GOOD, "the camera does not say it again"
    assert SetTimer(Timer.STEADY, STEADY_S) in walk.ordered(SetTimer)
    walk.happen(TimerFired(Timer.STEADY))
    assert walk.state.view.stage is CaptureStage.TAKING


def test_the_paper_that_was_just_photographed_is_not_photographed_again_by_itself() -> None:
    walk = Walk().at_papers().take_picture()
    walk.happen(PaperSeen(walk.token, GOOD), PageAdded())
    assert walk.state.view.view == GOOD
    assert not walk.state.view.is_fresh
    taken = len(walk.ordered(TakePicture))
    assert SetTimer(Timer.STEADY, STEADY_S) not in walk.ordered(SetTimer)
    walk.happen(PaperSeen(walk.token, PaperView(PaperHint.GLARE)), PaperSeen(walk.token, GOOD))
    assert SetTimer(Timer.STEADY, STEADY_S) in walk.ordered(SetTimer), "it was moved or changed"
    walk.happen(CapturePressed())
    assert len(walk.ordered(TakePicture)) == taken + 1, "and the button always does it"


def test_a_picture_taken_again_begins_with_what_lies_there() -> None:
    walk = Walk().at_papers().take_picture()
    walk.happen(PaperSeen(walk.token, PaperView(PaperHint.CORNER_HIDDEN)), RetakePressed())
    assert walk.state.view.view.hint is PaperHint.CORNER_HIDDEN
    walk.happen(PaperSeen(walk.token, GOOD), TimerFired(Timer.STEADY))
    assert walk.state.view.stage is CaptureStage.TAKING


def test_after_three_refused_pictures_the_resident_may_insist() -> None:
    walk = Walk().at_papers()
    walk.happen(CameraOpened(walk.token, PaperHint.GOOD))
    for _ in range(3):
        walk.happen(CapturePressed(), PictureTaken(walk.token, Picture(PaperView(PaperHint.BLURRED))))
        assert walk.state.view.stage is CaptureStage.AIMING
    walk.happen(CapturePressed())
    assert walk.ordered(TakePicture)[-1].insist
    assert not walk.ordered(TakePicture)[0].insist


def test_several_pages_of_one_paper_and_one_taken_again() -> None:
    walk = Walk().at_papers().take_picture().happen(PageAdded())
    assert walk.state.view.page == 2
    walk.take_picture().happen(RetakePressed()).take_picture().happen(NextPressed())
    assert [(paper.page) for paper in walk.state.visit.papers] == [1, 2]


def test_a_required_paper_is_not_skipped() -> None:
    walk = Walk().at_papers()
    before = walk.state.view
    walk.happen(NextPressed())
    assert walk.state.view == before


def test_an_empty_or_tiny_signature_is_asked_for() -> None:
    walk = Walk().at_signature().happen(NextPressed())
    assert walk.state.view == Sign(asked=True)
    walk.happen(Inked(Ink(150, 60, (((1.0, 1.0, 0), (2.0, 1.0, 50)),))), NextPressed())
    assert walk.state.view == Sign(asked=True)
    walk.happen(Inked(INK), NextPressed())
    assert isinstance(walk.state.view, Review)


@pytest.mark.parametrize("trouble", list(HandInTrouble))
def test_a_refused_hand_in_keeps_the_draft(trouble: HandInTrouble) -> None:
    walk = Walk().at_review()
    draft = walk.state.visit
    walk.happen(NextPressed(), NotStored(walk.token, trouble))
    assert walk.state.view == Review(trouble)
    assert walk.state.visit.answers == draft.answers
    walk.happen(NextPressed())
    assert len(walk.ordered(HandIn)) == 2


def test_pressing_twice_hands_in_once() -> None:
    walk = Walk().at_review().happen(NextPressed(), NextPressed())
    assert len(walk.ordered(HandIn)) == 1


@pytest.mark.parametrize("status", [status for status in PrinterStatus if not status.can_print])
def test_a_slip_that_did_not_come_is_said_and_can_be_printed_again(status: PrinterStatus) -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(stored(walk), printed(walk, status))
    assert walk.state.view == Done(Paper.NOT_PRINTED, status)
    walk.happen(ReprintPressed(), printed(walk))
    assert walk.state.view.paper is Paper.PRINTED


def test_a_slip_that_did_not_come_is_printed_by_itself_once_it_can_be_and_says_that_it_is_a_reprint() -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(stored(walk), printed(walk, PrinterStatus.PAPER_OUT))
    walk.happen(PrinterSeen(PrinterStatus.COVER_OPEN))
    assert walk.state.view == Done(Paper.NOT_PRINTED, PrinterStatus.COVER_OPEN)  # somebody is putting paper in
    walk.happen(PrinterSeen(PrinterStatus.READY))
    assert walk.state.view.paper is Paper.PRINTING
    walk.happen(printed(walk))
    assert walk.state.view.paper is Paper.PRINTED
    assert [slip.time for slip in walk.ordered(PrintSlip)] == [1, 2]
    walk.happen(PrinterSeen(PrinterStatus.PAPER_LOW))
    assert len(walk.ordered(PrintSlip)) == 2  # what came out is not printed again unless somebody asks
    walk.happen(ReprintPressed())
    assert walk.ordered(PrintSlip)[-1].time == 3


def test_a_printer_that_says_it_is_well_and_is_not_does_not_eat_the_roll() -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(stored(walk))
    for _ in range(9):
        walk.happen(printed(walk, PrinterStatus.CUTTER_ERROR), PrinterSeen(PrinterStatus.READY))
    assert len(walk.ordered(PrintSlip)) == 1 + RESUMED_AT_MOST
    assert walk.state.view.paper is Paper.NOT_PRINTED
    walk.happen(ReprintPressed())
    assert len(walk.ordered(PrintSlip)) == 2 + RESUMED_AT_MOST


def test_a_printer_that_recovers_elsewhere_prints_nothing() -> None:
    walk = Walk().at_review().happen(PrinterSeen(PrinterStatus.PAPER_OUT), PrinterSeen(PrinterStatus.READY))
    assert not walk.ordered(PrintSlip)


def test_nothing_leaves_while_the_slip_is_printing() -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(stored(walk), FinishPressed(), NextPressed())
    assert isinstance(walk.state.view, Done)


def test_one_rating_a_visit_within_five_levels() -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(stored(walk), printed(walk), Rated(6), Rated(0), Rated(2), Rated(5))
    assert walk.ordered(Rate) == [Rate(APPLICATION, 2)]


def test_leaving_asks_once_and_then_forgets_everything() -> None:
    walk = Walk().at_papers().happen(FinishPressed())
    assert isinstance(walk.state.overlay, LeaveAsked)
    walk.happen(OverlayClosed())
    assert walk.state.visit is not None
    walk.happen(FinishPressed(), PlateSeen(PlateStatus.EMPTY), LeaveConfirmed())
    assert (walk.state.view, walk.state.visit, walk.state.overlay) == (Home(), None, None)
    assert walk.ordered(Forget)


def test_a_forgotten_card_is_called_back_and_the_next_visit_waits() -> None:
    walk = Walk().at_form()
    assert walk.ordered(WatchPlate)
    walk.happen(FinishPressed(), LeaveConfirmed())
    assert isinstance(walk.state.overlay, CardLeft)
    walk.happen(OverlayClosed(), ItemChosen(CODE))
    assert walk.state.visit is None
    walk.happen(PlateSeen(PlateStatus.EMPTY), ItemChosen(CODE))
    assert walk.state.visit is not None


def test_help_is_shown_over_any_page_and_closes() -> None:
    walk = Walk().at_form().happen(StaffWanted())
    assert isinstance(walk.state.overlay, StaffCalled)
    assert walk.happen(OverlayClosed()).state.overlay is None


def test_without_items_or_storage_the_terminal_rests() -> None:
    walk = Walk().happen(ItemsLoaded(()))
    assert walk.state.view == OutOfOrder(Fault.NO_ITEMS)
    assert walk.happen(ItemsLoaded((item(),))).state.view == Idle()
    assert walk.happen(StorageFailed()).state.view == OutOfOrder(Fault.STORAGE)
    assert walk.happen(ItemsLoaded((item(),))).state.view == OutOfOrder(Fault.STORAGE), "items do not mend a disk"
    assert walk.happen(StorageMended()).state.view == Idle(), "it goes on by itself"


@pytest.mark.parametrize(("trouble", "fault"), [(StorageFailed(), Fault.STORAGE), (ItemsLoaded(()), Fault.NO_ITEMS)])
def test_a_fault_that_comes_during_a_visit_is_remembered_until_it_ends(trouble: Event, fault: Fault) -> None:
    walk = Walk().at_form()
    view = walk.state.view
    assert walk.happen(trouble).state.view == view
    walk.happen(FinishPressed(), PlateSeen(PlateStatus.EMPTY), LeaveConfirmed())
    assert walk.state.view == OutOfOrder(fault)
    assert walk.happen(ItemChosen(CODE)).state.visit is None


def test_a_fault_that_goes_during_a_visit_leaves_no_trace() -> None:
    walk = Walk().at_form().happen(StorageFailed(), StorageMended(), FinishPressed(), PlateSeen(PlateStatus.EMPTY), LeaveConfirmed())
    assert walk.state.view == Home()


def test_a_resting_terminal_takes_back_what_somebody_chose_and_left() -> None:
    walk = Walk().at_home().happen(StorageFailed(), ScaleChosen(Scale.LARGEST), StaffWanted(), TimerFired(Timer.IDLE))
    assert (walk.state.view, walk.state.overlay, walk.state.display) == (OutOfOrder(Fault.STORAGE), None, Display())
    walk.effects.clear()
    assert walk.happen(TimerFired(Timer.IDLE)).ordered(SetTimer) == [], "then it sleeps"


def test_a_touch_before_the_items_are_read_is_answered_with_them() -> None:
    walk = Walk().happen(GlassTouched())
    assert walk.state.view == Idle(), "there is nothing to choose from yet"
    walk.happen(ItemsLoaded((item(),)))
    assert walk.state.view == Home()
    walk.effects.clear()
    walk.happen(TimerFired(Timer.IDLE))
    assert walk.state.view == Idle(), "who has gone meanwhile keeps nobody's home open"
    assert walk.happen(ItemsLoaded((item("elder-allowance"),))).state.view == Idle(), "and is answered once"


def test_items_that_come_open_nothing_for_nobody() -> None:
    assert Walk().happen(ItemsLoaded((item(),))).state.view == Idle()


def test_a_touch_is_not_answered_out_of_order() -> None:
    walk = Walk().happen(GlassTouched(), ItemsLoaded(()))
    assert walk.state.view == OutOfOrder(Fault.NO_ITEMS)
    assert walk.happen(ItemsLoaded((item(),))).state.view == Idle(), "they were told to go elsewhere"
    walk = Walk().happen(GlassTouched(), StorageFailed(), ItemsLoaded((item(),)))
    assert walk.state.view == OutOfOrder(Fault.STORAGE)


def test_an_item_that_is_withdrawn_during_a_visit_is_finished_as_it_was_begun() -> None:
    walk = Walk().at_review().happen(ItemsLoaded((item("elder-allowance"),)), NextPressed())
    assert walk.ordered(HandIn)[0].visit.item.code == CODE
    walk.happen(stored(walk), printed(walk), NextPressed(), PlateSeen(PlateStatus.EMPTY), ItemChosen(CODE))
    assert walk.state.visit is None


def test_the_city_has_the_form_first_and_the_pictures_later() -> None:
    walk = Walk().at_review().happen(LineSeen(up=True), NextPressed())
    walk.happen(stored(walk), CityReceived(walk.token, CASE, complete=False), printed(walk))
    assert walk.state.visit.handed_in.case_number == CASE
    assert not walk.state.visit.handed_in.complete
    walk.happen(CityReceived(walk.token, CASE, complete=True))
    assert walk.state.visit.handed_in.complete
    assert len(walk.ordered(PrintSlip)) == 1


def test_an_unknown_item_begins_nothing() -> None:
    walk = Walk().at_home().happen(ItemChosen(ItemCode("no-such-item")))
    assert walk.state.visit is None


def test_the_name_of_a_resident_is_in_no_repr() -> None:
    walk = Walk().at_review()
    told = repr(walk.state) + repr(walk.effects)
    assert "样例甲" not in told
    assert "110101199003078670" not in told
    assert "13900000000" not in told
    assert isinstance(walk.state.visit.papers[0].jpeg, Secret)
