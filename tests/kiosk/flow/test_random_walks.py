"""Random taps, answers and timers: whatever happens, there is a known state, a way home, and nothing of an earlier resident."""

import os
import random

import pytest

from kiosk.flow.booking import is_under_way
from kiosk.flow.desk_errands import CodeEntry, HolderCard, LayStage, ProofShown
from kiosk.flow.effects import (
    CloseCamera,
    ClosePad,
    LeaveSlot,
    OpenCamera,
    OpenPad,
    ReadCard,
    ReadChip,
    ReadCode,
    Shine,
    StopReading,
    StopReadingChip,
    StopScanning,
    WatchSlot,
)
from kiosk.flow.errands import AccountList, BillShown, CaseShown, FindCases, FindPaid, FindStage, NoticePaper, OnceOnly, PaidShown, PayCode
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, CapturePressed, ConsentTicked, Inked
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import CameraOpened, CardAnswered, PagesAnswered, PictureTaken, SlipAnswered
from kiosk.flow.events.glass import BackPressed, FinishPressed, GlassTouched, LeaveConfirmed, NextPressed, OverlayClosed, StillHerePressed
from kiosk.flow.events.technician import CornerTouched, DoorAnswered, ErrandOver, MachineActPressed, PlaceOpened
from kiosk.flow.events.terminal import CityTold, Stored, Timer, TimerFired
from kiosk.flow.fitting import awaits_card
from kiosk.flow.lights import lights
from kiosk.flow.setting_up import SetUpAct
from kiosk.flow.signers import ink_of
from kiosk.flow.social_card import is_minded
from kiosk.flow.state import Kiosk, Place
from kiosk.flow.technician import SECRET_KNOCK, MachineShown, Upkeep, UpkeepPlace
from kiosk.flow.technician_orders import TreatMachine
from kiosk.flow.views import (
    Capture,
    CaptureStage,
    CardOf,
    CardStage,
    Done,
    Eligible,
    Form,
    Guide,
    HandingIn,
    Home,
    Idle,
    LayCard,
    OutOfOrder,
    Paper,
    RowAt,
    Sign,
)
from kiosk.maintenance.machine import MachineAct
from peripherals.document_camera import PaperHint, Picture
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from sync.contract.appointments import (
    BOOK,
    GIVE_BACK,
)
from sync.contract.bills import ACCOUNTS, BILL, PAY, PAYMENT, PaymentAnswer, PaymentState
from sync.contract.names import ApplicationId, ReceiptNumber
from sync.contract.paid_bills import PAID
from sync.contract.proofs import CASE_PAPER, PROOF
from sync.contract.question import Answered, NoLine, QuestionId
from tests.kiosk.flow.happenings import (
    ENTERED,
    FITS,
    LARGE,
    LARGE_ANSWERS,
    NOTHING,
    PlateSeenEmpty,
    SlotSeenEmpty,
    kinds_of_events,
    some_event,
    some_technician_event,
)
from tests.kiosk.flow.test_proving import OUT
from tests.kiosk.flow.walk import ANSWERS, CODE, GOOD, INK, NOW, Walk, card


def onward(dice: random.Random, walk: Walk) -> Event:
    """What a resident who knows the way would do now; without it random taps rarely get beyond the form."""
    visit, view = walk.state.application, walk.state.view
    if isinstance(walk.state.visit, Upkeep):
        return upkeep_onward(dice, walk.state.visit)
    if walk.state.visit is None and (walk.state.knock or dice.random() < 0.02):
        return CornerTouched(SECRET_KNOCK[len(walk.state.knock)])
    if visit is None or walk.state.overlay is not None:
        return dice.choice(
            [
                PlateSeenEmpty,
                SlotSeenEmpty,
                StillHerePressed(),
                OverlayClosed(),
                GlassTouched(),
                ItemChosen(dice.choice([CODE, CODE, LARGE.code])),
            ]
        )
    match view:
        case Guide(agreed=False):
            return ConsentTicked(agreed=True)
        case LayCard(stage=CardStage.WAITING | CardStage.READING):
            return CardAnswered(visit.token, CardReading(CardReadStatus.READ, card()))
        case Eligible(place):
            name = visit.item.eligibility[place].question.name
            return NextPressed() if visit.fitness.get(name) == FITS[name] else AnswerGiven(name, FITS[name])
        case Form(row=RowAt()):
            return BackPressed()
        case Form(page) if visit.item is LARGE:
            answers = dice.choice(LARGE_ANSWERS)
            open_fields = [
                field.name for field in visit.item.pages[page].fields if visit.answers.get(field.name) != answers.get(field.name, NOTHING)
            ]
            asked = [name for name in open_fields if name in answers and name != "applicant_card"]
            return AnswerGiven(asked[0], answers[asked[0]]) if asked else NextPressed()
        case Form(page):
            open_fields = [
                field.name
                for field in visit.item.pages[page].fields
                if field.name in ANSWERS and visit.answers.get(field.name) != ANSWERS[field.name]
            ]
            return AnswerGiven(open_fields[0], ANSWERS[open_fields[0]]) if open_fields else NextPressed()
        case Capture(stage=CaptureStage.OPENING):
            return CameraOpened(visit.token, PaperHint.GOOD)
        case Capture(stage=CaptureStage.AIMING):
            return CapturePressed()
        case Capture(stage=CaptureStage.TAKING):
            return PictureTaken(visit.token, Picture(GOOD, Secret(b"jpeg"), 10, 10))
        case Sign() as view if not ink_of(visit, view).is_enough:
            return Inked(INK)
        case HandingIn():
            return Stored(visit.token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW)
        case _:
            return NextPressed()


