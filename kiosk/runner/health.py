"""What the desks' events tell about the devices' health, for the city's people; device words only, nothing of a visit."""

from collections.abc import Mapping

from kiosk.flow.events import CameraOpened, Event, PaperSeen, PlateSeen, PrinterSeen
from peripherals.document_camera import PaperHint
from peripherals.id_card_reader import PlateStatus

READY = "ready"


def device_statuses(event: Event) -> Mapping[str, str]:
    """Return the status of each device that `event` says something about."""
    match event:
        case PrinterSeen(status):
            return {"receipt_printer": status.value}
        case PlateSeen(PlateStatus.SILENT | PlateStatus.ABSENT as plate):
            return {"id_card_reader": plate.value}
        case PlateSeen():
            return {"id_card_reader": READY}
        case CameraOpened(hint=hint):
            return _camera(hint)
        case PaperSeen(view=view):
            return _camera(view.hint)
        case _:
            return {}


def _camera(hint: PaperHint) -> Mapping[str, str]:
    is_ill = hint in (PaperHint.CAMERA_ABSENT, PaperHint.CAMERA_STALLED)
    return {"document_camera": hint.value if is_ill else READY}
