"""The one door of the flow."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from kiosk.flow import (
    booking,
    browsing,
    calling,
    continuing,
    fill,
    fitting,
    following,
    hand_in,
    helping,
    identify,
    offering,
    papers,
    patience,
    paying,
    proving,
    reading,
    reprints,
    searching,
    signing,
    social_card,
    upkeep,
)
from kiosk.flow.carried import Continuing
from kiosk.flow.case_sheets import CaseSheet
from kiosk.flow.desk_errands import Booking, HolderCard, LayStage, ProofShown, Proving
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
    Browsing,
    CaseShown,
    Errand,
    ErrandKind,
    ErrandView,
    FindCases,
    FindStage,
    Fitting,
    Following,
    NoticePaper,
    OnceOnly,
    PayCode,
    Paying,
    ProofPaper,
    Reading,
    Searching,
)
from kiosk.flow.events import (
    AudioChosen,
    CategoryOpened,
    CityTold,
    CommunityLoaded,
    DoorSeen,
    ElderChosen,
    ErrandChosen,
    Event,
    FinishPressed,
    GlassTouched,
    HeadphonesPlugged,
    ItemChosen,
    ItemsLoaded,
    LanguageChosen,
    LeaveConfirmed,
    LineSeen,
    MachineSlept,
    MinutePassed,
    OverlayClosed,
    PlaceTold,
    PlateSeen,
    PrinterSeen,
    PrintRead,
    ReachChosen,
    ScaleChosen,
    ServiceResumed,
    ServiceSuspended,
    ShelfOpened,
    SlotSeen,
    StaffWanted,
    StorageFailed,
    StorageMended,
    ThemeChosen,
    Timer,
    TimerFired,
)
from kiosk.flow.events import BackPressed as Back
from kiosk.flow.lights import lights
from kiosk.flow.route import before
from kiosk.flow.setting_up import SettingUp, SetUpShown
from kiosk.flow.signers import ink_of
from kiosk.flow.state import (
    Audio,
    Capture,
    CardLeft,
    CardStage,
    Done,
    Eligible,
    Fault,
    Form,
    Guide,
    HandingIn,
    Home,
    Idle,
    Ink,
    Kiosk,
    LayCard,
    LeaveAsked,
    OutOfOrder,
    Paper,
    Review,
    Scale,
    Sign,
    StaffCalled,
    View,
    Visit,
    Whose,
)
from kiosk.flow.step import Step, back_home, card_left, go_home, resting, show, stay
from kiosk.flow.technician import CornerTouched, Upkeep, UpkeepView
from peripherals.card_reader import SlotStatus
from peripherals.id_card_reader import PlateStatus
from sync.contract.calls import CALL_STAFF
from sync.contract.item import Door
from sync.contract.names import ItemCode

__all__ = ["advance"]


def advance(state: Kiosk, event: Event) -> Step:
    """Return the state after `event`, and the effects to carry out, in order.

    An event that means nothing here changes nothing: a late answer of an ended visit, a second tap, a button of another page.
    """
    moved, effects = _advance(state, event)
    return moved, (*effects, *_device_effects(state, moved), *patience.effects(state, moved, event))


def _advance(state: Kiosk, event: Event) -> Step:
    return patience.on_event(state, event) or _on_facts(state, event) or _on_overlay(state, event) or _on_view(state, event)


def _on_facts(state: Kiosk, event: Event) -> Step | None:
    """Facts about the terminal, which hold whatever is shown."""
    match event:
        case MinutePassed(now):
            return stay(_at(state, now))
        case MachineSlept():
            return stay(state) if state.visit is None or _is_busy(state) else go_home(state)
        case LineSeen(up):
            return stay(replace(state, line_up=up))
        case PrinterSeen(status):
            return _on_printer(replace(state, printer=status))
        case PlateSeen(plate):
            return _on_reader(state, replace(state, card_on_plate=plate is PlateStatus.OCCUPIED))
        case SlotSeen(slot):
            return _on_reader(state, replace(state, card_in_slot=slot is SlotStatus.OCCUPIED))
        case ItemsLoaded(items):
            return _on_fault(replace(state, items=items), Fault.NO_ITEMS, holds=not items)
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


def _on_printer(state: Kiosk) -> Step:
    """The printer has changed: what did not come out says why now, or is printed after all."""
    if isinstance(state.view, Done):
        return hand_in.on_printer(state, state.printer)
    again = reprints.wanted(state) if state.printer.can_print else None
    return stay(state) if again is None else _on_view(replace(state, resumed=state.resumed + 1), again)


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


def _on_overlay(state: Kiosk, event: Event) -> Step | None:
    """Call staff, finish, and the questions that lie over a page."""
    match event:
        case StaffWanted() if state.overlay is None:
            return calling.call(state)
        case OverlayClosed() if isinstance(state.overlay, StaffCalled | LeaveAsked):
            return replace(state, overlay=None), ()
        case LeaveConfirmed() if state.overlay is not None and state.visit is not None and not _is_busy(state):
            return go_home(state)
        case FinishPressed() | LeaveConfirmed() if isinstance(state.visit, Upkeep):
            return upkeep.leave(state, state.visit)
        case FinishPressed() if state.overlay is None and state.visit is not None and not _is_busy(state):
            if isinstance(state.view, Guide | Done | ErrandView):  # nothing was entered that could be lost
                return go_home(state)
            return replace(state, overlay=LeaveAsked()), ()
        case FinishPressed() if state.overlay is None and isinstance(state.view, Home):
            return show(state, Idle())
        case _ if isinstance(state.overlay, CardLeft) and isinstance(event, ItemChosen | ErrandChosen):
            return stay(state)
        case _:
            return None


def _on_view(state: Kiosk, event: Event) -> Step:
    """Whatever somebody came for, its own module says what follows."""
    match state.visit:
        case None:
            token = fitting.awaits_card(state)
            return (None if token is None else fitting.on_elder_home(state, token, event)) or _without_visit(state, event)
        case Visit() as visit:
            return _on_application(state, visit, event)
        case Reading():
            return reading.on_reading(state, event)
        case Following() as errand:
            return following.on_following(state, errand, event)
        case Fitting() | Searching() if isinstance(event, ItemChosen):
            return _begin_application(state, event.code)
        case Fitting() as errand:
            return fitting.on_fitting(state, errand, event)
        case Searching() as errand:
            return searching.on_searching(state, errand, event)
        case Paying() as errand:
            return paying.on_paying(state, errand, event)
        case Continuing() as errand:
            return continuing.on_continuing(state, errand, event)
        case Proving() as errand:
            return proving.on_proving(state, errand, event)
        case Booking() as errand:
            return booking.on_booking(state, errand, event)
        case Browsing():
            return browsing.on_browsing(state, event)
        case Upkeep() as work:
            return upkeep.on_upkeep(state, work, event)
        case SettingUp():
            return stay(state)  # a terminal that is not one yet has a flow of its own: set_up
        case _ as never:
            assert_never(never)


def _on_application(state: Kiosk, visit: Visit, event: Event) -> Step:
    view = state.view
    if isinstance(event, Back) and visit.completes is not None and before(visit, view) is None and not _is_busy(state):
        errand, notice = following.back_to_notice(visit, visit.completes)
        return replace(state, visit=errand, view=notice), ()
    if isinstance(view, ErrandView | UpkeepView | SetUpShown):
        return stay(state)  # nor is an application ever held there
    match view:
        case Guide():
            return fill.on_guide(state, visit, view, event)
        case Whose():
            return helping.on_whose(state, visit, view, event)
        case LayCard():
            return identify.on_lay_card(state, visit, view, event)
        case Eligible() if isinstance(event, ItemChosen):
            return _begin_instead(state, event.code)
        case Eligible():
            return fill.on_eligible(state, visit, view, event)
        case Form():
            return fill.on_form(state, visit, view, event)
        case Capture():
            return papers.on_capture(state, visit, view, event)
        case Sign():
            return signing.on_sign(state, visit, view, event)
        case Review():
            return fill.on_review(state, visit, view, event)
        case HandingIn():
            return hand_in.on_handing_in(state, visit, view, event)
        case Done():
            return hand_in.on_done(state, visit, view, event)
        case Idle() | Home() | OutOfOrder():
            return stay(state)  # no application is ever held there
        case _:
            assert_never(view)


def _without_visit(state: Kiosk, event: Event) -> Step:
    match state.view, event:
        case _, CornerTouched() as touched:
            return upkeep.on_corner(state, touched)
        case _, TimerFired(Timer.KNOCK):
            return stay(replace(state, knock=()))
        case Idle(), GlassTouched() if state.items:  # before they are read there is nothing to choose from
            return show(state, Home())
        case Home(shelf=shelf), CategoryOpened(category):
            return show(state, Home(category, shelf))
        case Home(), ShelfOpened(shelf):
            return show(state, Home(shelf=shelf))
        case Home(category=None), Back():
            return show(state, Home())
        case Home(shelf=shelf), Back():
            return show(state, Home(shelf=shelf))
        case Home(), ItemChosen(code):
            return _begin_application(state, code)
        case Home(), ErrandChosen(kind):
            return _begin_errand(state, kind)
        case _:
            return stay(state)


def _begin_application(state: Kiosk, code: str) -> Step:
    item = next((offered for offered in state.items if offered.code == code), None)
    if item is None:
        return stay(state)
    return _begin(state, Visit(state.visits + 1, item), Guide())


def _begin_instead(state: Kiosk, code: str) -> Step:
    """Leave an application that does not fit for the one that does; its resident's card is read anew."""
    cleared, effects = back_home(state)
    begun, more = _without_visit(cleared, ItemChosen(ItemCode(code)))
    return begun, (*effects, *more)


