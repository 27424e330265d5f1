"""Laying the card: wait, read, keep what the item may know, say plainly when it did not work."""

from dataclasses import replace
from datetime import date
from typing import assert_never

from kiosk.flow import social_card
from kiosk.flow.continuing import still_theirs
from kiosk.flow.effects import ReadCard, SetTimer, WatchPlate
from kiosk.flow.events import Event
from kiosk.flow.events.applying import CardSkipped
from kiosk.flow.events.devices import CardAnswered, CardFound, ChipAnswered, ChipFound
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.helping import HELPER_FIELDS, may_skip, on_card_skipped
from kiosk.flow.questions import repeating, with_derived
from kiosk.flow.route import after, before
from kiosk.flow.rows import filled_from
from kiosk.flow.signers import made_marks
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay, with_visit
from kiosk.flow.views import CardOf, CardStage, Form, Guide, LayCard, Medium, RowAt, View
from kiosk.flow.visit import Visit
from peripherals.id_card_reader import CardReading, CardReadStatus, IdCard
from peripherals.secret import Secret
from sync.contract.application import Applicant
from sync.contract.item import CardField

READ_WITHIN_S = 20.0
SHOWN_S = 3.0
LOOK_AGAIN_S = 2.0


def on_lay_card(state: Kiosk, visit: Visit, view: LayCard, event: Event) -> Step:
    """What happens while the card is waited for."""
    match event:
        case CardFound(token) if token == visit.token and view.stage is not CardStage.READ:
            found = replace(view, stage=CardStage.READING, medium=Medium.IDENTITY, status=None, chip=None, is_own=False)
            return show(replace(state, overlay=None), found)
        case ChipFound() | ChipAnswered():
            return social_card.on_chip(state, visit, view, event)
        case CardAnswered(token, reading) if token == visit.token and view.stage is not CardStage.READ:
            return _on_answer(state, visit, view, reading)
        case TimerFired(Timer.LOOK_AGAIN) if view.stage is CardStage.REFUSED:
            return show(state, replace(view, stage=CardStage.WAITING))
        case TimerFired(Timer.CARD_SHOWN) | NextPressed() if view.stage is CardStage.READ:
            return show(state, _after(state, visit, view))
        case CardSkipped() if view.stage is not CardStage.READ and view.row is not None:
            return show(state, _after(state, visit, view))
        case CardSkipped() if view.stage is not CardStage.READ and may_skip(visit, view):
            return on_card_skipped(state, visit, view, event)
        case BackPressed() if view.row is not None:
            return show(state, Form(view.page))
        case BackPressed() if view.whose is CardOf.WITNESS:
            return show(state, before(visit, view) or view)
        case BackPressed():
            return show(state, Guide(agreed=True))
        case _:
            return stay(state)


def _after(state: Kiosk, visit: Visit, view: LayCard) -> View:
    """A member's card leads to that row, any other onwards."""
    return after(state, visit, view) if view.row is None else Form(view.page, row=view.row)


def _on_answer(state: Kiosk, visit: Visit, view: LayCard, reading: CardReading) -> Step:
    again = ReadCard(visit.token, READ_WITHIN_S)
    if reading.card is None and view.stage is CardStage.READING and view.medium is Medium.SOCIAL:
        return state, (again,)  # the social security card is being read; what is the matter with this reader can wait
    if reading.status is CardReadStatus.NO_CARD:
        return show(state, replace(view, stage=CardStage.WAITING), again)
    if reading.card is None:
        refused = replace(view, stage=CardStage.REFUSED, medium=Medium.IDENTITY, status=reading.status, chip=None)
        return show(state, refused, SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S))
    if view.whose is CardOf.WITNESS and reading.card.id_number.reveal() in set(made_marks(visit)):
        own = replace(view, stage=CardStage.REFUSED, medium=Medium.IDENTITY, status=None, chip=None, is_own=True)
        return show(replace(state, card_on_plate=True), own, SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S))
    read = with_derived(_with_card(visit, view, reading.card), state.now.date())
    expired = _is_expired(reading.card, state.now.date())
    shown = replace(view, stage=CardStage.READ, medium=Medium.IDENTITY, status=reading.status, chip=None, expired=expired)
    return with_visit(replace(state, card_on_plate=True), read, shown, WatchPlate(), SetTimer(Timer.CARD_SHOWN, SHOWN_S))


def _with_card(visit: Visit, view: LayCard, card: IdCard) -> Visit:
    match view.whose:
        case CardOf.APPLICANT:
            read = applicant(card, visit.item.card_fields)
            return replace(visit, card=Secret(read), cardless=False, carried=still_theirs(visit, read))
        case CardOf.HELPER:
            return replace(visit, helper=Secret(applicant(card, HELPER_FIELDS)))
        case CardOf.WITNESS:
            return replace(visit, witness=Secret(applicant(card, HELPER_FIELDS)))
        case CardOf.MEMBER:
            return visit if view.row is None else filled_from(visit, view.row, applicant(card, _wanted(visit, view.row)))
        case _:
            assert_never(view.whose)


def _wanted(visit: Visit, row: RowAt) -> tuple[CardField, ...]:
    """Return what a row may take from a card; nothing else of it is kept."""
    field = repeating(visit, row.field)
    fields = field.rows.fields if field is not None and field.rows is not None else ()
    return tuple(inner.card for inner in fields if inner.card is not None)


def applicant(card: IdCard, allowed: tuple[CardField, ...]) -> Applicant:
    """Return the fields of `card` that the item may read; nothing else of it is kept."""
    address = card.newest_address or card.address
    known = {
        CardField.NAME: card.name.reveal() or None,
        CardField.SEX: card.sex.value,
        CardField.ETHNIC_GROUP: card.ethnic_group,
        CardField.BIRTH_DATE: card.birth_date.reveal(),
        CardField.ADDRESS: address.reveal() if address else None,
        CardField.ID_NUMBER: card.id_number.reveal(),
        CardField.ISSUER: card.issuer,
        CardField.VALID_UNTIL: card.valid_until,
        CardField.NATIONALITY: card.nationality,
    }
    latin = card.name_latin.reveal() if card.name_latin and CardField.NAME in allowed else None
    fields = {field.value: known[field] for field in allowed}
    return Applicant(card_kind=card.kind.value, name_latin=latin, **fields)  # type: ignore[arg-type]  # keyed by the closed enum above


def _is_expired(card: IdCard, today: date) -> bool:
    return card.valid_until != "long_term" and card.valid_until < today
