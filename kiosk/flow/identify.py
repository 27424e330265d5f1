"""Laying the card: wait, read, keep what the item may know, say plainly when it did not work."""

from dataclasses import replace
from datetime import date

from kiosk.flow.effects import ReadCard, SetTimer, WatchPlate
from kiosk.flow.events import CardAnswered, CardFound, Event, NextPressed, Timer, TimerFired
from kiosk.flow.route import after
from kiosk.flow.state import CardStage, Kiosk, LayCard, Visit
from kiosk.flow.step import Step, show, stay, with_visit
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
            return show(replace(state, overlay=None), LayCard(CardStage.READING))
        case CardAnswered(token, reading) if token == visit.token and view.stage is not CardStage.READ:
            return _on_answer(state, visit, view, reading)
        case TimerFired(Timer.LOOK_AGAIN) if view.stage is CardStage.REFUSED:
            return show(state, LayCard(CardStage.WAITING, view.status))
        case TimerFired(Timer.CARD_SHOWN) | NextPressed() if view.stage is CardStage.READ:
            return show(state, after(state, visit, view))
        case _:
            return stay(state)


def _on_answer(state: Kiosk, visit: Visit, view: LayCard, reading: CardReading) -> Step:
    if reading.status is CardReadStatus.NO_CARD:
        return show(state, LayCard(CardStage.WAITING, view.status), ReadCard(visit.token, READ_WITHIN_S))
    if reading.card is None:
        return show(state, LayCard(CardStage.REFUSED, reading.status), SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S))
    read = replace(visit, card=Secret(applicant(reading.card, visit.item.card_fields)))
    shown = LayCard(CardStage.READ, reading.status, expired=_is_expired(reading.card, state.now.date()))
    return with_visit(replace(state, card_on_plate=True), read, shown, WatchPlate(), SetTimer(Timer.CARD_SHOWN, SHOWN_S))


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
