"""The printed proof that a bill is paid: on the provider's word, with the provider's number. It is no invoice, and says so."""

from datetime import datetime

from kiosk.receipt.content import day_and_time, grouped
from kiosk.receipt.sheet import HEADING, NUMBER, SMALL, TEXT, Bar, Block, Code, Line, Row, Rule
from peripherals.values import dataclass
from sync.contract.paid_bills import ProofCode
from sync.contract.words import Language, Words

_PAID = {Language.ZH: "已缴费", Language.EN: "Paid", Language.KO: "납부 완료"}

_AGAIN = {Language.ZH: "补打", Language.EN: "Printed again", Language.KO: "다시 인쇄함"}
BILL_FORMAT = "BMP"
"""Begins the code on the paper, so that a terminal tells it from an application's."""


@dataclass(frozen=True, slots=True)
class ProofSlip:
    """The facts of one proof. `account` is masked already; the time is the provider's."""

    terminal_name: str
    terminal_id: str
    provider: Words
    account: str
    amount_fen: int
    period: str
    number: str
    paid_at: datetime | None
    hotline: str
    code: ProofCode
    language: Language = Language.ZH
    again: datetime | None = None  # when it is printed, if not for the first time

    @property
    def qr_payload(self) -> str:
        """The code by which the proof is had again at any terminal."""
        return f"{BILL_FORMAT}:{self.code}"


def proof_sheet(slip: ProofSlip) -> tuple[Block, ...]:
    """Return what stands on the paper."""
    amount = f"{slip.amount_fen // 100}.{slip.amount_fen % 100:02d} 元"
    rows = [("缴给", slip.provider.zh), ("户号", slip.account), ("账期", slip.period), ("流水号", slip.number)]
    if slip.paid_at is not None:
        rows.append(("缴费时间", day_and_time(slip.paid_at.astimezone())))
    again: tuple[Block, ...] = ()
    if slip.again is not None:
        again = (Line(f"补打，{day_and_time(slip.again)}", TEXT),)
        if slip.language is not Language.ZH:
            again = (*again, Line(_AGAIN[slip.language], SMALL, language=slip.language))
    other: tuple[Block, ...] = ()
    if slip.language is not Language.ZH:
        other = (Line(f"{_PAID[slip.language]} · {slip.provider.said_in(slip.language)}", TEXT, language=slip.language),)
    return (
        Line(slip.terminal_name, HEADING, is_bold=True),
        Line(slip.terminal_id, SMALL),
        Bar("缴费凭条"),
        Line("收费单位已确认收到", HEADING, is_bold=True),
        *again,
        Rule(),
        Line(amount, NUMBER, is_bold=True, fit=True),
        Rule(is_dashed=True),
        *(Row(name, value) for name, value in rows if value),
        *other,
        Rule(is_dashed=True),
        Code(slip.qr_payload, "补打凭条", "到任何一台终端的“缴费查询”扫码，或输下面的编号"),
        Line(grouped(slip.code), HEADING, is_bold=True, fit=True),
        Rule(is_dashed=True),
        Line(f"这张不是发票。要发票找收费单位，有疑问打 {slip.hotline}", SMALL),
    )
