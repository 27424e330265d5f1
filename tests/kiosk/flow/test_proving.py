"""Certificates on the glass: issued once, printed only when the printer's job has ended well, and nothing of them is left at home."""

from dataclasses import replace

import pytest

from kiosk.flow.community import Community
from kiosk.flow.desk_errands import HolderCard, LayStage, ProofList, ProofShown, ProofStage, Proving
from kiosk.flow.effects import Enquire, Forget, PrintPages, ReadCard, StopReading, WatchPlate
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.choosing import ErrandChosen, ProofChosen
from kiosk.flow.events.devices import CardAnswered, CardFound, PagesAnswered, PlateSeen
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, CommunityLoaded, Timer, TimerFired
from kiosk.flow.patience import seconds
from kiosk.flow.state import Place
from kiosk.flow.views import CardLeft, Home
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from sync.contract.proofs import PROOF, PROOF_PRINTED, ProofAnswer, ProofKind, ProofQuestion, ProofStatus
from sync.contract.question import Answered, Declined, NoLine, Outcome, QuestionId
from sync.contract.words import Words
from tests.kiosk.flow.walk import Walk, card

KIND = ProofKind("residence", Words("居住登记证明"), Words("样例"))
ID = QuestionId("0193582a-7b3c-7d4e-8f50-123456789abc")
ISSUED = Answered(ProofAnswer(ProofStatus.ISSUED, "21010000001", "CODE", pdf=b"%PDF-"))
OUT = PrintedDocument(JobEnd.PRINTED, DocumentPrinterStatus.READY)
NO_PAPER = PrintedDocument(JobEnd.NOT_BEGUN, DocumentPrinterStatus.PAPER_OUT)


def choosing(*, pages: bool = True) -> Walk:
    walk = Walk()
    walk.state = replace(walk.state, place=Place("SY-TEST-0001", "样例社区", "12345", "1 号窗口", pages=pages))
    return walk.at_home().happen(CommunityLoaded(Community(proofs=(KIND,))), ErrandChosen(ErrandKind.PROOFS))


def laying() -> Walk:
    walk = choosing().happen(ProofChosen("residence"))
    assert walk.state.view == HolderCard()
    return walk


def asking() -> Walk:
    walk = laying()
    return walk.happen(CardFound(walk.token), CardAnswered(walk.token, CardReading(CardReadStatus.READ, card())))


def told(walk: Walk, outcome: Outcome[ProofAnswer]) -> Walk:
    return walk.happen(CityTold(walk.token, PROOF.name, ID, outcome))


def printing() -> Walk:
    return told(asking(), ISSUED)


def stage(walk: Walk) -> ProofStage:
    assert isinstance(walk.state.view, ProofShown)
    return walk.state.view.stage


def test_from_the_choice_to_the_tray() -> None:
    walk = asking()
    assert walk.state.view == ProofShown(ProofStage.ASKING)
    (ask,) = walk.ordered(Enquire)
    assert ask.question(ID) == ProofQuestion(ID, "residence", "110101199003078670", "样例甲")
    assert walk.ordered(StopReading)
    assert walk.ordered(WatchPlate)
    told(walk, ISSUED)
    (order,) = walk.ordered(PrintPages)
    assert order.pdf.reveal() == b"%PDF-"
    walk.happen(PagesAnswered(walk.token, OUT))
    assert stage(walk) is ProofStage.PRINTED
    note = walk.ordered(Enquire)[-1]
    assert (note.kind, note.question.printed) == (PROOF_PRINTED, True)
    assert isinstance(walk.state.visit, Proving)
    assert walk.state.visit.pages is None, "what lies in the tray is not held any more"
    assert walk.happen(NextPressed()).state.view == Home()


def test_neither_name_nor_number_nor_page_stands_in_what_may_be_logged() -> None:
    walk = printing()
    said = repr(walk.state) + repr(walk.ordered(Enquire)) + repr(walk.ordered(PrintPages))
    for secret in ("样例甲", "110101199003078670", "%PDF-"):
        assert secret not in said


