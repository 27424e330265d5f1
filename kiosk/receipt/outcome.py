"""The slip of how a case ended (办理结果): decided or not taken up, when, why, what comes of it. It is not the decision, and says so."""

from datetime import datetime

from kiosk.receipt.content import QR_FORMAT, day_and_time, day_with_weekday, grouped
from kiosk.receipt.sheet import HEADING, SMALL, TEXT, Bar, Block, Code, Line, Row, Rule
from peripherals.values import dataclass
from sync.contract.progress import CaseProgress, CaseState
from sync.contract.words import Language

_TITLES = {
    "approved": ("办好了", "Approved", "처리 완료"),
    "not_approved": ("没有批准", "Not approved", "승인되지 않음"),
    "not_accepted": ("不予受理", "Not accepted", "접수되지 않음"),
}


@dataclass(frozen=True, slots=True)
class OutcomeSlip:
    """The facts of one slip. `applicant` is masked already; a case that was opened by its code names nobody."""

    terminal_name: str
    case: CaseProgress
    printed_at: datetime
    applicant: str | None = None
    hotline: str = "12345"
    language: Language = Language.ZH

    @property
    def qr_payload(self) -> str:
        """The code of a slip: the same case, at any terminal."""
        return f"{QR_FORMAT}:{self.case.number}:{self.case.application_id}".upper()


def outcome_sheet(slip: OutcomeSlip) -> tuple[Block, ...]:
    """Return what stands on the paper."""
    case = slip.case
    key = "not_accepted" if case.state is CaseState.NOT_ACCEPTED else "approved" if case.is_approved else "not_approved"
    title, english, korean = _TITLES[key]
    rows = [("事项", case.item_name.zh), ("申请人", slip.applicant or ""), ("编号", grouped(case.case_number))]
    if case.decided_on is not None:
        rows.append(("日期", day_with_weekday(case.decided_on)))
    blocks: list[Block] = [
        Line(slip.terminal_name, HEADING, is_bold=True, fit=True),
        Bar("办理结果"),
        Line(title, HEADING + 20, is_bold=True),
        Rule(),
        *(Row(name, value) for name, value in rows if value),
    ]
    if case.reason:
        blocks += [Rule(is_dashed=True), Line(f"理由：{case.reason}", TEXT, is_centred=False)]
    if case.is_approved and case.result is not None:
        blocks += [Rule(is_dashed=True), Line(case.result.zh, TEXT, is_bold=True, is_centred=False)]
    if slip.language is not Language.ZH:
        said = english if slip.language is Language.EN else korean
        words = f"{said} · {case.item_name.said_in(slip.language)}"
        blocks += [Rule(is_dashed=True), Line(words, TEXT, is_centred=False, language=slip.language)]
    return (
        *blocks,
        Rule(is_dashed=True),
        Code(slip.qr_payload, "查进度", f"这张小票不是决定书。要决定书，到窗口领，或打 {slip.hotline}"),
        Rule(),
        Line(f"{day_and_time(slip.printed_at)} 打印", SMALL),
    )
