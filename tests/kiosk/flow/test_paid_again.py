"""The proof of a paid bill once more: found by code or card, marked as printed again; what is not known to be paid has none."""

from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest

from kiosk.flow.community import Community
from kiosk.flow.effects import Enquire, PrintProof, ReadCard, ReadCode, Shine, StopReading, StopScanning, WatchPlate
from kiosk.flow.errands import (
    ErrandKind,
    FindPaid,
    FindStage,
    PaidAgain,
    PaidCodeEntry,
    PaidList,
    PaidMissing,
    PaidShown,
    ProofPaper,
    UtilityList,
)
from kiosk.flow.events.applying import AnswerGiven, ReprintPressed
from kiosk.flow.events.choosing import ErrandChosen, NumberPreferred, PaidChosen, ProofAgainWanted
from kiosk.flow.events.devices import CardAnswered, CardFound, CodeShown, PlateSeen, PrinterSeen, SlipAnswered
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, CommunityLoaded, Timer, TimerFired
from kiosk.flow.patience import seconds
from kiosk.flow.views import CardLeft, Home
from peripherals.fittings import Light
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.bills import PAYMENT, PaymentId
from sync.contract.names import ApplicationId, ReceiptNumber
from sync.contract.paid_bills import PAID, PaidBill, PaidBills, PaidQuestion, PaidStatus, code_of
from sync.contract.question import Answered, Declined, NoLine, Outcome
from sync.contract.words import Words
from sync.offline import OfflineReason
from tests.kiosk.flow import test_paying as paying
from tests.kiosk.flow.test_accounts import GAS, NUMBER, WATER
from tests.kiosk.flow.walk import NOW, Walk, card

CODE = code_of(PaymentId(paying.ID))
PAID_AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
BILL = PaidBill(CODE, "water", Words("样例自来水"), "2345", 3345, "S00000001", PAID_AT, "2026 年 10 月")
OTHER = msgspec.structs.replace(BILL, number="S00000009", account_end="9871")
FOUND = Answered(PaidBills(PaidStatus.FOUND, (BILL,), days=366))
OFFLINE: NoLine = NoLine(OfflineReason.NO_LINE)
OUT = Printing(printed=True, status=PrinterStatus.READY)
NO_PAPER = Printing(printed=False, status=PrinterStatus.PAPER_OUT)


def looking(*, scans: bool = True, by_card: bool = True) -> Walk:
    walk = Walk()
    walk.state = replace(walk.state, place=replace(walk.state.place, scans=scans))
    utilities = (WATER, GAS) if by_card else (GAS,)
    walk.at_home().happen(CommunityLoaded(Community(utilities=utilities)), ErrandChosen(ErrandKind.BILLS))
    assert walk.state.view == UtilityList()
    return walk.happen(ProofAgainWanted())


def told(walk: Walk, outcome: Outcome[PaidBills]) -> Walk:
    return walk.happen(CityTold(walk.token, PAID.name, paying.ID, outcome))


def by_code() -> Walk:
    return looking().happen(CodeShown(1, bill=CODE))


def by_card() -> Walk:
    walk = looking()
    return walk.happen(CardFound(walk.token), CardAnswered(walk.token, CardReading(CardReadStatus.READ, card())))


def errand(walk: Walk) -> PaidAgain:
    assert isinstance(walk.state.visit, PaidAgain)
    return walk.state.visit


def test_a_receipts_code_prints_the_proof_again_and_says_so() -> None:
    walk = by_code()
    assert walk.state.view == FindPaid(FindStage.ASKING)
    (ask,) = walk.ordered(Enquire)
    assert ask.question == PaidQuestion(code=CODE)
    assert walk.ordered(StopScanning)
    told(walk, FOUND)
    assert walk.state.view == PaidShown(0)
    assert not walk.ordered(PrintProof), "looked at first, printed when it is wanted"
    walk.happen(NextPressed())
    (order,) = walk.ordered(PrintProof)
    assert (order.number, order.bill.amount_fen, order.code, order.again) == ("S00000001", 3345, CODE, NOW)
    assert walk.state.view == PaidShown(0, ProofPaper.PRINTING)
    assert walk.happen(FinishPressed(), BackPressed()).state.view == PaidShown(0, ProofPaper.PRINTING), "not left while it is printed"
    walk.happen(SlipAnswered(walk.token, OUT), NextPressed())
    assert (walk.state.view, walk.state.visit) == (Home(), None)


