"""The pages of following one's cases, for the gallery; the cases and their people are invented."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kiosk.flow.case_sheets import CaseSheet, SheetStage
from kiosk.flow.errands import CaseList, CaseShown, FindCases, FindStage, Following, NoticePaper, OnceOnly, RatingStage
from kiosk.flow.following import correction
from kiosk.flow.route import first_step
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Done, Paper
from kiosk.flow.visit import HandedIn, Visit
from peripherals.document_printer import DocumentPrinterStatus, JobEnd
from peripherals.id_card_reader import CardReadStatus
from peripherals.secret import Secret
from sync.contract.names import ApplicationId, CaseNumber, ItemCode, MaterialId, ReceiptNumber
from sync.contract.progress import CaseProgress, CaseState, Missing, Stage
from sync.contract.words import Words

_MISSING = (
    Missing(
        Words("房屋租赁合同或购房合同", "Tenancy or purchase contract", "임대 또는 매매 계약서"),
        Words("照片看不清，请重新拍", "Picture not clear, please take it again", "사진이 흐립니다. 다시 찍어 주세요"),
        "拍首页和写着地址的那一页。",
        MaterialId("home-proof"),
    ),
    Missing(
        Words("手机号码", "Mobile number", "휴대전화 번호"),
        Words("电话打不通，请换号码", "The telephone cannot be reached", "전화 연결이 되지 않습니다"),
        "换一个打得通的号码。",
        field="mobile",
    ),
)


def _case(place: int, name: Words, state: CaseState, **facts: object) -> CaseProgress:
    number = ("5M2T81QA", "7F3K29QD", "3B8N47KE", "9K4P02VC", "6D1W75RH", "2G9X30TN")[place]
    base = CaseProgress(
        ApplicationId(f"0193582a-7b3c-7d4e-8f50-12345678900{place}"),
        ReceiptNumber(number),
        CaseNumber(f"21011123004{place:02d}"),
        ItemCode("residence-registration"),
        1,
        name,
        state,
        date(2026, 11, 16),
    )
    return _with(base, facts)


def _with(case: CaseProgress, facts: dict[str, object]) -> CaseProgress:
    import msgspec  # noqa: PLC0415

    accepted = case.state in (CaseState.ACCEPTED, CaseState.CLOSED)
    return msgspec.structs.replace(case, accepted_on=date(2026, 11, 17) if accepted else None, **facts)


def cases() -> tuple[CaseProgress, ...]:
    """Return one case of every state."""
    residence = Words("居住登记", "Residence registration", "거주 등록")
    home = Words("住房保障", "Housing", "주택 지원")
    check = Words("入户核查", "Visit", "방문 확인")
    approve = Words("审批", "Approval", "승인")
    stages = (Stage(check, "样例街道", done_on=date(2026, 11, 20)), Stage(approve, "样例区民政局", is_now=True), Stage(home, "样例街道"))
    done = tuple(Stage(one.name, one.office, done_on=date(2026, 11, 20)) for one in stages[:2])
    return (
        _case(0, residence, CaseState.TO_CORRECT, missing=_MISSING, correct_by=date(2026, 12, 1), clock_stands=True),
        _case(1, Words("临时救助", "Temporary relief", "임시 구호"), CaseState.DELIVERED, answer_by=date(2026, 11, 27), days_left=4),
        _case(
            2,
            Words("高龄津贴申请", "Allowance from age 80", "고령 수당"),
            CaseState.ACCEPTED,
            decide_by=date(2026, 12, 4),
            days_left=9,
            stages=stages,
        ),
        _case(3, Words("困难残疾人生活补贴", "Living subsidy", "생활 보조"), CaseState.ACCEPTED, clock_stands=True, stages=stages),
        _case(
            4,
            Words("老年人优待证", "Elder card", "노인 우대증"),
            CaseState.CLOSED,
            decided_on=date(2026, 11, 16),
            is_approved=True,
            result=Words("到窗口取证", "fetch it at the window", "창구에서 수령"),
            stages=done,
            may_be_rated=True,
        ),
        _case(
            5,
            Words("公租房补贴", "Rent subsidy", "임대료 보조"),
            CaseState.NOT_ACCEPTED,
            decided_on=date(2026, 11, 9),
            reason="本人名下有住房",
            may_be_rated=True,
        ),
    )


def progress_states(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state of the errand."""
    found = cases()
    looking = replace(home, visit=Following(1))
    with_scanner = replace(looking, place=replace(home.place, scans=True))
    for stage in FindStage:
        status = CardReadStatus.CARD_MOVED if stage is FindStage.REFUSED else None
        yield f"15-find-{stage}", replace(looking, view=FindCases(stage, status))
    yield "15-find-scan", replace(with_scanner, view=FindCases())
    known = replace(home, visit=Following(1, Secret("周桂兰"), cases=found))
    yield "15-progress", replace(known, view=CaseList())
    yield "15-progress-none", replace(known, visit=Following(1), view=CaseList())
    for case in found[1:]:
        yield f"15-case-{case.number}", replace(known, view=CaseShown(case.application_id))
    for rating in RatingStage:
        yield f"15-case-rating-{rating}", replace(known, view=CaseShown(found[4].application_id, 5, rating))
    missing = found[0].application_id
    printing = replace(known, place=replace(home.place, pages=True))
    for far in SheetStage:
        sheet = CaseSheet(far, DocumentPrinterStatus.JAMMED, JobEnd.ABORTED)
        yield f"15-case-sheet-{far}", replace(printing, view=CaseShown(found[5].application_id, sheet=sheet))
        yield f"16-once-only-sheet-{far}", replace(printing, view=OnceOnly(missing, sheet=sheet))
    yield "15-case-sheet", replace(printing, view=CaseShown(found[4].application_id))
    yield "16-once-only-sheet", replace(printing, view=OnceOnly(missing))
    yield "16-once-only", replace(known, view=OnceOnly(missing))
    for paper in NoticePaper:
        yield f"16-once-only-{paper}", replace(known, view=OnceOnly(missing, paper))
    yield "16-once-only-elsewhere", replace(known, view=OnceOnly(missing, elsewhere=True))
    part = correction(home.item(found[0].item), found[0])
    if part is not None:
        visit = Visit(1, part, home.now, completes=found[0])
        yield "16-bring", replace(home, visit=visit, view=first_step(home, visit))
        received = HandedIn(ApplicationId("0193582a-7b3c-7d4e-8f50-123456789abc"), ReceiptNumber("7F3K29QD"), home.now)
        yield "16-brought", replace(home, visit=replace(visit, handed_in=received), view=Done(Paper.PRINTED), line_up=False)
