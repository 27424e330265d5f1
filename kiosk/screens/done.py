"""Done: what happened, to whom it is handed in, and what comes next. It never says more than is true."""

from collections.abc import Callable

from kiosk.flow.continuing import carried_from
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnotherWanted, Rated, ReprintPressed
from kiosk.flow.events.glass import FinishPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Done, Paper
from kiosk.flow.visit import HandedIn, Visit
from kiosk.screens.code import Code, payload
from kiosk.screens.components.buttons import PRIMARY, SECONDARY, Button, Kind
from kiosk.screens.components.cards import RAISED, Card, IconBox, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.stages import CaseStage, StageState, stage_rows
from kiosk.screens.components.text import Text
from kiosk.screens.page import Page, Sheet
from kiosk.screens.services import limit_said
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from kiosk.screens.wording import grouped, moment_said

_GAP = 16
_FACES = (
    (5, "sentiment_very_satisfied"),
    (4, "sentiment_satisfied"),
    (3, "sentiment_neutral"),
    (2, "sentiment_dissatisfied"),
    (1, "sentiment_extremely_dissatisfied"),
)
_FACE = Kind(Look("surface", "line", 3), Look("pressed", "line", 3), "ink", icon_ink="pri")
_FACE_CHOSEN = Kind(Look("prisoft", "pri", 5), Look("pressed", "pri", 5), "onprisoft", icon_ink="pri")


