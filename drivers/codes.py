"""Codes in pictures and on the line: bounded, and turned into text the same way.

zxing-cpp guesses a code's encoding and guesses Chinese wrong, so only its bytes are taken. They are UTF-8 or they are GB18030.
"""

import re

import cv2
import numpy as np
import zxingcpp

from drivers.paper_edges import Frame
from drivers.pictures import PIXELS_MAX
from peripherals.code_scanner import LONGEST_TEXT_BYTES, Code, CodeKind
from peripherals.secret import Secret

CODES_MAX = 16  # a sheet with more of them was made to keep the terminal busy

_AIM = re.compile(rb"\]([A-Za-z])([0-9A-Za-z])")
_KIND_OF_AIM = {
    b"Q": CodeKind.QR,
    b"E": CodeKind.EAN_UPC,
    b"C": CodeKind.CODE_128,
    b"A": CodeKind.CODE_39,
    b"I": CodeKind.ITF,
}
_QR_WITH_ECI = frozenset({b"2", b"4", b"6"})
_ECI = re.compile(rb"\\[0-9]{6}")

_KIND_OF_SYMBOLOGY = {
    zxingcpp.BarcodeFormat.QRCode: CodeKind.QR,
    zxingcpp.BarcodeFormat.EANUPC: CodeKind.EAN_UPC,
    zxingcpp.BarcodeFormat.Code128: CodeKind.CODE_128,
    zxingcpp.BarcodeFormat.Code39: CodeKind.CODE_39,
    zxingcpp.BarcodeFormat.ITF: CodeKind.ITF,
}
_LOOKED_FOR = zxingcpp.BarcodeFormats(list(_KIND_OF_SYMBOLOGY))  # each kind more is time on every frame, and one more parser


def codes_in(frame: Frame) -> tuple[Code, ...]:
    """Return the readable codes in a grey or BGR picture, the one most likely meant first: QR before bars, then by the middle."""
    height, width = frame.shape[:2]
    if width * height > PIXELS_MAX:
        return ()
    grey = frame if frame.ndim == 2 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    found = []
    for barcode in zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=_LOOKED_FOR)[:CODES_MAX]:
        text = text_of(barcode.bytes)
        kind = _KIND_OF_SYMBOLOGY.get(barcode.symbology, CodeKind.OTHER)
        if text:
            found.append((kind is not CodeKind.QR, _off_centre(barcode.position, width, height), Code(Secret(text), kind)))
    return tuple(code for *_, code in sorted(found, key=lambda one: one[:2]))


def _off_centre(position: zxingcpp.Position, width: int, height: int) -> float:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    x, y = (sum(getattr(corner, axis) for corner in corners) / 4 for axis in ("x", "y"))
    return float((x - width / 2) ** 2 + (y - height / 2) ** 2)


def text_of(data: bytes) -> str | None:
    """Return the text of a code's bytes: UTF-8 if they are exactly that, else GB18030; None when they are neither, or too many."""
    if len(data) > LONGEST_TEXT_BYTES:
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def code_of(data: bytes, prefix: bytes = b"") -> Code | None:
    """Return the code that a scanner sent between its terminators, without the scanner's own prefix and AIM identifier, if any.

    None when it is no text, or too long. The prefix may stand before or behind the identifier: makes differ.
    """
    data = data.removeprefix(prefix)
    kind = CodeKind.NOT_STATED
    if (aim := _AIM.match(data)) is not None:
        kind = _KIND_OF_AIM.get(aim[1], CodeKind.OTHER)
        data = data[aim.end() :].removeprefix(prefix)
        if kind is CodeKind.QR and aim[2] in _QR_WITH_ECI:
            data = _ECI.sub(b"", data, count=1) if _ECI.match(data) else data  # names the encoding, which the bytes show themselves
    text = text_of(data)
    return None if text is None else Code(Secret(text), kind)
