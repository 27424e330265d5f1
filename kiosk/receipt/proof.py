"""The printed proof that a bill is paid: on the provider's word, with the provider's number. It is no invoice, and says so."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.receipt.content import day_and_time
from kiosk.receipt.sheet import HEADING, NUMBER, SMALL, TEXT, Bar, Block, Line, Row, Rule
from sync.contract.words import Language, Words

_PAID = {Language.ZH: "已缴费", Language.EN: "Paid", Language.KO: "납부 완료"}


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
    language: Language = Language.ZH


def proof_sheet(slip: ProofSlip) -> tuple[Block, ...]:
    """Return what stands on the paper."""
    amount = f"{slip.amount_fen // 100}.{slip.amount_fen % 100:02d} 元"
    rows = [("缴给", slip.provider.zh), ("户号", slip.account), ("账期", slip.period), ("流水号", slip.number)]
    if slip.paid_at is not None:
        rows.append(("缴费时间", day_and_time(slip.paid_at.astimezone())))
    other: tuple[Block, ...] = ()
    if slip.language is not Language.ZH:
        other = (Line(f"{_PAID[slip.language]} · {slip.provider.said_in(slip.language)}", TEXT, language=slip.language),)
    return (
        Line(slip.terminal_name, HEADING, is_bold=True),
        Line(slip.terminal_id, SMALL),
        Bar("缴费凭条"),
        Line("收费单位已确认收到", HEADING, is_bold=True),
        Rule(),
        Line(amount, NUMBER, is_bold=True, fit=True),
        Rule(is_dashed=True),
        *(Row(name, value) for name, value in rows if value),
        *other,
        Rule(is_dashed=True),
        Line(f"这张不是发票。要发票找收费单位，有疑问打 {slip.hotline}", SMALL),
    )
