"""Print read off generated pictures, in a process that may be slow, missing or mad."""

import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from drivers.paper_reader import OcrPaperReader, read_lines
from kiosk import assets
from kiosk.paper_offers import OfferKind, offers
from peripherals.deadline import Deadline
from peripherals.paper_reader import PaperText, PaperTextStatus
from peripherals.secret import Secret

PRINT = ("样例街道居住登记回执", "姓名：测试员　公民身份号码：110101199003078670", "登记日期：2026年9月1日", "联系电话：13800000000")


def picture(*lines: str) -> Secret[bytes]:
    page = Image.new("RGB", (1100, 90 * len(lines) + 80), "white")
    font = ImageFont.truetype(str(assets.fonts() / "NotoSansSC_400Regular.ttf"), 38)
    for row, line in enumerate(lines):
        ImageDraw.Draw(page).text((50, 40 + row * 90), line, "black", font)
    whole = io.BytesIO()
    page.save(whole, "JPEG", quality=90)
    return Secret(whole.getvalue())


def test_what_stands_on_a_paper_is_read_and_its_checked_values_are_offered() -> None:
    text = OcrPaperReader().read(picture(*PRINT), Deadline.after(120))
    assert text.status is PaperTextStatus.READ
    assert text.lines[0].text.reveal() == "样例街道居住登记回执"
    assert [line.y for line in text.lines] == sorted(line.y for line in text.lines)
    assert "样例街道" not in repr(text)
    assert {(offer.kind, offer.value.reveal()) for offer in offers(text.lines)} == {
        (OfferKind.ID_NUMBER, "110101199003078670"),
        (OfferKind.DATE, "2026-09-01"),
        (OfferKind.MOBILE, "13800000000"),
    }


def test_a_picture_of_a_whole_page_is_taken_by_a_process_that_is_long_in_beginning() -> None:
    page = Image.effect_noise((1000, 1400), 60).convert("RGB")
    ImageDraw.Draw(page).rectangle((0, 0, 1000, 200), "white")
    ImageDraw.Draw(page).text((50, 60), PRINT[0], "black", ImageFont.truetype(str(assets.fonts() / "NotoSansSC_400Regular.ttf"), 44))
    whole = io.BytesIO()
    page.save(whole, "JPEG", quality=90)
    assert len(whole.getvalue()) > 1 << 18, "no pipe holds it"
    text = OcrPaperReader().read(Secret(whole.getvalue()), Deadline.after(240))
    assert text.status is PaperTextStatus.READ
    assert PRINT[0] in [line.text.reveal() for line in text.lines]


def test_an_empty_paper_has_nothing_on_it() -> None:
    assert OcrPaperReader().read(picture(""), Deadline.after(120)) == PaperText(PaperTextStatus.NOTHING)


def test_a_reader_that_is_slow_is_ended_at_its_deadline() -> None:
    deadline = Deadline.after(0.2)
    assert OcrPaperReader().read(picture(*PRINT), deadline) == PaperText(PaperTextStatus.TOO_SLOW)
    assert deadline.clock() - deadline.at_s < 5


def test_a_reading_that_nobody_wants_any_more_is_ended() -> None:
    asked: list[None] = []

    def is_wanted() -> bool:
        asked.append(None)
        return len(asked) < 3

    deadline = Deadline.after(120)
    assert OcrPaperReader().read(picture(*PRINT), deadline, is_wanted) == PaperText(PaperTextStatus.TOO_SLOW)
    assert deadline.remaining_s > 60


def test_what_is_no_picture_costs_one_process_and_no_more() -> None:
    assert OcrPaperReader().read(Secret(b"no picture"), Deadline.after(120)).status is PaperTextStatus.FAILED


def test_without_the_packages_that_is_said(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')  # -S: without the packages that are installed beside it
    bare.chmod(0o755)
    text = OcrPaperReader(str(bare)).read(picture("样例"), Deadline.after(60))
    assert text.status is PaperTextStatus.NOT_INSTALLED
    assert "ocr" in (text.detail or "")


@pytest.mark.parametrize("said", [b"", b"{}", b"[1]", b'[["a", "b", 0, 0]]', b"\xff"])
def test_what_the_process_says_is_checked(said: bytes) -> None:
    assert read_lines(said).status is PaperTextStatus.FAILED


@given(st.binary(max_size=200))
def test_nothing_but_a_declared_outcome_ever_comes_out(said: bytes) -> None:
    assert read_lines(said).status in {PaperTextStatus.READ, PaperTextStatus.NOTHING, PaperTextStatus.FAILED}
