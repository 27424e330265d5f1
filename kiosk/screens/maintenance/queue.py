"""The queue: how many wait, how long, which were refused; numbers and states, and never a name."""

from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Errand, Upkeep
from kiosk.maintenance.finding import Check
from kiosk.screens.components.cards import Badge, Card, Tint, banner
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.text import Text
from kiosk.screens.maintenance.frame import UpkeepPage, foot, primary, steps
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from sync.contract.names import ItemCode
from sync.queue_look import QueueLook, QueueRow

_BADGES = {
    "sealed": ("queue_sealed", Tint.WARN, "schedule"),
    "sent": ("queue_sent", Tint.INFO, "cloud_upload"),
    "quarantined": ("queue_quarantined", Tint.ERR, "report"),
}
_GIB = 1024**3


class QueuePage(UpkeepPage):
    """Figures, then the applications that want attention."""

    title_key = "upkeep.queue"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, stage = kiosk.visit, self.stage
        if not isinstance(work, Upkeep):
            return Sheet(())
        look, found = work.queue, work.finding(Check.QUEUE)
        unreadable = found if look is None and found is not None and found.saying == "unreadable" else None
        body: list[Block] = []
        if unreadable is not None:
            body.append(banner(stage, Tint.ERR, "report", stage.say(unreadable.text_key), stage.say("upkeep.queue_others_go_on")))
            body.append(Column(stage, steps(stage, stage.say(unreadable.remedy_key).split("\n")), gap=14))
        if look is not None:
            body += [_figures(stage, look), _state(stage, kiosk, look)]
            if look.rows:
                body.append(Rows(stage, [_line(stage, kiosk, row) for row in look.rows]))
        body.append(banner(stage, Tint.OK, "lock", None, stage.say("upkeep.queue_sealed_shut")))
        act: Part = primary(stage, stage.say("upkeep.send_now"), "cloud_upload")
        if unreadable is not None and work.busy is None:
            act = primary(stage, stage.say("upkeep.look_again"), "refresh")
        elif work.busy is Errand.SENDING or look is None:
            act = awaiting(stage, "cloud_upload", stage.say("upkeep.sending" if look is not None else "upkeep.looking"))
        return Sheet(body, foot=foot(stage, act, note=stage.say("upkeep.closes")), gap=22)


def _figures(stage: Stage, look: QueueLook) -> Part:
    figures = (("queue_here", look.waiting, "warn"), ("queue_delivered", look.delivered, "ok"), ("queue_aside", look.aside, "err"))
    cards = [
        Card(
            stage,
            Column(
                stage, [Text(stage, [Span(str(count))], "number", ink=ink), Text(stage, stage.say(f"upkeep.{key}"), "body", ink="ink2")]
            ),
            across=28,
            down=24,
        )
        for key, count, ink in figures
    ]
    return Row(stage, cards, gap=20, even=True)


def _state(stage: Stage, kiosk: Kiosk, look: QueueLook) -> Part:
    room = stage.say("upkeep.queue_room", gigabytes=f"{look.free_bytes / _GIB:.1f}")
    if not look.waiting:
        return banner(stage, Tint.OK, "task_alt", stage.say("upkeep.queue_nothing"), [Span(room)])
    minutes = int((look.oldest_waiting_s or 0) // 60)
    title = stage.say("upkeep.queue_sending" if kiosk.line_up else "upkeep.queue_held")
    return banner(
        stage,
        Tint.INFO if kiosk.line_up else Tint.WARN,
        "cloud_sync" if kiosk.line_up else "cloud_off",
        title,
        [Span(f"{stage.say('upkeep.queue_oldest', minutes=minutes)} {room}")],
    )


def _line(stage: Stage, kiosk: Kiosk, row: QueueRow) -> Part:
    key, tint, icon = _BADGES[row.state]
    item = kiosk.item(ItemCode(row.item))
    name = row.item if item is None else item.name.said_in(stage.theme.language)
    at = row.sealed_at.astimezone(kiosk.now.tzinfo)
    facts = [stage.say("upkeep.queue_at", at=f"{at:%m-%d %H:%M}"), stage.say("upkeep.queue_tries", count=row.attempts)]
    if row.photos:
        facts.append(stage.say("upkeep.queue_photos", sent=row.photos_sent, count=row.photos))
    if row.reason:
        facts.append(row.reason)
    number = f"{row.number[:4]} {row.number[4:]}"
    return ListLine(
        stage,
        icon="inventory_2",
        tint=tint,
        title=[Span(f"{number}　{name}")],
        text=[Span("　".join(facts))],
        end=[Badge(stage, stage.say(f"upkeep.{key}"), tint, icon=icon)],
        height=116,
    )