def upkeep_onward(dice: random.Random, work: Upkeep) -> Event:
    """What a technician would do, and what the terminal would answer."""
    if work.staff is None:
        return DoorAnswered(work.token, dice.choice(ENTERED))
    if work.busy is not None:
        return dice.choice([ErrandOver(work.token, work.busy), some_technician_event(dice, work.token)])
    places = [PlaceOpened(place) for place in UpkeepPlace]
    acts = [MachineActPressed(act) for act in MachineAct]
    return dice.choice([*places, *acts, NextPressed(), some_technician_event(dice, work.token)])


def check_machine(before: Kiosk, walk: Walk) -> None:
    """What restarts the machine is done for who may, after a question, and one thing at a time."""
    for effect in walk.ordered(TreatMachine):
        assert isinstance(effect, TreatMachine)
        assert isinstance(before.visit, Upkeep)
        assert before.visit.busy is None
        assert effect.by.role.may(effect.act.needs)
        assert not effect.act.is_asked or (isinstance(before.view, MachineShown) and before.view.asked is effect.act)
        assert effect.act is not MachineAct.END or before.view == MachineShown(effect.act, before.place.terminal), "its number was typed"


def check(walk: Walk, running: dict[str, bool]) -> None:
    state = walk.state
    without = isinstance(state.view, Idle | Home | OutOfOrder)
    assert without == (state.visit is None), "a visit is held exactly while one of its pages is shown"
    if state.visit is None:
        assert isinstance(state.view, OutOfOrder) == bool(state.faults), "it rests exactly while something is wrong"
    for effect in walk.effects:
        if isinstance(effect, OpenCamera | CloseCamera):
            running["camera"] = isinstance(effect, OpenCamera)
        if isinstance(effect, ReadCode | StopScanning):
            running["scanner"] = isinstance(effect, ReadCode)
        if isinstance(effect, ReadChip | StopReadingChip):
            running["chips"] = isinstance(effect, ReadChip)
        if isinstance(effect, LeaveSlot) or effect == WatchSlot(stays=True):
            running["slot"] = isinstance(effect, WatchSlot)
        if isinstance(effect, OpenPad | ClosePad):
            running["pad"] = isinstance(effect, OpenPad)
        if isinstance(effect, Shine):
            running["lit"] = bool(effect.lights)
        if isinstance(effect, ReadCard | StopReading):
            running["reader"] = isinstance(effect, ReadCard)
    walk.effects.clear()
    assert running["camera"] == isinstance(state.view, Capture), "the camera runs exactly while its page is shown"
    at_card = isinstance(state.view, LayCard) and state.view.stage in (CardStage.WAITING, CardStage.READING)
    at_card |= isinstance(state.view, FindPaid) and state.view.by_card and state.view.stage in (FindStage.WAITING, FindStage.READING)
    at_card |= isinstance(state.view, HolderCard) and state.view.stage in (LayStage.WAITING, LayStage.READING)
    waiting = (
        at_card
        or awaits_card(state) is not None
        or (isinstance(state.view, FindCases) and state.view.stage in (FindStage.WAITING, FindStage.READING))
    )
    looking = isinstance(state.view, FindCases | FindPaid) and state.view.stage is not FindStage.ASKING
    assert running["scanner"] == (looking or isinstance(state.view, CodeEntry)), "the scanner waits exactly while a code is awaited"
    assert running["pad"] == isinstance(state.view, Sign), "the pad listens exactly while there is something to sign"
    assert running["lit"] == bool(lights(state)), "a light shines exactly while its page does"
    may_be_social = at_card and state.application is not None and state.application.item.by_social_card
    assert running["chips"] == (may_be_social and state.view.whose is CardOf.APPLICANT), "so does the reader of social security cards"
    assert running["slot"] == is_minded(state), "the slot is watched exactly while a page can do nothing with a card in it"
    waiting |= awaits_card(state) is not None
    assert running["reader"] == waiting, "the reader waits exactly while its page does"


