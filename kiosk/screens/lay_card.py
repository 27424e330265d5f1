"""Laying the card: where it goes, that there is nothing to press, and in plain words what did not work."""

from kiosk.flow.events import CardSkipped
from kiosk.flow.helping import may_skip
from kiosk.flow.questions import repeating
from kiosk.flow.state import CardOf, CardStage, Kiosk, LayCard, Visit
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Look
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon
from kiosk.screens.frame import Head, awaiting, back_button, next_button, step_at
from kiosk.screens.page import Page, Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import CARD_LIFT, Weight
from peripherals.id_card_reader import CardReadStatus

_READER_FAULTS = (CardReadStatus.MODULE_FAULT, CardReadStatus.SILENT, CardReadStatus.ABSENT)


class LayCardPage(Page):
    """The place, the state, and nothing to press until the card is read."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view = kiosk.view
        if not isinstance(view, LayCard) or kiosk.application is None:
            return Sheet(())
        stage = self.stage
        about = kiosk.application.item.name.said_in(stage.theme.language)
        title = _title(stage, kiosk.application, view)
        step = step_at(kiosk.application.item, "card")
        head = Head(stage, title, lead=stage.say(f"card.lead_{view.stage}"), step=step, about=about)
        drawing = Picture(stage, "lay-card" if view.stage in (CardStage.WAITING, CardStage.REFUSED) else "card-lies", grows=True)
        body: list[Part] = []
        plain = bool(stage.theme.palette.outline)
        shown: Part = Icon(stage, "badge", 420, ink="pri") if plain else drawing
        body.append(Card(stage, shown, look=Look("surface", lift=CARD_LIFT), across=0, down=20, grows=True))
        body.append(_state(stage, view))
        back = back_button(stage)
        if view.stage is CardStage.READ:
            return Sheet(body, head=head, actions=[back, next_button(stage, stage.say("glass.next"))])
        if view.stage is not CardStage.READING and may_skip(kiosk.application, view):
            skip = Button(
                stage, stage.say("card.skip"), CardSkipped(), test_id="card-skip", kind=SECONDARY, icon="edit_note", role="toggle",
                weight=Weight.MEDIUM, height=104, icon_units=42,
            )  # fmt: skip
            body.append(skip)
        icon, key = ("pan_tool", "hold") if view.stage is CardStage.READING else ("badge", "goes_on")
        return Sheet(body, head=head, actions=[back, awaiting(stage, icon, stage.say(f"card.{key}"))])


def _title(stage: Stage, visit: Visit, view: LayCard) -> str:
    """Say whose card is meant, where it is not simply one's own."""
    if view.stage in (CardStage.READ, CardStage.READING) or (view.whose is CardOf.APPLICANT and not visit.is_helped):
        return stage.say(f"card.title_{view.stage}")
    field = repeating(visit, view.row.field) if view.row is not None else None
    if field is not None and field.rows is not None:
        return stage.say("card.title_member", one=field.rows.one.said_in(stage.theme.language))
    return stage.say("card.title_helper" if view.whose is CardOf.HELPER else "card.title_for")


def _state(stage: Stage, view: LayCard) -> Part:
    match view.stage:
        case CardStage.WAITING if view.status is not None:
            return refusal(stage, view.status)
        case CardStage.WAITING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("card.waiting"), stage.say("card.waiting_more"))
        case CardStage.READING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("card.reading"), stage.say("card.reading_more"))
        case CardStage.READ if view.expired:
            return banner(stage, Tint.WARN, "event_busy", stage.say("card.expired"), stage.say("card.expired_more"))
        case CardStage.READ:
            return banner(stage, Tint.OK, "check_circle", stage.say("card.read"), stage.say("card.read_more"))
        case CardStage.REFUSED:
            return refusal(stage, view.status or CardReadStatus.CARD_MOVED)


def refusal(stage: Stage, status: CardReadStatus) -> Part:
    """Return in plain words why the card was not read."""
    faulty = status in _READER_FAULTS
    icon = "build" if faulty else "info" if status is CardReadStatus.NO_CARD else "error"
    tint = Tint.WARN if status in (CardReadStatus.NO_CARD, CardReadStatus.CARD_MOVED) else Tint.ERR
    return banner(stage, tint, icon, stage.say(f"card.status_{status}"), stage.say(f"card.status_{status}_more"))