def _begin_errand(state: Kiosk, kind: ErrandKind) -> Step:
    token = state.visits + 1
    match kind:
        case ErrandKind.FITTING:
            return _begin(state, *fitting.begin(token))
        case ErrandKind.SEARCH:
            return _begin(state, *searching.begin(token))
        case ErrandKind.PROGRESS:
            return _begin(state, *following.begin(token))
        case ErrandKind.APPOINTMENTS:
            return _begin(state, *booking.begin(token)) if state.community.windows else stay(state)
        case ErrandKind.PROOFS:
            return _begin(state, *proving.begin(token)) if state.community.proofs and state.place.pages else stay(state)
        case ErrandKind.REPORT:
            item = state.behind(Door.GRID)
            return stay(state) if item is None else _begin(state, Visit(token, item), Guide())
        case ErrandKind.NOTICES:
            return _begin(state, *reading.begin(token))
        case ErrandKind.SERVICES:
            return _begin(state, *browsing.begin(token))
        case ErrandKind.BILLS:
            return _begin(state, *paying.begin(token))
        case _:
            assert_never(kind)


def _begin(state: Kiosk, visit: Visit | Errand, view: View) -> Step:
    """Whatever is begun, an earlier resident's card comes off the plate first; a visit that goes on may leave its own there."""
    if state.visit is None and (left := card_left(state)) is not None:
        return replace(state, overlay=left), ()
    return replace(state, visits=visit.token, visit=visit, view=view, overlay=None), ()


