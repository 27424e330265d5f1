"""Fault 14: half a receipt hangs in the slot. It is cut off as soon as the printer can, and names nobody."""

import subprocess
import sys
from pathlib import Path

from drivers.receipt_printer import EscposReceiptPrinter
from kiosk.flow.effects import PrintSlip
from kiosk.flow.events.glass import NextPressed
from kiosk.runner.slip import sheet_for
from peripherals.deadline import Deadline
from tests.drivers.printer_bench import on_paper, picture, printer_bench, soon
from tests.kiosk.flow.test_visit import stored
from tests.kiosk.flow.walk import ANSWERS, Walk

PROGRAM = """
import sys
from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from tests.drivers.printer_bench import picture
EscposReceiptPrinter(sys.argv[1]).print(picture(1600, seed=1), Deadline.after(60))
"""


def test_the_next_receipt_is_a_slip_of_its_own(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "100") as bench:
        with subprocess.Popen([sys.executable, "-c", PROGRAM, bench.url]) as printing:
            assert soon(lambda: bench.order("state")["rows"] > 200, seconds=20)
            printing.kill()
        assert EscposReceiptPrinter(bench.url).print(picture(400, seed=2), Deadline.after(20)).printed
        half, whole = bench.tickets
        assert bench.dots(whole) == on_paper(picture(400, seed=2))
        assert on_paper(picture(1600, seed=1)).startswith(bench.dots(half))


def test_what_hangs_is_cut_off_before_anybody_else_comes(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "100") as bench:
        printer = EscposReceiptPrinter(bench.url)
        assert not printer.print(picture(1600, seed=1), Deadline.after(2)).printed  # it was given up: the time was over
        assert bench.tickets == []
        assert printer.look(Deadline.after(5)).is_fit
        assert soon(lambda: len(bench.tickets) == 1, seconds=20)
        assert on_paper(picture(1600, seed=1)).startswith(bench.dots(bench.tickets[0]))
        printer.look(Deadline.after(5))
        assert bench.order("state")["rows"] == 0
        assert len(bench.tickets) == 1, "cut once, and no paper is wasted"


def test_a_printer_that_cannot_cut_now_is_told_to_when_it_can(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "300") as bench:
        printer = EscposReceiptPrinter(bench.url)
        bench.fault("cutter_error")
        printer._half_hangs = True
        assert not printer.look(Deadline.after(5)).is_fit
        assert printer._half_hangs
        bench.fault("none")
        assert printer.look(Deadline.after(5)).is_fit
        assert not printer._half_hangs


def test_the_worker_after_a_killed_one_cuts_it_off_by_itself(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "100") as bench:
        with subprocess.Popen([sys.executable, "-c", PROGRAM, bench.url]) as printing:
            assert soon(lambda: bench.order("state")["rows"] > 200, seconds=20)
            printing.kill()
        heir = EscposReceiptPrinter(bench.url)
        heir.take_over(in_work=True)
        assert soon(lambda: heir.look(Deadline.after(5)).is_fit and len(bench.tickets) == 1, seconds=20)
        assert on_paper(picture(1600, seed=1)).startswith(bench.dots(bench.tickets[0]))
        assert heir.print(picture(400, seed=2), Deadline.after(20)).printed
        assert bench.dots(bench.tickets[1]) == on_paper(picture(400, seed=2))


def test_a_worker_after_one_that_died_between_two_slips_cuts_nothing(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "0") as bench:
        heir = EscposReceiptPrinter(bench.url)
        heir.take_over(in_work=False)
        for _ in range(3):
            assert heir.look(Deadline.after(5)).is_fit
        assert bench.tickets == []


def test_what_hangs_there_names_nobody_in_full() -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(stored(walk))
    (order,) = walk.ordered(PrintSlip)
    assert isinstance(order, PrintSlip)
    _, sheet = sheet_for(order, walk.state.place)
    said = repr(sheet)
    assert "7F3K" in said
    for secret in ("样例甲", "110101199003078670", ANSWERS["mobile"], ANSWERS["landlord_mobile"], *ANSWERS["address"].values(), "样例胡同"):
        assert secret not in said
