"""Fault 17: a bad picture is asked for again, three times at the most; then it goes on without, or stops, as the item says."""

from dataclasses import replace

import pytest

from kiosk.flow.effects import TakePicture
from kiosk.flow.events.applying import CapturePressed, PaperSkipped
from kiosk.flow.events.devices import CameraOpened, PictureTaken
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.views import Capture, CaptureStage
from kiosk.texts import say
from peripherals.document_camera import PaperHint, PaperView, Picture
from sync.contract.names import MaterialId
from sync.contract.words import Language
from tests.kiosk.flow.walk import Walk
from tests.kiosk.screens.desk import Desk, item  # sets Kivy up before its window is made

from kiosk.screens.capture import CapturePage  # isort: skip
from tests.kiosk.screens.test_pages import texts  # isort: skip

HOME_PROOF = MaterialId("home-proof")


def refused(paper: MaterialId, times: int, hint: PaperHint = PaperHint.BLURRED) -> Walk:
    """Walk to a paper, and have its picture refused so many times."""
    walk = Walk().at_papers()
    walk.state = replace(walk.state, view=Capture(paper, 1))
    walk.happen(CameraOpened(walk.token, PaperHint.GOOD))
    for _ in range(times):
        walk.happen(CapturePressed(), PictureTaken(walk.token, Picture(PaperView(hint))))
    return walk


def test_three_times_it_is_asked_again_and_then_the_resident_may_have_it_as_it_is() -> None:
    walk = refused(HOME_PROOF, 4)
    assert [order.insist for order in walk.ordered(TakePicture) if isinstance(order, TakePicture)] == [False, False, False, True]
    assert isinstance(walk.state.view, Capture)
    assert (walk.state.view.stage, walk.state.view.picture) == (CaptureStage.AIMING, None)


@pytest.mark.parametrize("language", Language)
def test_when_even_that_is_no_use_it_is_said_how_to_go_on_as_the_item_has_it(language: Language) -> None:
    for required, way in ((True, "capture.enough_do"), (False, "capture.enough_skip")):
        code, paper = next(
            (code, paper)
            for code in ("residence-registration", "elder-card", "temporary-relief", "birth-registration")
            for paper in item(code).materials
            if paper.required is required
        )
        desk = Desk(
            CapturePage, Capture(paper.id, 1, CaptureStage.AIMING, PaperView(PaperHint.TOO_DARK), refusals=3), code=code, language=language
        )
        assert say("capture.insist", language) in shown(desk)
        desk.show(view=Capture(paper.id, 1, CaptureStage.AIMING, PaperView(PaperHint.TOO_DARK), refusals=4))
        assert say("capture.enough", language) in shown(desk)
        assert say(way, language, call=desk.part("staff").label) in shown(desk)
        assert ("skip" in desk.names) is not required
        assert "staff" in desk.names
        desk.close()


def shown(desk: Desk) -> str:
    return " ".join(text.plain for text in texts(desk.page))


def test_a_paper_that_may_be_missing_is_gone_on_without_and_a_required_one_is_not() -> None:
    walk = refused(HOME_PROOF, 4)
    before = walk.state.view
    assert walk.happen(PaperSkipped(), NextPressed()).state.view == before, "the item asks for this one"
