"""What is printed for technicians: the slip that tests a printer, the sheet that an acceptance test leaves, the camera's chart."""

import io
from datetime import datetime

from PIL import Image

from kiosk.maintenance.finding import Verdict
from kiosk.maintenance.testing import AcceptanceSheet, ProbeResult
from kiosk.receipt.sheet import HEADING, SMALL, TEXT, Bar, Block, Code, Line, Row, Rule
from kiosk.texts import say
from peripherals.plate import CHART_DOTS_PER_MM, CHART_FILE, MM_PER_INCH
from peripherals.secret import Secret
from sync.contract.technicians import ONE_TIME
from sync.contract.words import Language


def trial_slip(address: str, now: datetime) -> tuple[Block, ...]:
    """What a technician looks at: both edges of the paper, thick and thin, a rare character, a code to scan."""
    return (
        Line("便民服务终端", HEADING, is_bold=True),
        Bar("打印测试"),
        Line("这不是收件凭证", HEADING, is_bold=True),
        Rule(),
        *((Row("打印机", address),) if address else ()),
        Row("时间", f"{now:%Y-%m-%d %H:%M:%S}"),
        Row("生僻字", "𠮷 㐂 𬎆 𫖮"),
        Row("한국어", "인쇄 시험"),
        Rule(is_dashed=True),
        Line("黑条要黑透，虚线要分得清，四边不缺", TEXT, is_centred=False),
        Code("BM1:TEST", "扫一扫", "应当是 BM1:TEST"),
        Rule(),
        Line("Test print, not a receipt", SMALL),
    )


def paper_line(now: datetime) -> tuple[Block, ...]:
    """A few centimetres that show that a new roll runs straight and prints on its right side."""
    return (Rule(), Line("换纸测试，这不是收件凭证", TEXT, is_bold=True), Line(f"{now:%Y-%m-%d %H:%M:%S}", SMALL), Rule(is_dashed=True))


def chart_pages() -> Secret[bytes]:
    """Return the camera's calibration chart as a PDF of one page of A4, true to size; a secret only because printers take those."""
    pages = io.BytesIO()
    with Image.open(CHART_FILE) as chart:
        chart.save(pages, "PDF", resolution=CHART_DOTS_PER_MM * MM_PER_INCH, title="摄像头标定图", creator="便民服务终端")
    return Secret(pages.getvalue())


def sheet_blocks(sheet: AcceptanceSheet) -> tuple[Block, ...]:
    """Return what stands on the sheet: each part with its verdict, who tested and when, and a line to sign on."""
    by = say("upkeep.one_time", Language.ZH) if sheet.by == ONE_TIME else sheet.by
    counts = [
        say(f"upkeep.sheet_{verdict}", Language.ZH, count=sheet.count(verdict)) for verdict in (Verdict.GOOD, Verdict.NOTICE, Verdict.FAULT)
    ]
    return (
        Line("便民服务终端", HEADING, is_bold=True),
        Bar("检测单"),
        Row("机身编号", sheet.terminal),
        Row("时间", f"{sheet.at:%Y-%m-%d %H:%M}"),
        Row("检测人", by),
        Rule(),
        *(block for place, one in enumerate(sheet.tested, 1) for block in _part(place, one)),
        Rule(),
        Line("，".join(counts), TEXT, is_bold=True),
        Line("签字：____________________", HEADING, is_centred=False),
        Line("本机留有同样一份", SMALL),
    )


def _part(place: int, one: ProbeResult) -> tuple[Block, ...]:
    name = say(f"maintenance.{one.probe}", Language.ZH)
    return (
        Row(f"{place}  {name}", say(f"upkeep.verdict_{one.verdict}", Language.ZH)),
        Line(said(one, Language.ZH), SMALL, is_centred=False),
    )


def said(one: ProbeResult, language: Language) -> str:
    """Return what came of a test, in words; a part that failed says what its check says."""
    if one.saying == "failed":
        return say(f"maintenance.{one.probe}_{one.facts['finding']}", language)
    return say(one.text_key, language, **one.facts)
