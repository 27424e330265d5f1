"""`kiosk scan`: read one code with a scanner, a camera, or from a picture. For technicians, support and scripts."""

import argparse
import contextlib
from pathlib import Path

from drivers.code_scanner import scanner_at
from drivers.codes import codes_in
from drivers.pictures import BYTES_MAX, FileRefusal, decode_file
from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.scanning import AppointmentCode, BillCode, SlipCode, judged
from peripherals.code_scanner import Code, Scan, ScanStatus
from peripherals.deadline import Deadline

_PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG"

_ADVICE = {
    ScanStatus.NO_CODE: "no code was shown in time; hold it flat, a hand's breadth before the scanner",
    ScanStatus.UNREADABLE: "that is no code that can be read; check the scanner's baud rate and encoding",
    ScanStatus.STALLED: "the camera sends no new frames; unplug it and plug it in again",
    ScanStatus.ABSENT: "no scanner or camera is there; check the cable and the address",
}


def register(commands: Commands) -> None:
    """Add `scan`."""
    parser = add_command(commands, "scan", _scan, "read one code", "kiosk scan --source /dev/ttyACM0 --timeout 20 --json")
    parser.add_argument(
        "--source",
        required=True,
        type=_source,
        metavar="URL",
        help="a scanner's port (/dev/ttyACM0, serial:///dev/ttyS1?baud=9600), a camera (http://…, /dev/video0), or a picture's file",
    )
    parser.add_argument("--timeout", type=_seconds, default=20.0, metavar="S", help="how long to wait for a code (20)")


def _source(word: str) -> str:
    try:
        scanner_at(word).close()
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return word


def _seconds(word: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := float(word)) <= 3600:  # false for NaN, too
            return value
    raise argparse.ArgumentTypeError("must be seconds, more than 0 and up to 3600")


def _scan(asked: argparse.Namespace) -> Answer:
    source: str = asked.source
    if _is_picture(source):
        return _in_picture(Path(source))
    scanner = scanner_at(source)
    try:
        return _answer(scanner.scan(Deadline.after(asked.timeout)))
    finally:
        scanner.close()


def _is_picture(source: str) -> bool:
    path = Path(source)
    if "://" in source:
        return False
    if path.suffix.lower() in _PICTURE_SUFFIXES:
        return True
    if not path.is_file():  # to look into a port would take its bytes away
        return False
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(len(_PNG)).startswith((_JPEG, _PNG))
    return False


def _in_picture(path: Path) -> Answer:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as trouble:
        return _failure(ScanStatus.ABSENT.value, trouble.strerror, f"{path} can't be read: {trouble.strerror}")
    frame = decode_file(data)
    if isinstance(frame, FileRefusal):
        return _failure(frame.value, frame.reason, f"{path}: {frame.reason}")
    codes = codes_in(frame)
    return _found(codes[0]) if codes else _failure(ScanStatus.NO_CODE.value, None, f"{path}: there is no code to be seen")


def _answer(scan: Scan) -> Answer:
    if scan.code is not None:
        return _found(scan.code)
    return _failure(scan.status.value, scan.detail, _ADVICE[scan.status])


def _found(code: Code) -> Answer:
    """Say what it holds, to whoever asked for it, and whether a terminal would take it."""
    text, slip = code.text.reveal(), judged(code.text)
    body = {"status": ScanStatus.SCANNED.value, "kind": code.kind.value, "text": text, "detail": None}
    if isinstance(slip, SlipCode):
        body |= {"judgement": "slip", "receipt_number": slip.number, "application_id": slip.application_id}
        return Answer(body, f"a slip of ours: {slip.number}, {slip.application_id}")
    if isinstance(slip, AppointmentCode):
        body |= {"judgement": "appointment", "text": "", "receipt_number": None, "application_id": None}
        return Answer(body, "the code of an appointment: it opens one, so it is not shown")
    if isinstance(slip, BillCode):
        body |= {"judgement": "bill", "receipt_number": None, "application_id": None}
        return Answer(body, f"the proof of a bill: {slip.code}")
    body |= {"judgement": slip.value, "receipt_number": None, "application_id": None}
    # On a terminal's own screen control characters and changes of direction would act, so they are spelled out.
    shown = "".join(character if character.isprintable() else character.encode("unicode_escape").decode() for character in text)
    return Answer(body, f"not ours ({code.kind.value}): {shown}")


def _failure(status: str, detail: str | None, advice: str) -> Answer:
    nothing = dict.fromkeys(("kind", "text", "judgement", "receipt_number", "application_id"))
    return Answer({"status": status, **nothing, "detail": detail}, f"{status}: {advice}", done=False)
