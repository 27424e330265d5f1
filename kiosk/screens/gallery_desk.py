"""Appointments and certificates for the gallery; numbers and people are invented."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import msgspec

from kiosk.flow.carried import Carried, Continuing, EarlierPaper, NextMatter
from kiosk.flow.community import Community
from kiosk.flow.desk_errands import (
    AskStage,
    BookCheck,
    BookedShown,
    Booking,
    BookStage,
    ByNumber,
    BySlip,
    CodeEntry,
    CodeTrouble,
    GiveBackStage,
    Holder,
    HolderCard,
    LayStage,
    MatterList,
    MineList,
    MineShown,
    NumberEntry,
    ProofList,
    ProofShown,
    ProofStage,
    Proving,
    RemindAsk,
    SlipStage,
    TimeList,
)
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Capture, CaptureStage
from kiosk.flow.visit import Visit
from peripherals.document_printer import DocumentPrinterStatus, JobEnd
from peripherals.id_card_reader import CardReadStatus
from peripherals.secret import Secret
from sync.contract.application import Applicant
from sync.contract.appointments import Appointment, AppointmentId, Slot, SlotDay, Window
from sync.contract.item import Category
from sync.contract.names import ApplicationId
from sync.contract.proofs import ProofId, ProofKind
from sync.contract.words import Words

_ID = "0193582a-7b3c-7d4e-8f50-123456789abc"
_KINDS = (
    ProofKind(
        "residence",
        Words("居住登记证明", "Proof of residence registration", "거주 등록 증명"),
        Words(
            "写明您在本市登记过的居住地址。办过居住登记就能开。",
            "States the address that you registered. For whoever has finished a residence registration.",
            "등록한 거주 주소를 적습니다. 거주 등록을 마친 분이 받을 수 있습니다.",
        ),
        icon="home_pin",
        sample=True,
    ),
    ProofKind(
        "acceptance",
        Words("申请受理证明", "Proof of accepted applications", "신청 수리 증명"),
        Words(
            "列出您已经受理的申请、编号和日期。",
            "Lists your applications that were accepted, with numbers and dates.",
            "수리된 신청과 번호, 날짜를 적습니다.",
        ),
        icon="fact_check",
        sample=True,
    ),
)


def with_desk(folder: Path, community: Community) -> Community:
    """Return the community with the sample windows of the folder in which the city's samples stand, and kinds of certificates."""
    windows = msgspec.json.decode((folder / "samples" / "windows.json").read_bytes(), type=tuple[Window, ...])
    return replace(community, windows=windows, proofs=_KINDS)


