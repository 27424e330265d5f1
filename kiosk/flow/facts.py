"""Facts about the terminal and its devices, which hold whatever is shown, and how the glass is wanted."""

from dataclasses import replace
from datetime import datetime

from kiosk.flow import (
    calling,
    offering,
)
from kiosk.flow.display import Audio, Scale
from kiosk.flow.events import Event
from kiosk.flow.events.devices import DoorSeen, PlateSeen, PrintRead, SlotSeen
from kiosk.flow.events.glass import (
    AudioChosen,
    ElderChosen,
    HeadphonesPlugged,
    LanguageChosen,
    ReachChosen,
    ScaleChosen,
    ThemeChosen,
)
from kiosk.flow.events.terminal import (
    CityTold,
    CommunityLoaded,
    ItemsLoaded,
    LineSeen,
    MachineSlept,
    MinutePassed,
    PlaceTold,
    ServiceResumed,
    ServiceSuspended,
    StorageFailed,
    StorageMended,
)
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, card_left, go_home, resting, show, stay
from kiosk.flow.under_way import is_busy
from kiosk.flow.views import (
    CardLeft,
    Fault,
    Home,
    Idle,
    OutOfOrder,
    View,
)
from peripherals.card_reader import SlotStatus
from peripherals.id_card_reader import PlateStatus
from sync.contract.calls import CALL_STAFF
from sync.contract.item import ItemPackage


def on_facts(state: Kiosk, event: Event) -> Step | None:
    """Facts about the terminal, which hold whatever is shown."""
    match event:
        case MinutePassed(now):
            return stay(_at(state, now))
        case MachineSlept():
            return stay(state) if state.visit is None or is_busy(state) else go_home(state)
        case LineSeen(up):
            return stay(replace(state, line_up=up))
        case PlateSeen(plate):
            return _on_reader(state, replace(state, card_on_plate=plate is PlateStatus.OCCUPIED))
        case SlotSeen(slot):
            return _on_reader(state, replace(state, card_in_slot=slot is SlotStatus.OCCUPIED))
        case ItemsLoaded(items):
            return _on_items(state, items)
        case PrintRead():
            return offering.on_print_read(state, event)
        case CityTold(kind=CALL_STAFF.name):
            return calling.on_told(state, event)
        case CommunityLoaded(community):
            return stay(replace(state, community=community))
        case DoorSeen(is_open):
            return _on_fault(state, Fault.SERVICED, holds=is_open)
        case StorageFailed():
            return _on_fault(state, Fault.STORAGE, holds=True)
        case StorageMended():
            return _on_fault(state, Fault.STORAGE, holds=False)
        case ServiceSuspended(text):
            return _on_fault(replace(state, suspended=text), Fault.SUSPENDED, holds=True)
        case ServiceResumed():
            return _on_fault(replace(state, suspended=None), Fault.SUSPENDED, holds=False)
        case PlaceTold(hotline, staff):
            own = state.told or state.place
            return stay(replace(state, told=own, place=replace(own, hotline=hotline or own.hotline, staff=staff or own.staff)))
        case LanguageChosen(language):
            return stay(replace(state, display=replace(state.display, language=language)))
        case ThemeChosen(theme):
            return stay(replace(state, display=replace(state.display, theme=theme)))
        case ScaleChosen(scale):
            return stay(replace(state, display=replace(state.display, scale=scale)))
        case ReachChosen(reach):
            return stay(replace(state, display=replace(state.display, reach=reach)))
        case ElderChosen(on):
            return _made_easy(state, on=on)
        case AudioChosen(on):
            return _listen(state, Audio.SPEAKER if on else Audio.OFF)
        case HeadphonesPlugged(plugged):
            return _listen(replace(state, headphones=plugged), Audio.HEADPHONES if plugged else Audio.OFF)
        case _:
            return None


def _made_easy(state: Kiosk, *, on: bool) -> Step:
    """Begin or end the elder mode. It brings the largest type; ending it brings back the usual home, whatever was open of its own."""
    display = replace(state.display, elder=on, scale=Scale.LARGEST if on else Scale.NORMAL)
    view = Home() if isinstance(state.view, Home) else state.view
    return show(replace(state, display=display), view)


def _listen(state: Kiosk, audio: Audio) -> Step:
    """Begin or end the audio mode; whoever begins it has come to do something."""
    listening = replace(state, display=replace(state.display, audio=audio))
    begins = audio is not Audio.OFF and isinstance(state.view, Idle) and bool(state.items)
    return show(listening, Home()) if begins else stay(listening)


def _on_reader(was: Kiosk, now: Kiosk) -> Step:
    """A card came onto a reader or went: whoever has left is called back for it, and the next one waits until it is gone."""
    left = card_left(now)
    if isinstance(was.overlay, CardLeft):
        return replace(now, overlay=left), ()
    came = left is not None and card_left(was) is None
    return (replace(now, overlay=left) if came and now.visit is None else now), ()


def _on_items(state: Kiosk, items: tuple[ItemPackage, ...]) -> Step:
    """Offer them; whoever has touched the idle picture before they were read need not touch it again."""
    known, orders = _on_fault(replace(state, items=items, awaited=False), Fault.NO_ITEMS, holds=not items)
    opens = state.awaited and isinstance(known.view, Idle)
    return show(known, Home(), *orders) if opens else (known, orders)


def _on_fault(state: Kiosk, fault: Fault, *, holds: bool) -> Step:
    known = replace(state, faults=state.faults | {fault} if holds else state.faults - {fault})
    if state.visit is not None:
        return stay(known)  # a visit under way is finished, or refused honestly when it is handed in
    view: View = resting(known) or (Idle() if isinstance(state.view, OutOfOrder) else state.view)
    return show(known, view)


def _at(state: Kiosk, now: datetime) -> Kiosk:
    """Return the state a minute later; colours turn dark or light by the hour only while nobody is there to be startled by it."""
    is_asleep = isinstance(state.view, Idle | OutOfOrder) and state.overlay is None and state.display == state.usual
    later = replace(state, now=now)
    return replace(later, display=later.usual) if is_asleep else later
