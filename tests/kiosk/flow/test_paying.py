"""Bills on the glass: paid is said on the provider's word alone, and no way home while money may be on its way."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.flow.community import Community
from kiosk.flow.effects import Enquire, PrintProof
from kiosk.flow.errands import AccountEntry, BillShown, BillStage, ErrandKind, PayCode, Paying, PayStage, UtilityList
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, ReprintPressed
from kiosk.flow.events.choosing import ErrandChosen, UtilityChosen
from kiosk.flow.events.devices import SlipAnswered
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed, StaffWanted
from kiosk.flow.events.terminal import CityTold, CommunityLoaded, Timer, TimerFired
from kiosk.flow.patience import seconds
from kiosk.flow.paying import is_under_way
from kiosk.flow.views import Home, StillThere
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.bills import BILL, PAY, PAYMENT, Bill, BillStatus, PaymentAnswer, PaymentState, Utility, UtilityKind
from sync.contract.question import Answered, NoLine, Outcome, QuestionId, QuestionKind
from sync.contract.words import Words
from sync.offline import OfflineReason
from tests.kiosk.flow.walk import Walk

WATER = Utility("water", UtilityKind.WATER, Words("样例自来水"), Words("户号"), 8, 12)
OWED = Bill(BillStatus.OWED, "样*", "B-202611", 3345, "2026 年 11 月")
ID = QuestionId("0193582a-7b3c-7d4e-8f50-123456789abc")
PAID = PaymentAnswer(PaymentState.PAID, number="S1", paid_at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
AWAITING = PaymentAnswer(PaymentState.AWAITING, "https://pay.example.invalid/1")
OFFLINE: NoLine = NoLine(OfflineReason.NO_LINE)


def told(kind: QuestionKind[Any, Any], outcome: Outcome[Any], token: int = 1) -> CityTold:
    return CityTold(token, kind.name, ID, outcome)


def at_account(utility: Utility = WATER) -> Walk:
    walk = Walk().at_home().happen(CommunityLoaded(Community(utilities=(utility,))), ErrandChosen(ErrandKind.BILLS))
    assert walk.state.view == UtilityList()
    return walk.happen(UtilityChosen("water"), AnswerGiven("account", "10002345"))


def at_bill(bill: Bill = OWED, utility: Utility = WATER) -> Walk:
    return at_account(utility).happen(NextPressed(), told(BILL, Answered(bill)))


def at_code() -> Walk:
    return at_bill().happen(NextPressed(), told(PAY, Answered(AWAITING)))


def stage(walk: Walk) -> PayStage:
    assert isinstance(walk.state.view, PayCode)
    return walk.state.view.stage


def test_from_the_account_to_the_printed_proof() -> None:
    walk = at_code()
    assert stage(walk) is PayStage.WATCHING
    walk.happen(TimerFired(Timer.PAYMENT), told(PAYMENT, Answered(AWAITING)), TimerFired(Timer.PAYMENT), told(PAYMENT, Answered(PAID)))
    assert stage(walk) is PayStage.PAID
    (proof,) = walk.ordered(PrintProof)
    assert isinstance(proof, PrintProof)
    assert (proof.number, proof.bill.amount_fen) == ("S1", 3345)
    assert "10002345" not in repr(proof)
    walk.happen(SlipAnswered(1, Printing(printed=True, status=PrinterStatus.READY)), NextPressed())
    assert (walk.state.view, walk.state.visit) == (Home(), None)


@pytest.mark.parametrize("account", ["", "123", "1234567890123", "1000234X"])
def test_an_account_that_cannot_be_one_is_not_asked_about(account: str) -> None:
    walk = at_account().happen(AnswerGiven("account", account), NextPressed())
    assert walk.state.view == AccountEntry(asked=True)
    assert walk.ordered(Enquire) == []


@pytest.mark.parametrize("bill", [Bill(BillStatus.NOTHING_OWED), Bill(BillStatus.NO_ACCOUNT), Bill(BillStatus.OWED, amount_fen=0)])
def test_what_is_not_owed_is_not_paid(bill: Bill) -> None:
    walk = at_bill(bill).happen(NextPressed())
    assert walk.state.view == BillShown(BillStage.ANSWERED)


def test_what_is_only_looked_at_here_is_not_paid() -> None:
    look_only = Utility("water", UtilityKind.MEDICAL, Words("样例"), Words("编号"), 8, 12, pays=False)
    assert at_bill(OWED, look_only).happen(NextPressed()).state.view == BillShown(BillStage.ANSWERED)


def test_without_a_line_nothing_is_known_and_it_can_be_asked_again() -> None:
    walk = at_account().happen(NextPressed(), told(BILL, OFFLINE))
    assert walk.state.view == BillShown(BillStage.NO_LINE)
    assert walk.happen(NextPressed()).state.view == BillShown(BillStage.ASKING)


def test_a_lost_look_is_said_and_looked_again_while_the_code_stays() -> None:
    walk = at_code().happen(TimerFired(Timer.PAYMENT), told(PAYMENT, OFFLINE))
    assert isinstance(walk.state.view, PayCode)
    assert (walk.state.view.stage, walk.state.view.blind, walk.state.view.code) == (PayStage.WATCHING, True, AWAITING.code)


def test_giving_up_waits_for_the_provider_and_paid_in_that_moment_is_paid() -> None:
    walk = at_code().happen(BackPressed())
    assert stage(walk) is PayStage.CLOSING
    assert stage(walk.happen(told(PAYMENT, Answered(PAID)))) is PayStage.PAID
    walk = at_code().happen(BackPressed(), told(PAYMENT, Answered(PaymentAnswer(PaymentState.CLOSED))), NextPressed())
    assert walk.state.view == Home()


def test_what_cannot_be_known_is_said_to_be_unknown() -> None:
    walk = at_code().happen(BackPressed(), told(PAYMENT, OFFLINE))
    assert stage(walk) is PayStage.UNSURE
    assert stage(walk.happen(NextPressed(), told(PAYMENT, Answered(PAID)))) is PayStage.PAID


def test_no_code_is_shown_for_a_payment_that_never_began() -> None:
    walk = at_bill().happen(NextPressed(), told(PAY, OFFLINE))
    assert stage(walk) is PayStage.UNSURE
    walk = at_bill().happen(NextPressed(), told(PAY, Answered(PaymentAnswer(PaymentState.STARTING))))
    assert stage(walk) is PayStage.CLOSING


def test_a_call_for_staff_does_not_end_the_watching() -> None:
    walk = at_code().happen(TimerFired(Timer.PAYMENT), StaffWanted())
    before = len(walk.ordered(Enquire))
    walk.happen(TimerFired(Timer.PAYMENT))
    assert len(walk.ordered(Enquire)) == before + 1, "the watchdog looks again"


EVENTS: Sequence[Event] = (
    NextPressed(), BackPressed(), FinishPressed(), TimerFired(Timer.PAYMENT), TimerFired(Timer.IDLE), StaffWanted(), ReprintPressed(),
    SlipAnswered(1, Printing(printed=False, status=PrinterStatus.PAPER_OUT)),
    *(told(kind, outcome) for kind in (PAY, PAYMENT)
      for outcome in (OFFLINE, Answered(AWAITING), Answered(PAID), *(Answered(PaymentAnswer(state)) for state in PaymentState))),
    told(BILL, Answered(OWED)), told(PAYMENT, Answered(PAID), token=0),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(EVENTS), max_size=30))
def test_whatever_happens_paid_is_said_only_on_the_word_and_money_on_its_way_is_never_left(events: list[Event]) -> None:
    walk, said_paid = at_code(), False
    for event in events:
        before = walk.state
        walk.happen(event)
        if isinstance(event, CityTold) and event.token == 1 and isinstance(event.outcome, Answered):
            said_paid |= getattr(event.outcome.answer, "state", None) is PaymentState.PAID
        view = walk.state.view
        if isinstance(view, PayCode) and view.stage is PayStage.PAID:
            assert said_paid
        if isinstance(before.view, PayCode) and is_under_way(before.view):
            assert isinstance(view, PayCode), "no way leads home while money may be on its way"
        if isinstance(view, PayCode) and is_under_way(view):
            assert seconds(walk.state) is None or walk.state.overlay is not None
            assert not isinstance(walk.state.overlay, StillThere)
        if walk.state.visit is None:
            return
    assert isinstance(walk.state.visit, Paying)


def test_nothing_of_the_account_is_left_at_home() -> None:
    walk = at_code().happen(BackPressed(), told(PAYMENT, Answered(PaymentAnswer(PaymentState.CLOSED))), NextPressed())
    assert walk.state.visit is None