def test_the_card_of_the_accounts_holder_finds_them_all() -> None:
    walk = by_card()
    assert walk.ordered(Enquire)[-1].question == PaidQuestion(id_number=NUMBER)
    assert walk.ordered(StopReading)
    assert walk.ordered(WatchPlate)
    assert NUMBER not in repr(walk.state)
    told(walk, Answered(PaidBills(PaidStatus.FOUND, (BILL, OTHER))))
    assert walk.state.view == PaidList()
    assert errand(walk).question is None, "the card's number is held no longer than the question"
    walk.happen(PaidChosen(1), NextPressed())
    assert walk.ordered(PrintProof)[-1].number == "S00000009"
    walk.happen(SlipAnswered(walk.token, OUT), BackPressed())
    assert walk.state.view == PaidList(), "another one can be printed, too"
    assert walk.happen(PaidChosen(7)).state.view == PaidList()


def test_a_single_one_is_a_list_while_a_provider_is_silent() -> None:
    walk = told(by_card(), Answered(PaidBills(PaidStatus.FOUND, (BILL,), is_partial=True)))
    assert walk.state.view == PaidList()
    assert errand(walk).is_partial


def test_the_code_can_be_typed_and_a_wrong_figure_is_not_asked_about() -> None:
    walk = looking().happen(NumberPreferred())
    assert walk.state.view == PaidCodeEntry()
    assert walk.ordered(StopReading)
    assert walk.ordered(StopScanning)
    wrong = CODE[:-1] + str((int(CODE[-1]) + 1) % 10)
    for text in ("", "1234", wrong):
        assert walk.happen(AnswerGiven("code", text), NextPressed()).state.view == PaidCodeEntry(asked=True)
    assert not walk.ordered(Enquire)
    walk.happen(AnswerGiven("code", CODE), NextPressed())
    assert walk.ordered(Enquire)[-1].question == PaidQuestion(code=CODE)
    assert told(walk, FOUND).state.view == PaidShown(0)


def test_back_from_the_figures_waits_for_card_and_code_again() -> None:
    walk = looking().happen(NumberPreferred(), AnswerGiven("code", "12"), BackPressed())
    assert (walk.state.view, errand(walk).typed.reveal()) == (FindPaid(), "")
    assert walk.happen(BackPressed()).state.view == Home()


@pytest.mark.parametrize(("scans", "cards"), [(True, True), (True, False), (False, True)])
def test_only_what_is_there_listens(scans: bool, cards: bool) -> None:
    walk = looking(scans=scans, by_card=cards)
    assert walk.state.view == FindPaid(by_card=cards)
    assert bool(walk.ordered(ReadCode)) == scans
    assert bool(walk.ordered(ReadCard)) == cards
    lights = walk.ordered(Shine)[-1].lights
    assert lights == {light for light, on in ((Light.CARD, cards), (Light.SCANNER, scans)) if on}
    if not cards:
        assert walk.happen(CardFound(walk.token)).state.view == FindPaid(by_card=False)


def test_with_neither_card_nor_scanner_the_code_is_typed() -> None:
    walk = looking(scans=False, by_card=False)
    assert walk.state.view == PaidCodeEntry()
    assert walk.happen(BackPressed()).state.view == Home()


def test_the_slip_of_an_application_is_not_this_kind() -> None:
    walk = looking().happen(CodeShown(1, (ReceiptNumber("7F3K29Q8"), ApplicationId("a"))))
    assert walk.state.view == FindPaid(FindStage.NOT_OURS)
    assert walk.happen(TimerFired(Timer.LOOK_AGAIN)).state.view == FindPaid()
    assert not walk.ordered(Enquire)


@pytest.mark.parametrize("status", [PaidStatus.NOT_FOUND, PaidStatus.NOT_PAID, PaidStatus.TOO_OLD])
def test_what_has_no_proof_is_told_plainly_and_nothing_is_printed(status: PaidStatus) -> None:
    walk = told(by_code(), Answered(PaidBills(status, paid_on=date(2025, 3, 2), days=366)))
    assert walk.state.view == PaidMissing(status, was_card=False, paid_on=date(2025, 3, 2), days=366)
    assert walk.happen(ReprintPressed(), NextPressed()).state.view == Home()
    assert not walk.ordered(PrintProof)


