"""Random taps, answers and timers: whatever happens, there is a known state, a way home, and nothing of an earlier resident."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from kiosk.flow import events as happened
from kiosk.flow.booking import is_under_way
from kiosk.flow.community import Community
from kiosk.flow.desk_errands import HolderCard, LayStage, ProofShown
from kiosk.flow.effects import (
    CloseCamera,
    ClosePad,
    OpenCamera,
    OpenPad,
    ReadCard,
    ReadChip,
    ReadCode,
    Shine,
    StopReading,
    StopReadingChip,
    StopScanning,
)
from kiosk.flow.errands import CaseShown, ErrandKind, FindCases, FindStage, NoticePaper, OnceOnly
from kiosk.flow.events import Event, FinishPressed, LeaveConfirmed, SlipAnswered, Stored, Timer, TimerFired
from kiosk.flow.lights import lights
from kiosk.flow.state import (
    Capture,
    CaptureStage,
    CardOf,
    CardStage,
    Done,
    Eligible,
    Form,
    Guide,
    HandingIn,
    HandInTrouble,
    Home,
    Idle,
    Ink,
    Kiosk,
    LayCard,
    OutOfOrder,
    Paper,
    Place,
    RowAt,
    Scale,
    Shelf,
    Sign,
    Theme,
)
from kiosk.flow.technician import (
    CheckOpened,
    Corner,
    CornerTouched,
    DigitErased,
    DigitTyped,
    DoorAnswered,
    Errand,
    ErrandOver,
    PartFound,
    PartTested,
    PlaceOpened,
    RetestPressed,
    SheetAnswered,
    StaffCardSeen,
    UpkeepPlace,
    WayStepped,
)  # fmt: skip
from kiosk.maintenance.checks import of_printer
from kiosk.maintenance.finding import Check, Verdict
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.testing import Probe, ProbeResult
from peripherals.card_reader import ChipReading, ChipReadStatus, SlotStatus
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from sync.contract.appointments import (
    BOOK,
    GIVE_BACK,
    MINE,
    TIMES,
    BookAnswer,
    BookStatus,
    GiveBackAnswer,
    GiveBackStatus,
    Mine,
    Times,
)
from sync.contract.item import Category
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from sync.contract.progress import PROGRESS, RATING, Progress, RatingTaken
from sync.contract.proofs import CASE_PAPER, PROOF, CasePaperAnswer, ProofAnswer, ProofStatus
from sync.contract.question import Answered, Declined, NoLine, QuestionId
from sync.contract.technicians import TechnicianRole
from sync.contract.words import Language
from sync.way_steps import StepOutcome, Walked, WayStep
from tests.answering import fitting
from tests.kiosk.flow.cases import CASES
from tests.kiosk.flow.test_booking import DAYS, MY_TIME, WINDOW
from tests.kiosk.flow.test_proving import KIND, OUT
from tests.kiosk.flow.walk import ANSWERS, CODE, COMMUNITY, GOOD, INK, NOW, Walk, card, item, social_card

WITH_DESK = replace(COMMUNITY, proofs=(KIND,), windows=(WINDOW,))
OUTCOMES = (*(Answered(Progress(CASES[:count])) for count in range(4)), NoLine("x"), Declined("x", is_passing=True))
LARGE = item("minimum-living")
OFTEN = (CODE, CODE, LARGE.code)
FITS = {"registered_here": True, "income_low": "below", "rich": False, "may_check": True, "apply_as": "family", "applicant_present": True}
ENTERED = SignIn(SignInStatus.SIGNED_IN, "T-07", TechnicianRole.TECHNICIAN)


def some_event(dice: random.Random, walk: Walk) -> Event:
    token = dice.choice([walk.state.visits, walk.state.visits, walk.state.visits, max(0, walk.state.visits - 1)])
    field = dice.choice([*ANSWERS, "school"])
    value = dice.choice([ANSWERS.get(field, "样例小学"), ANSWERS.get(field, "样例小学"), "", "x", None, True, ("a",)])
    makers: list[Callable[[], Event]] = [
        happened.GlassTouched, happened.NextPressed, happened.NextPressed, happened.NextPressed, happened.BackPressed,
        happened.FinishPressed, happened.LeaveConfirmed, happened.StillHerePressed, happened.OverlayClosed, happened.StaffWanted,
        happened.FieldLeft, happened.CapturePressed, happened.RetakePressed, happened.PageAdded, happened.PaperSkipped,
        happened.ReprintPressed, happened.ReviewChanged,
        lambda: happened.CategoryOpened(dice.choice([None, *Category])),
        lambda: happened.ItemChosen(dice.choice([CODE, LARGE.code])),
        lambda: happened.ErrandChosen(dice.choice(list(ErrandKind))),
        lambda: happened.CaseOpened(dice.choice([case.application_id for case in CASES])),
        lambda: happened.CodeShown(token, dice.choice([None, (CASES[0].number, CASES[0].application_id)])),
        lambda: happened.CityTold(token, PROGRESS.name, QuestionId("q"), dice.choice(OUTCOMES)),
        lambda: happened.CityTold(token, PROGRESS.name, QuestionId("q"), Answered(Progress(CASES))),
        lambda: happened.CityTold(token, RATING.name, QuestionId("q"), dice.choice([Answered(RatingTaken(is_new=True)), NoLine("x")])),
        lambda: some_desk_event(dice, token),
        lambda: some_desk_event(dice, token),
        lambda: happened.NoticeOpened(dice.choice(["n1", "n2"])),
        lambda: CornerTouched(dice.choice(list(Corner))),
        lambda: some_technician_event(dice, token),
        lambda: happened.CommunityLoaded(dice.choice([*[WITH_DESK] * 4, Community()])),
        lambda: happened.ConsentTicked(agreed=dice.random() < 0.8),
        lambda: happened.FieldEntered(field),
        lambda: happened.AnswerGiven(field, value),
        lambda: happened.AnswerGiven(field, value),
        lambda: happened.AnswerGiven(field, value),
        lambda: happened.AnswerGiven(*dice.choice([*FITS.items(), ("may_check", False), ("apply_as", ""), ("m_name", "吴样例")])),
        lambda: happened.AnswerGiven(*dice.choice([("search", "gljt"), ("who", "self"), ("age", "80-89"), ("family", "alone")])),
        lambda: happened.RowAdded(dice.choice(["household", "incomes", "mobile"])),
        lambda: happened.RowOpened("household", dice.randrange(3)),
        lambda: happened.RowRemoved("household", dice.randrange(3)),
        happened.HelperWanted, happened.CardSkipped,
        lambda: happened.PadInked(token, replace(INK, on_pad=True)),
        lambda: happened.PadSeen(token, dice.choice(list(PadStatus))),
        lambda: happened.Inked(dice.choice([INK, Ink()])),
        lambda: happened.ReviewChanged(page=dice.randrange(6)),
        lambda: happened.ReviewChanged(material=item().materials[0].id),
        lambda: happened.Rated(dice.randrange(7)),
        lambda: happened.LanguageChosen(dice.choice(list(Language))),
        lambda: happened.ThemeChosen(dice.choice(list(Theme))),
        lambda: happened.ScaleChosen(dice.choice(list(Scale))),
        lambda: happened.ReachChosen(reach=dice.random() < 0.5),
        lambda: happened.ElderChosen(on=dice.random() < 0.5),
        lambda: happened.ShelfOpened(dice.choice(list(Shelf))),
        lambda: happened.CardFound(token),
        lambda: happened.CardAnswered(token, CardReading(CardReadStatus.READ, card())),
        lambda: happened.CardAnswered(token, CardReading(dice.choice([s for s in CardReadStatus if s is not CardReadStatus.READ]))),
        lambda: happened.ChipFound(token),
        lambda: happened.ChipAnswered(token, ChipReading(ChipReadStatus.READ, social_card())),
        lambda: happened.ChipAnswered(token, ChipReading(dice.choice(list(ChipReadStatus)))),
        lambda: happened.SlotSeen(dice.choice(list(SlotStatus))),
        lambda: happened.PlateSeen(dice.choice(list(PlateStatus))),
        lambda: happened.CameraOpened(token, dice.choice(list(PaperHint))),
        lambda: happened.PaperSeen(token, PaperView(dice.choice(list(PaperHint)))),
        lambda: happened.PictureTaken(token, Picture(GOOD, Secret(b"jpeg"), 10, 10)),
        lambda: happened.PictureTaken(token, Picture(PaperView(PaperHint.BLURRED))),
        lambda: Stored(token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW),
        lambda: happened.NotStored(token, dice.choice(list(HandInTrouble))),
        lambda: happened.CityReceived(token, CaseNumber("c"), complete=dice.random() < 0.5),
        lambda: SlipAnswered(token, Printing(printed=True, status=PrinterStatus.READY)),
        lambda: SlipAnswered(token, Printing(printed=False, status=dice.choice(list(PrinterStatus)))),
        lambda: happened.PrinterSeen(dice.choice(list(PrinterStatus))),
        lambda: happened.DoorSeen(is_open=dice.random() < 0.05),
        lambda: happened.HeadphonesPlugged(plugged=dice.random() < 0.3),
        lambda: happened.LineSeen(up=dice.random() < 0.5),
        lambda: dice.choice([happened.StorageFailed(), *[happened.StorageMended()] * 4]),
        lambda: happened.ItemsLoaded(dice.choice([(), *[(ITEM, LARGE)] * 4])),
        lambda: TimerFired(dice.choice(list(Timer))),
        lambda: happened.MinutePassed(walk.state.now + timedelta(minutes=1)),
    ]  # fmt: skip
    return dice.choice(makers)()


def some_desk_event(dice: random.Random, token: int) -> Event:
    """What belongs to certificates and appointments."""
    proofs = [*(Answered(ProofAnswer(status, "1", pdf=b"pages")) for status in ProofStatus), NoLine("x")]
    books = [*(Answered(BookAnswer(status, MY_TIME)) for status in BookStatus), NoLine("x")]
    backs = [*(Answered(GiveBackAnswer(status)) for status in GiveBackStatus), NoLine("x")]
    papers = [Answered(CasePaperAnswer(b"pages")), Answered(CasePaperAnswer()), NoLine("x")]
    makers: list[Callable[[], Event]] = [
        lambda: happened.ErrandChosen(dice.choice([ErrandKind.PROOFS, ErrandKind.APPOINTMENTS])),
        lambda: happened.ProofChosen("residence"),
        lambda: happened.CityTold(token, PROOF.name, QuestionId("q"), dice.choice(proofs)),
        lambda: happened.PagesAnswered(token, PrintedDocument(dice.choice(list(JobEnd)), dice.choice(list(DocumentPrinterStatus)))),
        lambda: happened.MatterChosen("one", "permit"),
        happened.MinePressed,
        lambda: happened.CityTold(token, TIMES.name, QuestionId("q"), dice.choice([Answered(Times(DAYS)), NoLine("x")])),
        lambda: happened.DayChosen(DAYS[-1].day),
        lambda: happened.TimeChosen(DAYS[-1].slots[-1].begins),
        lambda: happened.CityTold(token, BOOK.name, QuestionId("q"), dice.choice(books)),
        lambda: happened.CityTold(token, MINE.name, QuestionId("q"), dice.choice([Answered(Mine((MY_TIME,))), NoLine("x")])),
        lambda: happened.AppointmentOpened(MY_TIME.id),
        happened.MovePressed,
        happened.GiveBackPressed,
        happened.AnotherWanted,
        lambda: happened.EarlierPaperUsed(dice.randrange(3)),
        lambda: happened.CasePaperWanted(on_slip=dice.random() < 0.3),
        lambda: happened.CityTold(token, CASE_PAPER.name, QuestionId("q"), dice.choice(papers)),
        lambda: happened.CityTold(token, GIVE_BACK.name, QuestionId("q"), dice.choice(backs)),
    ]
    return dice.choice(makers)()


def some_technician_event(dice: random.Random, token: int) -> Event:
    """What a technician does, or what the terminal answers to one; mostly to nobody."""
    makers: list[Callable[[], Event]] = [
        lambda: DigitTyped(dice.choice("0123456789")),
        lambda: DigitErased(everything=dice.random() < 0.2),
        lambda: CheckOpened(dice.choice([None, *Check])),
        lambda: PlaceOpened(dice.choice(list(UpkeepPlace))),
        lambda: RetestPressed(dice.choice(list(Probe))),
        lambda: DoorAnswered(token, dice.choice([SignIn(status) for status in SignInStatus] + [ENTERED] * 5)),
        lambda: StaffCardSeen(token),
        lambda: PartFound(token, of_printer(dice.choice(list(PrinterStatus)))),
        lambda: PartTested(token, ProbeResult(dice.choice(list(Probe)), dice.choice(list(Verdict)), "failed")),
        lambda: SheetAnswered(token, Printing(printed=dice.random() < 0.5, status=PrinterStatus.READY)),
        lambda: WayStepped(token, Walked(dice.choice(list(WayStep)), dice.choice(list(StepOutcome)))),
        lambda: ErrandOver(token, dice.choice(list(Errand))),
    ]
    return dice.choice(makers)()


def onward(dice: random.Random, walk: Walk) -> Event:
    """What a resident who knows the way would do now; without it random taps rarely get beyond the form."""
    visit, view = walk.state.application, walk.state.view
    if visit is None or walk.state.overlay is not None:
        return dice.choice(
            [
                PlateSeenEmpty,
                SlotSeenEmpty,
                happened.StillHerePressed(),
                happened.OverlayClosed(),
                happened.GlassTouched(),
                happened.ItemChosen(dice.choice([CODE, CODE, LARGE.code])),
            ]
        )
    match view:
        case Guide(agreed=False):
            return happened.ConsentTicked(agreed=True)
        case LayCard(stage=CardStage.WAITING | CardStage.READING):
            return happened.CardAnswered(visit.token, CardReading(CardReadStatus.READ, card()))
        case Eligible(place):
            name = visit.item.eligibility[place].question.name
            return happened.NextPressed() if visit.fitness.get(name) == FITS[name] else happened.AnswerGiven(name, FITS[name])
        case Form(row=RowAt()):
            return happened.BackPressed()
        case Form(page) if visit.item is LARGE:
            answers = dice.choice(LARGE_ANSWERS)
            open_fields = [
                field.name for field in visit.item.pages[page].fields if visit.answers.get(field.name) != answers.get(field.name, NOTHING)
            ]
            asked = [name for name in open_fields if name in answers and name != "applicant_card"]
            return happened.AnswerGiven(asked[0], answers[asked[0]]) if asked else happened.NextPressed()
        case Form(page):
            open_fields = [
                field.name
                for field in visit.item.pages[page].fields
                if field.name in ANSWERS and visit.answers.get(field.name) != ANSWERS[field.name]
            ]
            return happened.AnswerGiven(open_fields[0], ANSWERS[open_fields[0]]) if open_fields else happened.NextPressed()
        case Capture(stage=CaptureStage.OPENING):
            return happened.CameraOpened(visit.token, PaperHint.GOOD)
        case Capture(stage=CaptureStage.AIMING):
            return happened.CapturePressed()
        case Capture(stage=CaptureStage.TAKING):
            return happened.PictureTaken(visit.token, Picture(GOOD, Secret(b"jpeg"), 10, 10))
        case Sign(helper=helper) if not (visit.helper_ink if helper else visit.ink).is_enough:
            return happened.Inked(INK)
        case HandingIn():
            return Stored(visit.token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW)
        case _:
            return happened.NextPressed()


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
        if isinstance(effect, OpenPad | ClosePad):
            running["pad"] = isinstance(effect, OpenPad)
        if isinstance(effect, Shine):
            running["lit"] = bool(effect.lights)
        if isinstance(effect, ReadCard | StopReading):
            running["reader"] = isinstance(effect, ReadCard)
    walk.effects.clear()
    assert running["camera"] == isinstance(state.view, Capture), "the camera runs exactly while its page is shown"
    at_card = isinstance(state.view, LayCard) and state.view.stage in (CardStage.WAITING, CardStage.READING)
    at_card |= isinstance(state.view, HolderCard) and state.view.stage in (LayStage.WAITING, LayStage.READING)
    waiting = at_card or (isinstance(state.view, FindCases) and state.view.stage in (FindStage.WAITING, FindStage.READING))
    assert running["scanner"] == (isinstance(state.view, FindCases) and state.view.stage is not FindStage.ASKING)
    assert running["pad"] == isinstance(state.view, Sign), "the pad listens exactly while there is something to sign"
    assert running["lit"] == bool(lights(state)), "a light shines exactly while its page does"
    may_be_social = at_card and state.application is not None and state.application.item.by_social_card
    assert running["chips"] == (may_be_social and state.view.whose is CardOf.APPLICANT), "so does the reader of social security cards"
    assert running["reader"] == waiting, "the reader waits exactly while its page does"


def go_home(walk: Walk) -> None:
    walk.happen(PlateSeenEmpty, SlotSeenEmpty, happened.StillHerePressed(), happened.OverlayClosed())
    if isinstance(walk.state.view, HandingIn):
        walk.happen(Stored(walk.token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW), TimerFired(Timer.CITY))
    if isinstance(walk.state.view, Done | OnceOnly) and walk.state.view.paper in (Paper.PRINTING, NoticePaper.PRINTING):
        walk.happen(SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)))
    if isinstance(walk.state.view, CaseShown | OnceOnly) and walk.state.view.sheet is not None:
        walk.happen(
            happened.CityTold(walk.token, CASE_PAPER.name, QuestionId("q"), NoLine("x")),
            happened.PagesAnswered(walk.token, OUT),
            SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)),
        )
    if isinstance(walk.state.view, ProofShown):
        walk.happen(happened.CityTold(walk.token, PROOF.name, QuestionId("q"), NoLine("x")), happened.PagesAnswered(walk.token, OUT))
    if is_under_way(walk.state.view):
        walk.happen(
            SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)),
            *(happened.CityTold(walk.token, kind.name, QuestionId("q"), NoLine("x")) for kind in (BOOK, GIVE_BACK)),
        )
    walk.happen(FinishPressed())
    if walk.state.visit is not None:
        assert not isinstance(walk.state.view, Guide | Done)
        walk.happen(LeaveConfirmed())
    assert isinstance(walk.state.view, Home | Idle | OutOfOrder)
    assert walk.state.visit is None


ITEM = msgspec.structs.replace(item(), by_social_card=True)
NOTHING = object()
LARGE_ANSWERS = [
    {name: tuple(value) if isinstance(value, list) else value for name, value in fitting(LARGE, random.Random(1), helped=helped).items()}
    for helped in (False, True)
]
SlotSeenEmpty = happened.SlotSeen(SlotStatus.EMPTY)
PlateSeenEmpty = happened.PlateSeen(PlateStatus.EMPTY)


def stroll(seed: int, steps: int) -> int:
    dice = random.Random(seed)
    place = Place("SY-TEST-0001", "样例社区", "12345", "1 号窗口", pages=True, scans=True, chips=True, pad=True)
    walk = Walk(Kiosk(place, NOW)).at_home()
    walk.effects.clear()
    running = {"camera": False, "reader": False, "scanner": False, "chips": False, "pad": False, "lit": False}
    reached = 0
    for step in range(steps):
        walk.happen(onward(dice, walk) if dice.random() < 0.6 else some_event(dice, walk))
        check(walk, running)
        reached += isinstance(walk.state.view, Done)
        if step % 997 == 0:
            go_home(walk)
            check(walk, running)
        if isinstance(walk.state.view, Idle):
            walk.happen(happened.GlassTouched())
    return reached


@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_random_events_leave_no_trap(seed: int) -> None:
    assert stroll(seed, 100_000) > 100, "a walk that never hands anything in proves little"
