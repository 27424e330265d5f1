"""Draws the pages of a PDF, in a process of its own that may do nothing else: `python -I -m city.desk.pdf_child PAGES`.

The PDF comes on standard input. On standard output each page goes as a JPEG behind its length (4 bytes, the high one first); the exit code
says why there are none. The process may neither write files nor grow without bound, and is killed at its deadline by whoever started it.
"""

import io
import resource
import sys
from enum import IntEnum

import pypdfium2
import pypdfium2.raw as pdfium

LONGEST_EDGE = 2400
"""Pixels: A4 at about 200 dots per inch."""
_QUALITY = 85
_MEMORY_BYTES = 1536 * 1024 * 1024
_CPU_S = 40
_PDF_HEAD = b"%PDF-"
_HEAD_WITHIN = 1024
_SCRIPT = b"/JavaScript"


class Ended(IntEnum):
    """How the child ends; anything else is a crash or a limit."""

    DRAWN = 0
    NO_PDF = 10
    TOO_MANY = 11
    ACTIVE = 12  # scripts, or files inside
    LOCKED = 13


def main() -> int:
    """Draw what is on standard input."""
    data, most = sys.stdin.buffer.read(), int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if _PDF_HEAD not in data[:_HEAD_WITHIN]:
        return Ended.NO_PDF
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return Ended.LOCKED if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD else Ended.NO_PDF
    scripts = pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0 or _SCRIPT in data  # of a page or a field, where it is not packed
    if scripts or pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
        return Ended.ACTIVE
    if not 0 < len(document) <= most:
        return Ended.TOO_MANY if len(document) else Ended.NO_PDF
    pages = []
    for page in document:
        longest = max(page.get_size())
        if longest <= 0:
            return Ended.NO_PDF
        drawn, file = page.render(scale=LONGEST_EDGE / longest, may_draw_forms=False).to_pil().convert("RGB"), io.BytesIO()
        drawn.save(file, "JPEG", quality=_QUALITY)
        pages.append(file.getvalue())
    for jpeg in pages:
        sys.stdout.buffer.write(len(jpeg).to_bytes(4, "big") + jpeg)
    return Ended.DRAWN


if __name__ == "__main__":
    sys.exit(main())
