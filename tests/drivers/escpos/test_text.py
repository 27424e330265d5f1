"""A slip in the printer's own letters: what it lacks is found before anything is printed, and no text is a command."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.text import missing_glyphs, text_commands
from drivers.receipt_printer import EscposReceiptPrinter
from kiosk.receipt.plain import plain, wrapped
from kiosk.receipt.sheet import HEADING, NUMBER, Bar, Box, Code, Line, Row, Rule
from peripherals.deadline import Deadline
from peripherals.receipt_printer import Charset, PlainLine, PlainSlip, PrinterStatus, Printing
from peripherals.virtual.escpos_stream import StreamParser, Text
from tests.drivers.printer_bench import printer_bench

SHEET = (
    Bar("已收件，待上传"),
    Line("收件编号", HEADING),
    Line("7F3K 29Q8", NUMBER, is_bold=True),
    Rule(),
    Row("姓名", "周＊＊"),
    Box((Line("请保管好这张票", HEADING),)),
    Code("BM1:TEST", "查进度", "请窗口扫码"),
)


def slip(*texts: str, charset: Charset = Charset.GB18030) -> PlainSlip:
    return PlainSlip(tuple(PlainLine(text) for text in texts), charset)


@pytest.mark.parametrize(
    ("text", "charset", "missing"),
    [
        ("沈阳市样例区 No.1", Charset.GB2312, 0),
        ("镕", Charset.GB2312, 1),
        ("镕", Charset.GBK, 0),
        ("㐂", Charset.GBK, 1),
        ("㐂", Charset.GB18030, 0),  # extension A, four bytes
        ("𠮷", Charset.GB18030, 1),  # beyond the basic plane: the encoding has it, no printer's font does
        ("한국어", Charset.GB18030, 3),
        ("😀", Charset.GB18030, 1),
    ],
)
def test_what_the_font_lacks_is_counted(text: str, charset: Charset, missing: int) -> None:
    assert missing_glyphs(slip(text, charset=charset)) == missing


@given(st.lists(st.text(max_size=30), max_size=4), st.sampled_from(Charset))
def test_no_text_is_ever_a_command(texts: list[str], charset: Charset) -> None:
    hostile = [f"{text}\x1bp\x00\x19\x19\x10\x04\x01\x1d\x56\x00\n" for text in texts]
    data = b"".join(text_commands(slip(*hostile, charset=charset)))
    assert b"\x1bp" not in data
    assert b"\x10" not in data
    assert b"\x1d\x56" not in data
    assert data.count(b"\n") == len(texts)


@given(st.text(max_size=80), st.integers(2, 48))
def test_wrapping_loses_nothing_and_keeps_within_the_paper(text: str, columns: int) -> None:
    lines = list(wrapped(text, columns))
    assert "".join(lines) == text
    assert all(sum(2 if ord(character) > 0x2E7F else 1 for character in line) <= columns + columns for line in lines)


def test_a_sheet_is_laid_out_in_columns_with_its_words_in_order() -> None:
    laid = plain(SHEET, 576, Charset.GBK)
    assert [line.text for line in laid.lines] == [
        "已收件，待上传",
        "收件编号",
        "7F3K 29Q8",
        "-" * 48,
        "姓名" + " " * (48 - 4 - 6) + "周＊＊",
        "请保管好这张票",
        "查进度",
        "请窗口扫码",
    ]
    assert [line.is_large for line in laid.lines[:3]] == [True, False, True]
    assert laid.code == "BM1:TEST"
    narrow = plain((Row("办理地点", "样例区晴岚街道样例路 18 号 2 单元"),), 384, Charset.GBK)
    assert [line.text for line in narrow.lines] == ["办理地点", "  样例区晴岚街道样例路 18 号 2 ", "  单元"]


def test_it_comes_out_when_the_printer_says_so(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "0") as bench:
        printer = EscposReceiptPrinter(bench.url)
        printing = printer.print_plain(plain(SHEET, 576, Charset.GB18030), Deadline.after(20))
        assert printing == Printing(printed=True, status=PrinterStatus.READY)
        assert len(bench.tickets) == 1
        assert "周＊＊" in "".join(bench.order("state")["texts"])
        bench.fault("paper_out")
        assert printer.print_plain(plain(SHEET, 576, Charset.GB18030), Deadline.after(5)).status is PrinterStatus.PAPER_OUT


def test_a_slip_that_the_font_lacks_a_character_of_is_not_begun(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "0") as bench:
        printing = EscposReceiptPrinter(bench.url).print_plain(slip("姓名 𠮷"), Deadline.after(20))
        assert printing == Printing(printed=False, status=PrinterStatus.READY, missing_glyphs=1)
        assert bench.order("state")["texts"] == []


def test_another_reading_of_the_stream_finds_the_same_words() -> None:
    data = b"".join(text_commands(plain(SHEET, 576, Charset.GB18030)))
    read = b"".join(doing.characters for doing in StreamParser().feed(data) if isinstance(doing, Text)).decode("gb18030")
    assert "已收件，待上传" in read
    assert "7F3K 29Q8" in read
