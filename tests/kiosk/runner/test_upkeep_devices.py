"""A technician's orders about the devices: stock taken, parts tested, the chart under the camera, paper changed."""

import json
from pathlib import Path

import pypdfium2
import pytest

from drivers.chart import read_chart
from drivers.plate_file import FILE as PLATE_FILE
from drivers.plate_file import kept_plate
from kiosk.bench import CAMERA, PRINTER, READER, Bench
from kiosk.config import Config
from kiosk.flow.events.technician import (
    ChartPrinted,
    ChartRead,
    ErrandOver,
    LinePrinted,
    PartFound,
    PartTested,
    PrinterSeen,
    SheetAnswered,
    SuppliesLookedAt,
)
from kiosk.flow.technician import Errand
from kiosk.flow.technician_orders import (
    AskPrinter,
    LookAtSupplies,
    PrintChart,
    PrintLine,
    PrintSheet,
    ProbePart,
    ReadChart,
    TakeStock,
)
from kiosk.maintenance.finding import Check, Verdict
from kiosk.maintenance.testing import AcceptanceSheet, Probe, ProbeResult
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.plate import ChartOutcome
from peripherals.receipt_printer import PrinterStatus
from peripherals.virtual.desk import scene as scene_of
from sync.contract.technicians import ActKind
from tests.drivers.camera_bench import frame_of
from tests.drivers.document_printer_bench import document_printer_bench
from tests.kiosk.runner.upkeep_desk import NOW, STAFF, Desk


def test_stock_is_taken_of_every_part(desk: Desk) -> None:
    desk.desk.carry_out(TakeStock(1, STAFF))
    findings = [desk.wait(PartFound).finding for _ in Check]
    assert [one.check for one in findings] == list(Check)
    assert {one.verdict for one in findings[:3]} == {Verdict.GOOD}
    assert desk.wait(ErrandOver).errand is Errand.TAKING_STOCK


def test_a_part_is_tested_on_the_device_itself(desk: Desk, bench: tuple[Config, Bench]) -> None:
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.RECEIPT_PRINTER))
    assert desk.wait(PartTested).tested == ProbeResult(Probe.RECEIPT_PRINTER, Verdict.GOOD, "printed")
    bench[1].do(PRINTER, "fault", fault="paper_out")
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.RECEIPT_PRINTER))
    assert desk.wait(PartTested).tested == ProbeResult(Probe.RECEIPT_PRINTER, Verdict.FAULT, "failed", {"finding": "paper_out"})
    assert desk.acts() == [(ActKind.TESTED, "T-07", "receipt_printer")] * 2


def test_a_card_laid_for_the_test_is_read_and_nothing_of_it_kept(desk: Desk, bench: tuple[Config, Bench]) -> None:
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.ID_CARD_READER))
    bench[1].do(READER, "lay", card="wang-xiaoli")
    tested = desk.wait(PartTested).tested
    bench[1].do(READER, "lift")
    assert (tested.verdict, tested.saying, dict(tested.facts)) == (Verdict.GOOD, "card_read", {})


def test_a_module_out_of_order_is_started_afresh_and_only_then_called_broken(desk: Desk, bench: tuple[Config, Bench]) -> None:
    bench[1].do(READER, "fault", fault="module_fault", times=1)
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.ID_CARD_READER))
    bench[1].do(READER, "lay", card="wang-xiaoli")
    assert desk.wait(PartTested).tested.verdict is Verdict.GOOD
    bench[1].do(READER, "lift")
    bench[1].do(READER, "fault", fault="module_fault", times=-1)
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.ID_CARD_READER))
    tested = desk.wait(PartTested).tested
    bench[1].do(READER, "clear")
    assert tested == ProbeResult(Probe.ID_CARD_READER, Verdict.FAULT, "failed", {"finding": "module_fault"})


def test_the_sheet_comes_out_and_is_kept(desk: Desk) -> None:
    sheet = AcceptanceSheet("SY-TEST-0001", "T-07", NOW, (ProbeResult(Probe.RECEIPT_PRINTER, Verdict.GOOD, "printed"),))
    desk.desk.carry_out(PrintSheet(1, STAFF, sheet))
    assert desk.wait(SheetAnswered).printing.printed
    (kept,) = (desk.folder / "sheets").glob("*.json")
    assert json.loads(kept.read_bytes())["by"] == "T-07"


