"""Laying the card of whoever an errand is for: the same page for every errand that asks the city about its holder."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.flow.desk_errands import Holder, HolderCard, LayStage
from kiosk.flow.effects import ReadCard, SetTimer, WatchPlate
from kiosk.flow.events import Event
from kiosk.flow.events.devices import CardAnswered, CardFound
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.identify import LOOK_AGAIN_S, READ_WITHIN_S
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay
from peripherals.id_card_reader import CardReadStatus, IdCard


def on_holder(state: Kiosk, token: int, view: HolderCard, event: Event, known: Callable[[Kiosk, IdCard], Step]) -> Step:
    """What happens while the card is waited for; `known` says what follows once it is read."""
    match event:
        case CardFound(asked) if asked == token and view.stage is not LayStage.READING:
            return show(state, HolderCard(LayStage.READING))
        case CardAnswered(asked, reading) if asked == token:
            if reading.status is CardReadStatus.NO_CARD:
                return show(state, HolderCard(LayStage.WAITING, view.status), ReadCard(token, READ_WITHIN_S))
            if reading.card is None:
                return show(state, HolderCard(LayStage.REFUSED, reading.status), SetTimer(Timer.LOOK_AGAIN, LOOK_AGAIN_S))
            moved, effects = known(replace(state, card_on_plate=True), reading.card)
            return moved, (*effects, WatchPlate())
        case TimerFired(Timer.LOOK_AGAIN) if view.stage is LayStage.REFUSED:
            return show(state, HolderCard(LayStage.WAITING, view.status))
        case _:
            return stay(state)


def holder_of(card: IdCard) -> Holder:
    """Return what a question to the city needs of a card, and nothing else of it."""
    return Holder(card.name, card.id_number)
