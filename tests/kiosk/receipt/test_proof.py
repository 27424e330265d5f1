"""The proof of a paid bill: the amount, the provider's number, and no word that it is an invoice."""

from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest

from drivers.codes import codes_in
from kiosk.flow.effects import PrintProof
from kiosk.flow.state import Place
from kiosk.receipt.content import grouped
from kiosk.receipt.drawing import drawn_blocks
from kiosk.receipt.sheet import Code, Line, Row
from kiosk.runner.slip import proof_of
from kiosk.scanning import BillCode, judged
from peripherals.secret import Secret
from sync.contract.bills import Bill, BillStatus, PaymentId
from sync.contract.paid_bills import code_of
from sync.contract.words import Words
from tests.kiosk.receipt.slips import FONTS, image_of

ORDER = PrintProof(
    1, Words("样例自来水", "Sample Water"), Bill(BillStatus.OWED, amount_fen=3345, period="2026 年 11 月"), "S00000001",
    datetime(2026, 11, 23, 2, 0, tzinfo=UTC), Secret("10002345"), "en", code_of(PaymentId("0193582a-7b3c-7d4e-8f50-123456789abc")),
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


def test_its_code_stands_there_to_be_shown_and_to_be_typed() -> None:
    sheet = proof_of(ORDER, PLACE)
    (code,) = [block for block in sheet if isinstance(block, Code)]
    assert judged(Secret(code.payload)) == BillCode(ORDER.code)
    assert grouped(ORDER.code) in [block.text for block in sheet if isinstance(block, Line)]


@pytest.mark.parametrize("width_dots", [576, 384])
def test_its_code_is_read_back_from_its_dots(width_dots: int) -> None:
    on_paper = np.array(image_of(drawn_blocks(proof_of(ORDER, PLACE), width_dots, FONTS)).convert("L"), np.uint8)
    (code,) = codes_in(np.pad(on_paper, 40, constant_values=90))
    assert judged(code.text) == BillCode(ORDER.code)


def test_the_first_says_nothing_of_being_printed_again_and_a_later_one_says_it_with_the_time() -> None:
    def lines(order: PrintProof) -> list[str]:
        return [block.text for block in proof_of(order, PLACE) if isinstance(block, Line)]

    assert not any("补打" in text or "again" in text for text in lines(ORDER))
    again = lines(msgspec.structs.replace(ORDER, again=datetime(2026, 12, 1, 9, 30, tzinfo=UTC)))
    assert {"补打，2026年12月1日 9:30", "Printed again"} <= set(again)


def test_it_fits_both_widths_of_paper() -> None:
    assert {drawn_blocks(proof_of(ORDER, PLACE), width, FONTS).width_dots for width in (576, 384)} == {576, 384}
