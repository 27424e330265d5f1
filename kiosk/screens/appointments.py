"""Appointments: what for, which day, which time, everything once more, and the number; and the times that one has."""

from datetime import date

from kiosk.flow.booking import day_of
from kiosk.flow.claiming import found
from kiosk.flow.desk_errands import (
    AskStage,
    BookCheck,
    BookedShown,
    Booking,
    BookStage,
    ByNumber,
    BySlip,
    GiveBackStage,
    MineList,
    MineShown,
    SlipStage,
    TimeList,
)
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.choosing import AppointmentOpened, DayChosen, GiveBackPressed, MatterChosen, MinePressed, MovePressed, TimeChosen
from kiosk.flow.state import Kiosk
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import RAISED, Badge, Card, IconBox, PressCard, Tint, banner
from kiosk.screens.components.lists import KeyValue
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from kiosk.screens.wording import grouped, telephone
from sync.contract.appointments import Appointment, Matter, Slot, SlotDay, Window
from sync.contract.words import Words


class MatterListPage(Page):
    """What a time can be booked for; above it the way to the times that one has."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.community.windows, kiosk.line_up

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage = self.stage
        head = Head(stage, stage.say("appointments.title"), lead=stage.say("appointments.lead"))
        body: list[Block] = []
        if not kiosk.line_up:
            body.append(banner(stage, Tint.WARN, "cloud_off", stage.say("appointments.offline"), stage.say("appointments.offline_more")))
        cells = [_mine(stage), *(_matter(stage, window, matter) for window in kiosk.community.windows for matter in window.matters)]
        body += _rows(stage, cells, _across(stage))
        touch = awaiting(stage, "touch_app", stage.say("appointments.touch_matter"))
        return Sheet(body, head=head, actions=[back_button(stage), touch])


class TimeListPage(Page):
    """The days; then the times of one."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        if not isinstance(errand, Booking) or not isinstance(view, TimeList):
            return Sheet(())
        head = Head(stage, [Span(_about(stage, kiosk, errand))], lead=stage.say(_lead(view, errand)))
        back = back_button(stage)
        match view.stage:
            case AskStage.ASKING:
                return _waiting(stage, head)
            case AskStage.NO_LINE | AskStage.DECLINED:
                return _unanswered(stage, head, view.stage)
            case AskStage.ANSWERED if view.is_day and (day := day_of(errand)) is not None:
                touch = awaiting(stage, "touch_app", stage.say("appointments.touch_time"))
                return Sheet(_times(stage, day), head=head, actions=[back, touch])
            case AskStage.ANSWERED if not errand.times:
                none = banner(stage, Tint.INFO, "event_busy", stage.say("appointments.no_times"), stage.say("appointments.no_times_more"))
                return Sheet([none], head=head, actions=[back])
            case AskStage.ANSWERED:
                days = _rows(stage, [_day(stage, one) for one in errand.times], _across(stage))
                return Sheet(days, head=head, actions=[back, awaiting(stage, "touch_app", stage.say("appointments.touch_day"))])


