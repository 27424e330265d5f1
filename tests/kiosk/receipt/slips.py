"""Slips of invented residents."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk.receipt import Slip, SlipKind, masked
from peripherals.receipt_printer import Raster
from peripherals.secret import Secret
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from sync.contract.words import Language, Words

FONTS = Path(__file__).resolve().parents[3] / "assets" / "fonts"
AT = datetime(2026, 11, 23, 1, 52, tzinfo=UTC).astimezone(timezone(timedelta(hours=8)))
REGISTRATION = Words("流动人口居住登记", "Residence registration", "유동인구 거주 등록")


def slip(kind: SlipKind = SlipKind.RECEIVED, name: str = "周测兰", **facts: Any) -> Slip:  # noqa: ANN401 - any of the slip's facts
    """Return a slip of that kind, with the city's part where the kind has one."""
    whole: dict[str, Any] = {
        "terminal_name": "晴岚社区便民服务终端",
        "terminal_id": "SY-HP-0173",
        "number": ReceiptNumber("7F3K29QD"),
        "application_id": ApplicationId("0199aa11-2b3c-7d4e-8f50-123456789abc"),
        "item": REGISTRATION,
        "handed_in_at": AT,
        "applicant": masked(Secret(name)),
        "papers": 3,
        "signatures": 1,
        "working_days": 12,
        "language": Language.ZH,
    }
    if kind is not SlipKind.RECEIVED:
        whole["case_number"] = CaseNumber("2101112300482")
    if kind is SlipKind.ACCEPTED:
        whole |= {"accepted_at": AT, "decide_by": date(2026, 12, 9), "department": Words("民政局")}
    return Slip(kind=kind, **{**whole, **facts})


def image_of(raster: Raster) -> Image.Image:
    """Return the picture as paper shows it: black on white."""
    return Image.frombytes("1", (raster.width_dots, raster.height_dots), bytes(byte ^ 0xFF for byte in raster.rows))