def test_the_camera_is_calibrated_by_the_chart_under_it_and_every_try_is_written_down(desk: Desk, bench: tuple[Config, Bench]) -> None:
    bench[1].do(CAMERA, "lay", paper="tenancy-contract")
    desk.desk.carry_out(ReadChart(1, STAFF))
    assert desk.wait(ChartRead).reading.outcome is ChartOutcome.NO_CHART
    assert kept_plate(desk.folder / PLATE_FILE) is None
    bench[1].do(CAMERA, "lay", paper="calibration-chart")
    desk.desk.carry_out(ReadChart(1, STAFF))
    reading = desk.wait(ChartRead).reading
    assert reading.outcome is ChartOutcome.MEASURED
    assert kept_plate(desk.folder / PLATE_FILE) == reading.plate
    bench[1].do(CAMERA, "unplug")
    desk.desk.carry_out(ReadChart(1, STAFF))
    assert desk.wait(ChartRead).reading.outcome is ChartOutcome.CAMERA_ABSENT
    bench[1].do(CAMERA, "plug")
    bench[1].do(CAMERA, "take_away")
    assert kept_plate(desk.folder / PLATE_FILE) == reading.plate, "a refusal leaves what was"
    assert desk.acts() == [(ActKind.CALIBRATED, "T-07", "document_camera")] * 3


def test_the_chart_comes_out_of_a_page_printer_true_to_size_and_can_be_calibrated_by(desk: Desk, tmp_path: Path) -> None:
    with document_printer_bench(tmp_path / "pages") as printer:
        desk.pages = printer.printer
        desk.desk.carry_out(PrintChart(1, STAFF))
        assert desk.wait(ChartPrinted).printed.end is JobEnd.PRINTED
        (document,) = printer.out.iterdir()
        page = pypdfium2.PdfDocument(document.read_bytes())[0]
    assert page.get_size() == pytest.approx((210 / 25.4 * 72, 297 / 25.4 * 72), abs=0.1)
    sheet = page.render(scale=2).to_pil().convert("RGB")
    assert read_chart(frame_of(scene_of(sheet).image)).outcome is ChartOutcome.MEASURED
    assert desk.acts() == [(ActKind.PRINTED_SHEET, "T-07", "chart")]


def test_without_a_page_printer_the_chart_is_not_said_to_be_printed(desk: Desk) -> None:
    desk.desk.carry_out(PrintChart(1, STAFF))
    assert desk.wait(ChartPrinted).printed == PrintedDocument(JobEnd.NOT_BEGUN, DocumentPrinterStatus.ABSENT)


def test_a_changed_roll_counts_from_where_the_printer_is(desk: Desk) -> None:
    desk.desk.carry_out(LookAtSupplies(1, STAFF))
    before = desk.wait(SuppliesLookedAt).supplies
    assert (before.left_mm, before.lamp_s, dict(before.errors)) == (19_000, 7200, {"document_camera": 3})
    desk.desk.carry_out(LookAtSupplies(1, STAFF, roll_changed=True))
    assert desk.wait(SuppliesLookedAt).supplies.left_mm == 80_000
    desk.counts["receipt_printer"]["paper_mm"] += 300
    desk.desk.carry_out(LookAtSupplies(1, STAFF))
    assert desk.wait(SuppliesLookedAt).supplies.left_mm == 79_700
    desk.counts["receipt_printer"] = {"paper_mm": 150}  # another printer
    desk.desk.carry_out(LookAtSupplies(1, STAFF))
    assert desk.wait(SuppliesLookedAt).supplies.left_mm == 79_850
    assert [act for act, _, _ in desk.acts()][:2] == [ActKind.LOOKED_AT_SUPPLIES, ActKind.CHANGED_ROLL]


def test_a_change_of_paper_follows_the_printer_and_ends_with_a_line_on_paper(desk: Desk, bench: tuple[Config, Bench]) -> None:
    bench[1].do(PRINTER, "fault", fault="cover_open")
    desk.desk.carry_out(AskPrinter(1, STAFF))
    assert desk.wait(PrinterSeen).status is PrinterStatus.COVER_OPEN
    desk.desk.carry_out(PrintLine(1, STAFF))
    assert not desk.wait(LinePrinted).printing.printed
    bench[1].do(PRINTER, "fault", fault="none")
    desk.desk.carry_out(AskPrinter(1, STAFF))
    assert desk.wait(PrinterSeen).status is PrinterStatus.READY
    slips = len(list(bench[1].receipts.iterdir()))
    desk.desk.carry_out(PrintLine(1, STAFF))
    assert desk.wait(LinePrinted).printing.printed
    assert len(list(bench[1].receipts.iterdir())) > slips