class BookCheckPage(Page):
    """What, when and where, before it is booked; and why it was not."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        if not isinstance(errand, Booking) or not isinstance(view, BookCheck) or errand.day is None or errand.begins is None:
            return Sheet(())
        head = Head(stage, stage.say(f"appointments.book_{view.stage}"), lead=stage.say(f"appointments.book_{view.stage}_more"))
        pair = found(kiosk, errand.window, errand.matter)
        body: list[Block] = []
        if pair is not None:
            window, matter = pair
            body.append(_facts(stage, matter.name, window, errand.day, f"{errand.begins:%H:%M}", errand))
        if view.stage is BookStage.TWICE and view.there is not None:
            when = f"{day_said(stage, view.there.day)} {view.there.begins:%H:%M}"
            body.append(banner(stage, Tint.WARN, "event_repeat", stage.say("appointments.there"), [Span(f"{when}　{view.there.call}")]))
        if errand.moving is not None and view.stage is BookStage.CHECK:
            when = f"{day_said(stage, errand.moving.day)} {errand.moving.begins:%H:%M}"
            body.append(banner(stage, Tint.INFO, "event_repeat", stage.say("appointments.moves"), [Span(when)]))
        match view.stage:
            case BookStage.SENDING:
                wait = awaiting(stage, "hourglass_top", stage.say("appointments.wait"))
                body.append(banner(stage, Tint.PRI, Spinner(stage), stage.say("appointments.wait")))
                return Sheet(body, head=head, actions=[wait], finish=False)
            case BookStage.CHECK:
                return Sheet(body, head=head, actions=[back_button(stage), next_button(stage, stage.say("appointments.book"))])
            case BookStage.TWICE:
                return Sheet(body, head=head, actions=[back_button(stage), next_button(stage, stage.say("appointments.move_here"))])
            case BookStage.NO_LINE | BookStage.DECLINED:
                again = next_button(stage, stage.say("appointments.again"), icon="refresh")
                return Sheet(body, head=head, actions=[back_button(stage, text=stage.say("appointments.leave")), again])
            case BookStage.FULL | BookStage.PAST:
                return Sheet(body, head=head, actions=[next_button(stage, stage.say("appointments.other_time"), icon="refresh")])
            case BookStage.CARD_NEEDED:
                card = next_button(stage, stage.say("appointments.lay_card"), icon="badge")
                return Sheet(body, head=head, actions=[back_button(stage, text=stage.say("appointments.leave")), card])
            case BookStage.NOT_OFFERED | BookStage.GONE | BookStage.TOO_MANY:
                return Sheet(body, head=head, actions=[next_button(stage, stage.say("appointments.end"), icon="check")])


class BookedPage(Page):
    """The number, large; the slip; and what to bring."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        if not isinstance(errand, Booking) or not isinstance(view, BookedShown) or errand.booked is None:
            return Sheet(())
        head = Head(stage, stage.say("appointments.booked"), lead=stage.say("appointments.booked_lead"))
        body: list[Block] = [_ticket(stage, errand.booked), *_kept(stage, errand, errand.booked), _slip(stage, view.paper)]
        if view.paper is SlipStage.PRINTING:
            return Sheet(body, head=head, actions=[awaiting(stage, "print", stage.say("appointments.printing"))], finish=False)
        again = _reprint(stage)
        return Sheet(body, head=head, actions=[again, next_button(stage, stage.say("appointments.end"), icon="check")])


class MineListPage(Page):
    """The times that the holder of the card has."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        if not isinstance(errand, Booking) or not isinstance(view, MineList):
            return Sheet(())
        head = Head(stage, stage.say("appointments.mine"))
        if view.stage is AskStage.ASKING:
            return _waiting(stage, head)
        if view.stage is not AskStage.ANSWERED:
            return _unanswered(stage, head, view.stage)
        if not errand.mine:
            why = "code_none" if isinstance(errand.holder, BySlip) else "mine_none"
            none = banner(stage, Tint.INFO, "event_available", stage.say(f"appointments.{why}"), stage.say(f"appointments.{why}_more"))
            return Sheet([none], head=head, actions=[back_button(stage)])
        cards: list[Block] = [_own(stage, one) for one in errand.mine]
        return Sheet(cards, head=head, actions=[back_button(stage), awaiting(stage, "touch_app", stage.say("appointments.touch_mine"))])


class MinePage(Page):
    """One of them: move it, give it back, or print it once more."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        own = errand.own(view.appointment) if isinstance(errand, Booking) and isinstance(view, MineShown) else None
        if own is None or not isinstance(view, MineShown):
            return Sheet(())
        body: list[Block] = [_ticket(stage, own)]
        match view.stage:
            case None:
                head = Head(stage, [Span(own.matter.said_in(stage.theme.language))])
                body += _bring(stage, own)
                if view.paper is SlipStage.PRINTING:
                    body.append(_slip(stage, view.paper))
                    return Sheet(body, head=head, actions=[awaiting(stage, "print", stage.say("appointments.printing"))], finish=False)
                if view.paper is not None:
                    body.append(_slip(stage, view.paper))
                body.append(_choices(stage))
                return Sheet(body, head=head, actions=[back_button(stage), _reprint(stage, grows=True)])
            case GiveBackStage.ASKED:
                head = Head(stage, stage.say("appointments.give_back_asked"), lead=stage.say("appointments.give_back_asked_more"))
                sure = next_button(stage, stage.say("appointments.give_back_sure"), icon="event_busy")
                return Sheet(body, head=head, actions=[back_button(stage, text=stage.say("appointments.keep")), sure])
            case GiveBackStage.SENDING:
                return _waiting(stage, Head(stage, [Span(own.matter.said_in(stage.theme.language))]))
            case GiveBackStage.NO_LINE | GiveBackStage.DECLINED:
                head = Head(stage, stage.say("appointments.give_back_not"), lead=stage.say("appointments.give_back_not_more"))
                again = next_button(stage, stage.say("appointments.again"), icon="refresh")
                return Sheet(body, head=head, actions=[back_button(stage), again])
            case GiveBackStage.GIVEN_BACK | GiveBackStage.GONE:
                said, more = stage.say(f"appointments.{view.stage}"), stage.say(f"appointments.{view.stage}_more")
                tint = Tint.OK if view.stage is GiveBackStage.GIVEN_BACK else Tint.INFO
                end = next_button(stage, stage.say("appointments.mine"), icon="arrow_forward")
                head = Head(stage, [Span(own.matter.said_in(stage.theme.language))])
                return Sheet([banner(stage, tint, "event_busy", said, more)], head=head, actions=[end])