def test_nothing_is_offered_without_a_printer_of_pages_or_without_kinds() -> None:
    assert choosing(pages=False).state.view == Home()
    assert choosing().happen(BackPressed(), CommunityLoaded(Community()), ErrandChosen(ErrandKind.PROOFS)).state.view == Home()
    assert choosing().happen(ProofChosen("nothing")).state.view == ProofList()


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (NoLine("down"), ProofStage.NO_LINE),
        (Declined("busy", is_passing=True), ProofStage.DECLINED),
        (Answered(ProofAnswer(ProofStatus.NOTHING_KNOWN)), ProofStage.NOTHING_KNOWN),
        (Answered(ProofAnswer(ProofStatus.NOT_OFFERED)), ProofStage.NOT_OFFERED),
        (Answered(ProofAnswer(ProofStatus.REVOKED)), ProofStage.NOT_OFFERED),
        (Answered(ProofAnswer(ProofStatus.ISSUED)), ProofStage.DECLINED),
    ],
)
def test_what_is_not_issued_is_said_and_nothing_is_printed(outcome: Outcome[ProofAnswer], expected: ProofStage) -> None:
    walk = told(asking(), outcome)
    assert stage(walk) is expected
    assert walk.ordered(PrintPages) == []


def test_after_a_lost_answer_the_same_certificate_is_asked_for() -> None:
    walk = told(asking(), NoLine("down")).happen(NextPressed())
    first, second = walk.ordered(Enquire)
    assert (first.question_id, second.question_id) == (None, ID)
    assert second.question(ID).proof == ID


@pytest.mark.parametrize("end", [end for end in JobEnd if end is not JobEnd.PRINTED])
def test_printed_is_said_only_when_the_job_ended_well_and_it_is_printed_again_without_asking(end: JobEnd) -> None:
    walk = printing().happen(PagesAnswered(1, PrintedDocument(end, DocumentPrinterStatus.JAMMED)))
    assert walk.state.view == ProofShown(ProofStage.NOT_PRINTED, DocumentPrinterStatus.JAMMED, end)
    walk.happen(ReprintPressed())
    assert stage(walk) is ProofStage.PRINTING
    assert len(walk.ordered(PrintPages)) == 2
    assert [ask.kind for ask in walk.ordered(Enquire)] == [PROOF, PROOF_PRINTED]
    assert stage(walk.happen(PagesAnswered(1, OUT))) is ProofStage.PRINTED


def test_nothing_leads_away_while_paper_is_on_its_way() -> None:
    walk = printing()
    assert seconds(walk.state) is None
    assert stage(walk.happen(FinishPressed(), BackPressed(), NextPressed(), TimerFired(Timer.IDLE))) is ProofStage.PRINTING


def test_an_answer_or_a_page_of_an_earlier_resident_means_nothing() -> None:
    walk = asking()
    walk.happen(CityTold(walk.token - 1, PROOF.name, ID, ISSUED), PagesAnswered(walk.token - 1, OUT))
    assert stage(walk) is ProofStage.ASKING


def test_home_keeps_nothing_and_calls_the_card_back() -> None:
    walk = printing().happen(PagesAnswered(1, NO_PAPER), FinishPressed())
    assert (walk.state.view, walk.state.visit, walk.state.overlay) == (Home(), None, CardLeft())
    assert walk.ordered(Forget)
    assert walk.happen(PlateSeen(PlateStatus.EMPTY)).state.overlay is None


def test_a_card_that_moved_is_said_and_waited_for_again() -> None:
    walk = laying()
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.CARD_MOVED)))
    assert walk.state.view == HolderCard(LayStage.REFUSED, CardReadStatus.CARD_MOVED)
    walk.happen(TimerFired(Timer.LOOK_AGAIN))
    assert walk.state.view == HolderCard(LayStage.WAITING, CardReadStatus.CARD_MOVED)
    reads = len(walk.ordered(ReadCard))
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.NO_CARD)))
    assert len(walk.ordered(ReadCard)) == reads + 1
    assert walk.happen(BackPressed()).state.view == ProofList()
