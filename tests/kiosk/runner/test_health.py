"""What the desks' events tell about the devices."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.flow.events import Event
from kiosk.flow.events.devices import CameraOpened, PaperSeen, PlateSeen, PrinterSeen, SlipAnswered
from kiosk.flow.events.terminal import StorageFailed, Stored
from kiosk.runner.health import count_slips, device_statuses
from peripherals.document_camera import PaperHint, PaperView
from peripherals.id_card_reader import PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.heartbeat import SlipDay
from sync.contract.names import ApplicationId, ReceiptNumber
from sync.slip_tally import SlipTally, read_slips


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


def test_slips_are_counted_for_what_was_handed_in(tmp_path: Path) -> None:
    tally = SlipTally(tmp_path / "slips.json")
    at = datetime(2026, 11, 23, 23, 58, tzinfo=UTC)
    for event in (
        Stored(1, ApplicationId("a"), ReceiptNumber("7F3K29QD"), at),
        SlipAnswered(1, Printing(printed=False, status=PrinterStatus.PAPER_OUT)),
        SlipAnswered(1, Printing(printed=True, status=PrinterStatus.PAPER_LOW)),
        Stored(2, ApplicationId("b"), ReceiptNumber("7F3K29QE"), at),
        StorageFailed(),
    ):
        count_slips(event, tally)
    assert read_slips(tmp_path / "slips.json") == (SlipDay(at.date(), 2, 1),)