def day_said(stage: Stage, day: date) -> str:
    """Return a day with its weekday, short."""
    return stage.say("glass.day_short", month=day.month, day=day.day, weekday=stage.say(f"glass.weekday_{day.isoweekday()}"))


def _lead(view: TimeList, errand: Booking) -> str:
    if view.stage is not AskStage.ANSWERED:
        return "appointments.times_asking"
    if errand.moving is not None:
        return "appointments.times_move"
    return "appointments.times_of_day" if view.is_day else "appointments.times_days"


def _about(stage: Stage, kiosk: Kiosk, errand: Booking) -> str:
    pair = found(kiosk, errand.window, errand.matter)
    name = stage.say("appointments.title") if pair is None else pair[1].name.said_in(stage.theme.language)
    return f"{name}　{day_said(stage, errand.day)}" if errand.day is not None else name


def _waiting(stage: Stage, head: Head) -> Sheet:
    wait = stage.say("appointments.wait")
    return Sheet([banner(stage, Tint.PRI, Spinner(stage), wait)], head=head, actions=[awaiting(stage, "hourglass_top", wait)], finish=False)


def _unanswered(stage: Stage, head: Head, why: AskStage) -> Sheet:
    said, more = stage.say(f"appointments.{why}"), stage.say(f"appointments.{why}_more")
    again = next_button(stage, stage.say("appointments.again"), icon="refresh")
    return Sheet([banner(stage, Tint.WARN, "cloud_off", said, more)], head=head, actions=[back_button(stage), again])


def _mine(stage: Stage) -> Part:
    name = stage.say("appointments.mine")
    words = Column(stage, [Text(stage, name, "item"), Text(stage, stage.say("appointments.mine_lead"), "body", ink="ink2")], grows=True)
    inside = Row(stage, [IconBox(stage, "event_note", Tint.GLAZE, 92), words, Icon(stage, "chevron_right", 44)], gap=26, level=True)
    return PressCard(stage, inside, MinePressed(), test_id="mine", label=name, down=22)


def _matter(stage: Stage, window: Window, matter: Matter) -> Part:
    language = stage.theme.language
    name = matter.name.said_in(language)
    lines: list[Part] = [Text(stage, [Span(name)], "item"), Text(stage, [Span(window.name.said_in(language))], "body", ink="ink2")]
    words = Column(stage, lines, grows=True)
    inside = Row(stage, [IconBox(stage, matter.icon, Tint.PRI, 92), words, Icon(stage, "chevron_right", 44)], gap=26, level=True)
    act = MatterChosen(window.id, matter.code)
    return PressCard(stage, inside, act, test_id=f"matter-{window.id}-{matter.code}", label=name, down=22)


