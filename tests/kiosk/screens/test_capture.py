"""Papers: what the camera sees is shown as it comes and no longer than needed; one hint at a time."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiosk.flow.display import Scale
from kiosk.flow.events.applying import CapturePressed, PageAdded, PaperSkipped, RetakePressed
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.views import Capture, CaptureStage, Sign
from kiosk.texts import say, table
from peripherals.document_camera import PaperHint, Preview
from sync.contract.words import Language
from tests.kiosk.screens.desk import FONTS, Desk, item
from tests.kiosk.screens.test_form import texts

from kiosk.screens.capture import CapturePage  # isort: skip
from kiosk.screens.entry.aiming import Verdict, verdicts  # isort: skip
from kiosk.screens.entry.preview import Viewfinder  # isort: skip
from kiosk.screens.gallery_entry import paper_picture, paper_preview, paper_view  # isort: skip

PAPER = item("residence-registration").materials[0].id


class Camera:
    """Gives one frame after another, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.frame: Preview | None = paper_preview(FONTS, PaperHint.GOOD, 1)

    def __call__(self) -> Preview | None:
        self.asked += 1
        return self.frame


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def desk(camera: Camera) -> Iterator[Desk]:
    glass = Desk(CapturePage, Capture(PAPER, 1, CaptureStage.AIMING, paper_view(PaperHint.NO_PAPER)), preview=camera)
    yield glass
    glass.close()


def view(desk: Desk, **changes: Any) -> None:  # noqa: ANN401  what a view takes
    assert isinstance(desk.state.view, Capture)
    desk.show(view=replace(desk.state.view, **changes))


def finder(desk: Desk) -> Viewfinder:
    assert isinstance(desk.page, CapturePage)
    assert desk.page._finder is not None
    return desk.page._finder


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (PaperHint.NO_PAPER, (Verdict.OPEN, Verdict.OPEN, Verdict.OPEN)),
        (PaperHint.CAMERA_STALLED, (Verdict.OPEN, Verdict.OPEN, Verdict.OPEN)),
        (PaperHint.CORNER_HIDDEN, (Verdict.BAD, Verdict.OPEN, Verdict.OPEN)),
        (PaperHint.GLARE, (Verdict.OK, Verdict.BAD, Verdict.OPEN)),
        (PaperHint.BLURRED, (Verdict.OK, Verdict.OK, Verdict.BAD)),
        (PaperHint.GOOD, (Verdict.OK, Verdict.OK, Verdict.OK)),
    ],
)
def test_the_chips_say_no_more_than_is_known(hint: PaperHint, said: tuple[Verdict, ...]) -> None:
    assert verdicts(hint) == said


@pytest.mark.parametrize("scale", [Scale.NORMAL, Scale.LARGE])
@pytest.mark.parametrize("language", list(Language))
def test_a_hint_names_the_way_to_a_person_as_its_button_does(language: Language, scale: Scale) -> None:
    out = Capture(PAPER, 1, CaptureStage.AIMING, paper_view(PaperHint.CAMERA_ABSENT))
    desk = Desk(CapturePage, out, language=language, scale=scale)
    said, button = texts(desk), desk.part("staff").label
    desk.close()
    assert say("problem.paper_camera_absent_do", language, call=button) in said


@pytest.mark.parametrize("hint", list(PaperHint))
def test_every_hint_has_its_words_and_they_are_on_the_glass(desk: Desk, hint: PaperHint) -> None:
    view(desk, view=paper_view(hint))
    said = texts(desk)
    assert table()[f"problem.paper_{hint}"].zh in said
    assert desk.stage.say(f"problem.paper_{hint}_do", call=desk.stage.call) in said
    others = [other for other in PaperHint if other is not hint]
    assert not any(table()[f"problem.paper_{other}"].zh in said for other in others)


def test_the_picture_is_taken_by_a_press(desk: Desk) -> None:
    desk.press("capture")
    assert desk.events == [CapturePressed()]
    assert isinstance(desk.state.view, Capture)
    assert desk.state.view.stage is CaptureStage.TAKING
    assert "capture" not in desk.names


def test_a_frame_that_was_seen_is_not_drawn_again(desk: Desk, camera: Camera) -> None:
    finder(desk)._tick(0)
    drawn = finder(desk)._texture
    assert drawn is not None
    camera.frame = replace(camera.frame, jpeg=None)  # type: ignore[type-var]
    finder(desk)._tick(0)  # same number: nothing is decoded
    assert finder(desk)._texture is drawn


def test_no_frame_is_asked_for_once_the_picture_is_taken_or_the_page_is_left(desk: Desk) -> None:
    assert finder(desk)._clock is not None
    view(desk, stage=CaptureStage.TAKEN, view=paper_view(PaperHint.GOOD), picture=paper_picture(FONTS))
    assert finder(desk)._clock is None
    view(desk, stage=CaptureStage.AIMING, picture=None)
    assert finder(desk)._clock is not None
    desk.page.leave()
    assert finder(desk)._clock is None
    assert finder(desk)._texture is None


def test_a_picture_may_be_kept_retaken_or_followed_by_another_page(desk: Desk) -> None:
    taken = Capture(PAPER, 1, CaptureStage.TAKEN, paper_view(PaperHint.GOOD), paper_picture(FONTS))
    desk.show(view=taken)
    desk.press("retake")
    assert isinstance(desk.events[-1], RetakePressed)
    desk.show(view=taken)
    desk.press("add-page")
    assert isinstance(desk.events[-1], PageAdded)
    assert isinstance(desk.state.view, Capture)
    assert desk.state.view.page == 2
    desk.show(view=replace(taken, page=2))
    desk.press("next")
    assert isinstance(desk.events[-1], NextPressed)
    assert isinstance(desk.state.view, Sign)


def test_the_last_page_offers_no_further_one(desk: Desk) -> None:
    most = item("residence-registration").materials[0].pages_max
    desk.show(view=Capture(PAPER, most, CaptureStage.TAKEN, paper_view(PaperHint.GOOD), paper_picture(FONTS)))
    assert "add-page" not in desk.names


def test_a_dead_camera_offers_people_and_the_way_back_only(desk: Desk) -> None:
    view(desk, view=paper_view(PaperHint.CAMERA_ABSENT))
    assert "capture" not in desk.names
    assert {"back", "staff"} <= set(desk.names)
    desk.press("back")
    assert desk.events == [BackPressed()]


def test_after_three_refusals_the_resident_may_insist(desk: Desk) -> None:
    view(desk, view=paper_view(PaperHint.BLURRED), refusals=1)
    assert "刚才那张不够清楚" in texts(desk)
    view(desk, refusals=3)
    assert "就照现在这样拍" in texts(desk)


def test_only_a_paper_that_may_be_missing_can_be_skipped(camera: Camera) -> None:
    codes = [
        "birth-registration",
        "temporary-relief",
        "public-rental-housing",
        "elder-card",
        "treatment-elsewhere",
        "unemployment-registration",
    ]
    code, paper = next((code, paper) for code in codes for paper in item(code).materials if not paper.required)
    glass = Desk(CapturePage, Capture(paper.id, 1, CaptureStage.AIMING, paper_view(PaperHint.NO_PAPER)), code=code, preview=camera)
    glass.press("skip")
    assert glass.events == [PaperSkipped()]
    glass.close()


def test_a_required_paper_cannot_be_skipped(desk: Desk) -> None:
    assert "skip" not in desk.names
