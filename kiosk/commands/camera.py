"""`kiosk camera`: take a paper's picture from the command line. For technicians, support and scripts."""

import argparse
import contextlib
import os
import tempfile
from pathlib import Path

from drivers.document import picture_in_photo
from drivers.document_camera import OpencvDocumentCamera
from drivers.paper_reader import OcrPaperReader
from drivers.pictures import BYTES_MAX, FileRefusal
from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.maintenance.prints import chart_pages
from kiosk.paper_offers import offers
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.paper_reader import PaperTextStatus
from peripherals.secret import Secret

_PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})

_ADVICE = {
    PaperHint.CAMERA_ABSENT: "no camera answers there; check the cable, the address and that the stream is an MJPEG stream",
    PaperHint.CAMERA_STALLED: "the camera sends no new frames; unplug it and plug it in again",
    PaperHint.NO_PAPER: "there is no paper to be seen; lay it flat, on a desk of another colour",
    PaperHint.CORNER_HIDDEN: "a corner of the paper is hidden or out of the picture; move the paper or the hand",
    PaperHint.TOO_SMALL: "the paper is too small in the picture; bring it nearer to the camera",
    PaperHint.TOO_DARK: "it is too dark; switch the lamp on, or uncover the lens",
    PaperHint.TOO_BRIGHT: "it is too bright; turn the lamp down, or keep the sun off the desk",
    PaperHint.GLARE: "a lamp is mirrored on the paper; move the paper a little",
    PaperHint.BLURRED: "the picture is blurred; hold still, or clean the lens",
    PaperHint.GOOD: "the picture is good",
}


def register(commands: Commands) -> None:
    """Add `camera capture`, `camera chart` and `camera text`."""
    parser = commands.add_parser("camera", help="the document camera", description="Look after the document camera.")
    words = parser.add_subparsers(required=True, metavar="COMMAND")
    capture = add_command(
        words,
        "capture",
        _capture,
        "take a paper's picture, flat",
        "kiosk camera capture --source http://127.0.0.1:8090/camera.mjpg --out page.jpg",
    )
    capture.add_argument(
        "--source", required=True, metavar="URL", help="the MJPEG stream (http://…), a camera (/dev/video0), a recording or a photo"
    )
    capture.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the flat paper goes, as a JPEG")
    capture.add_argument("--timeout", type=_seconds, default=8.0, metavar="S", help="how long to wait for the camera (8)")
    capture.add_argument("--insist", action="store_true", help="take it even if it is merely dark, small or blurred")

    chart = add_command(
        words,
        "chart",
        _chart,
        "write the chart that the camera is calibrated by, to be printed on A4",
        "kiosk camera chart --out chart.pdf",
    )
    chart.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the PDF goes")

    text = add_command(words, "text", _text, "read the print on a photographed paper", "kiosk camera text --photo page.jpg --json")
    text.add_argument("--photo", type=Path, required=True, metavar="FILE", help="a flat picture, as `camera capture` writes it")
    text.add_argument("--timeout", type=_seconds, default=20.0, metavar="S", help="how long it may take (20)")


def _chart(words: argparse.Namespace) -> Answer:
    try:
        _write(words.out, chart_pages().reveal())
    except OSError as trouble:
        told = f"{words.out} could not be written: {trouble.strerror}"
        return Answer({"status": "not_written", "out": None, "detail": trouble.strerror}, told, done=False)
    told = f"{words.out}: print it on A4 at 100 %, not fitted to the page; the line on it is 100 mm"
    return Answer({"status": "written", "out": str(words.out)}, told)


def _text(words: argparse.Namespace) -> Answer:
    try:
        with words.photo.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as trouble:
        told = f"{words.photo} can't be read: {trouble.strerror}"
        return Answer({"status": "unreadable", "lines": [], "offers": [], "detail": trouble.strerror}, told, done=False)
    read = OcrPaperReader().read(Secret(data), Deadline.after(words.timeout))
    lines = [{"text": line.text.reveal(), "confidence": line.confidence, "x": line.x, "y": line.y} for line in read.lines]
    found = [{"kind": offer.kind.value, "value": offer.value.reveal(), "confidence": offer.confidence} for offer in offers(read.lines)]
    body = {"status": read.status.value, "lines": lines, "offers": found, "detail": read.detail}
    is_done = read.status is PaperTextStatus.READ
    return Answer(body, "\n".join(str(line["text"]) for line in lines) if is_done else read.detail or read.status.value, done=is_done)


def _seconds(word: str) -> float:
    seconds = float(word)
    if not 0 < seconds <= 600:
        raise argparse.ArgumentTypeError("between 0 and 600 seconds")
    return seconds


def _capture(words: argparse.Namespace) -> Answer:
    source: str = words.source
    if Path(source).suffix.lower() in _PHOTO_SUFFIXES and not source.startswith(("http://", "https://")):
        picture = _in_photo(Path(source), insist=words.insist)
    else:
        picture = _from_camera(source, Deadline.after(words.timeout), insist=words.insist)
    if isinstance(picture, Answer):
        return picture
    if picture.jpeg is None:
        return Answer(_body(picture), _ADVICE[picture.view.hint], done=False)
    try:
        _write(words.out, picture.jpeg.reveal())
    except OSError as trouble:
        body = {**_body(picture), "status": "not_written", "detail": trouble.strerror}
        return Answer(body, f"{words.out} could not be written: {trouble.strerror}", done=False)
    return Answer({**_body(picture), "out": str(words.out)}, f"{words.out}: {picture.width} x {picture.height} pixels")


def _from_camera(source: str, deadline: Deadline, *, insist: bool) -> Picture:
    camera = OpencvDocumentCamera(source)
    try:
        hint = camera.open(deadline)
        return camera.capture(deadline, insist=insist) if hint is PaperHint.GOOD else Picture(PaperView(hint))
    finally:
        camera.close()


def _in_photo(path: Path, *, insist: bool) -> Picture | Answer:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as trouble:
        body = {**_body(Picture(PaperView(PaperHint.CAMERA_ABSENT))), "detail": trouble.strerror}
        return Answer(body, f"{path} can't be read: {trouble.strerror}", done=False)
    picture = picture_in_photo(data, insist=insist)
    if isinstance(picture, FileRefusal):
        nothing = _body(Picture(PaperView(PaperHint.NO_PAPER)))
        return Answer({**nothing, "status": picture.value, "detail": picture.reason}, f"{path}: {picture.reason}", done=False)
    return picture


def _body(picture: Picture) -> dict[str, object]:
    view = picture.view
    return {
        "status": view.hint.value,
        "corners": None if view.corners is None else [[round(x, 5), round(y, 5)] for x, y in view.corners],
        "sharpness": None if view.sharpness is None else round(view.sharpness, 1),
        "exposure": None if view.exposure is None else round(view.exposure, 1),
        "width": picture.width or None,
        "height": picture.height or None,
        "out": None,
    }


def _write(path: Path, jpeg: bytes) -> None:
    """Put it in place whole or not at all, for its owner's eyes only."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(jpeg)
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
