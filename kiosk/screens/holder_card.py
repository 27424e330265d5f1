"""Laying the card of whoever an errand is for: where it goes, that there is nothing to press, and in plain words what did not work."""

from kiosk.flow.claiming import is_booking_without_card
from kiosk.flow.desk_errands import Booking, HolderCard, LayStage
from kiosk.flow.errands import Fitting, Paying
from kiosk.flow.events.choosing import NoCardPressed
from kiosk.flow.social_card import is_in_vain
from kiosk.flow.state import Kiosk
from kiosk.screens.accounts import number_button
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Look
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon
from kiosk.screens.frame import Head, back_button
from kiosk.screens.lay_card import beside, put_in_vain, refusal
from kiosk.screens.page import Page, Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import CARD_LIFT, Weight
from peripherals.id_card_reader import CardReadStatus


class HolderCardPage(Page):
    """The place and the state; the card's number goes into one question to the city."""

    def facts(self, kiosk: Kiosk) -> object:
        return super().facts(kiosk), is_in_vain(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, stage = kiosk.view, self.stage
        if not isinstance(view, HolderCard):
            return Sheet(())
        head = Head(stage, stage.say(f"card.title_{view.stage}"), lead=stage.say(_why(kiosk)))
        is_lying = view.stage is LayStage.READING
        plain = bool(stage.theme.palette.outline)
        shown: Part = Icon(stage, "badge", 420, ink="pri") if plain else Picture(stage, "card-lies" if is_lying else "lay-card", grows=True)
        place = Card(stage, shown, look=Look("surface", lift=CARD_LIFT), across=0, down=20, grows=True)
        body = [put_in_vain(stage) if not is_lying and is_in_vain(kiosk) else _state(stage, view)]
        if isinstance(kiosk.visit, Booking) and not is_lying:
            body.append(_without(stage, kiosk, kiosk.visit))
        icon, key = ("pan_tool", "hold") if is_lying else ("badge", "goes_on")
        if isinstance(kiosk.visit, Paying) and not is_lying:
            return Sheet(beside(stage, place, body), head=head, actions=[back_button(stage), number_button(stage, grows=True)])
        return Sheet(beside(stage, place, body), head=head, actions=[back_button(stage), awaiting(stage, icon, stage.say(f"card.{key}"))])


def _without(stage: Stage, kiosk: Kiosk, errand: Booking) -> Part:
    """Return the way of whoever has no card with them; where a matter has none, what to do instead."""
    without = is_booking_without_card(kiosk, errand)
    if without is False:
        return banner(stage, Tint.INFO, "support_agent", None, stage.say("appointments.card_only"))
    said = stage.say("appointments.by_slip" if without is None else "appointments.by_number")
    icon = "receipt_long" if without is None else "mobile"
    return Button(
        stage, said, NoCardPressed(), test_id="no-card", kind=SECONDARY, icon=icon, role="toggle", weight=Weight.MEDIUM, height=104,
        icon_units=42,
    )  # fmt: skip


def _why(kiosk: Kiosk) -> str:
    match kiosk.visit:
        case Booking():
            return "appointments.card_lead"
        case Paying():
            return "bills.card_lead"
        case Fitting():
            return "fitting.card_lead"
        case _:
            return "proofs.card_lead"


def _state(stage: Stage, view: HolderCard) -> Part:
    match view.stage:
        case LayStage.READING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("card.reading"), stage.say("card.reading_more"))
        case LayStage.WAITING if view.status is None:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("card.waiting"), stage.say("card.waiting_more"))
        case _:
            return refusal(stage, view.status or CardReadStatus.CARD_MOVED)
