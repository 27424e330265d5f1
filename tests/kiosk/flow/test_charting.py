"""Calibration of the camera at the menu: one look at a time, what it found is shown, and nothing of another visit counts."""

from dataclasses import replace

from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.technician import ChartPrinted, ChartRead, ChartWanted, PlaceOpened
from kiosk.flow.technician import CameraChart, Errand, Overview, Staff, UpkeepPlace
from kiosk.flow.technician_orders import PrintChart, ReadChart, TakeStock
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.plate import ChartOutcome, ChartReading
from tests.kiosk.flow.test_upkeep import inside, ordered, work
from tests.kiosk.flow.walk import Walk

BLURRED = ChartReading(ChartOutcome.BLURRED)
PRINTED = PrintedDocument(JobEnd.PRINTED, DocumentPrinterStatus.READY, 1)


def at_chart(*, pages: bool = True) -> Walk:
    walk = inside()
    walk.state = replace(walk.state, place=replace(walk.state.place, pages=pages))
    walk.happen(PlaceOpened(UpkeepPlace.CAMERA))
    return walk


def staff(walk: Walk) -> Staff:
    found = work(walk).staff
    assert found is not None
    return found


def test_a_press_looks_at_the_chart_once_and_shows_what_it_found() -> None:
    walk = at_chart()
    assert walk.state.view == CameraChart()
    assert ReadChart(work(walk).token, staff(walk)) in ordered(walk, NextPressed())
    assert work(walk).busy is Errand.CALIBRATING
    for press in (NextPressed(), ChartWanted(), BackPressed()):
        assert not ordered(walk, press), "one thing at a time"
    walk.happen(ChartRead(work(walk).token, BLURRED))
    assert walk.state.view == CameraChart(BLURRED)
    assert work(walk).busy is None
    walk.happen(NextPressed())
    assert walk.state.view == CameraChart(), "what was found before is not shown as what is found now"


def test_the_chart_is_printed_where_there_is_a_printer_for_pages() -> None:
    walk = at_chart()
    assert PrintChart(work(walk).token, staff(walk)) in ordered(walk, ChartWanted())
    walk.happen(ChartRead(work(walk).token, BLURRED))
    assert work(walk).busy is Errand.PRINTING, "nobody asked for that"
    walk.happen(ChartPrinted(work(walk).token, PRINTED))
    assert walk.state.view == CameraChart(printed=PRINTED)
    assert not any(isinstance(one, PrintChart) for one in ordered(at_chart(pages=False), ChartWanted()))


def test_a_late_answer_of_another_visit_changes_nothing() -> None:
    walk = at_chart()
    walk.happen(NextPressed(), ChartRead(work(walk).token - 1, BLURRED), ChartPrinted(work(walk).token, PRINTED))
    assert walk.state.view == CameraChart()
    assert work(walk).busy is Errand.CALIBRATING


def test_going_back_takes_stock_and_leaving_goes_home() -> None:
    walk = at_chart()
    assert TakeStock(work(walk).token, staff(walk)) in ordered(walk, BackPressed())
    assert walk.state.view == Overview()
    left = at_chart()
    left.happen(FinishPressed())
    assert left.state.visit is None
