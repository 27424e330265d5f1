"""Putting in a social security card instead of laying the identity card, where the item takes it. No PIN is ever asked for."""

from dataclasses import replace
from datetime import date

from kiosk.flow.continuing import still_theirs
from kiosk.flow.desk_errands import HolderCard
from kiosk.flow.effects import ReadChip, SetTimer, WatchSlot
from kiosk.flow.errands import FindCases, FindPaid, FindStage
from kiosk.flow.events.devices import ChipAnswered, ChipFound
from kiosk.flow.events.terminal import Timer
from kiosk.flow.questions import with_derived
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay, with_visit
from kiosk.flow.views import CardOf, CardStage, LayCard, Medium
from kiosk.flow.visit import Visit
from peripherals.card_reader import ChipReading, ChipReadStatus, SocialSecurityCard
from peripherals.id_card_reader import Sex
from peripherals.secret import Secret
from sync.contract.application import SOCIAL_SECURITY, Applicant
from sync.contract.item import CardField

READ_WITHIN_S = 20.0
_SHOWN_S = 3.0
_REFUSED_S = 2.0
_CITIZEN_DIGITS = 18
_OUT_OF_ORDER = (ChipReadStatus.ABSENT, ChipReadStatus.SILENT)


def is_taken(state: Kiosk, visit: Visit, view: LayCard) -> bool:
    """Whether this card may be a social security card: the applicant's own, for an item that takes it, where there is a reader."""
    return state.place.chips and visit.item.by_social_card and view.whose is CardOf.APPLICANT


def is_in_vain(state: Kiosk) -> bool:
    """Whether a chip card is in the reader while only an identity card helps. What card it is nobody knows: it is not read."""
    return state.card_in_slot and is_minded(state)


def is_minded(state: Kiosk) -> bool:
    """Whether the reader is watched for a card that is put in although this page can do nothing with it."""
    if not state.place.chips:
        return False
    match state.view:
        case LayCard(stage=CardStage.WAITING | CardStage.READING | CardStage.REFUSED) as view:
            return state.application is not None and not is_taken(state, state.application, view)
        case FindCases(stage=FindStage.WAITING | FindStage.READING | FindStage.REFUSED):
            return True
        case FindPaid(stage=FindStage.WAITING | FindStage.READING | FindStage.REFUSED, by_card=True) | HolderCard():
            return True
        case _:
            return False


def on_chip(state: Kiosk, visit: Visit, view: LayCard, event: ChipFound | ChipAnswered) -> Step:
    """A card was put in, or what became of reading it; an identity card that is just being read goes first."""
    is_waited_for = view.stage in (CardStage.WAITING, CardStage.READING)
    if event.token != visit.token or not is_waited_for or not is_taken(state, visit, view):
        return stay(state)
    is_other_read = view.stage is CardStage.READING and view.medium is Medium.IDENTITY
    if isinstance(event, ChipAnswered):
        return _on_answer(state, visit, view, event.reading, is_other_read=is_other_read)
    if is_other_read:
        return stay(state)
    return show(replace(state, overlay=None), replace(view, stage=CardStage.READING, medium=Medium.SOCIAL, status=None, chip=None))


def _on_answer(state: Kiosk, visit: Visit, view: LayCard, reading: ChipReading, *, is_other_read: bool) -> Step:
    if isinstance(reading.card, SocialSecurityCard):
        return _on_card(state, visit, view, reading.card)
    again = ReadChip(visit.token, READ_WITHIN_S)
    if reading.status in _OUT_OF_ORDER and view.stage is not CardStage.READING:
        return stay(state)  # it is still looked for, and the other card will do
    if is_other_read or (reading.status is ChipReadStatus.NO_CARD and view.stage is not CardStage.READING):
        return state, (again,)
    if reading.status is ChipReadStatus.NO_CARD:
        return show(state, replace(view, stage=CardStage.WAITING), again)
    # Another kind of card, such as one known by its number alone, says nothing of a person.
    status = ChipReadStatus.UNSUPPORTED_CARD if reading.status is ChipReadStatus.READ else reading.status
    refused = replace(view, stage=CardStage.REFUSED, medium=Medium.SOCIAL, status=None, chip=status)
    return show(state, refused, SetTimer(Timer.LOOK_AGAIN, _REFUSED_S))


def _on_card(state: Kiosk, visit: Visit, view: LayCard, card: SocialSecurityCard) -> Step:
    read = applicant_of(card, visit.item.card_fields)
    known = replace(visit, card=Secret(read), cardless=False, carried=still_theirs(visit, read))
    today = state.now.date()
    expired = card.valid_until is not None and card.valid_until < today
    shown = replace(view, stage=CardStage.READ, medium=Medium.SOCIAL, status=None, chip=ChipReadStatus.READ, expired=expired)
    order = SetTimer(Timer.CARD_SHOWN, _SHOWN_S)
    return with_visit(replace(state, card_in_slot=True), with_derived(known, today), shown, WatchSlot(), order)


def applicant_of(card: SocialSecurityCard, allowed: tuple[CardField, ...]) -> Applicant:
    """Return what the item may know of the card; what a social security card does not say stays open and is asked for.

    Sex and birth date are in the number, too, which every card has: cards of the first standard may lack their records.
    """
    number = card.id_number.reveal()
    known = {
        CardField.NAME: card.name.reveal(),
        CardField.SEX: _sex(card, number),
        CardField.BIRTH_DATE: _born(card, number),
        CardField.ID_NUMBER: number,
    }
    fields = {field.value: known[field] for field in allowed if field in known}
    return Applicant(card_kind=SOCIAL_SECURITY, **fields)  # type: ignore[arg-type]  # keyed by the closed enum above


def _is_citizen(number: str) -> bool:
    return len(number) == _CITIZEN_DIGITS and number[:-1].isdecimal()


def _sex(card: SocialSecurityCard, number: str) -> str | None:
    if card.sex in (Sex.MALE, Sex.FEMALE):
        return card.sex.value
    if not _is_citizen(number):
        return None
    return (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE).value


def _born(card: SocialSecurityCard, number: str) -> date | None:
    if card.birth_date is not None:
        return card.birth_date.reveal()
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14])) if _is_citizen(number) else None
