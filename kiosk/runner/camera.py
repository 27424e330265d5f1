"""Carries out what concerns the document camera: its preview, what it makes of the paper, the picture."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.flow.events import Event
from kiosk.flow.events.devices import CameraOpened, PaperSeen, PictureTaken
from kiosk.lane import Lane
from peripherals.deadline import Deadline
from peripherals.document_camera import DocumentCamera, PaperHint, PaperView, Picture, Preview

_OPEN_WITHIN_S = 6.0  # a slow camera is asked for its first frames, and nobody is kept from going on
_FRAME_WITHIN_S = 3.0  # some send one a second; a quicker one that stops is known by its driver sooner
_PICTURE_WITHIN_S = 7.0
_OPEN_AGAIN_EVERY_S = 1.0
_AGREEING_FRAMES = 3
"""A new hint is said when so many frames in a row agree; one frame alone would make the words flicker."""


@dataclass(slots=True, eq=False)
class _Session:
    """From opening the camera to closing it. A visit may have several, so they are told apart by what they are."""

    token: int
    newest: Preview | None = None
    picture: bool | None = None  # a picture is to be taken; True insists
    over: threading.Event = field(default_factory=threading.Event)


class CameraDesk:
    """One camera and the thread that talks to it."""

    def __init__(self, camera: DocumentCamera, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._camera = camera
        self._post = post
        self._session: _Session | None = None
        self._lane = Lane("camera", failed).start()

    def open(self, token: int) -> None:
        """Start the preview for the visit `token`."""
        self.stop()
        session = self._session = _Session(token)
        self._lane.do(lambda: self._show(session))

    def take(self, insist: bool) -> None:
        """Take a picture of what lies there now."""
        if self._session is not None:
            self._session.picture = insist

    def stop(self) -> None:
        """Stop the preview; its last frame goes at once."""
        session, self._session = self._session, None
        if session is not None:
            session.over.set()

    def preview(self) -> Preview | None:
        """Return the newest frame; called by the screen as often as it draws."""
        return self._session.newest if self._session is not None else None

    def close(self) -> None:
        """Stop working."""
        self.stop()
        self._lane.close()

    def _show(self, session: _Session) -> None:
        if session.over.is_set():
            return
        try:
            hint = self._opened(session)
            if hint is not None:
                self._post(CameraOpened(session.token, hint))
                self._watch(session)
        finally:
            self._camera.close()

    def _opened(self, session: _Session) -> PaperHint | None:
        """Open, and go on trying while the page is shown; what is the matter is said at the first failure."""
        said = PaperHint.GOOD
        while not session.over.is_set():
            hint = self._camera.open(Deadline.after(_OPEN_WITHIN_S))
            if session.over.is_set():
                return None
            if hint is PaperHint.GOOD:
                return hint
            if session.picture is not None:  # pressed in the moment in which the camera went: nobody is left waiting
                session.picture = None
                self._post(PictureTaken(session.token, Picture(PaperView(hint))))
            if hint is not said:
                self._post(PaperSeen(session.token, PaperView(hint)))
                said = hint
            session.over.wait(_OPEN_AGAIN_EVERY_S)
        return None

    def _watch(self, session: _Session) -> None:
        said: PaperHint | None = None
        agreeing, last = 0, None
        while not session.over.is_set():
            if session.picture is not None:
                self._take(session, insist=session.picture)
                said = None
            frame = self._camera.preview(Deadline.after(_FRAME_WITHIN_S))
            if session.over.is_set():
                return
            session.newest = frame or session.newest
            view = PaperView(PaperHint.CAMERA_STALLED) if frame is None else frame.view
            agreeing, last = (agreeing + 1 if view.hint is last else 1), view.hint
            if view.hint is not said and (agreeing >= _AGREEING_FRAMES or frame is None):
                self._post(PaperSeen(session.token, view))
                said = view.hint
            if frame is None and self._opened(session) is not None:
                said = None

    def _take(self, session: _Session, *, insist: bool) -> None:
        session.picture = None
        picture = self._camera.capture(Deadline.after(_PICTURE_WITHIN_S), insist=insist)
        if not session.over.is_set():
            self._post(PictureTaken(session.token, picture))
