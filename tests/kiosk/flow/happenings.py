"""Every event that can come to the flow, at random: what residents, technicians, devices, the city and the clock may do at any moment."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import UnionType
from typing import get_args

import msgspec

from kiosk.flow import events as happened
from kiosk.flow.community import Community
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events import Event, SlipAnswered, Stored, Timer, TimerFired
from kiosk.flow.state import (
    HandInTrouble,
    Ink,
    Scale,
    Shelf,
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
    LinePrinted,
    MachineActPressed,
    MachineLookedAt,
    MachineTreated,
    PaperChangeWanted,
    PartFound,
    PartTested,
    PlaceOpened,
    ProxyKept,
    QueueLookedAt,
    RetestPressed,
    RollChanged,
    SheetAnswered,
    SpeedMeasured,
    SpeedPressed,
    StaffCardSeen,
    SuppliesLookedAt,
    TargetTouched,
    TouchKept,
    UpkeepPlace,
    WayStepped,
)  # fmt: skip
from kiosk.flow.technician import PrinterSeen as AskedPrinterSeen
from kiosk.maintenance.checks import of_printer
from kiosk.maintenance.finding import Check, Verdict
from kiosk.maintenance.machine import MachineAct, MachineDone, MachineLook, MachineOutcome
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.supplies import Supplies
from kiosk.maintenance.testing import Probe, ProbeResult
from peripherals.card_reader import ChipReading, ChipReadStatus, SlotStatus
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from peripherals.paper_reader import PrintedLine
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
from sync.contract.bills import BILL, PAY, PAYMENT, Bill, BillStatus, PaymentAnswer, PaymentState
from sync.contract.directory import ServiceKind
from sync.contract.item import Category
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from sync.contract.progress import PROGRESS, RATING, Progress, RatingTaken
from sync.contract.proofs import CASE_PAPER, PROOF, CasePaperAnswer, ProofAnswer, ProofStatus
from sync.contract.question import Answered, Declined, NoLine, QuestionId
from sync.contract.technicians import TechnicianRole
from sync.contract.words import Language, Words
from sync.line_speed import LineSpeed, SpeedOutcome
from sync.queue_look import QueueLook
from sync.way_steps import StepOutcome, Walked, WayStep
from tests.answering import fitting
from tests.kiosk.flow.cases import CASES
from tests.kiosk.flow.test_booking import DAYS, MY_TIME, WINDOW
from tests.kiosk.flow.test_browsing import provider
from tests.kiosk.flow.test_paying import OWED, WATER
from tests.kiosk.flow.test_proving import KIND
from tests.kiosk.flow.walk import ANSWERS, CODE, COMMUNITY, GOOD, INK, NOW, Walk, card, item, social_card

PUBLISHED = replace(COMMUNITY, proofs=(KIND,), windows=(WINDOW,), providers=(provider("a"), provider("b")), utilities=(WATER,))
CLOSED = Words("正在换新机器", "Being replaced")
OUTCOMES = (*(Answered(Progress(CASES[:count])) for count in range(4)), NoLine("x"), Declined("x", is_passing=True))
LARGE = item("minimum-living")
OFTEN = (CODE, CODE, LARGE.code)
FITS = {"registered_here": True, "income_low": "below", "rich": False, "may_check": True, "apply_as": "family", "applicant_present": True}
ENTERED = [SignIn(SignInStatus.SIGNED_IN, "T-07", role) for role in TechnicianRole]
SUPPLIES = Supplies(80_000, 1_000)
ALIVE_AFTER = [act for act in MachineAct if act is not MachineAct.END]
"""Of a terminal that was ended there is no way home."""
LOOK = MachineLook("2026.11.1", slot="A", other="2026.10.2", has_stick=True)
ITEM = msgspec.structs.replace(item(), by_social_card=True)
NOTHING = object()
LARGE_ANSWERS = [
    {name: tuple(value) if isinstance(value, list) else value for name, value in fitting(LARGE, random.Random(1), helped=helped).items()}
    for helped in (False, True)
]
SlotSeenEmpty = happened.SlotSeen(SlotStatus.EMPTY)
PlateSeenEmpty = happened.PlateSeen(PlateStatus.EMPTY)
PRINT = (PrintedLine(Secret("出租方（甲方）：王样例"), 0.99, 0.5, 0.1),)


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
        lambda: happened.CommunityLoaded(dice.choice([*[PUBLISHED] * 4, Community()])),
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
        lambda: happened.OfferTaken(dice.choice(["landlord_name", "mobile"])),
        lambda: happened.OfferLeft(dice.choice(["landlord_name", "mobile"])),
        lambda: happened.PrintRead(token, kept_page(dice, walk), PRINT),
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
        lambda: happened.CardFound(walk.state.visits + 1),
        lambda: happened.CardAnswered(walk.state.visits + 1, CardReading(CardReadStatus.READ, card())),
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
        lambda: happened.AudioChosen(on=dice.random() < 0.3),
        happened.MarkMade,
        happened.SignerAway,
        lambda: some_errand_event(dice, token),
        lambda: happened.LineSeen(up=dice.random() < 0.5),
        lambda: happened.PlaceTold(dice.choice([None, "024-12345"]), dice.choice([None, "9 号窗口"])),
        lambda: dice.choice([happened.ServiceSuspended(CLOSED), *[happened.ServiceResumed()] * 4]),
        lambda: dice.choice([happened.MachineSlept(), happened.MinutePassed(walk.state.now)]),
        lambda: dice.choice([happened.StorageFailed(), *[happened.StorageMended()] * 4]),
        lambda: happened.ItemsLoaded(dice.choice([(), *[(ITEM, LARGE)] * 4])),
        lambda: TimerFired(dice.choice(list(Timer))),
        lambda: happened.MinutePassed(walk.state.now + timedelta(minutes=1)),
    ]  # fmt: skip
    return dice.choice(makers)()


def kept_page(dice: random.Random, walk: Walk) -> Secret[bytes]:
    papers = walk.state.application.papers if walk.state.application is not None else ()
    return dice.choice(papers).jpeg if papers else Secret(b"of before")


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


def some_errand_event(dice: random.Random, token: int) -> Event:
    """What belongs to bills and to the directory of services."""
    bills = [*(Answered(replace_bill(status)) for status in BillStatus), NoLine("x")]
    payments = [*(Answered(PaymentAnswer(state, "https://pay.example.invalid/1")) for state in PaymentState), NoLine("x")]
    makers: list[Callable[[], Event]] = [
        lambda: happened.ErrandChosen(dice.choice([ErrandKind.BILLS, ErrandKind.SERVICES])),
        lambda: happened.UtilityChosen(dice.choice(["water", "gas"])),
        lambda: happened.AnswerGiven("account", dice.choice(["10002345", "1"])),
        lambda: happened.CityTold(token, BILL.name, QuestionId("q"), dice.choice(bills)),
        lambda: happened.CityTold(token, dice.choice([PAY.name, PAYMENT.name]), QuestionId("q"), dice.choice(payments)),
        lambda: happened.ServiceOpened(dice.choice(list(ServiceKind))),
        lambda: happened.ServiceOpened(ServiceKind.REPAIR),
        lambda: happened.ProviderOpened(dice.choice(["a", "b", "gone"])),
    ]
    return dice.choice(makers)()


def replace_bill(status: BillStatus) -> Bill:
    """Return the bill as the provider may tell it."""
    return msgspec.structs.replace(OWED, status=status)


def some_technician_event(dice: random.Random, token: int) -> Event:
    """What a technician does, or what the terminal answers to one; mostly to nobody."""
    makers: list[Callable[[], Event]] = [
        lambda: DigitTyped(dice.choice("0123456789")),
        lambda: DigitErased(everything=dice.random() < 0.2),
        lambda: CheckOpened(dice.choice([None, *Check])),
        lambda: PlaceOpened(dice.choice(list(UpkeepPlace))),
        lambda: RetestPressed(dice.choice(list(Probe))),
        lambda: DoorAnswered(token, dice.choice([SignIn(status) for status in SignInStatus] + ENTERED * 3)),
        lambda: StaffCardSeen(token),
        lambda: PartFound(token, of_printer(dice.choice(list(PrinterStatus)))),
        lambda: PartTested(token, ProbeResult(dice.choice(list(Probe)), dice.choice(list(Verdict)), "failed")),
        lambda: SheetAnswered(token, Printing(printed=dice.random() < 0.5, status=PrinterStatus.READY)),
        lambda: WayStepped(token, Walked(dice.choice(list(WayStep)), dice.choice(list(StepOutcome)))),
        lambda: ErrandOver(token, dice.choice(list(Errand))),
        lambda: MachineActPressed(dice.choice(list(MachineAct))),
        lambda: MachineLookedAt(token, LOOK),
        lambda: MachineTreated(token, MachineDone(dice.choice(ALIVE_AFTER), dice.choice(list(MachineOutcome))), LOOK),
        SpeedPressed,
        lambda: SpeedMeasured(token, LineSpeed(dice.choice(list(SpeedOutcome)), 9, 900, 90)),
        RollChanged,
        PaperChangeWanted,
        lambda: SuppliesLookedAt(token, SUPPLIES),
        lambda: AskedPrinterSeen(token, dice.choice(list(PrinterStatus))),
        lambda: LinePrinted(token, Printing(printed=dice.random() < 0.5, status=PrinterStatus.READY)),
        lambda: TargetTouched((dice.random(), dice.random()), 268.0, 476.0),
        lambda: TouchKept(token),
        lambda: ProxyKept(token, dice.choice(list(MachineOutcome))),
        lambda: QueueLookedAt(token, dice.choice([None, QueueLook(1, 2, 0, 60.0, 10**9)])),
    ]
    return dice.choice(makers)()


def kinds_of_events(union: object = Event) -> set[type]:
    """Return every type of event that there is."""
    return {kind for part in get_args(union) for kind in (kinds_of_events(part) if isinstance(part, UnionType) else {part})}
