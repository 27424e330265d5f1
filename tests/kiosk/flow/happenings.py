"""Every event that can come to the flow, at random: what residents, technicians, devices, the city and the clock may do at any moment."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import UnionType
from typing import get_args

import msgspec

from kiosk.flow.community import Community
from kiosk.flow.display import Scale, Theme
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events import Event
from kiosk.flow.events.applying import (
    AnotherWanted,
    AnswerGiven,
    CapturePressed,
    CardSkipped,
    ConsentTicked,
    EarlierPaperUsed,
    FieldEntered,
    FieldLeft,
    HelperWanted,
    Inked,
    MarkMade,
    OfferLeft,
    OfferTaken,
    PadInked,
    PageAdded,
    PaperSkipped,
    Rated,
    ReprintPressed,
    RetakePressed,
    ReviewChanged,
    RowAdded,
    RowOpened,
    RowRemoved,
    SignerAway,
)
from kiosk.flow.events.choosing import (
    AccountChosen,
    AppointmentOpened,
    CaseOpened,
    CasePaperWanted,
    CategoryOpened,
    DayChosen,
    ErrandChosen,
    GiveBackPressed,
    ItemChosen,
    MatterChosen,
    MinePressed,
    MovePressed,
    NoCardPressed,
    NoticeOpened,
    NumberPreferred,
    PaidChosen,
    ProofAgainWanted,
    ProofChosen,
    ProviderOpened,
    RemindChosen,
    ServiceOpened,
    ShelfOpened,
    TimeChosen,
    UtilityChosen,
)
from kiosk.flow.events.devices import (
    CameraOpened,
    CardAnswered,
    CardFound,
    ChipAnswered,
    ChipFound,
    CodeShown,
    DoorSeen,
    PadSeen,
    PagesAnswered,
    PaperSeen,
    PictureTaken,
    PlateSeen,
    PrinterSeen,
    PrintRead,
    SlipAnswered,
    SlotSeen,
)
from kiosk.flow.events.glass import (
    AudioChosen,
    BackPressed,
    ElderChosen,
    FinishPressed,
    GlassTouched,
    HeadphonesPlugged,
    LanguageChosen,
    LeaveConfirmed,
    NextPressed,
    OverlayClosed,
    ReachChosen,
    ScaleChosen,
    StaffWanted,
    StillHerePressed,
    ThemeChosen,
)
from kiosk.flow.events.technician import (  # fmt: skip
    ChartPrinted,
    ChartRead,
    ChartWanted,
    CheckOpened,
    CornerTouched,
    DigitErased,
    DigitTyped,
    DoorAnswered,
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
    WayStepped,
)
from kiosk.flow.events.technician import PrinterSeen as AskedPrinterSeen
from kiosk.flow.events.terminal import (
    CityReceived,
    CityTold,
    CommunityLoaded,
    ItemsLoaded,
    LineSeen,
    MachineSlept,
    MinutePassed,
    NotStored,
    PlaceTold,
    ServiceResumed,
    ServiceSuspended,
    StorageFailed,
    StorageMended,
    Stored,
    Timer,
    TimerFired,
)
from kiosk.flow.technician import Corner, Errand, UpkeepPlace
from kiosk.flow.views import HandInTrouble, Shelf
from kiosk.flow.visit import Ink
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
from peripherals.plate import ChartOutcome, ChartReading
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
from sync.contract.bills import (
    ACCOUNTS,
    BILL,
    PAY,
    PAYMENT,
    Accounts,
    AccountsStatus,
    Bill,
    BillStatus,
    HeldAccount,
    PaymentAnswer,
    PaymentId,
    PaymentState,
)
from sync.contract.directory import ServiceKind
from sync.contract.item import Category
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from sync.contract.paid_bills import PAID, PaidBill, PaidBills, PaidStatus, code_of
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
from tests.kiosk.flow.test_booking import DAYS, MY_TIME
from tests.kiosk.flow.test_browsing import provider
from tests.kiosk.flow.test_claiming import REMINDING
from tests.kiosk.flow.test_paying import OWED, WATER
from tests.kiosk.flow.test_proving import KIND
from tests.kiosk.flow.walk import ANSWERS, CODE, COMMUNITY, GOOD, INK, NOW, Walk, card, item, social_card

HEAT = msgspec.structs.replace(WATER, id="heat", by_card=True)
A_PAID_BILL = PaidBill(code_of(PaymentId("p")), "water", WATER.name, "2345", 3345, "S1", NOW)
PUBLISHED = replace(COMMUNITY, proofs=(KIND,), windows=(REMINDING,), providers=(provider("a"), provider("b")), utilities=(WATER, HEAT))
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
SlotSeenEmpty = SlotSeen(SlotStatus.EMPTY)
PlateSeenEmpty = PlateSeen(PlateStatus.EMPTY)
PRINT = (PrintedLine(Secret("出租方（甲方）：王样例"), 0.99, 0.5, 0.1),)


def some_event(dice: random.Random, walk: Walk) -> Event:
    token = dice.choice([walk.state.visits, walk.state.visits, walk.state.visits, max(0, walk.state.visits - 1)])
    field = dice.choice([*ANSWERS, "school"])
    value = dice.choice([ANSWERS.get(field, "样例小学"), ANSWERS.get(field, "样例小学"), "", "x", None, True, ("a",)])
    makers: list[Callable[[], Event]] = [
        GlassTouched, NextPressed, NextPressed, NextPressed, BackPressed,
        FinishPressed, LeaveConfirmed, StillHerePressed, OverlayClosed, StaffWanted,
        FieldLeft, CapturePressed, RetakePressed, PageAdded, PaperSkipped,
        ReprintPressed, ReviewChanged,
        lambda: CategoryOpened(dice.choice([None, *Category])),
        lambda: ItemChosen(dice.choice([CODE, LARGE.code])),
        lambda: ErrandChosen(dice.choice(list(ErrandKind))),
        lambda: CaseOpened(dice.choice([case.application_id for case in CASES])),
        lambda: CodeShown(token, dice.choice([None, (CASES[0].number, CASES[0].application_id)])),
        lambda: CityTold(token, PROGRESS.name, QuestionId("q"), dice.choice(OUTCOMES)),
        lambda: CityTold(token, PROGRESS.name, QuestionId("q"), Answered(Progress(CASES))),
        lambda: CityTold(token, RATING.name, QuestionId("q"), dice.choice([Answered(RatingTaken(is_new=True)), NoLine("x")])),
        lambda: some_desk_event(dice, token),
        lambda: some_desk_event(dice, token),
        lambda: NoticeOpened(dice.choice(["n1", "n2"])),
        lambda: CornerTouched(dice.choice(list(Corner))),
        lambda: some_technician_event(dice, token),
        lambda: CommunityLoaded(dice.choice([*[PUBLISHED] * 4, Community()])),
        lambda: ConsentTicked(agreed=dice.random() < 0.8),
        lambda: FieldEntered(field),
        lambda: AnswerGiven(field, value),
        lambda: AnswerGiven(field, value),
        lambda: AnswerGiven(field, value),
        lambda: AnswerGiven(*dice.choice([*FITS.items(), ("may_check", False), ("apply_as", ""), ("m_name", "吴样例")])),
        lambda: AnswerGiven(*dice.choice([("search", "gljt"), ("who", "self"), ("age", "80-89"), ("family", "alone")])),
        lambda: RowAdded(dice.choice(["household", "incomes", "mobile"])),
        lambda: RowOpened("household", dice.randrange(3)),
        lambda: RowRemoved("household", dice.randrange(3)),
        HelperWanted, CardSkipped,
        lambda: PadInked(token, replace(INK, on_pad=True)),
        lambda: OfferTaken(dice.choice(["landlord_name", "mobile"])),
        lambda: OfferLeft(dice.choice(["landlord_name", "mobile"])),
        lambda: PrintRead(token, kept_page(dice, walk), PRINT),
        lambda: PadSeen(token, dice.choice(list(PadStatus))),
        lambda: Inked(dice.choice([INK, Ink()])),
        lambda: ReviewChanged(page=dice.randrange(6)),
        lambda: ReviewChanged(material=item().materials[0].id),
        lambda: Rated(dice.randrange(7)),
        lambda: LanguageChosen(dice.choice(list(Language))),
        lambda: ThemeChosen(dice.choice(list(Theme))),
        lambda: ScaleChosen(dice.choice(list(Scale))),
        lambda: ReachChosen(reach=dice.random() < 0.5),
        lambda: ElderChosen(on=dice.random() < 0.5),
        lambda: ShelfOpened(dice.choice(list(Shelf))),
        lambda: CardFound(token),
        lambda: CardAnswered(token, CardReading(CardReadStatus.READ, card())),
        lambda: CardAnswered(token, CardReading(dice.choice([s for s in CardReadStatus if s is not CardReadStatus.READ]))),
        lambda: CardFound(walk.state.visits + 1),
        lambda: CardAnswered(walk.state.visits + 1, CardReading(CardReadStatus.READ, card())),
        lambda: ChipFound(token),
        lambda: ChipAnswered(token, ChipReading(ChipReadStatus.READ, social_card())),
        lambda: ChipAnswered(token, ChipReading(dice.choice(list(ChipReadStatus)))),
        lambda: SlotSeen(dice.choice(list(SlotStatus))),
        lambda: PlateSeen(dice.choice(list(PlateStatus))),
        lambda: CameraOpened(token, dice.choice(list(PaperHint))),
        lambda: PaperSeen(token, PaperView(dice.choice(list(PaperHint)))),
        lambda: PictureTaken(token, Picture(GOOD, Secret(b"jpeg"), 10, 10)),
        lambda: PictureTaken(token, Picture(PaperView(PaperHint.BLURRED))),
        lambda: Stored(token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW),
        lambda: NotStored(token, dice.choice(list(HandInTrouble))),
        lambda: CityReceived(token, CaseNumber("c"), complete=dice.random() < 0.5),
        lambda: SlipAnswered(token, Printing(printed=True, status=PrinterStatus.READY)),
        lambda: SlipAnswered(token, Printing(printed=False, status=dice.choice(list(PrinterStatus)))),
        lambda: PrinterSeen(dice.choice(list(PrinterStatus))),
        lambda: DoorSeen(is_open=dice.random() < 0.05),
        lambda: HeadphonesPlugged(plugged=dice.random() < 0.3),
        lambda: AudioChosen(on=dice.random() < 0.3),
        MarkMade,
        SignerAway,
        lambda: some_errand_event(dice, token),
        lambda: LineSeen(up=dice.random() < 0.5),
        lambda: PlaceTold(dice.choice([None, "024-12345"]), dice.choice([None, "9 号窗口"])),
        lambda: dice.choice([ServiceSuspended(CLOSED), *[ServiceResumed()] * 4]),
        lambda: dice.choice([MachineSlept(), MinutePassed(walk.state.now)]),
        lambda: dice.choice([StorageFailed(), *[StorageMended()] * 4]),
        lambda: ItemsLoaded(dice.choice([(), *[(ITEM, LARGE)] * 4])),
        lambda: TimerFired(dice.choice(list(Timer))),
        lambda: MinutePassed(walk.state.now + timedelta(minutes=1)),
    ]  # fmt: skip
    return dice.choice(makers)()


def kept_page(dice: random.Random, walk: Walk) -> Secret[bytes]:
    papers = walk.state.application.papers if walk.state.application is not None else ()
    return dice.choice(papers).jpeg if papers else Secret(b"of before")


def some_desk_event(dice: random.Random, token: int) -> Event:
    """What belongs to certificates and appointments."""
    proofs = [*(Answered(ProofAnswer(status, "1", pdf=b"pages")) for status in ProofStatus), NoLine("x")]
    books = [*(Answered(BookAnswer(status, MY_TIME, dice.choice(["", "407155260182"]))) for status in BookStatus), NoLine("x")]
    backs = [*(Answered(GiveBackAnswer(status)) for status in GiveBackStatus), NoLine("x")]
    papers = [Answered(CasePaperAnswer(b"pages")), Answered(CasePaperAnswer()), NoLine("x")]
    makers: list[Callable[[], Event]] = [
        lambda: ErrandChosen(dice.choice([ErrandKind.PROOFS, ErrandKind.APPOINTMENTS])),
        lambda: ProofChosen("residence"),
        lambda: CityTold(token, PROOF.name, QuestionId("q"), dice.choice(proofs)),
        lambda: PagesAnswered(token, PrintedDocument(dice.choice(list(JobEnd)), dice.choice(list(DocumentPrinterStatus)))),
        lambda: MatterChosen("one", "permit"),
        MinePressed,
        lambda: CityTold(token, TIMES.name, QuestionId("q"), dice.choice([Answered(Times(DAYS)), NoLine("x")])),
        lambda: DayChosen(DAYS[-1].day),
        lambda: TimeChosen(DAYS[-1].slots[-1].begins),
        lambda: CityTold(token, BOOK.name, QuestionId("q"), dice.choice(books)),
        lambda: CityTold(token, MINE.name, QuestionId("q"), dice.choice([Answered(Mine((MY_TIME,))), NoLine("x")])),
        lambda: AppointmentOpened(MY_TIME.id),
        MovePressed,
        GiveBackPressed,
        NoCardPressed,
        lambda: RemindChosen(wanted=dice.random() < 0.5),
        lambda: AnswerGiven("mobile", dice.choice(["13900000123", "139"])),
        lambda: AnswerGiven("code", dice.choice(["407155260182", "4071"])),
        lambda: CodeShown(token, None, Secret("407155260182")),
        AnotherWanted,
        lambda: EarlierPaperUsed(dice.randrange(3)),
        lambda: CasePaperWanted(on_slip=dice.random() < 0.3),
        lambda: CityTold(token, CASE_PAPER.name, QuestionId("q"), dice.choice(papers)),
        lambda: CityTold(token, GIVE_BACK.name, QuestionId("q"), dice.choice(backs)),
    ]
    return dice.choice(makers)()


def some_errand_event(dice: random.Random, token: int) -> Event:
    """What belongs to bills and to the directory of services."""
    bills = [*(Answered(replace_bill(status)) for status in BillStatus), NoLine("x")]
    payments = [*(Answered(PaymentAnswer(state, "https://pay.example.invalid/1")) for state in PaymentState), NoLine("x")]
    found = [
        *(Answered(Accounts(status)) for status in AccountsStatus),
        *(Answered(Accounts(AccountsStatus.KNOWN, (HeldAccount("10002345"),) * count)) for count in (1, 2)),
        NoLine("x"),
    ]
    again = [
        *(Answered(PaidBills(status, (A_PAID_BILL,) * (status is PaidStatus.FOUND))) for status in PaidStatus),
        Answered(PaidBills(PaidStatus.FOUND, (A_PAID_BILL, A_PAID_BILL))),
        NoLine("x"),
    ]
    makers: list[Callable[[], Event]] = [
        lambda: ErrandChosen(dice.choice([ErrandKind.BILLS, ErrandKind.SERVICES])),
        ProofAgainWanted,
        lambda: PaidChosen(dice.choice([0, 1, 9])),
        lambda: AnswerGiven("code", dice.choice([A_PAID_BILL.code, "1"])),
        lambda: CodeShown(token, bill=A_PAID_BILL.code),
        lambda: CityTold(token, PAID.name, QuestionId("q"), dice.choice(again)),
        NumberPreferred,
        lambda: AccountChosen(dice.choice([0, 1, 9])),
        lambda: CityTold(token, ACCOUNTS.name, QuestionId("q"), dice.choice(found)),
        lambda: UtilityChosen(dice.choice(["water", "heat", "gas"])),
        lambda: AnswerGiven("account", dice.choice(["10002345", "1"])),
        lambda: CityTold(token, BILL.name, QuestionId("q"), dice.choice(bills)),
        lambda: CityTold(token, dice.choice([PAY.name, PAYMENT.name]), QuestionId("q"), dice.choice(payments)),
        lambda: ServiceOpened(dice.choice(list(ServiceKind))),
        lambda: ServiceOpened(ServiceKind.REPAIR),
        lambda: ProviderOpened(dice.choice(["a", "b", "gone"])),
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
        ChartWanted,
        lambda: ChartRead(token, ChartReading(dice.choice(list(ChartOutcome)))),
        lambda: ChartPrinted(token, PrintedDocument(dice.choice(list(JobEnd)), DocumentPrinterStatus.READY)),
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