def _day(stage: Stage, one: SlotDay) -> Part:
    left = sum(slot.left for slot in one.slots)
    name = day_said(stage, one.day)
    said = stage.say("appointments.left", count=left) if left else stage.say("appointments.full_day")
    icon = IconBox(stage, "calendar_month", Tint.PRI if left else Tint.SUNK, 84)
    if stage.theme.panel.is_upright:
        badge = Badge(stage, said, Tint.OK if left else Tint.SUNK, icon="event_available" if left else "event_busy")
        row: list[Part] = [icon, Text(stage, name, "h2", grows=True), badge]
    else:
        row = [icon, Column(stage, [Text(stage, name, "item"), Text(stage, said, "body", ink="ok" if left else "ink2")], grows=True)]
    down = 14 if stage.theme.panel.is_short else 22
    if not left:
        return Card(stage, Row(stage, row, gap=26, level=True), look=Look("sunk"), down=down)
    row.append(Icon(stage, "chevron_right", 44))
    label = f"{name} {said}"
    return PressCard(stage, Row(stage, row, gap=26, level=True), DayChosen(one.day), test_id=f"day-{one.day:%m%d}", label=label, down=down)


def _times(stage: Stage, day: SlotDay) -> list[Block]:
    panel = stage.theme.panel
    across = 1 if stage.theme.is_large and panel.is_upright else 2 if panel.is_upright or stage.theme.is_large else 3
    return _rows(stage, [_time(stage, slot) for slot in day.slots], across)


def _across(stage: Stage) -> int:
    """Return how many cards stand beside each other: two where a panel is wide, but for large type on a small one."""
    panel = stage.theme.panel
    is_narrow = stage.theme.is_large if panel.is_compact else panel.laid_low
    return 1 if panel.is_upright or is_narrow else 2


def _rows(stage: Stage, cells: list[Part], across: int) -> list[Block]:
    rows: list[Block] = []
    for start in range(0, len(cells), across):
        row = cells[start : start + across]
        row += [Gap(stage) for _ in range(across - len(row))]
        rows.append(Row(stage, row, gap=20, even=True))
    return rows


def _time(stage: Stage, slot: Slot) -> Part:
    when = f"{slot.begins:%H:%M}–{slot.ends:%H:%M}"
    said = stage.say("appointments.left", count=slot.left) if slot.left else stage.say("appointments.full")
    is_short = stage.theme.panel.is_short
    words = Column(stage, [Text(stage, when, "item" if is_short else "h2"), Text(stage, said, "body", ink="ink2")], grows=True)
    icon: list[Part] = [] if is_short else [IconBox(stage, "schedule", Tint.PRI if slot.left else Tint.SUNK, 76)]
    inside, down = Row(stage, [*icon, words], gap=24, level=True), 8 if is_short else 20
    if not slot.left:
        return Card(stage, inside, look=Look("sunk"), down=down)
    return PressCard(stage, inside, TimeChosen(slot.begins), test_id=f"time-{slot.begins:%H%M}", label=f"{when} {said}", down=down)


def _facts(stage: Stage, matter: Words, window: Window, day: date, begins: str, errand: Booking) -> Block:
    language = stage.theme.language
    rows: list[Part] = [
        Text(stage, [Span(f"{day_said(stage, day)} {begins}")], "h1"),
        KeyValue(stage, stage.say("appointments.matter"), [Span(matter.said_in(language))]),
        KeyValue(stage, stage.say("appointments.window"), [Span(window.name.said_in(language))]),
        KeyValue(stage, stage.say("appointments.place"), [Span(window.place.said_in(language))]),
    ]
    # A number stands there whole: a wrong figure would be found by nobody afterwards.
    if isinstance(errand.holder, ByNumber):
        rows.append(KeyValue(stage, stage.say("appointments.mobile"), [Span(telephone(errand.holder.mobile.reveal()))]))
    if errand.remind:
        said = [stage.say("appointments.reminded"), telephone(errand.remind_to.reveal())]
        rows.append(KeyValue(stage, stage.say("appointments.remind"), [Span("　".join(part for part in said if part))]))
    return Rows(stage, rows, ruled=False, gap=12, down=34)


