"""The notice to take home: large, whole, masked, and its code reopens the case."""

from datetime import UTC, date, datetime

import pytest
import zxingcpp
from PIL import Image

from kiosk.receipt.drawing import drawn_blocks
from kiosk.receipt.notice import NoticeSlip, notice_of
from kiosk.receipt.sheet import Block, Box, Code, Line
from kiosk.scanning import SlipCode, judged
from peripherals.secret import Secret
from sync.contract.words import Language
from tests.kiosk.flow.cases import TO_CORRECT
from tests.kiosk.receipt.slips import FONTS


def slip(language: Language = Language.ZH) -> NoticeSlip:
    return NoticeSlip("样例社区便民服务终端", TO_CORRECT, datetime(2026, 11, 23, 9, 58, tzinfo=UTC), "周*兰", language=language)


def lines(blocks: tuple[Block, ...]) -> list[Line]:
    found = []
    for block in blocks:
        found += list(block.lines) if isinstance(block, Box) else [block] if isinstance(block, Line) else []
    return found


def test_it_says_all_that_is_missing_and_until_when_in_large_letters() -> None:
    said = lines(notice_of(slip()))
    texts = [line.text for line in said]
    assert "只差这 2 样，补齐就接着办" in texts
    assert "12月1日 周二" in texts
    for missing in TO_CORRECT.missing:
        (heading,) = (line for line in said if line.text == missing.name.zh)
        assert heading.size_dots >= 48
        assert {missing.remedy, missing.cause.zh} <= set(texts)
    small = [line for line in said if line.size_dots < 30]
    assert small == []


@pytest.mark.parametrize("language", [Language.EN, Language.KO])
def test_another_language_stands_below(language: Language) -> None:
    assert any(line.language is language for line in lines(notice_of(slip(language))))


@pytest.mark.parametrize("width_dots", [576, 384])
def test_its_code_is_read_back_and_names_the_case(width_dots: int) -> None:
    raster = drawn_blocks(notice_of(slip()), width_dots, FONTS)
    picture = Image.frombytes("1", (raster.width_dots, raster.height_dots), raster.rows).convert("L").point(lambda dot: 255 - dot)
    (code,) = zxingcpp.read_barcodes(picture)
    assert judged(Secret(code.text)) == SlipCode(TO_CORRECT.number, TO_CORRECT.application_id)


def test_a_notice_without_a_day_or_a_name_says_neither() -> None:
    from msgspec.structs import replace

    bare = NoticeSlip("样例", replace(TO_CORRECT, correct_by=None), datetime(2026, 11, 23, tzinfo=UTC))
    blocks = notice_of(bare)
    assert not any(isinstance(block, Box) for block in blocks)
    assert not any("申请人" in line.text for line in lines(blocks))
    assert next(block for block in blocks if isinstance(block, Code)).payload == bare.qr_payload
    assert TO_CORRECT.correct_by == date(2026, 12, 1)
