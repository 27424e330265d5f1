"""What each finished call adds to a device's counts: what wears, what was done, what went wrong. Nothing about anybody."""

import time
from collections.abc import Callable

from drivers.calls import (
    AnyCall,
    CloseCamera,
    OpenCamera,
    PrintDocument,
    PrintPlain,
    PrintReceipt,
    ReadCard,
    ReadChipCard,
    ScanCode,
    TakePicture,
)
from peripherals.card_reader import ChipReading, ChipReadStatus
from peripherals.code_scanner import Scan, ScanStatus
from peripherals.document_camera import PaperHint, Picture
from peripherals.document_printer import JobEnd, PrintedDocument
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.receipt_printer import Printing

COUNTS = {
    "cards_read": "cards read whole",
    "receipts": "slips that came out",
    "paper_mm": "millimetres of paper roll used",
    "pictures": "papers photographed",
    "documents": "documents of whole pages that came out",
    "sheets": "sheets of these, where the printer counts them",
    "lamp_s": "seconds that the camera and its lamp were on",
    "codes": "codes scanned",
    "errors": "pieces of work that failed through the device, not through the resident",
    "restarts": "times that its process ended by itself, or was ended because it hung, and was started again",
}
"""Every count there is, and what it means."""

LAMP_STEP_S = 10
"""So many seconds of the camera's lamp may be lost with a process that crashes; each step is a write to the disk."""

_DOTS_PER_MM = 8
_LINE_MM = 4
_CUT_MM = 12  # from the head to the knife, which each cut feeds

_READER_FAULTS = (CardReadStatus.ABSENT, CardReadStatus.SILENT, CardReadStatus.MODULE_FAULT)
_CHIP_FAULTS = (ChipReadStatus.ABSENT, ChipReadStatus.SILENT)
_CAMERA_FAULTS = (PaperHint.CAMERA_ABSENT, PaperHint.CAMERA_STALLED)
_SCAN_FAULTS = (ScanStatus.ABSENT, ScanStatus.STALLED)


_WORK = (ReadCard, ReadChipCard, PrintReceipt, PrintPlain, PrintDocument, TakePicture, ScanCode, OpenCamera)


def at_stake(call: AnyCall) -> dict[str, int]:
    """Return what a call adds when the process ends in its middle; nothing for a question."""
    return {"errors": 1} if isinstance(call, _WORK) else {}


class Tally:
    """Counts one device's calls; it remembers only since when the camera's lamp has been on and was not counted.

    The lamp is counted in steps while it is on, so that a process which crashes takes the last few seconds at most with it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lamp_since_s: float | None = None
        self._is_lamp_counted = False

    def of(self, call: AnyCall, outcome: object) -> dict[str, int]:
        """Return what this call adds; nothing for a question."""
        return self._of(call, outcome) | self.meanwhile()

    def meanwhile(self) -> dict[str, int]:
        """Return what has come together by the time alone: another step of the lamp's seconds, once it is whole."""
        if self._lamp_since_s is None or (lit_s := int(self._clock() - self._lamp_since_s)) < LAMP_STEP_S:
            return {}
        self._lamp_since_s += lit_s
        self._is_lamp_counted = True
        return {"lamp_s": lit_s}

    def _of(self, call: AnyCall, outcome: object) -> dict[str, int]:
        match call, outcome:
            case ReadCard(), CardReading(status):
                return _work("cards_read", status is CardReadStatus.READ, status in _READER_FAULTS)
            case ReadChipCard(), ChipReading(status):
                return _work("cards_read", status is ChipReadStatus.READ, status in _CHIP_FAULTS)
            case PrintReceipt(), Printing(True):
                return {"receipts": 1, "paper_mm": call.receipt.height_dots // _DOTS_PER_MM + _CUT_MM}
            case PrintPlain(), Printing(True):
                return {"receipts": 1, "paper_mm": len(call.slip.lines) * _LINE_MM + _CUT_MM}
            case PrintPlain(), Printing(False, _, missing) if missing:
                return {}  # its font lacks a character, which is no fault: it is drawn instead
            case ((PrintReceipt() | PrintPlain()), Printing(False)):
                return {"errors": 1}
            case PrintDocument(), PrintedDocument(JobEnd.PRINTED, _, sheets):
                return {"documents": 1} | ({"sheets": sheets} if sheets else {})
            case PrintDocument(), PrintedDocument():
                return {"errors": 1}
            case TakePicture(), Picture(view, jpeg):
                return _work("pictures", jpeg is not None, view.hint in _CAMERA_FAULTS)
            case ScanCode(), Scan(status):
                return _work("codes", status is ScanStatus.SCANNED, status in _SCAN_FAULTS)
            case OpenCamera(), PaperHint() as hint:
                if hint is PaperHint.GOOD and self._lamp_since_s is None:
                    self._lamp_since_s = self._clock()
                return _work("", False, hint in _CAMERA_FAULTS)
            case CloseCamera(), _:
                return self._lamp_went_out()
            case _:
                return {}

    def _lamp_went_out(self) -> dict[str, int]:
        since_s, self._lamp_since_s = self._lamp_since_s, None
        was_counted, self._is_lamp_counted = self._is_lamp_counted, False
        rest_s = 0 if since_s is None else max(0 if was_counted else 1, round(self._clock() - since_s))
        return {"lamp_s": rest_s} if rest_s else {}


def _work(name: str, is_done: bool, is_fault: bool) -> dict[str, int]:
    return {name: 1} if is_done else {"errors": 1} if is_fault else {}
