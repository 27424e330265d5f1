"""Cases as the city answers them; they and their people are invented."""

from datetime import date
from typing import Any

from sync.contract.names import ApplicationId, CaseNumber, ItemCode, MaterialId, ReceiptNumber, check_symbol
from sync.contract.progress import CaseProgress, CaseState, Missing
from sync.contract.words import Words
from tests.kiosk.flow.walk import CODE

PAPER = Missing(Words("住处证明"), Words("照片看不清，请重新拍"), "请补拍第 1 页。", material=MaterialId("home-proof"))
NUMBER = Missing(Words("手机号码"), Words("电话打不通，请换号码"), "换一个。", field="mobile")


def case(place: int, state: CaseState, item: ItemCode = CODE, **facts: Any) -> CaseProgress:  # noqa: ANN401
    return CaseProgress(
        ApplicationId(f"0193582a-7b3c-7d4e-8f50-12345678900{place}"),
        ReceiptNumber("7F3K29Q" + check_symbol("7F3K29Q")),
        CaseNumber(f"21011123004{place:02d}"),
        item,
        1,
        Words("居住登记"),
        state,
        date(2026, 11, 16),
        **facts,
    )


TO_CORRECT = case(1, CaseState.TO_CORRECT, missing=(PAPER, NUMBER), correct_by=date(2026, 12, 1), clock_stands=True)
CLOSED = case(2, CaseState.CLOSED, decided_on=date(2026, 11, 20), is_approved=True, may_be_rated=True)
ACCEPTED = case(3, CaseState.ACCEPTED, decide_by=date(2026, 12, 4), days_left=9)
CASES = (TO_CORRECT, ACCEPTED, CLOSED)
