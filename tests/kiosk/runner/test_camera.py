"""The camera's desk: one session after another, each closed, none left waiting."""

import threading
from collections.abc import Iterator

import pytest

from kiosk.flow.events.devices import CameraOpened, PaperSeen, PictureTaken
from kiosk.runner.camera import CameraDesk
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, PaperView, Picture, Preview
from peripherals.secret import Secret
from tests.kiosk.runner.said import Said

GOOD = PaperView(PaperHint.GOOD)


class Lens:
    """A camera whose plug and paper the test holds."""

    def __init__(self) -> None:
        self.is_plugged = True
        self.hint = PaperHint.NO_PAPER
        self.is_open = False
        self.opened = self.closed = self.taken = 0
        self.insisted: list[bool] = []
        self.frames = 0
        self.next_frame = threading.Event()

    def open(self, deadline: Deadline) -> PaperHint:
        self.opened += 1
        self.is_open = self.is_plugged
        return PaperHint.GOOD if self.is_plugged else PaperHint.CAMERA_ABSENT

    def preview(self, deadline: Deadline) -> Preview | None:
        if not self.is_plugged:
            self.is_open = False
            return None
        assert self.is_open
        self.next_frame.wait(0.005)
        self.frames += 1
        return Preview(self.frames, Secret(b"jpeg"), 640, 480, PaperView(self.hint))

    def capture(self, deadline: Deadline, *, insist: bool = False) -> Picture:
        self.insisted.append(insist)
        if not self.is_plugged:
            return Picture(PaperView(PaperHint.CAMERA_ABSENT))
        return Picture(PaperView(self.hint), Secret(b"flat") if self.hint is PaperHint.GOOD else None, 10, 10)

    def close(self) -> None:
        self.is_open = False
        self.closed += 1


@pytest.fixture
def lens() -> Lens:
    return Lens()


@pytest.fixture
def desk(lens: Lens, said: Said) -> Iterator[CameraDesk]:
    desk = CameraDesk(lens, said.post, said.fail)
    yield desk
    desk.close()
    assert not lens.is_open, "a camera is never left open"


def test_what_is_seen_is_said_when_it_changes(desk: CameraDesk, lens: Lens, said: Said) -> None:
    desk.open(3)
    assert said.next(CameraOpened) == CameraOpened(3, PaperHint.GOOD)
    assert said.next(PaperSeen).view.hint is PaperHint.NO_PAPER
    assert said.is_silent(0.1)
    lens.hint = PaperHint.GOOD
    assert said.next(PaperSeen).view.hint is PaperHint.GOOD
    assert desk.preview() is not None


def test_a_picture_is_taken_when_it_is_asked_for(desk: CameraDesk, lens: Lens, said: Said) -> None:
    lens.hint = PaperHint.GOOD
    desk.open(3)
    said.next(CameraOpened)
    desk.take(insist=True)
    assert said.next(PictureTaken).picture.jpeg == Secret(b"flat")
    assert lens.insisted == [True]


def test_a_picture_that_is_asked_for_while_the_camera_is_gone_is_answered(desk: CameraDesk, lens: Lens, said: Said) -> None:
    lens.is_plugged = False
    desk.open(3)
    assert said.next(PaperSeen).view.hint is PaperHint.CAMERA_ABSENT
    desk.take(insist=False)
    answer = said.next(PictureTaken)
    assert answer.picture.jpeg is None
    assert answer.picture.view.hint is PaperHint.CAMERA_ABSENT
    lens.is_plugged = True
    assert said.next(CameraOpened).hint is PaperHint.GOOD
    assert lens.insisted == [], "the press is answered once"


def test_a_camera_that_goes_and_comes_back_is_seen_again(desk: CameraDesk, lens: Lens, said: Said) -> None:
    desk.open(3)
    said.next(PaperSeen)
    lens.is_plugged = False
    assert said.next(PaperSeen).view.hint is PaperHint.CAMERA_STALLED
    assert said.next(PaperSeen).view.hint is PaperHint.CAMERA_ABSENT
    lens.is_plugged = True
    assert said.next(PaperSeen).view.hint is PaperHint.NO_PAPER


def test_leaving_and_coming_back_at_once_begins_anew(desk: CameraDesk, lens: Lens, said: Said) -> None:
    desk.open(3)
    said.next(PaperSeen)
    for _ in range(5):
        desk.stop()
        assert desk.preview() is None, "nothing of it stays to be drawn"
        desk.open(3)
    said.next(CameraOpened)
    assert said.next(PaperSeen).view.hint is PaperHint.NO_PAPER, "the new page hears what lies there"


def test_a_picture_of_an_ended_session_is_nobodys(desk: CameraDesk, lens: Lens, said: Said) -> None:
    desk.take(insist=False)
    desk.open(3)
    said.next(PaperSeen)
    assert lens.insisted == []
    desk.stop()
    desk.take(insist=False)
    desk.open(4)
    assert said.next(CameraOpened).token == 4
    assert said.next(PaperSeen).token == 4
    assert lens.insisted == []
