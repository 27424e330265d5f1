"""Tests one part as a technician would: a card is read, a slip comes out, a paper is seen. Nothing of a card or a paper is kept."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import assert_never

from kiosk.maintenance import checks
from kiosk.maintenance.finding import Finding, Verdict
from kiosk.maintenance.prints import trial_slip
from kiosk.maintenance.testing import Probe, ProbeResult
from kiosk.receipt.drawing import drawn_blocks
from peripherals.deadline import Deadline
from peripherals.document_camera import DocumentCamera, PaperHint
from peripherals.id_card_reader import CardReadStatus, IdCardReader
from peripherals.receipt_printer import PrinterStatus, ReceiptPrinter

CARD_WITHIN_S = 20.0
_ASK_WITHIN_S = 4.0
_PRINT_WITHIN_S = 25.0
_PAPER_WITHIN_S = 8.0


class Probes:
    """The parts of one terminal, to be tested one at a time.

    Args:
        reader: The identity-card reader.
        printer: The receipt printer.
        width_dots: Of its paper.
        camera: The document camera.
        fonts: Where the slip's letters are.
        now: Local, aware.
    """

    def __init__(
        self,
        reader: IdCardReader,
        printer: ReceiptPrinter,
        width_dots: int,
        camera: DocumentCamera,
        fonts: Path,
        now: Callable[[], datetime],
    ) -> None:
        self._reader = reader
        self._printer = printer
        self._width_dots = width_dots
        self._camera = camera
        self._fonts = fonts
        self._now = now

    def test(self, probe: Probe) -> ProbeResult:
        """Test one part; it takes up to half a minute while a card is waited for."""
        match probe:
            case Probe.ID_CARD_READER:
                return self._test_reader()
            case Probe.RECEIPT_PRINTER:
                return self._test_printer()
            case Probe.DOCUMENT_CAMERA:
                return self._test_camera()
            case _:
                assert_never(probe)

    def _test_reader(self) -> ProbeResult:
        report = self._reader.module(Deadline.after(_ASK_WITHIN_S))
        if report.status is CardReadStatus.MODULE_FAULT:  # what a technician would try first
            report = self._reader.reset(Deadline.after(_ASK_WITHIN_S))
        found = checks.of_reader(report)
        if found.verdict is not Verdict.GOOD:
            return _failed(Probe.ID_CARD_READER, found)
        reading = self._reader.read(Deadline.after(CARD_WITHIN_S))
        match reading.status:
            case CardReadStatus.READ:
                return ProbeResult(Probe.ID_CARD_READER, Verdict.GOOD, "card_read")
            case CardReadStatus.NO_CARD:
                return ProbeResult(Probe.ID_CARD_READER, Verdict.NOTICE, "no_card")
            case status:
                return ProbeResult(Probe.ID_CARD_READER, Verdict.FAULT, "card_not_read", {"status": status.value})

    def _test_printer(self) -> ProbeResult:
        before = checks.of_printer(self._printer.status(Deadline.after(_ASK_WITHIN_S)))
        if before.verdict is Verdict.FAULT:
            return _failed(Probe.RECEIPT_PRINTER, before)
        slip = drawn_blocks(trial_slip("", self._now()), self._width_dots, self._fonts)
        printing = self._printer.print(slip, Deadline.after(_PRINT_WITHIN_S + self._printer.line_s(slip)))
        after = checks.of_printer(printing.status)
        if not printing.printed:
            return _failed(Probe.RECEIPT_PRINTER, after)
        if printing.status is PrinterStatus.PAPER_LOW:
            return ProbeResult(Probe.RECEIPT_PRINTER, Verdict.NOTICE, "printed_paper_low")
        return ProbeResult(Probe.RECEIPT_PRINTER, Verdict.GOOD, "printed")

    def _test_camera(self) -> ProbeResult:
        opened = checks.of_camera(self._camera.open(Deadline.after(_ASK_WITHIN_S)))
        try:
            if opened.verdict is not Verdict.GOOD:
                return _failed(Probe.DOCUMENT_CAMERA, opened)
            picture = self._camera.capture(Deadline.after(_PAPER_WITHIN_S), insist=True)
        finally:
            self._camera.close()
        view = picture.view
        if picture.jpeg is not None:
            facts = {"width": picture.width, "height": picture.height, "sharpness": round(view.sharpness or 0)}
            return ProbeResult(Probe.DOCUMENT_CAMERA, Verdict.GOOD, "paper_seen", facts)
        if view.hint in (PaperHint.CAMERA_ABSENT, PaperHint.CAMERA_STALLED):
            return _failed(Probe.DOCUMENT_CAMERA, checks.of_camera(view.hint))
        return ProbeResult(Probe.DOCUMENT_CAMERA, Verdict.NOTICE, "no_paper")


def _failed(probe: Probe, found: Finding) -> ProbeResult:
    return ProbeResult(probe, found.verdict, "failed", {"finding": found.saying})
