"""What the desks' events tell the city's people: how the devices are and how many slips came out; words and figures, nothing of a visit."""

from collections.abc import Mapping

from kiosk.flow.events import Event
from kiosk.flow.events.devices import CameraOpened, DoorSeen, PadSeen, PaperSeen, PlateSeen, PrinterSeen, SlipAnswered
from kiosk.flow.events.terminal import Stored
from peripherals.document_camera import PaperHint
from peripherals.id_card_reader import PlateStatus
from sync.slip_tally import SlipTally

READY = "ready"


def device_statuses(event: Event) -> Mapping[str, str]:
    """Return the status of each device that `event` says something about."""
    match event:
        case PrinterSeen(status):
            return {"receipt_printer": status.value}
        case DoorSeen(is_open):
            return {"door": "open" if is_open else READY}
        case PlateSeen(PlateStatus.SILENT | PlateStatus.ABSENT as plate):
            return {"id_card_reader": plate.value}
        case PlateSeen():
            return {"id_card_reader": READY}
        case PadSeen(status=status):
            return {"signature_pad": status.value}
        case CameraOpened(hint=hint):
            return _camera(hint)
        case PaperSeen(view=view):
            return _camera(view.hint)
        case _:
            return {}


def count_slips(event: Event, tally: SlipTally) -> None:
    """Count what was handed in, and the slips that came out for it."""
    match event:
        case Stored(token, at=at):
            tally.note_handed_in(token, at.date())
        case SlipAnswered(token, printing) if printing.printed:
            tally.note_slip(token)
        case _:
            pass


def _camera(hint: PaperHint) -> Mapping[str, str]:
    is_ill = hint in (PaperHint.CAMERA_ABSENT, PaperHint.CAMERA_STALLED)
    return {"document_camera": hint.value if is_ill else READY}
