"""Codes in pictures, and the bytes of codes: what is text, in which encoding, and where it ends."""

from random import Random

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers import codes
from drivers.codes import CODES_MAX, code_of, codes_in, text_of
from peripherals.code_scanner import LONGEST_TEXT_BYTES, Code, CodeKind
from peripherals.secret import Secret
from tests.drivers.scanner_bench import SLIP, Pixels, on_desk, qr


def texts_in(frame: Pixels) -> list[str]:
    return [code.text.reveal() for code in codes_in(frame)]


def bars(content: str, kind: zxingcpp.BarcodeFormat) -> Pixels:
    return np.pad(np.array(zxingcpp.create_barcode(content, kind).to_image(scale=3)), 30, constant_values=255)


def test_a_slip_on_the_desk_is_read() -> None:
    assert codes_in(on_desk(qr(SLIP))) == (Code(Secret(SLIP), CodeKind.QR),)


@pytest.mark.parametrize("degrees", [7, 45, 90, 180, 251])
def test_it_is_read_whichever_way_it_lies(degrees: int) -> None:
    turned = Image.fromarray(on_desk(qr(SLIP))).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(110, 110, 110))
    assert texts_in(np.asarray(turned, np.uint8)) == [SLIP]


def test_a_grey_picture_does_as_well() -> None:
    assert texts_in(qr(SLIP)) == [SLIP]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_is_chinese_in_either_encoding(encoding: str) -> None:
    assert texts_in(qr("沈阳市虚构路 1 号 𠮷".encode(encoding))) == ["沈阳市虚构路 1 号 𠮷"]


@pytest.mark.parametrize(
    ("content", "format_", "kind"),
    [
        ("6901234567892", zxingcpp.BarcodeFormat.EAN13, CodeKind.EAN_UPC),
        ("BM-0173", zxingcpp.BarcodeFormat.Code128, CodeKind.CODE_128),
        ("BM-0173", zxingcpp.BarcodeFormat.Code39, CodeKind.CODE_39),
        ("12345678901231", zxingcpp.BarcodeFormat.ITF, CodeKind.ITF),
    ],
)
def test_the_usual_bars_are_read(content: str, format_: zxingcpp.BarcodeFormat, kind: CodeKind) -> None:
    assert codes_in(bars(content, format_)) == (Code(Secret(content), kind),)


@pytest.mark.parametrize("format_", [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.PDF417])
def test_kinds_that_nobody_here_uses_are_not_looked_for(format_: zxingcpp.BarcodeFormat) -> None:
    picture = bars(SLIP, format_)
    assert zxingcpp.read_barcodes(picture)
    assert codes_in(picture) == ()


def test_of_several_the_qr_code_nearest_to_the_middle_comes_first() -> None:
    frame = on_desk(qr("FAR", 4), x=30, y=30)
    near, milk = qr("NEAR", 4), bars("6901234567892", zxingcpp.BarcodeFormat.EAN13)
    frame[400 : 400 + near.shape[0], 700 : 700 + near.shape[1]] = near[:, :, None]
    frame[600 : 600 + milk.shape[0], 300 : 300 + milk.shape[1]] = milk[:, :, None]
    assert texts_in(frame) == ["NEAR", "FAR", "6901234567892"]


def test_a_sheet_full_of_codes_gives_only_so_many() -> None:
    assert len(codes_in(np.tile(qr("A", 3), (8, 8)))) == CODES_MAX


@pytest.mark.parametrize("frame", [np.zeros((480, 640, 3), np.uint8), np.full((2, 2), 255, np.uint8), np.zeros((1, 900, 3), np.uint8)])
def test_where_there_is_no_code_none_is_found(frame: Pixels) -> None:
    assert codes_in(frame) == ()


def test_a_frame_beyond_the_limit_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    assert texts_in(qr(SLIP)) == [SLIP]
    monkeypatch.setattr(codes, "PIXELS_MAX", 1000)
    assert codes_in(qr(SLIP)) == ()


def test_a_code_torn_in_two_is_not_guessed() -> None:
    torn = qr(SLIP)
    torn[:, : torn.shape[1] // 2] = 255
    assert codes_in(on_desk(torn)) == ()


def test_the_largest_codes_are_read_whole() -> None:
    assert texts_in(qr("7" * LONGEST_TEXT_BYTES)) == ["7" * LONGEST_TEXT_BYTES]
    assert len(texts_in(qr("x" * 2953))[0]) == 2953


@given(st.integers(1, 90), st.integers(1, 90), st.randoms(use_true_random=False))
def test_any_picture_is_looked_at_without_harm(width: int, height: int, random: Random) -> None:
    pixels = np.frombuffer(random.randbytes(width * height * 3), np.uint8).reshape(height, width, 3)
    assert all(isinstance(code, Code) for code in codes_in(pixels))


@given(st.text(max_size=200))
def test_utf_8_is_read_as_what_it_is(text: str) -> None:
    assert text_of(text.encode()) == text


@given(st.binary(max_size=400))
def test_any_bytes_are_a_text_or_none(data: bytes) -> None:
    text = text_of(data)
    assert text is None or data in (text.encode(), text.encode("gb18030"))


def test_what_is_longer_than_any_code_is_no_text() -> None:
    assert text_of(b"a" * LONGEST_TEXT_BYTES) is not None
    assert text_of(b"a" * (LONGEST_TEXT_BYTES + 1)) is None


@pytest.mark.parametrize(
    ("sent", "prefix", "text", "kind"),
    [
        (b"BM1", b"", "BM1", CodeKind.NOT_STATED),
        (b"]Q1BM1", b"", "BM1", CodeKind.QR),
        (b"]C0BM1", b"", "BM1", CodeKind.CODE_128),
        (b"]E06901234567892", b"", "6901234567892", CodeKind.EAN_UPC),
        (b"]d2BM1", b"", "BM1", CodeKind.OTHER),
        (b"SC>]Q1BM1", b"SC>", "BM1", CodeKind.QR),
        (b"]Q1SC>BM1", b"SC>", "BM1", CodeKind.QR),
        (b"SC>BM1", b"SC>", "BM1", CodeKind.NOT_STATED),
        (b"BM1", b"SC>", "BM1", CodeKind.NOT_STATED),
        (b"]Q2\\000026BM1", b"", "BM1", CodeKind.QR),
        (b"]Q1\\000026BM1", b"", "\\000026BM1", CodeKind.QR),
        (b"]", b"", "]", CodeKind.NOT_STATED),
        (b"]Q", b"", "]Q", CodeKind.NOT_STATED),
        ("]Q1沈阳".encode("gb18030"), b"", "沈阳", CodeKind.QR),
    ],
)
def test_what_a_scanner_puts_before_a_code_is_taken_off(sent: bytes, prefix: bytes, text: str, kind: CodeKind) -> None:
    assert code_of(sent, prefix) == Code(Secret(text), kind)


def test_what_is_no_text_is_no_code() -> None:
    assert code_of(b"]Q1\xff\xff\xff") is None


@given(st.binary(max_size=300), st.binary(max_size=4))
def test_a_code_never_shows_its_text(data: bytes, prefix: bytes) -> None:
    code = code_of(data, prefix)
    assert code is None or repr(code) == f"Code(text=<secret>, kind={code.kind!r})"
