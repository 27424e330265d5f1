"""Laying the card: where it goes, that there is nothing to press, and in plain words what did not work."""

from kiosk.flow.events.applying import CardSkipped
from kiosk.flow.helping import may_skip
from kiosk.flow.questions import repeating
from kiosk.flow.social_card import is_in_vain, is_taken
from kiosk.flow.state import Kiosk
from kiosk.flow.views import CardOf, CardStage, LayCard, Medium
from kiosk.flow.visit import Visit
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon
from kiosk.screens.frame import Head, back_button, next_button, step_at
from kiosk.screens.page import Page, Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import CARD_LIFT, Weight
from peripherals.card_reader import ChipReadStatus
from peripherals.id_card_reader import CardReadStatus

_NO_USE = (ChipReadStatus.NEEDS_PIN, ChipReadStatus.CORRUPT, ChipReadStatus.SILENT, ChipReadStatus.ABSENT)
"""After these the same social security card will not do either: the identity card is asked for."""

_CHIP_FAULTS = (ChipReadStatus.SILENT, ChipReadStatus.ABSENT)
_READER_FAULTS = (CardReadStatus.MODULE_FAULT, CardReadStatus.SILENT, CardReadStatus.ABSENT)


class LayCardPage(Page):
    """The place, the state, and nothing to press until the card is read."""

    def facts(self, kiosk: Kiosk) -> object:
        return super().facts(kiosk), is_in_vain(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view = kiosk.view
        if not isinstance(view, LayCard) or kiosk.application is None:
            return Sheet(())
        stage = self.stage
        about = kiosk.application.item.name.said_in(stage.theme.language)
        title = _title(stage, kiosk, kiosk.application, view)
        step = step_at(kiosk.application.item, "sign" if view.whose is CardOf.WITNESS else "card")
        either = is_taken(kiosk, kiosk.application, view)
        head = Head(stage, title, lead=_lead(stage, view, either=either), step=step, about=about)
        body: list[Part] = []
        plain = bool(stage.theme.palette.outline)
        is_there = view.stage in (CardStage.READING, CardStage.READ)
        is_social = is_there and view.medium is Medium.SOCIAL
        drawing = "card-in-slot" if is_social else "card-lies" if is_there else "lay-card"
        shown: Part = Icon(stage, "credit_card" if is_social else "badge", 420, ink="pri") if plain else Picture(stage, drawing, grows=True)
        place = Card(stage, shown, look=Look("surface", lift=CARD_LIFT), across=0, down=20, grows=True)
        in_vain = view.stage is not CardStage.READING and is_in_vain(kiosk)
        body.append(put_in_vain(stage) if in_vain else _state(stage, view, either=either))
        is_first = view.stage is CardStage.WAITING and view.chip is None
        # A small panel has title and sentence for that, and no height for saying it again.
        if either and is_first and not stage.theme.is_large and not stage.theme.panel.is_compact:
            body.append(banner(stage, Tint.INFO, "credit_card", None, stage.say("card.social_too")))
        back = back_button(stage)
        if view.stage is CardStage.READ:
            return Sheet(beside(stage, place, body), head=head, actions=[back, next_button(stage, stage.say("glass.next"))])
        if view.stage is not CardStage.READING and may_skip(kiosk.application, view):
            ending, icon = ("_witness", "person_off") if view.whose is CardOf.WITNESS else ("", "edit_note")
            skip = Button(
                stage, stage.say(f"card.skip{ending}"), CardSkipped(), test_id="card-skip", kind=SECONDARY, icon=icon, role="toggle",
                weight=Weight.MEDIUM, height=104, icon_units=42,
            )  # fmt: skip
            body.append(skip)
        icon, key = ("pan_tool", "hold") if view.stage is CardStage.READING else ("badge", "goes_on")
        return Sheet(beside(stage, place, body), head=head, actions=[back, awaiting(stage, icon, stage.say(f"card.{key}"))])


def beside(stage: Stage, place: Part, words: list[Part]) -> list[Part]:
    """Return the drawing and what is said; on a small panel beside each other, for one above the other they would need two leaves."""
    if stage.theme.panel.is_compact and not stage.theme.is_large:
        return [Row(stage, [place, Column(stage, words, gap=16)], gap=20, even=True, grows=True)]
    return [place, *words]


def _title(stage: Stage, kiosk: Kiosk, visit: Visit, view: LayCard) -> str:
    """Say whose card is meant, where it is not simply one's own."""
    if view.stage in (CardStage.READ, CardStage.READING):
        return stage.say(f"card.title_{view.stage}{_of(view)}")
    if view.whose is CardOf.APPLICANT and not visit.is_helped:
        if view.chip in _NO_USE:
            return stage.say("card.title_instead")
        either = view.chip is not None or (view.stage is CardStage.WAITING and is_taken(kiosk, visit, view))
        return stage.say("card.title_either" if either else f"card.title_{view.stage}")
    field = repeating(visit, view.row.field) if view.row is not None else None
    if field is not None and field.rows is not None:
        return stage.say("card.title_member", one=field.rows.one.said_in(stage.theme.language))
    if view.whose is CardOf.WITNESS:
        return stage.say("card.title_witness")
    return stage.say("card.title_helper" if view.whose is CardOf.HELPER else "card.title_for")


def _lead(stage: Stage, view: LayCard, *, either: bool) -> str:
    if view.stage in (CardStage.READ, CardStage.READING):
        return stage.say(f"card.lead_{view.stage}{_of(view)}")
    if view.whose is CardOf.WITNESS:
        return stage.say("card.lead_witness")
    return stage.say("card.lead_either" if either and view.stage is CardStage.WAITING else f"card.lead_{view.stage}")


def _of(view: LayCard) -> str:
    """Return the ending of texts that speak of a social security card."""
    return "_social" if view.medium is Medium.SOCIAL else ""


def _state(stage: Stage, view: LayCard, *, either: bool) -> Part:
    match view.stage:
        case CardStage.WAITING | CardStage.REFUSED if view.is_own:
            return banner(stage, Tint.WARN, "info", stage.say("card.own_witness"), stage.say("card.own_witness_more"))
        case CardStage.WAITING if view.status is not None or view.chip is not None:
            return _refused(stage, view)
        case CardStage.WAITING:
            waiting = stage.say("card.waiting_either" if either else "card.waiting")
            return banner(stage, Tint.PRI, Spinner(stage), waiting, stage.say("card.waiting_more"))
        case CardStage.READING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say(f"card.reading{_of(view)}"), stage.say("card.reading_more"))
        case CardStage.READ if view.expired:
            key = f"card.expired{_of(view)}"
            return banner(stage, Tint.WARN, "event_busy", stage.say(key), stage.say(f"{key}_more"))
        case CardStage.READ:
            return banner(stage, Tint.OK, "check_circle", stage.say(f"card.read{_of(view)}"), stage.say(f"card.read{_of(view)}_more"))
        case CardStage.REFUSED:
            return _refused(stage, view)


