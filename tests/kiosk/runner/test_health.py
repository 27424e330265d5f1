"""What the desks' events tell about the devices."""

import pytest

from kiosk.flow.events import CameraOpened, Event, PaperSeen, PlateSeen, PrinterSeen, StorageFailed
from kiosk.runner.health import device_statuses
from peripherals.document_camera import PaperHint, PaperView
from peripherals.id_card_reader import PlateStatus
from peripherals.receipt_printer import PrinterStatus


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (PrinterSeen(PrinterStatus.PAPER_OUT), {"receipt_printer": "paper_out"}),
        (PlateSeen(PlateStatus.ABSENT), {"id_card_reader": "absent"}),
        (PlateSeen(PlateStatus.OCCUPIED), {"id_card_reader": "ready"}),
        (CameraOpened(1, PaperHint.CAMERA_ABSENT), {"document_camera": "camera_absent"}),
        (CameraOpened(1, PaperHint.NO_PAPER), {"document_camera": "ready"}),
        (PaperSeen(1, PaperView(PaperHint.CAMERA_STALLED)), {"document_camera": "camera_stalled"}),
        (PaperSeen(1, PaperView(PaperHint.TOO_DARK)), {"document_camera": "ready"}),
        (StorageFailed(), {}),
    ],
)
def test_only_what_a_device_says_of_itself_is_told(event: Event, told: dict[str, str]) -> None:
    assert device_statuses(event) == told