def _ticket(stage: Stage, one: Appointment) -> Part:
    language, upright = stage.theme.language, stage.theme.panel.is_upright
    number: list[Part] = [Text(stage, stage.say("appointments.call"), "body", ink="ink2"), Text(stage, one.call, "number")]
    facts: list[Part] = [
        Text(stage, [Span(f"{day_said(stage, one.day)} {one.begins:%H:%M}–{one.ends:%H:%M}")], "h2", weight=Weight.BOLD),
        Text(stage, [Span(one.matter.said_in(language))], "lead"),
        Text(stage, [Span(f"{one.window_name.said_in(language)}　{one.place.said_in(language)}")], "body", ink="ink2"),
    ]
    if one.reminded:
        facts.append(Text(stage, stage.say("appointments.reminded"), "body", ink="ink2"))
    if upright:
        return Card(stage, Column(stage, [*number, *facts], gap=6), look=RAISED, down=30)
    beside = Row(stage, [Column(stage, number, gap=6), Column(stage, facts, gap=6, grows=True)], gap=60, level=True)
    return Card(stage, beside, look=RAISED, down=12 if stage.theme.is_large else 20)


def _bring(stage: Stage, one: Appointment) -> list[Part]:
    if not one.bring:
        return []
    things = "、" if stage.theme.language.value == "zh" else ", "
    said = things.join(thing.said_in(stage.theme.language) for thing in one.bring)
    return [banner(stage, Tint.INFO, "inventory_2", stage.say("appointments.bring"), [Span(said)])]


def _kept(stage: Stage, errand: Booking, one: Appointment) -> list[Block]:
    """Return what is to be kept in mind: the code, where there is one, and what to bring; on a small panel beside each other."""
    parts = [*_key(stage, errand), *_bring(stage, one)]
    if len(parts) > 1 and stage.theme.panel.is_compact and not stage.theme.is_large:
        return [Row(stage, parts, gap=20, even=True)]
    return list(parts)


def _key(stage: Stage, errand: Booking) -> list[Part]:
    """Return the code: it stands on the glass, too, in case the printer has no paper."""
    if not isinstance(errand.holder, BySlip):
        return []
    lines: list[Part] = [
        Text(stage, stage.say("appointments.code"), "body", ink="ink2"),
        Text(stage, [Span(grouped(errand.holder.code.reveal(), 4))], "h1"),
        Text(stage, stage.say("appointments.code_keep"), "body"),
    ]
    down = 16 if stage.theme.panel.is_short else 22
    icon = IconBox(stage, "key", Tint.GLAZE, 92)
    return [Card(stage, Row(stage, [icon, Column(stage, lines, gap=2, grows=True)], gap=26, level=True), look=RAISED, down=down)]


def _slip(stage: Stage, paper: SlipStage) -> Part:
    match paper:
        case SlipStage.PRINTING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("appointments.printing"))
        case SlipStage.PRINTED:
            return banner(stage, Tint.OK, "receipt_long", stage.say("appointments.printed"), stage.say("appointments.printed_more"))
        case SlipStage.NOT_PRINTED:
            said, more = stage.say("appointments.not_printed"), stage.say("appointments.not_printed_more")
            return banner(stage, Tint.WARN, "print_disabled", said, more)


def _choices(stage: Stage) -> Part:
    move = Button(stage, stage.say("appointments.move"), MovePressed(), test_id="move", kind=SECONDARY, icon="event_repeat", grows=True)
    back = Button(
        stage, stage.say("appointments.give_back"), GiveBackPressed(), test_id="give-back", kind=SECONDARY, icon="event_busy", grows=True
    )
    return Column(stage, [move, back], gap=18) if stage.theme.is_large else Row(stage, [move, back], gap=20, even=True)


def _reprint(stage: Stage, *, grows: bool = False) -> Button:
    said = stage.say("appointments.print_again")
    return Button(stage, said, ReprintPressed(), test_id="reprint", kind=SECONDARY, icon="print", across=32, grows=grows)


def _own(stage: Stage, one: Appointment) -> Part:
    name = one.matter.said_in(stage.theme.language)
    when = f"{day_said(stage, one.day)} {one.begins:%H:%M}"
    lines: list[Part] = [Text(stage, [Span(when)], "h2"), Text(stage, [Span(name)], "body", ink="ink2")]
    words = Column(stage, lines, grows=True)
    end = [Badge(stage, one.call, Tint.GLAZE), Icon(stage, "chevron_right", 44)]
    inside = Row(stage, [IconBox(stage, "event", Tint.PRI, 92), words, *end], gap=26, level=True)
    return PressCard(stage, inside, AppointmentOpened(one.id), test_id=f"own-{one.call}", label=f"{name} {when}", down=24)
