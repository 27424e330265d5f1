"""Calibration of the document camera: what to lay under it, what is wrong with the chart, and what was measured."""

from kiosk.flow.events.technician import ChartWanted
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import CameraChart, Errand, Upkeep
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.text import Text
from kiosk.screens.maintenance.frame import UpkeepPage, foot, is_tight, primary, steps
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from peripherals.document_printer import JobEnd, PrintedDocument
from peripherals.plate import ChartOutcome, ChartReading, Plate

_PERCENT = 100 / 255


class CameraChartPage(UpkeepPage):
    """One thing at a time: what was found stands above what to do."""

    title_key = "camera_page.title"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, view, stage = kiosk.visit, kiosk.view, self.stage
        if not isinstance(work, Upkeep) or not isinstance(view, CameraChart):
            return Sheet(())
        body: list[Block] = []
        if view.reading is not None:
            body += _found(stage, view.reading)
        elif view.printed is not None:
            body.append(_came_out(stage, view.printed))
        is_measured = view.reading is not None and view.reading.outcome is ChartOutcome.MEASURED
        if not is_measured:
            if not body or not is_tight(stage):  # where the glass is low, what to do about it is enough
                body.append(_what_to_do(stage, can_print=kiosk.place.pages))
            if kiosk.place.pages:
                body.append(_print_button(stage))
        return Sheet(body, foot=foot(stage, _act(stage, work, view.reading), note=stage.say("upkeep.closes")), gap=22)


def _act(stage: Stage, work: Upkeep, reading: ChartReading | None) -> Part:
    if work.busy is not None:
        said = "camera_page.printing" if work.busy is Errand.PRINTING else "camera_page.looking"
        return awaiting(stage, "hourglass_top", stage.say(said))
    return primary(stage, stage.say("camera_page.begin" if reading is None else "camera_page.again"), "center_focus_strong")


def _found(stage: Stage, reading: ChartReading) -> list[Block]:
    outcome = reading.outcome
    if outcome is not ChartOutcome.MEASURED or reading.plate is None:
        return [
            banner(stage, Tint.ERR, "report", stage.say(f"camera_page.chart_{outcome}"), stage.say(f"camera_page.chart_{outcome}_fix")),
        ]
    told = banner(stage, Tint.OK, "task_alt", stage.say("camera_page.chart_measured"), stage.say("camera_page.chart_measured_more"))
    lines = _figures(stage, reading.plate)
    if is_tight(stage):
        pairs: list[Part] = [Row(stage, lines[start : start + 2], gap=20, even=True) for start in range(0, len(lines), 2)]
        return [told, Card(stage, Column(stage, pairs), down=8)]
    return [told, Rows(stage, lines, down=14)]


def _figures(stage: Stage, plate: Plate) -> list[Part]:
    lines = (
        ("straighten", "fineness", f"{plate.mm_per_px:.3f} mm / px　{plate.dpi} dpi"),
        ("blur_on", "edge", f"{plate.edge_mm:.2f} mm"),
        ("light_mode", "light", f"{plate.paper_grey * _PERCENT:.0f} %"),
        ("layers", "flatness", f"{plate.missed_mm:.2f} mm"),
    )
    height, box = (84, 52) if is_tight(stage) else (100, 64)
    return [
        ListLine(stage, icon=icon, tint=Tint.PRI, title=stage.say(f"camera_page.{key}"), text=[Span(fact)], height=height, box=box)
        for icon, key, fact in lines
    ]


def _what_to_do(stage: Stage, *, can_print: bool) -> Part:
    title = Text(stage, stage.say("camera_page.how"), "item")
    lines = stage.say("camera_page.how_steps" if can_print else "camera_page.how_steps_brought").split("\n")
    return Card(stage, Column(stage, [title, *steps(stage, lines)], gap=14))


def _print_button(stage: Stage) -> Part:
    button = Button(
        stage, stage.say("camera_page.print"), ChartWanted(), test_id="chart-print", kind=SECONDARY, icon="print", role="toggle",
        height=110, grows=True,
    )  # fmt: skip
    return Row(stage, [button])


def _came_out(stage: Stage, printed: PrintedDocument) -> Part:
    if printed.end is JobEnd.PRINTED:
        return banner(stage, Tint.OK, "print", stage.say("camera_page.printed"), stage.say("camera_page.printed_more"))
    return banner(stage, Tint.ERR, "print_error", stage.say("camera_page.not_printed"), stage.say("camera_page.not_printed_more"))
