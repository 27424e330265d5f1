"""The screens of bills for the gallery, with invented accounts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from kiosk.flow.desk_errands import HolderCard, LayStage
from kiosk.flow.errands import (
    AccountEntry,
    AccountList,
    AccountsStage,
    BillShown,
    BillStage,
    FindPaid,
    FindStage,
    PaidAgain,
    PaidCodeEntry,
    PaidList,
    PaidMissing,
    PaidShown,
    PayCode,
    Paying,
    PayStage,
    ProofPaper,
    UtilityList,
)
from kiosk.flow.state import Kiosk
from peripherals.id_card_reader import CardReadStatus
from peripherals.secret import Secret
from sync.contract.bills import Bill, BillStatus, HeldAccount, PaymentId
from sync.contract.paid_bills import PaidBill, PaidStatus, code_of
from sync.contract.words import Words

_HELD = (HeldAccount("10002345", "样例小区 * 号楼 101 室"), HeldAccount("10009871", "样例路 ** 号 车库"))
_PAYMENT = PaymentId("0193582a-7b3c-7d4e-8f50-123456789abc")


def bill_states(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state of looking at bills and paying them; the home has its community."""
    paying = Paying(
        1, "sample-water", Secret("10002345"), Bill(BillStatus.OWED, "样*", "b", 6840, "2026 年 11 月", date(2026, 12, 15)), _PAYMENT
    )
    bills = replace(home, visit=paying)
    yield "24-utilities", replace(bills, view=UtilityList())
    yield "24-account", replace(bills, view=AccountEntry())
    yield "24-account-wrong", replace(bills, view=AccountEntry(asked=True), visit=replace(paying, account=Secret("12")))
    laid = replace(paying, account=Secret(""), bill=None, payment=None, by_card=True)
    for lay in LayStage:
        why = CardReadStatus.CARD_MOVED if lay is LayStage.REFUSED else None
        yield f"24-card-{lay}", replace(bills, view=HolderCard(lay, why), visit=replace(laid, by_card=False))
    for found in AccountsStage:
        held = _HELD if found is AccountsStage.CHOOSE else ()
        yield f"24-accounts-{found}", replace(bills, view=AccountList(found), visit=replace(laid, held=held))
    many = tuple(HeldAccount(f"2000{place:03d}5", f"样例小区 * 号楼 {place}01 室") for place in range(1, 9))
    yield "24-accounts-many", replace(bills, view=AccountList(AccountsStage.CHOOSE), visit=replace(laid, held=many, more=True))
    yield "24-bill-by-card", replace(bills, view=BillShown(BillStage.ANSWERED), visit=replace(paying, by_card=True, held=_HELD))
    yield "24-bill", replace(bills, view=BillShown(BillStage.ANSWERED))
    for status in BillStatus:
        known = Bill(status, "样*" if status is BillStatus.NOTHING_OWED else "")
        yield f"24-bill-{status}", replace(bills, view=BillShown(BillStage.ANSWERED), visit=replace(paying, bill=known))
    for asking in (BillStage.ASKING, BillStage.NO_LINE):
        yield f"24-bill-{asking}", replace(bills, view=BillShown(asking), visit=replace(paying, bill=None))
    for stage in PayStage:
        code = PayCode(
            stage, "https://pay.example.invalid/0193582a", "S00000001", paper=ProofPaper.PRINTED if stage is PayStage.PAID else None
        )
        yield f"24-pay-{stage}", replace(bills, view=code)
    yield "24-pay-blind", replace(bills, view=PayCode(PayStage.WATCHING, "https://pay.example.invalid/0193582a", blind=True))
    yield from _proofs_again(home)


def _proofs_again(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    bills = (
        _paid("sample-water", Words("样例自来水", "Sample Water", "샘플 수도"), 6840, 2),
        _paid("sample-heating", Words("样例供热", "Sample Heating", "샘플 난방"), 186000, 9),
    )
    errand = PaidAgain(1, by_card=True, typed=Secret(code_of(_PAYMENT)), bills=bills)
    again = replace(home, visit=errand)
    with_scanner = replace(again, place=replace(home.place, scans=True))
    for stage in FindStage:
        why = CardReadStatus.CARD_MOVED if stage is FindStage.REFUSED else None
        yield f"24-again-find-{stage}", replace(again, view=FindPaid(stage, why))
    yield "24-again-find-both", replace(with_scanner, view=FindPaid())
    yield "24-again-find-scan", replace(with_scanner, view=FindPaid(by_card=False))
    yield "24-again-code", replace(again, view=PaidCodeEntry())
    yield "24-again-code-wrong", replace(again, view=PaidCodeEntry(asked=True), visit=replace(errand, typed=Secret("1234")))
    for status in PaidStatus:
        if status is not PaidStatus.FOUND:
            yield f"24-again-{status}", replace(again, view=PaidMissing(status, False, date(2025, 3, 2), 366))
    yield "24-again-not_found-card", replace(again, view=PaidMissing(PaidStatus.NOT_FOUND, was_card=True))
    yield "24-again-list", replace(again, view=PaidList())
    yield "24-again-list-partial", replace(again, view=PaidList(), visit=replace(errand, is_partial=True))
    yield "24-again-bill", replace(again, view=PaidShown(0))
    for paper in ProofPaper:
        yield f"24-again-{paper}", replace(again, view=PaidShown(0, paper))


def _paid(utility: str, name: Words, amount_fen: int, day: int) -> PaidBill:
    paid_at = datetime(2026, 11, day, 3, 0, tzinfo=UTC)
    return PaidBill(code_of(_PAYMENT), utility, name, "2345", amount_fen, f"S0000000{day}", paid_at, "2026 年 10 月")
