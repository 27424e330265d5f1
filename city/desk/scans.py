"""Uploaded papers: a picture or a PDF is looked into, not believed; what is kept is drawn anew, without whatever else stood in the file."""

import io
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

from city.desk.pdf_child import Ended

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 60_000_000
LEAST_EDGE = 200
LONGEST_EDGE = 3000
_QUALITY = 88
PDF_PATIENCE_S = 60
_PDF = ".pdf"
_PDF_HEAD = b"%PDF-"
_FORMATS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}


class ScanProblem(StrEnum):
    """Why an upload is no paper."""

    TOO_LARGE = "too_large"
    NO_PICTURE = "no_picture"
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    TOO_SMALL = "too_small"
    NO_PDF = "no_pdf"
    PDF_PAGES = "pdf_pages"
    PDF_ACTIVE = "pdf_active"
    PDF_LOCKED = "pdf_locked"
    PDF_HEAVY = "pdf_heavy"


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as it is kept: a JPEG."""

    jpeg: bytes


_ENDED: dict[int, ScanProblem] = {
    Ended.NO_PDF: ScanProblem.NO_PDF,
    Ended.TOO_MANY: ScanProblem.PDF_PAGES,
    Ended.ACTIVE: ScanProblem.PDF_ACTIVE,
    Ended.LOCKED: ScanProblem.PDF_LOCKED,
}


def pages_of(name: str, data: bytes, most: int) -> tuple[Scan, ...] | ScanProblem:
    """Return the pages that an upload is, at most so many, or why it is none. A picture is one page."""
    if name.lower().endswith(_PDF):
        return ScanProblem.TOO_LARGE if len(data) > MOST_BYTES else _drawn(data, most)
    if data.startswith(_PDF_HEAD):
        return ScanProblem.NOT_WHAT_IT_SAYS
    scan = looked_into(name, data)
    return (scan,) if isinstance(scan, Scan) else scan


def _drawn(data: bytes, most: int) -> tuple[Scan, ...] | ScanProblem:
    """Have the child draw the pages; whatever it dies of is the file's doing, and said of the file."""
    command = [sys.executable, "-I", "-m", "city.desk.pdf_child", str(most)]
    try:
        child = subprocess.run(command, input=data, capture_output=True, timeout=PDF_PATIENCE_S, check=False, env={})
    except subprocess.TimeoutExpired:
        return ScanProblem.PDF_HEAVY
    if child.returncode != Ended.DRAWN:
        return _ENDED.get(child.returncode, ScanProblem.PDF_HEAVY)
    pages, left = [], child.stdout
    while left:
        length = int.from_bytes(left[:4], "big")
        pages.append(looked_into("page.jpg", left[4 : 4 + length]))  # drawn by a process that a file may have taken over
        left = left[4 + length :]
    problem = next((page for page in pages if not isinstance(page, Scan)), None)
    good = tuple(page for page in pages if isinstance(page, Scan))
    return problem or (good if 0 < len(good) <= most else ScanProblem.PDF_PAGES)


def looked_into(name: str, data: bytes) -> Scan | ScanProblem:
    """Return the page that an upload is, or why it is none."""
    if len(data) > MOST_BYTES:
        return ScanProblem.TOO_LARGE
    try:
        with Image.open(io.BytesIO(data), formats=tuple(_FORMATS)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return ScanProblem.TOO_LARGE
            if not name.lower().endswith(_FORMATS[str(picture.format)]):
                return ScanProblem.NOT_WHAT_IT_SAYS
            if min(picture.size) < LEAST_EDGE:
                return ScanProblem.TOO_SMALL
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError:
        return ScanProblem.TOO_LARGE
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return ScanProblem.NO_PICTURE
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    file = io.BytesIO()
    upright.save(file, "JPEG", quality=_QUALITY)
    return Scan(file.getvalue())