def _on_reader(was: Kiosk, now: Kiosk) -> Step:
    """A card came onto a reader or went: whoever has left is called back for it, and the next one waits until it is gone."""
    left = card_left(now)
    if isinstance(was.overlay, CardLeft):
        return replace(now, overlay=left), ()
    came = left is not None and card_left(was) is None
    return (replace(now, overlay=left) if came and now.visit is None else now), ()


def _on_fault(state: Kiosk, fault: Fault, *, holds: bool) -> Step:
    known = replace(state, faults=state.faults | {fault} if holds else state.faults - {fault})
    if state.visit is not None:
        return stay(known)  # a visit under way is finished, or refused honestly when it is handed in
    view: View = resting(known) or (Idle() if isinstance(state.view, OutOfOrder) else state.view)
    return show(known, view)


def _is_busy(state: Kiosk) -> bool:
    match state.view:
        case HandingIn() | Done(paper=Paper.PRINTING) | OnceOnly(paper=NoticePaper.PRINTING) | PayCode(paper=ProofPaper.PRINTING):
            return True
        case PayCode() as view:
            return paying.is_under_way(view)
        case ProofShown() as view:
            return proving.is_under_way(view)
        case CaseShown(sheet=CaseSheet() as sheet) | OnceOnly(sheet=CaseSheet() as sheet):
            return sheet.is_under_way
        case view:
            return booking.is_under_way(view)


def _device_effects(was: Kiosk, now: Kiosk) -> tuple[Effect, ...]:
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


def _at(state: Kiosk, now: datetime) -> Kiosk:
    """Return the state a minute later; colours turn dark or light by the hour only while nobody is there to be startled by it."""
    is_asleep = isinstance(state.view, Idle | OutOfOrder) and state.overlay is None and state.display == state.usual
    later = replace(state, now=now)
    return replace(later, display=later.usual) if is_asleep else later


def _reads_for(state: Kiosk) -> int | None:
    match state.view:
        case LayCard(stage=CardStage.WAITING | CardStage.READING) | FindCases(stage=FindStage.WAITING | FindStage.READING):
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
    waiting = isinstance(state.view, FindCases) and state.view.stage is not FindStage.ASKING
    return state.visit.token if waiting and state.visit and state.place.scans else None


def _sees_for(state: Kiosk) -> int | None:
    return state.visit.token if isinstance(state.view, Capture) and state.visit else None
