"""The machine: which version runs and what was tried, and the four things that may be done with a stick or a slot."""

from typing import assert_never

from kiosk.flow.events.technician import MachineActPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import MachineShown, Staff, Upkeep
from kiosk.maintenance.machine import MachineAct, MachineDone, MachineLook, MachineOutcome, StickWord, Tried
from kiosk.screens.components.buttons import CLEAR, SECONDARY, Button
from kiosk.screens.components.cards import WRONG, Badge, Card, Tint, banner
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Inset, Part, Row
from kiosk.screens.components.text import Text
from kiosk.screens.maintenance.frame import UpkeepPage, foot, is_tight, primary, steps
from kiosk.screens.maintenance.typing import letters
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span

ACT_ICONS = {
    MachineAct.EXPORT: "drive_file_move",
    MachineAct.CARRY: "local_shipping",
    MachineAct.BUNDLE: "folder_zip",
    MachineAct.FILM: "movie",
    MachineAct.INSTALL: "system_update_alt",
    MachineAct.GO_BACK: "history",
    MachineAct.END: "delete_forever",
}
_GOOD = frozenset({"good"})
_BAD = frozenset({"failed"})


class MachinePage(UpkeepPage):
    """Version, stick, acts, history."""

    title_key = "machine_page.title"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, view, stage = kiosk.visit, kiosk.view, self.stage
        if not isinstance(work, Upkeep) or not isinstance(view, MachineShown) or work.staff is None:
            return Sheet(())
        body: list[Block] = []
        if work.is_ended and work.done is not None:
            return Sheet([_told(stage, work.done)], foot=_after_the_end(stage), gap=22)
        if view.typed is not None:
            return self._asked_again(kiosk, work, view.typed)
        if view.asked is not None:
            body.append(_question(stage, view.asked))
        elif work.done is not None:
            body.append(_told(stage, work.done))
        if work.machine is not None:
            body.append(_version(stage, work.machine))
            if view.asked is None:
                body += _acts(stage, work.staff)
            if work.machine.history:
                body.append(Rows(stage, [_line(stage, kiosk, one) for one in reversed(work.machine.history)], down=14))
        return Sheet(body, foot=foot(stage, _act(stage, work, view), note=stage.say("upkeep.closes")), gap=22)

    def _asked_again(self, kiosk: Kiosk, work: Upkeep, typed: str) -> Sheet:
        """Ask for the terminal's number: nobody types that by mistake."""
        stage, is_right = self.stage, typed == kiosk.place.terminal
        words: list[Part] = [
            Text(stage, stage.say("machine_page.end_type"), "body", ink="ink2"),
            Text(stage, [Span(f"{typed}▏")], "number"),
        ]
        again = [Span(stage.say("machine_page.end_again", terminal=kiosk.place.terminal))]
        if is_tight(stage):
            line = Row(stage, [Text(stage, again, "item", grows=True), words[-1]], gap=24, level=True)
            body: list[Block] = [Card(stage, line, look=WRONG, down=14)]
        else:
            body = [Text(stage, again, "h2"), Card(stage, Column(stage, words, gap=10), look=WRONG)]
        if is_right and work.busy is None:
            act: Part = primary(stage, stage.say("machine_page.end_yes"), ACT_ICONS[MachineAct.END], CLEAR)
        else:
            act = awaiting(stage, "keyboard", stage.say("machine_page.end_waits" if work.busy is None else "machine_page.busy"))
        bed = letters(stage, upper=True, marks=False, shift=None, ends=False)  # one button alone destroys, and it says so
        return Sheet(body, foot=Column(stage, [bed, foot(stage, act, note=stage.say("upkeep.closes"))]), gap=22)


def _after_the_end(stage: Stage) -> Part:
    return Inset(
        stage,
        Text(stage, stage.say("machine_page.end_off"), "h2", centred=True),
        across=stage.theme.margin / stage.theme.panel.unit_px,
        down=40,
    )


