"""The network, step by step: at which step the way to the city ends, and whose business that is."""

from kiosk.flow.events.technician import PlaceOpened, SpeedPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Errand, Upkeep, UpkeepPlace
from kiosk.flow.upkeep import is_whole
from kiosk.maintenance.finding import Verdict
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import WRONG, Badge, Card, Tint, banner
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Part
from kiosk.screens.components.text import Text
from kiosk.screens.maintenance.frame import ICONS, TINTS, UpkeepPage, foot, primary
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from sync.contract.technicians import TechnicianRole
from sync.line_speed import LineSpeed, SpeedOutcome, SpeedWord
from sync.way_steps import StepOutcome, Walked, WayStep

STEP_ICONS = {
    WayStep.CABLE: "settings_ethernet",
    WayStep.ADDRESS: "pin_drop",
    WayStep.GATEWAY: "router",
    WayStep.NAME: "dns",
    WayStep.PROXY: "swap_horiz",
    WayStep.CONNECTION: "link",
    WayStep.TLS: "lock",
    WayStep.CITY: "apartment",
    WayStep.CLOCK: "schedule",
    WayStep.ADMISSION: "verified_user",
}


class WayPage(UpkeepPage):
    """Ten steps, and the one that fails explained."""

    title_key = "upkeep.way"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, stage = kiosk.visit, self.stage
        if not isinstance(work, Upkeep):
            return Sheet(())
        walked = {one.step: one for one in work.way}
        body: list[Block] = [Rows(stage, [_line(stage, place, step, walked.get(step)) for place, step in enumerate(WayStep, 1)], down=14)]
        broken = next((one for one in work.way if not one.outcome.holds and one.outcome is not StepOutcome.NOT_TRIED), None)
        if broken is not None:
            body.insert(0, broken_card(stage, broken))
            body.append(banner(stage, Tint.OK, "inventory_2", stage.say("upkeep.way_residents"), stage.say("upkeep.way_residents_more")))
        elif work.speed is not None:
            body.insert(0, _speed(stage, work.speed))
        elif is_whole(work):
            body.insert(0, banner(stage, Tint.OK, "task_alt", stage.say("upkeep.way_whole"), stage.say("upkeep.way_whole_more")))
        if work.busy is None and is_whole(work):
            speed = stage.say("upkeep.speed")
            body.append(Button(stage, speed, SpeedPressed(), test_id="speed", kind=SECONDARY, icon="speed", height=104))
        if work.busy is None and work.staff is not None and work.staff.role.may(TechnicianRole.ENGINEER):
            proxy = stage.say("proxy_page.open")
            body.append(
                Button(stage, proxy, PlaceOpened(UpkeepPlace.PROXY), test_id="place-proxy", kind=SECONDARY, icon="swap_horiz", height=104)
            )
        act: Part = primary(stage, stage.say("upkeep.way_again"), "refresh")
        if work.busy is not None:
            act = awaiting(stage, "hourglass_top", stage.say("upkeep.measuring" if work.busy is Errand.MEASURING else "upkeep.walking"))
        return Sheet(body, foot=foot(stage, act, note=stage.say("upkeep.closes")), gap=22)


def _speed(stage: Stage, speed: LineSpeed) -> Part:
    """Return how quick the line is, in plain words before figures."""
    if speed.outcome is not SpeedOutcome.MEASURED:
        key = f"upkeep.speed_{speed.outcome}"
        return banner(stage, Tint.WARN, "warning", stage.say(key), stage.say(f"{key}_more"))
    tint = Tint.WARN if speed.word is SpeedWord.SLOW else Tint.OK
    seconds = speed.application_s
    unit, count = ("seconds", seconds) if seconds < 100 else ("minutes", round(seconds / 60))
    title = stage.say(f"upkeep.speed_{speed.word}", time=stage.say(f"upkeep.speed_{unit}", count=count))
    figures = stage.say("upkeep.speed_figures", down=_mbit(speed.down_kbit_s), up=_mbit(speed.up_kbit_s), back=speed.back_ms)
    return banner(stage, tint, "speed", title, figures)


def _mbit(kbit_s: int) -> str:
    return f"{kbit_s / 1000:.2f}" if kbit_s < 1000 else f"{kbit_s / 1000:.1f}" if kbit_s < 100_000 else f"{kbit_s / 1000:.0f}"


def _line(stage: Stage, place: int, step: WayStep, walked: Walked | None) -> Part:
    verdict = _verdict(walked)
    outcome = StepOutcome.NOT_TRIED if walked is None else walked.outcome
    said = stage.say(f"maintenance.way_outcome_{outcome}")
    fact = f"{walked.fact}　{walked.took_ms} ms" if walked is not None and walked.fact else said
    return ListLine(
        stage,
        icon=STEP_ICONS[step],
        tint=TINTS[verdict],
        title=[Span(f"{place}　{stage.say(f'maintenance.way_{step}')}")],
        text=[Span(fact)],
        end=[Badge(stage, said, TINTS[verdict], icon=ICONS[verdict])],
        height=104,
        box=68,
    )


def _verdict(walked: Walked | None) -> Verdict:
    if walked is None or walked.outcome is StepOutcome.NOT_TRIED:
        return Verdict.SKIPPED
    return Verdict.GOOD if walked.outcome.holds else Verdict.FAULT


def broken_card(stage: Stage, walked: Walked) -> Part:
    """Return at which step the way ends, and what to do."""
    number = list(WayStep).index(walked.step) + 1
    title = stage.say("upkeep.way_broken", number=number, step=stage.say(f"maintenance.way_{walked.step}"))
    key = "upkeep.way_not_asked" if walked.outcome is StepOutcome.NOT_ASKED else f"maintenance.way_{walked.step}_fix"
    return Card(stage, Column(stage, [Text(stage, [Span(title)], "h2"), Text(stage, [Span(stage.say(key))], "lead")], gap=10), look=WRONG)
