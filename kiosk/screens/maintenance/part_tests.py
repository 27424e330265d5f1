"""The acceptance test: each part in turn, what to do for it, how it came out, and the sheet at the end."""

from kiosk.flow.events.technician import RetestPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Errand, Upkeep
from kiosk.maintenance.finding import Verdict
from kiosk.maintenance.prints import said
from kiosk.maintenance.testing import Probe, ProbeResult
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import WRONG, Badge, Card, Tint, banner
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.text import Text
from kiosk.screens.maintenance.frame import UpkeepPage, foot, is_tight, primary, steps, verdict_badge
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span

PROBE_ICONS = {Probe.ID_CARD_READER: "badge", Probe.RECEIPT_PRINTER: "receipt_long", Probe.DOCUMENT_CAMERA: "photo_camera"}


class PartTestsPage(UpkeepPage):
    """A line a part, and below what is to be done now."""

    title_key = "upkeep.tests"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, stage = kiosk.visit, self.stage
        if not isinstance(work, Upkeep):
            return Sheet(())
        done = len(work.tested)
        counted = stage.say("upkeep.tested_all" if done == len(Probe) else "upkeep.tested_some", done=done, count=len(Probe))
        results = {one.probe: one for one in work.tested}
        body: list[Block] = [
            Text(stage, [Span(counted)], "item"),
            Rows(stage, [_line(stage, place, probe, results.get(probe), work.probe) for place, probe in enumerate(Probe, 1)]),
        ]
        if work.probe is not None:
            body.append(banner(stage, Tint.PRI, PROBE_ICONS[work.probe], stage.say("upkeep.now"), stage.say(f"upkeep.do_{work.probe}")))
        else:
            body += [_wrong(stage, one) for one in work.tested if one.verdict is not Verdict.GOOD]
        if work.is_sheet_printed:
            body.append(banner(stage, Tint.OK, "print", stage.say("upkeep.sheet_printed"), stage.say("upkeep.sheet_kept")))
        return Sheet(body, foot=foot(stage, self._act(work), note=self._note(work)), gap=22)

    def _act(self, work: Upkeep) -> Part:
        match work.busy:
            case Errand.PRINTING:
                return awaiting(self.stage, "print", self.stage.say("upkeep.printing"))
            case None:
                return primary(self.stage, self.stage.say("upkeep.print_sheet"), "print")
            case _:
                return awaiting(self.stage, "hourglass_top", self.stage.say("upkeep.testing"))

    def _note(self, work: Upkeep) -> str:
        if work.busy is not None or not work.tested:
            return self.stage.say("upkeep.closes")
        counts = [sum(one.verdict is verdict for one in work.tested) for verdict in (Verdict.GOOD, Verdict.NOTICE, Verdict.FAULT)]
        return self.stage.say("upkeep.sheet_says", good=counts[0], notice=counts[1], fault=counts[2])


def _line(stage: Stage, place: int, probe: Probe, tested: ProbeResult | None, now: Probe | None) -> Part:
    if tested is not None and now is not probe:
        text, end = said(tested, stage.theme.language), verdict_badge(stage, tested.verdict, of_test=True)
    elif now is probe:
        text, end = stage.say("upkeep.testing"), Badge(stage, stage.say("upkeep.under_way"), Tint.GLAZE, icon="hourglass_top")
    else:
        text, end = stage.say("upkeep.not_yet"), Badge(stage, stage.say("upkeep.verdict_skipped"), Tint.SUNK, icon="more_horiz")
    title = f"{place}　{stage.say(f'maintenance.{probe}')}"
    return ListLine(stage, icon=PROBE_ICONS[probe], tint=Tint.PRI, title=[Span(title)], text=[Span(text)], end=[end], height=116)


def _wrong(stage: Stage, tested: ProbeResult) -> Part:
    name = stage.say(f"maintenance.{tested.probe}")
    again = Button(
        stage, stage.say("upkeep.retest"), RetestPressed(tested.probe), test_id=f"retest-{tested.probe}", kind=SECONDARY, icon="refresh",
        role="toggle", height=96,
    )  # fmt: skip
    key = f"maintenance.{tested.probe}_{tested.facts['finding']}_fix" if tested.saying == "failed" else f"{tested.text_key}_fix"
    title = Text(stage, [Span(stage.say("upkeep.remedy", part=name))], "h2", grows=True)
    lines = steps(stage, stage.say(key).split("\n"))
    if is_tight(stage):
        return Card(stage, Column(stage, [Row(stage, [title, again], gap=22, level=True), *lines], gap=10), look=WRONG, down=18)
    return Card(stage, Column(stage, [title, *lines, again], gap=14), look=WRONG)