def go_home(walk: Walk) -> None:
    walk.happen(PlateSeenEmpty, SlotSeenEmpty, StillHerePressed(), OverlayClosed())
    if isinstance(walk.state.view, HandingIn):
        walk.happen(Stored(walk.token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW), TimerFired(Timer.CITY))
    if isinstance(walk.state.view, Done | OnceOnly) and walk.state.view.paper in (Paper.PRINTING, NoticePaper.PRINTING):
        walk.happen(SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)))
    if isinstance(walk.state.view, CaseShown | OnceOnly) and walk.state.view.sheet is not None:
        walk.happen(
            CityTold(walk.token, CASE_PAPER.name, QuestionId("q"), NoLine("x")),
            PagesAnswered(walk.token, OUT),
            SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)),
        )
    if isinstance(walk.state.view, PayCode):
        walk.happen(
            CityTold(walk.token, PAY.name, QuestionId("q"), Answered(PaymentAnswer(PaymentState.AWAITING, "https://x"))),
            TimerFired(Timer.PAYMENT),
            CityTold(walk.token, PAYMENT.name, QuestionId("q"), Answered(PaymentAnswer(PaymentState.PAID))),
            SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)),
        )
    if isinstance(walk.state.view, AccountList):
        walk.happen(CityTold(walk.token, ACCOUNTS.name, QuestionId("q"), NoLine("x")))
    if isinstance(walk.state.view, PaidShown):
        walk.happen(SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)))
    if isinstance(walk.state.view, FindPaid):
        walk.happen(CityTold(walk.token, PAID.name, QuestionId("q"), NoLine("x")))
    if isinstance(walk.state.view, BillShown):
        walk.happen(CityTold(walk.token, BILL.name, QuestionId("q"), NoLine("x")))
    if isinstance(walk.state.view, ProofShown):
        walk.happen(CityTold(walk.token, PROOF.name, QuestionId("q"), NoLine("x")), PagesAnswered(walk.token, OUT))
    if is_under_way(walk.state.view):
        walk.happen(
            SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)),
            *(CityTold(walk.token, kind.name, QuestionId("q"), NoLine("x")) for kind in (BOOK, GIVE_BACK)),
        )
    walk.happen(FinishPressed())
    if walk.state.visit is not None:
        assert not isinstance(walk.state.view, Guide | Done)
        walk.happen(LeaveConfirmed())
    assert isinstance(walk.state.view, Home | Idle | OutOfOrder)
    assert walk.state.visit is None


def stroll(seed: int, steps: int) -> tuple[int, int, set[type]]:
    """Walk at random; return how often something was handed in, how often the machine was treated, and what kinds of events came."""
    dice = random.Random(seed)
    place = Place("SY-TEST-0001", "样例社区", "12345", "1 号窗口", pages=True, scans=True, chips=True, pad=True, reads=True)
    walk = Walk(Kiosk(place, NOW)).at_home()
    walk.effects.clear()
    running = {"camera": False, "reader": False, "scanner": False, "chips": False, "slot": False, "pad": False, "lit": False}
    reached, treated, came = 0, 0, set[type]()
    for step in range(steps):
        before, event = walk.state, onward(dice, walk) if dice.random() < 0.6 else some_event(dice, walk)
        came.add(type(event))
        walk.happen(event)
        check_machine(before, walk)
        treated += bool(walk.ordered(TreatMachine))
        check(walk, running)
        reached += isinstance(walk.state.view, Done)
        if step % 997 == 0:
            go_home(walk)
            check(walk, running)
        if isinstance(walk.state.view, Idle):
            walk.happen(GlassTouched())
    return reached, treated, came


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_random_events_leave_no_trap(seed: int) -> None:
    reached, treated, came = stroll(seed, 100_000)
    assert reached > 100, "a walk that never hands anything in proves little"
    assert treated > 10, "nor does one in which no technician ever does anything"
    assert kinds_of_events(Event) - came - kinds_of_events(SetUpAct) == set(), "every kind of event came"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_million_random_events_in_one_run_leave_no_trap() -> None:
    """`make walks` runs it alone; EVENTS and SEED choose another walk. What a short walk never piles up, a long one would."""
    events, seed = int(os.environ.get("EVENTS", "1000000")), int(os.environ.get("SEED", "20261130"))
    reached, treated, _ = stroll(seed, events)
    assert reached > events // 1000
    assert treated > events // 10_000