class DonePage(Page):
    """Received here, or with the city: the same page, so that it can turn from one into the other before the resident's eyes."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, visit = kiosk.view, kiosk.application
        if not isinstance(view, Done) or visit is None or visit.handed_in is None:
            return Sheet(())
        stage, handed_in = self.stage, visit.handed_in
        body: list[Block] = [
            _head(stage, visit, handed_in),
            _number(stage, handed_in),
            _stages(stage, visit, handed_in),
            _slip(stage, view, at_city=handed_in.case_number is not None, by_card=visit.item.by_card),
            *([] if visit.completes is not None else [_rating(stage, view)]),  # a correction is no case of its own
        ]
        if view.paper is not Paper.PRINTING and carried_from(kiosk, visit) is not None:
            body.append(_another(stage))
        if view.paper is Paper.PRINTING:
            return Sheet(body, actions=[awaiting(stage, "print", stage.say("done.printing_wait"))], finish=False, gap=_GAP)
        again = Button(
            stage,
            stage.say("done.print_again" if view.paper is Paper.PRINTED else "done.try_print"),
            ReprintPressed(),
            test_id="reprint",
            kind=SECONDARY,
            icon="print",
            across=32,
        )
        end = Button(
            stage, stage.say("done.finish"), FinishPressed(), test_id="finish", kind=PRIMARY, icon="check", icon_after=True, grows=True
        )
        return Sheet(body, actions=[again, end], finish=False, gap=_GAP)


def _head(stage: Stage, visit: Visit, handed_in: HandedIn) -> Part:
    at_city = handed_in.case_number is not None
    department = visit.item.department.said_in(stage.theme.language)
    side = 92 if stage.theme.panel.is_compact else 146
    disc = IconBox(
        stage, "task_alt" if at_city else "inventory_2", Tint.OK if at_city else Tint.GLAZE, side, disc=True, icon_units=side * 0.58
    )
    key = "city" if handed_in.complete else "city_partly" if at_city else "received"
    words = Column(
        stage,
        [
            Text(stage, stage.say(f"done.{key}"), "h1"),
            Text(stage, stage.say(f"done.{key}_lead", department=department), "lead", ink="ink2"),
        ],
        gap=4,
        grows=True,
    )
    return Row(stage, [disc, words], gap=34, level=True)


def _number(stage: Stage, handed_in: HandedIn) -> Part:
    at_city = handed_in.case_number is not None
    given = handed_in.case_number or handed_in.number
    number = grouped(given, 4) if given.isalnum() else given  # a city that spells its numbers knows why
    lines: list[Part] = [
        Text(stage, stage.say("done.case_number" if at_city else "done.receipt_number"), "body", ink="ink2"),
        _fitted(stage, number),
        Text(stage, moment_said(stage, handed_in.at), "body", ink="ink2"),
    ]
    if at_city:
        lines.append(Text(stage, [Span(stage.say("done.receipt_number_too", number=grouped(handed_in.number, 4)))], "body", ink="ink2"))
    parts: list[Part] = [Column(stage, lines, gap=2, grows=True)]
    if not stage.theme.is_large:
        parts.append(Code(stage, payload(handed_in), 180 if stage.theme.panel.is_compact else 270))
    return Card(stage, Row(stage, parts, gap=30, level=True), look=RAISED, down=14 if stage.theme.panel.is_compact else 30)


def _another(stage: Stage) -> Part:
    """The way to the next matter, with card and papers; slim, so that it stays on the first leaf."""
    return Button(
        stage, stage.say("done.another"), AnotherWanted(), test_id="another", kind=SECONDARY, icon="add_task", role="toggle",
        weight=Weight.MEDIUM, height=88, icon_units=42,
    )  # fmt: skip


def _fitted(stage: Stage, number: str) -> Text:
    """Return a number as large as one line allows: the city's own may be long."""
    text = Text(stage, [Span(number)], "number")
    panel = stage.theme.panel
    room = (
        (panel.width_px if panel.is_upright or panel.is_compact else panel.width_px // 2)
        - 2 * stage.theme.margin
        - stage.px(68 if stage.theme.is_large else 380)
    )
    wanted = text.width_wanted()
    if wanted <= room:
        return text
    return Text(stage, [Span(number)], "number", size_px=stage.theme.type_px("number") * room // wanted)


def _stages(stage: Stage, visit: Visit, handed_in: HandedIn) -> Block:
    at = moment_said(stage, handed_in.at)
    limit = limit_said(stage, visit.item.limit)
    received = CaseStage(StageState.DONE, stage.say("done.stage_received"), stage.say("done.stage_received_more", at=at))
    if handed_in.case_number is not None:
        return stage_rows(stage, [received, *_delivery(stage, limit, complete=handed_in.complete)])
    to_send = CaseStage(StageState.UNDER_WAY, stage.say("done.stage_to_send"), stage.say("done.stage_to_send_more"), "cloud_upload")
    accept = CaseStage(StageState.TO_COME, stage.say("done.stage_accept"), stage.say("done.stage_accept_more", limit=limit))
    return stage_rows(stage, [received, to_send, accept])


def _delivery(stage: Stage, limit: str, *, complete: bool) -> list[CaseStage]:
    """The city has the application; its pictures may still be on their way, which is said as it is."""
    accept = stage.say("done.stage_accept"), stage.say("done.stage_accept_more", limit=limit)
    if complete:
        sent = CaseStage(StageState.DONE, stage.say("done.stage_sent"), stage.say("done.stage_sent_more"))
        return [sent, CaseStage(StageState.UNDER_WAY, *accept, "pending_actions")]
    sending = CaseStage(StageState.UNDER_WAY, stage.say("done.stage_pictures"), stage.say("done.stage_pictures_more"), "cloud_upload")
    return [sending, CaseStage(StageState.TO_COME, *accept)]


def _slip(stage: Stage, view: Done, *, at_city: bool, by_card: bool) -> Part:
    match view.paper:
        case Paper.PRINTING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("done.printing"), stage.say("done.printing_more"))
        case Paper.PRINTED:
            return banner(
                stage,
                Tint.OK if at_city else Tint.INFO,
                "receipt_long",
                stage.say("done.printed" if by_card else "done.printed_slip"),
                stage.say("done.printed_more"),
            )
        case Paper.NOT_PRINTED:
            return banner(stage, Tint.WARN, "print_disabled", stage.say(f"done.printer_{view.printer}"), stage.say("done.not_printed_more"))


def _rating(stage: Stage, view: Done) -> Part:
    said = stage.say("done.rated" if view.rating else "done.voluntary")
    return faces_card(stage, stage.say("done.rating"), said, view.rating, Rated)


def faces_card(stage: Stage, title: str, said: str, chosen: int | None, rated: Callable[[int], Event]) -> Part:
    """Return the five faces of 好差评; none is chosen beforehand."""
    heading = Row(stage, [Text(stage, title, "item", grows=True), Text(stage, said, "caption", ink="ink2")], level=True)
    faces: list[Part] = [
        Button(
            stage,
            stage.say(f"done.rate_{level}"),
            rated(level),
            test_id=f"rate-{level}",
            kind=_FACE_CHOSEN if chosen == level else _FACE,
            icon=icon,
            stacked=True,
            role="caption",
            weight=Weight.BOLD if chosen == level else Weight.MEDIUM,
            height=148 if not stage.theme.panel.is_compact else 98,
            icon_units=64 if not stage.theme.panel.is_compact else 44,
            across=6,
            radius=24,
        )
        for level, icon in _FACES
    ]
    if stage.theme.is_large or stage.theme.panel.laid_low:
        rows: list[Part] = [Row(stage, faces[:3], gap=14, even=True), Row(stage, [*faces[3:], Gap(stage)], gap=14, even=True)]
    else:
        rows = [Row(stage, faces, gap=14, even=True)]
    compact = stage.theme.panel.is_compact
    return Card(
        stage,
        Column(stage, [heading, Gap(stage, 0 if compact else 4), *rows], gap=6 if compact else 10),
        across=26,
        down=8 if compact else 24,
    )
