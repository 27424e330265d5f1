"""The proof of a paid bill: the amount, the provider's number, and no word that it is an invoice."""

from datetime import UTC, datetime

from kiosk.flow.effects import PrintProof
from kiosk.flow.state import Place
from kiosk.receipt.drawing import drawn_blocks
from kiosk.receipt.sheet import Line, Row
from kiosk.runner.slip import proof_of
from peripherals.secret import Secret
from sync.contract.bills import Bill, BillStatus
from sync.contract.words import Words
from tests.kiosk.receipt.slips import FONTS

ORDER = PrintProof(
    1, Words("样例自来水", "Sample Water"), Bill(BillStatus.OWED, amount_fen=3345, period="2026 年 11 月"), "S00000001",
    datetime(2026, 11, 23, 2, 0, tzinfo=UTC), Secret("10002345"), "en",
)  # fmt: skip
PLACE = Place("SY-TEST-0001", "样例社区", "12345", "1 号窗口")


def test_it_says_what_was_paid_and_to_whom_and_hides_the_account() -> None:
    sheet = proof_of(ORDER, PLACE)
    words = " ".join(block.text for block in sheet if isinstance(block, Line))
    rows = {block.name: block.value for block in sheet if isinstance(block, Row)}
    assert "33.45 元" in words
    assert "不是发票" in words
    assert "Paid · Sample Water" in words
    assert (rows["户号"], rows["流水号"], rows["缴给"]) == ("****2345", "S00000001", "样例自来水")
    assert "10002345" not in repr(sheet)


def test_it_fits_both_widths_of_paper() -> None:
    assert {drawn_blocks(proof_of(ORDER, PLACE), width, FONTS).width_dots for width in (576, 384)} == {576, 384}
