"""Fault 21: texts that hold printer or terminal commands come out as ink, never as commands."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.escpos.raster import CUT, START, bands
from drivers.receipt_printer import EscposReceiptPrinter
from kiosk.receipt import drawn
from peripherals.deadline import Deadline
from peripherals.virtual.escpos_stream import AutomaticStatus, Cut, Dots, Reset, StreamParser
from sync.contract.words import Words
from tests.drivers.printer_bench import on_paper, printer_bench
from tests.kiosk.receipt.slips import FONTS, slip

HOSTILE = "\x1bp\x00\x19\xfa\x1b@\x10\x14\x01\x00\x05\x1dV\x00\x1b]0;title\x07\x1b[31m\u202e\u200b%s{0}';--"


def test_no_drawer_opens_and_no_knife_falls(tmp_path: Path) -> None:
    receipt = drawn(slip(name=HOSTILE, item=Words(HOSTILE), terminal_name=HOSTILE, terminal_id=HOSTILE, hotline=HOSTILE), 576, FONTS)
    with printer_bench(tmp_path, "--speed", "0") as bench:
        before = bench.order("state")["skipped_commands"]
        assert EscposReceiptPrinter(bench.url).print(receipt, Deadline.after(10)).printed
        state = bench.order("state")
        assert state["tickets"] == ["receipt-001.png"]
        assert state["texts"] == []
        assert bench.dots("receipt-001.png") == on_paper(receipt)
        assert state["skipped_commands"] - before == state["questions"]  # nothing but the driver's own questions


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_written_the_printer_gets_dots_and_one_cut(name: str, item: str) -> None:
    receipt = drawn(slip(name=name, item=Words(item)), 384, FONTS)
    stream = START + b"".join(bands(receipt, 24)) + CUT
    kinds = [type(doing) for doing in StreamParser().feed(stream)]
    assert set(kinds) == {AutomaticStatus, Reset, Dots, Cut}
    assert kinds.count(Cut) == 1
