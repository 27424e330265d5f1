"""What devices are told to do: it follows from what is shown, so that no way out of a page leaves one running."""

from kiosk.flow import (
    fitting,
    identify,
    offering,
    social_card,
)
from kiosk.flow.desk_errands import CodeEntry, HolderCard, LayStage
from kiosk.flow.effects import (
    CloseCamera,
    ClosePad,
    Effect,
    LeaveSlot,
    OpenCamera,
    OpenPad,
    ReadCard,
    ReadChip,
    ReadCode,
    Shine,
    StopReading,
    StopReadingChip,
    StopScanning,
    WatchSlot,
)
from kiosk.flow.errands import (
    FindCases,
    FindPaid,
    FindStage,
)
from kiosk.flow.lights import lights
from kiosk.flow.signers import ink_of
from kiosk.flow.state import Kiosk
from kiosk.flow.views import (
    Capture,
    CardStage,
    Home,
    LayCard,
    Sign,
)
from kiosk.flow.visit import Ink


def device_effects(was: Kiosk, now: Kiosk) -> tuple[Effect, ...]:
    """What a device does follows from what is shown, so no way out of a page can leave one running."""
    orders: list[Effect] = []
    was_read, is_read = _reads_for(was), _reads_for(now)
    if was_read != is_read:
        orders.append(StopReading() if is_read is None else ReadCard(is_read, identify.READ_WITHIN_S))
    was_put, is_put = _chips_for(was), _chips_for(now)
    if was_put != is_put:
        orders.append(StopReadingChip() if is_put is None else ReadChip(is_put, social_card.READ_WITHIN_S))
    if (is_minded := social_card.is_minded(now)) != social_card.is_minded(was):
        orders.append(WatchSlot(stays=True) if is_minded else LeaveSlot())
    was_seen, is_seen = _sees_for(was), _sees_for(now)
    if was_seen != is_seen:
        orders.append(CloseCamera() if is_seen is None else OpenCamera(is_seen))
    orders.extend(offering.to_read(was, now))
    was_scanned, is_scanned = _scans_for(was), _scans_for(now)
    if was_scanned != is_scanned:
        orders.append(StopScanning() if is_scanned is None else ReadCode(is_scanned))
    was_signed, is_signed = _signs_for(was), _signs_for(now)
    if was_signed != is_signed:
        orders.append(ClosePad() if is_signed is None else OpenPad(is_signed[0], _ink_on_pad(now)))
    if (shining := lights(now)) != lights(was):
        orders.append(Shine(shining))
    return tuple(orders)


def _reads_for(state: Kiosk) -> int | None:
    match state.view:
        case LayCard(stage=CardStage.WAITING | CardStage.READING) | FindCases(stage=FindStage.WAITING | FindStage.READING):
            return state.visit.token if state.visit else None
        case FindPaid(stage=FindStage.WAITING | FindStage.READING, by_card=True):
            return state.visit.token if state.visit else None
        case HolderCard(stage=LayStage.WAITING | LayStage.READING):
            return state.visit.token if state.visit else None
        case Home():
            return fitting.awaits_card(state)
        case _:
            return None


def _chips_for(state: Kiosk) -> int | None:
    visit, view = state.application, state.view
    if visit is None or not isinstance(view, LayCard) or view.stage not in (CardStage.WAITING, CardStage.READING):
        return None
    return visit.token if social_card.is_taken(state, visit, view) else None


def _signs_for(state: Kiosk) -> tuple[int, bool, int | None] | None:
    """Return the visit that signs, and who of it does; each signature is begun anew."""
    if state.application is None or not isinstance(state.view, Sign) or not state.place.pad:
        return None
    return state.application.token, state.view.helper, state.view.member


def _ink_on_pad(state: Kiosk) -> Ink:
    visit, view = state.application, state.view
    if visit is None or not isinstance(view, Sign):
        return Ink()
    ink = ink_of(visit, view)
    return ink if ink.on_pad else Ink()


def _scans_for(state: Kiosk) -> int | None:
    is_found = isinstance(state.view, FindCases | FindPaid) and state.view.stage is not FindStage.ASKING
    waiting = is_found or isinstance(state.view, CodeEntry)
    return state.visit.token if waiting and state.visit and state.place.scans else None


def _sees_for(state: Kiosk) -> int | None:
    return state.visit.token if isinstance(state.view, Capture) and state.visit else None
