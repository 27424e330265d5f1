"""The overview: what is broken first, in words, with what it means and what to do; then every part as a tile."""

from kiosk.flow.events.technician import CheckOpened, PlaceOpened
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Overview, Upkeep, UpkeepPlace
from kiosk.maintenance.finding import Check, Finding, Verdict, worst
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import SURFACE, WRONG, Card, PressCard, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.maintenance.frame import TINTS, UpkeepPage, foot, is_tight, primary, steps, verdict_badge
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span

CHECK_ICONS = {
    Check.ID_CARD_READER: "badge",
    Check.RECEIPT_PRINTER: "receipt_long",
    Check.DOCUMENT_CAMERA: "photo_camera",
    Check.LINE: "lan",
    Check.QUEUE: "cloud_upload",
    Check.CLOCK: "schedule",
    Check.STORAGE: "sd_card",
    Check.CERTIFICATE: "verified",
    Check.ITEMS: "apps",
}
PLACES = (
    (UpkeepPlace.QUEUE, "cloud_upload"),
    (UpkeepPlace.WAY, "lan"),
    (UpkeepPlace.SUPPLIES, "receipt_long"),
    (UpkeepPlace.TOUCH, "touch_app"),
    (UpkeepPlace.CAMERA, "center_focus_strong"),
    (UpkeepPlace.MACHINE, "usb"),
)


class OverviewPage(UpkeepPage):
    """Tiles of every check; touching one that is not good shows what to do."""

    title_key = "upkeep.overview"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, view, stage = kiosk.visit, kiosk.view, self.stage
        if not isinstance(work, Upkeep) or not isinstance(view, Overview):
            return Sheet(())
        body: list[Block] = []
        opened = work.finding(view.opened) if view.opened is not None else None
        if opened is not None and opened.verdict is not Verdict.GOOD:
            body.append(remedy(stage, opened))
        elif (first := worst(work.findings)) is not None:
            body.append(_first(stage, first, sum(one.verdict is first.verdict for one in work.findings)))
        elif work.busy is None:
            body.append(banner(stage, Tint.OK, "task_alt", stage.say("upkeep.all_well"), stage.say("upkeep.all_well_more")))
        panel = stage.theme.panel
        two = panel.is_upright or panel.is_compact  # other wide panels give the page itself two columns
        columns = 2 if two and not stage.theme.is_large else 1
        checks = list(Check)
        for start in range(0, len(checks), columns):
            tiles: list[Part] = [_tile(stage, check, work.finding(check)) for check in checks[start : start + columns]]
            tiles += [Gap(stage) for _ in range(columns - len(tiles))]
            body.append(Row(stage, tiles, gap=20, even=True))
        across = 3 if is_tight(stage) else 2 if two else 1
        ways: list[Part] = [_place(stage, place, icon) for place, icon in PLACES]
        body += [Row(stage, ways[start : start + across], gap=20, even=True) for start in range(0, len(ways), across)]
        act: Part = primary(stage, stage.say("upkeep.begin_tests"), "play_arrow")
        if work.busy is not None:
            act = awaiting(stage, "hourglass_top", stage.say("upkeep.taking_stock"))
        return Sheet(body, foot=foot(stage, act, note=stage.say("upkeep.closes"), leaves=True), gap=20)


def remedy(stage: Stage, finding: Finding) -> Part:
    """Return what to do about a finding."""
    tight = is_tight(stage)
    title: list[Part] = [
        Icon(stage, "home_repair_service", 52, ink=TINTS[finding.verdict].ink),
        Text(stage, [Span(stage.say("upkeep.remedy", part=stage.say(f"maintenance.{finding.check}")))], "h2", grows=True),
    ]
    high = 84 if tight else 96
    close = Button(stage, stage.say("upkeep.close"), CheckOpened(None), test_id="remedy-close", kind=SECONDARY, role="toggle", height=high)
    lines = steps(stage, stage.say(finding.remedy_key).split("\n"))
    if tight:
        return Card(stage, Column(stage, [Row(stage, [*title, close], gap=22, level=True), *lines], gap=10), look=WRONG, down=18)
    return Card(stage, Column(stage, [Row(stage, title, gap=22, level=True), *lines, close], gap=14), look=WRONG)


def _first(stage: Stage, finding: Finding, count: int) -> Part:
    name = stage.say(f"maintenance.{finding.check}")
    key = "upkeep.first_fault" if finding.verdict is Verdict.FAULT else "upkeep.first_notice"
    tint = TINTS[finding.verdict]
    words = Column(
        stage,
        [
            Text(stage, [Span(stage.say(key, count=count, part=name))], "item", ink=tint.ink),
            Text(stage, [Span(stage.say(finding.text_key, **finding.facts))], "body", ink=tint.ink),
        ],
        grows=True,
    )
    how = Button(
        stage,
        stage.say("upkeep.how"),
        CheckOpened(finding.check),
        test_id="how",
        kind=SECONDARY,
        role="toggle",
        weight=Weight.BOLD,
        height=92,
    )
    icon = Icon(stage, "report" if finding.verdict is Verdict.FAULT else "error", 56, ink=tint.ink)
    return Card(stage, Row(stage, [icon, words, how], gap=26, level=True), look=_soft(tint), across=34, down=26, radius=28)


def _soft(tint: Tint) -> Look:
    """Return the soft fill of a role."""
    return Look(tint.fill)


def _tile(stage: Stage, check: Check, finding: Finding | None) -> Part:
    name = stage.say(f"maintenance.{check}")
    head: list[Part] = [Icon(stage, CHECK_ICONS[check], 42, ink="pri"), Text(stage, [Span(name)], "body", weight=Weight.BOLD, grows=True)]
    if finding is not None:
        head.append(verdict_badge(stage, finding.verdict))
    said = stage.say("upkeep.looking") if finding is None else stage.say(finding.text_key, **finding.facts)
    inside = Column(
        stage,
        [
            Row(stage, head, gap=16, level=True),
            Text(stage, [Span(said)], "lead", weight=Weight.MEDIUM, ink="ink2" if finding is None else "ink"),
        ],
        gap=4 if is_tight(stage) else 10,
    )
    down = 12 if is_tight(stage) else 24
    if finding is None or finding.verdict is Verdict.GOOD:
        return Card(stage, inside, across=26, down=down)
    look = WRONG if finding.verdict is Verdict.FAULT else SURFACE
    return PressCard(
        stage, inside, CheckOpened(check), test_id=f"check-{check}", label=f"{name} {said}", look=look, across=26, down=down, height=110
    )


def _place(stage: Stage, place: UpkeepPlace, icon: str) -> Part:
    return Button(
        stage, stage.say(f"upkeep.place_{place}"), PlaceOpened(place), test_id=f"place-{place}", kind=SECONDARY, icon=icon, role="toggle",
        height=110, grows=True,
    )  # fmt: skip
