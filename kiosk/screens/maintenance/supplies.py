"""What runs out: the roll as a bar, the lamp's hours, and what each device has done and failed at."""

from kiosk.flow.events.technician import PaperChangeWanted, RollChanged
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Upkeep
from kiosk.maintenance.supplies import Supplies
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Badge, Card, Tint
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.shape import Fill
from kiosk.screens.components.text import Text
from kiosk.screens.maintenance.frame import UpkeepPage, foot, primary
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from kiosk.screens.typeset import Span

_HOUR_S = 3600


class SuppliesPage(UpkeepPage):
    """The roll first; it is what a technician comes for."""

    title_key = "supplies.title"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, stage = kiosk.visit, self.stage
        if not isinstance(work, Upkeep):
            return Sheet(())
        body: list[Block] = []
        if (supplies := work.supplies) is not None:
            body.append(_roll(stage, supplies))
            how = Button(
                stage, stage.say("supplies.change"), PaperChangeWanted(), test_id="paper-change", kind=SECONDARY, icon="help",
                role="toggle", height=116, grows=True,
            )  # fmt: skip
            done = Button(
                stage, stage.say("supplies.changed"), RollChanged(), test_id="roll-changed", kind=SECONDARY, icon="restart_alt",
                role="toggle", height=116, grows=True,
            )  # fmt: skip
            body.append(Row(stage, [how, done], gap=20, even=True))
            body.append(Rows(stage, _worn(stage, supplies), down=14))
        act: Part = primary(stage, stage.say("upkeep.look_again"), "refresh")
        if work.supplies is None:
            act = awaiting(stage, "hourglass_top", stage.say("upkeep.looking"))
        return Sheet(body, foot=foot(stage, act, note=stage.say("upkeep.closes")), gap=22)


class _Bar(Part):
    """How much is left, as a bar."""

    def __init__(self, stage: Stage, share: float, role: str) -> None:
        super().__init__(stage)
        self._share, self._role = share, role
        self._ground = Fill(self.canvas)
        self._fill = Fill(self.canvas)

    def height_for(self, width: int) -> int:
        del width
        return self.stage.px(28)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._ground.place(x, y, width, height)
        self._fill.place(x, y, round(width * self._share), height)

    def paint(self, palette: Palette) -> None:
        self._ground.paint(palette, "line")
        self._fill.paint(palette, self._role)


def _roll(stage: Stage, supplies: Supplies) -> Part:
    left = stage.say("supplies.left", metres=f"{supplies.left_mm / 1000:.0f}", of=f"{supplies.roll_mm / 1000:.0f}")
    words: list[Part] = [
        Text(stage, stage.say("supplies.roll"), "body", ink="ink2"),
        Text(stage, [Span(left)], "h1"),
        _Bar(stage, supplies.left_mm / supplies.roll_mm, "warn" if supplies.is_low else "pri"),
        Text(stage, stage.say("supplies.low" if supplies.is_low else "supplies.counted"), "caption", ink="ink2"),
    ]
    return Card(stage, Column(stage, words, gap=14))


def _worn(stage: Stage, supplies: Supplies) -> list[Part]:
    hours = stage.say("supplies.hours", count=f"{supplies.lamp_s / _HOUR_S:.1f}")
    lines = (
        ("receipt_printer", "receipt_long", "supplies.slips", stage.say("supplies.times", count=supplies.slips)),
        ("id_card_reader", "badge", "supplies.cards", stage.say("supplies.times", count=supplies.cards)),
        ("document_camera", "photo_camera", "supplies.pictures", stage.say("supplies.times", count=supplies.pictures)),
        ("", "lightbulb", "supplies.lamp", hours),
    )
    return [
        ListLine(
            stage,
            icon=icon,
            tint=Tint.PRI,
            title=stage.say(key),
            text=[Span(said)],
            end=_faults(stage, supplies.errors.get(device, 0)) if device else [],
            height=100,
            box=64,
        )
        for device, icon, key, said in lines
    ]


def _faults(stage: Stage, count: int) -> list[Part]:
    if not count:
        return [Badge(stage, stage.say("supplies.no_faults"), Tint.OK, icon="check_circle")]
    return [Badge(stage, stage.say("supplies.faults", count=count), Tint.WARN, icon="error")]