def _act(stage: Stage, work: Upkeep, view: MachineShown) -> Part:
    if work.busy is not None:
        return awaiting(stage, "hourglass_top", stage.say("machine_page.busy"))
    if work.machine is None:
        return awaiting(stage, "hourglass_top", stage.say("upkeep.looking"))
    if view.asked is not None:
        if view.asked is MachineAct.END:
            return primary(stage, stage.say("machine_page.end_next"), "arrow_forward")
        return primary(stage, stage.say(f"machine_page.{view.asked}_yes"), ACT_ICONS[view.asked])
    return primary(stage, stage.say("upkeep.look_again"), "refresh")


def _version(stage: Stage, look: MachineLook) -> Part:
    slot = stage.say("machine_page.slot", slot=look.slot) if look.slot else stage.say("machine_page.no_slot")
    other = stage.say("machine_page.other", other=look.other) if look.other else stage.say("machine_page.no_other")
    stick = stage.say(_stick_key(look))
    lines: list[Part] = [
        ListLine(stage, icon="verified", tint=Tint.PRI, title=[Span(look.release)], text=f"{slot}　{other}", height=104),
        ListLine(
            stage, icon="usb", tint=Tint.OK if look.has_stick else Tint.SUNK, title=stage.say("machine_page.stick"), text=stick, height=104
        ),
    ]
    return Card(stage, Column(stage, lines), down=14)


def _stick_key(look: MachineLook) -> str:
    if look.has_stick:
        return "machine_page.stick_in"
    match look.stick:
        case StickWord.LET_IN:
            return "machine_page.stick_unnamed"
        case StickWord.LEFT_OUT:
            return "machine_page.stick_left_out"
        case StickWord.FAILED:
            return "machine_page.stick_failed"
        case StickWord.NONE | None:
            return "machine_page.stick_out"
        case _:
            assert_never(look.stick)


def _acts(stage: Stage, staff: Staff) -> list[Block]:
    """Return the buttons of what this card allows, and who may do the rest."""
    allowed = [act for act in MachineAct if staff.role.may(act.needs)]
    buttons: list[Part] = [
        Button(
            stage, stage.say(f"machine_page.{act}"), MachineActPressed(act), test_id=f"machine-{act}", kind=SECONDARY, icon=ACT_ICONS[act],
            role="toggle", height=116, grows=True,
        )
        for act in allowed
    ]  # fmt: skip
    rows: list[Block] = [Row(stage, buttons[start : start + 2], gap=20, even=True) for start in range(0, len(buttons), 2)]
    if len(allowed) < len(MachineAct):
        rows.append(banner(stage, Tint.INFO, "badge", None, stage.say("machine_page.engineers")))
    return rows


def _question(stage: Stage, act: MachineAct) -> Part:
    title = Text(stage, [Span(stage.say(f"machine_page.{act}_ask"))], "h2")
    return Card(stage, Column(stage, [title, *steps(stage, stage.say(f"machine_page.{act}_ask_more").split("\n"))], gap=14), look=WRONG)


def _told(stage: Stage, done: MachineDone) -> Part:
    if done.outcome is MachineOutcome.DONE:
        return banner(
            stage,
            Tint.OK,
            "task_alt",
            stage.say(f"machine_page.{done.act}_done", fact=done.fact),
            stage.say(f"machine_page.{done.act}_done_more"),
        )
    title = stage.say(f"machine_page.outcome_{done.outcome}", fact=done.fact)
    return banner(stage, Tint.ERR, "report", title, stage.say(f"machine_page.outcome_{done.outcome}_fix"))


def _line(stage: Stage, kiosk: Kiosk, one: Tried) -> Part:
    at = one.at.astimezone(kiosk.now.tzinfo)
    tint = Tint.OK if one.outcome in _GOOD else Tint.ERR if one.outcome in _BAD else Tint.SUNK
    icon = "check_circle" if one.outcome in _GOOD else "cancel" if one.outcome in _BAD else "more_horiz"
    words = f"{at:%Y-%m-%d %H:%M}" + (f"　{one.stage}" if one.stage else "")
    badge = Badge(stage, stage.say(f"machine_page.update_{one.outcome}"), tint, icon=icon)
    return ListLine(stage, icon="update", tint=tint, title=[Span(one.release)], text=[Span(words)], end=[badge], height=96, box=60)
