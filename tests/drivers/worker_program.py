"""A worker's program for tests: `python -m tests.drivers.worker_program SOCKET DEVICE [URL]`. Its devices misbehave in ways that no
virtual device can, since the misbehaviour lies in the library between; the printer is the real driver."""

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from drivers.receipt_printer import EscposReceiptPrinter
from drivers.worker import Device, serve
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, PaperView, Picture, Preview
from peripherals.id_card_reader import CardKind, CardReading, CardReadStatus, IdCard, ModuleReport, PlateStatus, Sex
from peripherals.receipt_printer import PrinterStatus, Printing, Raster
from peripherals.secret import Secret

A_CARD = IdCard(
    kind=CardKind.RESIDENT,
    name=Secret("测试𠮷"),
    name_latin=None,
    sex=Sex.FEMALE,
    ethnic_code="01",
    ethnic_group="汉",
    birth_date=Secret(date(1949, 10, 2)),
    address=Secret("虚构市虚构路 1 号"),
    newest_address=None,
    id_number=Secret("000000194910020000"),
    issuer="虚构市公安局",
    valid_from=date(2010, 1, 1),
    valid_until="long_term",
    nationality=None,
    travel_permit_number=None,
    times_issued=None,
    earlier_number=None,
    has_photo=True,
)


class PatientReader:
    """Finds a card when asked for the newest address, else waits until the deadline; counts its waits."""

    def read(self, deadline: Deadline, *, newest_address: bool = False, on_card: Callable[[], None] | None = None) -> CardReading:
        if newest_address and on_card is not None:
            on_card()
            return CardReading(CardReadStatus.READ, A_CARD)
        while not deadline.is_past:
            time.sleep(0.01)
        return CardReading(CardReadStatus.NO_CARD)

    def plate(self, deadline: Deadline) -> PlateStatus:
        return PlateStatus.EMPTY

    def module(self, deadline: Deadline) -> ModuleReport:
        return ModuleReport(CardReadStatus.READ, "000000.00000000")

    def reset(self, deadline: Deadline) -> ModuleReport:
        return ModuleReport(CardReadStatus.READ, "111111.11111111")


class FastCamera:
    """Hands out frames of 40 kB as fast as it is asked."""

    number = 0

    def open(self, deadline: Deadline) -> PaperHint:
        return PaperHint.GOOD

    def preview(self, deadline: Deadline) -> Preview | None:
        self.number += 1
        corners = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
        return Preview(self.number, Secret(bytes(40_000)), 640, 480, PaperView(PaperHint.BLURRED, corners, 3.5, None))

    def capture(self, deadline: Deadline, *, insist: bool = False) -> Picture:
        return Picture(PaperView(PaperHint.GOOD), Secret(bytes(3_000_000)), 1000, 1414)

    def close(self) -> None:
        self.number = 0


class HangingPrinter:
    """Hangs in C code that never lets go of the interpreter, as a broken library would."""

    def status(self, deadline: Deadline) -> PrinterStatus:
        ctypes.PyDLL(None).sleep(600)
        return PrinterStatus.READY

    def print(self, receipt: Raster, deadline: Deadline) -> Printing:
        raise RuntimeError("the library is broken")


def device_called(name: str, *words: str) -> Device:
    match name:
        case "reader":
            return PatientReader()
        case "camera":
            return FastCamera()
        case "hanging":
            return HangingPrinter()
        case _:
            return EscposReceiptPrinter(words[0])


def main() -> None:
    threading.Thread(target=lambda: (sys.stdin.read(), sys.exit()), daemon=True).start()
    serve(device_called(*sys.argv[2:]), Path(sys.argv[1]), watchdog_grace_s=1.0)


if __name__ == "__main__":
    main()