def test_a_code_that_finds_nothing_can_be_compared_figure_by_figure() -> None:
    walk = looking().happen(NumberPreferred(), AnswerGiven("code", CODE), NextPressed())
    told(walk, Answered(PaidBills(PaidStatus.NOT_FOUND))).happen(NumberPreferred())
    assert (walk.state.view, errand(walk).typed.reveal()) == (PaidCodeEntry(), CODE)


@pytest.mark.parametrize("status", [PaidStatus.UNSURE, PaidStatus.PROVIDER_DOWN])
def test_what_is_not_known_yet_can_be_asked_again(status: PaidStatus) -> None:
    walk = told(by_code(), Answered(PaidBills(status)))
    assert walk.happen(NextPressed()).state.view == FindPaid(FindStage.ASKING)
    assert walk.ordered(Enquire)[-1].question == PaidQuestion(code=CODE)
    assert told(walk, FOUND).state.view == PaidShown(0)


def test_a_card_under_which_nothing_was_paid_leads_to_the_code() -> None:
    walk = told(by_card(), Answered(PaidBills(PaidStatus.NOT_FOUND)))
    assert walk.state.view == PaidMissing(PaidStatus.NOT_FOUND, was_card=True)
    assert walk.happen(NumberPreferred()).state.view == PaidCodeEntry()
    assert errand(walk).question is None
    assert walk.happen(BackPressed()).state.view == Home(), "a card that may still lie there is not read again"


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (OFFLINE, FindStage.NO_LINE),
        (Declined("unknown", is_passing=False), FindStage.DECLINED),
        (Answered(PaidBills(PaidStatus.FOUND)), FindStage.DECLINED),
    ],
)
def test_without_an_answer_nothing_is_said_to_be_known(outcome: Outcome[PaidBills], stage: FindStage) -> None:
    walk = told(by_code(), outcome)
    assert walk.state.view == FindPaid(stage)
    assert walk.happen(NextPressed()).state.view == FindPaid(FindStage.ASKING)


def test_a_card_that_cannot_be_read_says_why_and_is_waited_for_again() -> None:
    walk = looking().happen(CardFound(1), CardAnswered(1, CardReading(CardReadStatus.CARD_MOVED)))
    assert walk.state.view == FindPaid(FindStage.REFUSED, CardReadStatus.CARD_MOVED)
    walk.happen(TimerFired(Timer.LOOK_AGAIN), CardAnswered(1, CardReading(CardReadStatus.NO_CARD)))
    assert walk.state.view == FindPaid(FindStage.WAITING, CardReadStatus.CARD_MOVED)


def test_a_proof_that_did_not_come_out_is_printed_by_itself_once_there_is_paper() -> None:
    walk = told(by_code(), FOUND).happen(NextPressed(), SlipAnswered(1, NO_PAPER))
    assert walk.state.view == PaidShown(0, ProofPaper.NOT_PRINTED)
    walk.happen(PrinterSeen(PrinterStatus.READY))
    assert walk.state.view == PaidShown(0, ProofPaper.PRINTING)
    assert len(walk.ordered(PrintProof)) == 2
    walk.happen(SlipAnswered(1, OUT), ReprintPressed())
    assert len(walk.ordered(PrintProof)) == 3


def test_home_keeps_nothing_and_calls_the_card_back() -> None:
    walk = told(by_card(), FOUND).happen(PlateSeen(PlateStatus.OCCUPIED), FinishPressed())
    assert (walk.state.view, walk.state.visit, walk.state.overlay) == (Home(), None, CardLeft())


def test_nobody_is_sent_home_while_the_city_is_asked() -> None:
    walk = by_code()
    assert seconds(walk.state) is None
    assert walk.happen(CityTold(0, PAID.name, paying.ID, FOUND), BackPressed(), NumberPreferred()).state.view == FindPaid(FindStage.ASKING)


def test_the_first_proof_carries_the_code_and_a_second_one_says_that_it_is_one() -> None:
    walk = paying.at_code().happen(paying.told(PAYMENT, Answered(paying.PAID)))
    walk.happen(SlipAnswered(1, NO_PAPER), ReprintPressed(), SlipAnswered(1, OUT), ReprintPressed())
    orders = walk.ordered(PrintProof)
    assert [order.again for order in orders] == [None, None, NOW], "what did not come out was no first one"
    assert {order.code for order in orders} == {CODE}