def desk_states(home: Kiosk, community: Community) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state of the two errands."""
    place = replace(home.place, pages=True)
    yield "02-home-all", replace(home, community=community, place=place)
    yield from _proofs(replace(home, community=community, place=place))
    yield from _appointments(replace(home, community=community, place=place))
    yield from _next_matter(home)


def _proofs(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    holder = Holder(Secret("周桂兰"), Secret("110101199001010010"))
    known = Proving(1, "residence", holder, ProofId(_ID), "2101261123004821")
    at_proofs = replace(home, visit=known)
    yield "25-proofs", replace(at_proofs, view=ProofList())
    yield "25-proofs-offline", replace(at_proofs, view=ProofList(), line_up=False)
    for stage in LayStage:
        status = CardReadStatus.CARD_MOVED if stage is LayStage.REFUSED else None
        yield f"25-proof-card-{stage}", replace(at_proofs, view=HolderCard(stage, status))
    for shown in ProofStage:
        view = ProofShown(shown, DocumentPrinterStatus.PAPER_OUT, JobEnd.NOT_BEGUN)
        yield f"25-proof-{shown}", replace(at_proofs, view=view)
    for printer in DocumentPrinterStatus:
        yield f"25-proof-printer-{printer}", replace(at_proofs, view=ProofShown(ProofStage.NOT_PRINTED, printer, JobEnd.ABORTED))


def _appointments(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    window = home.community.windows[0]
    matter = window.matters[0]
    one = Appointment(
        AppointmentId(_ID),
        "A007",
        window.id,
        window.name,
        window.place,
        matter.name,
        date(2026, 11, 25),
        time(9, 30),
        time(10),
        matter.bring,
    )
    days = tuple(SlotDay(date(2026, 11, day), _slots(day)) for day in (23, 24, 25, 26, 27, 30))
    holder = Holder(Secret("周桂兰"), Secret("110101199001010010"))
    known = Booking(1, window.id, matter.code, days, date(2026, 11, 25), time(9, 30), holder, mine=(one,), booked=one)
    at_book = replace(home, visit=known)
    yield "26-matters", replace(at_book, view=MatterList(), visit=Booking(1))
    yield "26-matters-offline", replace(at_book, view=MatterList(), visit=Booking(1), line_up=False)
    for stage in AskStage:
        yield f"26-days-{stage}", replace(at_book, view=TimeList(stage), visit=replace(known, day=None))
        yield f"26-mine-{stage}", replace(at_book, view=MineList(stage))
    yield "26-days-none", replace(at_book, view=TimeList(AskStage.ANSWERED), visit=replace(known, day=None, times=()))
    yield "26-times", replace(at_book, view=TimeList(AskStage.ANSWERED, is_day=True))
    yield "26-times-move", replace(at_book, view=TimeList(AskStage.ANSWERED, is_day=True), visit=replace(known, moving=one))
    yield "26-card", replace(at_book, view=HolderCard())
    yield from _without_card(at_book, known)
    for check in BookStage:
        yield f"26-check-{check}", replace(at_book, view=BookCheck(check, one))
    yield "26-check-move", replace(at_book, view=BookCheck(), visit=replace(known, moving=one))
    for paper in SlipStage:
        yield f"26-booked-{paper}", replace(at_book, view=BookedShown(paper))
        yield f"26-own-{paper}", replace(at_book, view=MineShown(one.id, paper=paper))
    yield "26-own", replace(at_book, view=MineShown(one.id))
    yield "26-mine-none", replace(at_book, view=MineList(AskStage.ANSWERED), visit=replace(known, mine=()))
    for back in GiveBackStage:
        yield f"26-own-{back}", replace(at_book, view=MineShown(one.id, back))


def _without_card(at_book: Kiosk, known: Booking) -> Iterator[tuple[str, Kiosk]]:
    typed = Secret("13900000123")
    yield "26-card-mine", replace(at_book, view=HolderCard(), visit=replace(known, begins=None))
    yield "26-card-only", replace(at_book, view=HolderCard(), visit=replace(known, matter=at_book.community.windows[0].matters[-1].code))
    yield "26-mobile", replace(at_book, view=NumberEntry(), visit=replace(known, holder=None, typed=typed))
    yield "26-mobile-wrong", replace(at_book, view=NumberEntry(asked=True), visit=replace(known, holder=None, typed=Secret("1390000")))
    yield "26-check-mobile", replace(at_book, view=BookCheck(), visit=replace(known, holder=ByNumber(typed)))
    yield "26-remind", replace(at_book, view=RemindAsk())
    yield "26-remind-number", replace(at_book, view=NumberEntry(), visit=replace(known, typed=typed))
    yield "26-check-remind", replace(at_book, view=BookCheck(), visit=replace(known, remind=True, remind_to=typed))
    told = msgspec.structs.replace(known.mine[0], reminded=True)
    yield "26-own-reminded", replace(at_book, view=MineShown(told.id), visit=replace(known, mine=(told,)))
    begun = replace(known, typed=Secret("4071"))
    yield "26-code", replace(at_book, view=CodeEntry(), visit=begun)
    yield "26-code-scan", replace(at_book, view=CodeEntry(), place=replace(at_book.place, scans=True), visit=begun)
    for trouble in CodeTrouble:
        yield f"26-code-{trouble}", replace(at_book, view=CodeEntry(trouble), visit=replace(known, typed=Secret("407155260181")))
    by_slip = replace(known, holder=BySlip(Secret("407155260182")))
    for paper in SlipStage:
        yield f"26-booked-slip-{paper}", replace(at_book, view=BookedShown(paper), visit=by_slip)
    yield "26-code-none", replace(at_book, view=MineList(AskStage.ANSWERED), visit=replace(by_slip, mine=()))


def _next_matter(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    item = next((one for one in home.items if one.materials and one.by_card), None)
    if item is None:
        return
    card = Secret(Applicant("resident", name="周桂兰", id_number="110101199001010010"))
    paper = EarlierPaper(item.materials[0].name, ApplicationId(_ID), (Secret(b""), Secret(b"")))
    carried = Carried(card, (paper,), home.now + timedelta(minutes=10))
    going_on = replace(home, visit=Continuing(1, carried))
    yield "27-next", replace(going_on, view=NextMatter())
    yield "27-next-without-papers", replace(going_on, view=NextMatter(), visit=Continuing(1, replace(carried, papers=())))
    yield "27-next-drawer", replace(going_on, view=NextMatter(Category.ELDERLY))
    visit = Visit(1, item, home.now, card, carried=carried)
    yield "27-earlier-paper", replace(home, visit=visit, view=Capture(item.materials[0].id, 1, CaptureStage.AIMING))


def _slots(day: int) -> tuple[Slot, ...]:
    begins = [time(9), time(9, 30), time(10), time(10, 30), time(11), time(13, 30), time(14), time(14, 30), time(15), time(15, 30)]
    ends = [time(one.hour + one.minute // 30, (one.minute + 30) % 60) for one in begins]
    lefts = [0] * 10 if day == 24 else [2, 1, 0, 2, 1, 2, 2, 0, 1, 2]
    return tuple(Slot(*one) for one in zip(begins, ends, lefts, strict=True))
