"""Papers under the camera: aim, take, look at it, keep or take again."""

from dataclasses import replace

from kiosk.flow import continuing
from kiosk.flow.effects import CancelTimer, Effect, SetTimer, TakePicture
from kiosk.flow.events import Event
from kiosk.flow.events.applying import CapturePressed, EarlierPaperUsed, PageAdded, PaperSkipped, RetakePressed
from kiosk.flow.events.devices import CameraOpened, PaperSeen, PictureTaken
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.route import after, before, keep_page, paper_of
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay, with_visit
from kiosk.flow.views import Capture, CaptureStage, Review, View
from kiosk.flow.visit import Visit
from peripherals.document_camera import PaperHint, PaperView, Picture

STEADY_S = 3.0
REFUSALS_BEFORE_INSISTING = 3


def on_capture(state: Kiosk, visit: Visit, view: Capture, event: Event) -> Step:
    """What happens while a paper is photographed."""
    match event:
        case CameraOpened(token, hint) if token == visit.token and view.stage is CaptureStage.OPENING:
            seen = view.view if hint is PaperHint.GOOD else PaperView(hint)
            return show(state, replace(view, stage=CaptureStage.AIMING, view=seen))
        case PaperSeen(token, seen) if token == visit.token:
            return _on_paper_seen(state, view, seen)
        case CapturePressed() | TimerFired(Timer.STEADY) if view.stage is CaptureStage.AIMING:
            insist = view.refusals >= REFUSALS_BEFORE_INSISTING and isinstance(event, CapturePressed)
            taking = replace(view, stage=CaptureStage.TAKING)
            return show(state, taking, CancelTimer(Timer.STEADY), TakePicture(visit.token, insist))
        case PictureTaken(token, picture) if token == visit.token and view.stage is CaptureStage.TAKING:
            return show(state, _with_picture(view, picture))
        case RetakePressed() if view.stage is CaptureStage.TAKEN:
            aiming, *timer = _aiming(view, replace(view, picture=None))
            return show(state, aiming, *timer)
        case EarlierPaperUsed(place) if view.stage in (CaptureStage.OPENING, CaptureStage.AIMING):
            return continuing.use(state, visit, view, place)
        case _:
            return _leave(state, visit, view, event)


def _leave(state: Kiosk, visit: Visit, view: Capture, event: Event) -> Step:
    paper = paper_of(visit, view)
    taken = view.stage is CaptureStage.TAKEN
    match event:
        case PageAdded() if taken and view.page < paper.pages_max:
            aiming, *timer = _aiming(view, Capture(view.material, view.page + 1))
            return with_visit(state, keep_page(visit, view), aiming, *timer)
        case NextPressed() if taken:
            kept = keep_page(visit, view)
            return _to(state, kept, after(state, kept, view))
        case PaperSkipped() if not paper.required and not taken:
            return _to(state, visit, after(state, visit, view))
        case BackPressed() if view.stage is not CaptureStage.TAKING:
            earlier = before(visit, view)
            return stay(state) if earlier is None else _to(state, visit, earlier)
        case _:
            return stay(state)


def _to(state: Kiosk, visit: Visit, following: View) -> Step:
    changing = visit.changing and not isinstance(following, Review)
    timer: list[Effect] = [CancelTimer(Timer.STEADY)]
    if isinstance(following, Capture) and isinstance(state.view, Capture):  # the camera is running already
        if following.stage is CaptureStage.OPENING:
            following, *timer = _aiming(state.view, following)
        else:
            following = replace(following, lying=_lying(state.view), is_fresh=state.view.is_fresh)
    return with_visit(state, replace(visit, changing=changing), following, *timer)


def _lying(view: Capture) -> PaperView:
    """Return what the camera saw last: it says so once, and not again to the page that comes next."""
    return view.lying if view.stage is CaptureStage.TAKEN else view.view


def _aiming(last: Capture, following: Capture) -> tuple[Capture, Effect]:
    """Return `following` as it begins with what lies there since `last`; only a paper that was laid meanwhile is taken by itself."""
    view = _lying(last)
    is_good = view.hint is PaperHint.GOOD and last.is_fresh
    timer = SetTimer(Timer.STEADY, STEADY_S) if is_good else CancelTimer(Timer.STEADY)
    return replace(following, stage=CaptureStage.AIMING, view=view, is_fresh=last.is_fresh), timer


def _on_paper_seen(state: Kiosk, view: Capture, seen: PaperView) -> Step:
    if view.stage is CaptureStage.TAKEN:
        return show(state, replace(view, lying=seen, is_fresh=view.is_fresh or seen.hint is PaperHint.NO_PAPER))
    if view.stage is CaptureStage.TAKING:
        return stay(state)  # the camera says anew what it sees once the picture is taken
    steady: tuple[Effect, ...] = ()
    was_good, is_good = view.view.hint is PaperHint.GOOD, seen.hint is PaperHint.GOOD
    is_fresh = view.is_fresh or not is_good
    if is_good and is_fresh and not (was_good and view.stage is CaptureStage.AIMING):
        steady = (SetTimer(Timer.STEADY, STEADY_S),)
    elif was_good and not is_good:
        steady = (CancelTimer(Timer.STEADY),)
    return show(state, replace(view, stage=CaptureStage.AIMING, view=seen, is_fresh=is_fresh), *steady)


def _with_picture(view: Capture, picture: Picture) -> Capture:
    if picture.jpeg is None:
        is_fresh = view.is_fresh or picture.view.hint is not PaperHint.GOOD  # as when it is seen so: what is good after that was laid anew
        return replace(view, stage=CaptureStage.AIMING, view=picture.view, refusals=view.refusals + 1, is_fresh=is_fresh)
    return replace(view, stage=CaptureStage.TAKEN, view=picture.view, picture=picture.jpeg, lying=picture.view, is_fresh=False)
