"""The once-only notice (一次告知): all that is missing in large letters, until when, and two ways on: now, or at home."""

from kiosk.flow.errands import Following, NoticePaper, OnceOnly
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.state import Kiosk
from kiosk.screens.case_sheet import sheet_parts
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Badge, Card, IconBox, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.services import spaced
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from kiosk.screens.wording import grouped
from sync.contract.progress import CaseProgress, Missing


class OnceOnlyPage(Page):
    """What is missing, once and whole."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, errand, stage = kiosk.view, kiosk.visit, self.stage
        if not isinstance(view, OnceOnly) or not isinstance(errand, Following) or (case := errand.case(view.case)) is None:
            return Sheet(())
        head = Head(stage, [Span(case.item_name.said_in(stage.theme.language))], lead=stage.say("progress.once_lead"))
        badge = Badge(stage, stage.say("progress.once_badge", count=len(case.missing)), Tint.ERR, icon="edit_document")
        body: list[Block] = [Row(stage, [badge, Gap(stage, grows=True)])]
        if view.elsewhere:
            where = stage.say("progress.once_elsewhere_more", staff=spaced(stage, kiosk.place.staff), hotline=kiosk.place.hotline)
            body.append(banner(stage, Tint.WARN, "storefront", stage.say("progress.once_elsewhere"), where))
        body += [_point(stage, place, missing) for place, missing in enumerate(case.missing, start=1)]
        body.append(_until(stage, case))
        body.append(_paper(stage, view, case))
        if kiosk.place.pages:
            body += sheet_parts(stage, kiosk, case, view.sheet)
        if view.paper is NoticePaper.PRINTING or (view.sheet is not None and view.sheet.is_under_way):
            return Sheet(body, head=head, actions=[awaiting(stage, "print", stage.say("progress.once_printing"))], finish=False)
        print_it = Button(
            stage, stage.say("progress.once_print"), ReprintPressed(), test_id="print-notice", kind=SECONDARY, icon="print", across=32
        )
        last: Part = back_button(stage) if view.elsewhere else next_button(stage, stage.say("progress.once_bring"))
        return Sheet(body, head=head, actions=[print_it, last])


def _point(stage: Stage, place: int, missing: Missing) -> Part:
    language = stage.theme.language
    cause = missing.cause.said_in(language)
    lines: list[Part] = [Text(stage, [Span(missing.name.said_in(language))], "h2")]
    if missing.remedy:
        lines.append(Text(stage, [Span(missing.remedy)], "lead"))
    lines.append(
        Row(stage, [Icon(stage, "help", 38, ink="ink2"), Text(stage, [Span(cause)], "body", ink="ink2", grows=True)], gap=12, level=True)
    )
    number = IconBox(stage, f"counter_{min(place, 9)}", Tint.ERR, 84, disc=True, icon_units=64)
    return Card(stage, Row(stage, [number, Column(stage, lines, gap=6, grows=True)], gap=28, top=True))


def _until(stage: Stage, case: CaseProgress) -> Part:
    day = case.correct_by
    said = "" if day is None else stage.say("glass.day_short", month=day.month, day=day.day, weekday=_weekday(stage, case))
    words = Column(
        stage,
        [
            Text(stage, [Span(stage.say("progress.once_until", date=said))], "item", weight=Weight.BOLD),
            Text(stage, stage.say("progress.once_clock"), "body", ink="ink2"),
        ],
        gap=4,
        grows=True,
    )
    return Card(stage, Row(stage, [IconBox(stage, "event", Tint.GLAZE, 92), words], gap=26, level=True), down=24)


def _weekday(stage: Stage, case: CaseProgress) -> str:
    return "" if case.correct_by is None else stage.say(f"glass.weekday_{case.correct_by.isoweekday()}")


def _paper(stage: Stage, view: OnceOnly, case: CaseProgress) -> Part:
    match view.paper:
        case None:
            take_home, more = stage.say("progress.once_take_home"), stage.say("progress.once_take_home_more")
            return banner(stage, Tint.PRI, "qr_code_2", take_home, more)
        case NoticePaper.PRINTING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("progress.once_printing"))
        case NoticePaper.PRINTED:
            printed, more = stage.say("progress.once_printed"), stage.say("progress.once_take_home_more")
            return banner(stage, Tint.OK, "receipt_long", printed, more)
        case NoticePaper.NOT_PRINTED:
            number = grouped(case.number, 4)
            return banner(stage, Tint.WARN, "print_disabled", stage.say("progress.once_not_printed", number=number))