def _refused(stage: Stage, view: LayCard) -> Part:
    if view.chip is None:
        return refusal(stage, view.status or CardReadStatus.CARD_MOVED)
    gently = view.chip in (ChipReadStatus.NEEDS_PIN, ChipReadStatus.NO_CARD, ChipReadStatus.CARD_MOVED)
    icon = "build" if view.chip in _CHIP_FAULTS else "info" if gently else "error"
    key = f"card.chip_{view.chip}"
    return banner(stage, Tint.WARN if gently else Tint.ERR, icon, stage.say(key), stage.say(f"{key}_more"))


def put_in_vain(stage: Stage) -> Part:
    """Return the word to whoever has put a card in where only an identity card helps."""
    return banner(stage, Tint.WARN, "credit_card", stage.say("card.chip_in_vain"), stage.say("card.chip_in_vain_more"))


def refusal(stage: Stage, status: CardReadStatus) -> Part:
    """Return in plain words why the card was not read."""
    faulty = status in _READER_FAULTS
    icon = "build" if faulty else "info" if status is CardReadStatus.NO_CARD else "error"
    tint = Tint.WARN if status in (CardReadStatus.NO_CARD, CardReadStatus.CARD_MOVED) else Tint.ERR
    return banner(stage, tint, icon, stage.say(f"card.status_{status}"), stage.say(f"card.status_{status}_more"))
