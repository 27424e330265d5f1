"""The once-only notice (一次告知单) to take home: in large letters what is missing, until when, and the code that reopens the case."""

from datetime import datetime

from kiosk.receipt.content import QR_FORMAT, day_and_time, day_with_weekday, grouped
from kiosk.receipt.sheet import Bar, Block, Box, Code, Line, Rule
from peripherals.values import dataclass
from sync.contract.progress import CaseProgress, Missing
from sync.contract.words import Language, Words

HEADING, TEXT, DATE, SMALL = 48, 36, 60, 30


@dataclass(frozen=True, slots=True)
class NoticeSlip:
    """The facts of one notice. `applicant` is masked already; a notice that was opened by its code names nobody."""

    terminal_name: str
    case: CaseProgress
    printed_at: datetime
    applicant: str | None = None
    hotline: str = "12345"
    language: Language = Language.ZH

    @property
    def qr_payload(self) -> str:
        """The code of a slip: the same case, at any terminal."""
        return f"{QR_FORMAT}:{self.case.number}:{self.case.application_id}".upper()


def notice_of(slip: NoticeSlip) -> tuple[Block, ...]:
    """Return what stands on the paper."""
    case = slip.case
    blocks: list[Block] = [Line(slip.terminal_name, TEXT, is_bold=True, fit=True), Bar("一次告知单"), *_line(case.item_name, HEADING, slip)]
    if slip.applicant is not None:
        blocks.append(Line(f"申请人 {slip.applicant}", TEXT, is_centred=False))
    blocks += [Line(f"只差这 {len(case.missing)} 样，补齐就接着办", TEXT, is_centred=False), Rule()]
    for place, missing in enumerate(case.missing, start=1):
        if place > 1:
            blocks.append(Rule(is_dashed=True))
        blocks += _point(place, missing, slip)
    blocks.append(Rule())
    if case.correct_by is not None:
        blocks.append(Box(_until(slip)))
    blocks += [
        Code(slip.qr_payload, "", "", is_alone=True),
        Line("到任何一台终端扫码", HEADING - 4, is_bold=True),
        Line("接着补，不用重填", HEADING - 4, is_bold=True),
        *_other_language(slip),
        Line(f"编号 {grouped(case.number)}　电话 {slip.hotline}", SMALL + 2, fit=True),
        Rule(),
        Line(f"{day_and_time(slip.printed_at)} 打印", SMALL),
    ]
    return tuple(blocks)


def _point(place: int, missing: Missing, slip: NoticeSlip) -> list[Block]:
    mark = f"{place}. "
    blocks: list[Block] = [Line(missing.name.zh, HEADING, is_bold=True, is_centred=False, mark=mark)]
    blocks += [Line(text, TEXT, is_centred=False) for text in (missing.remedy, missing.cause.zh) if text]
    if slip.language is not Language.ZH:
        said = [words.said_in(slip.language) for words in (missing.name, missing.cause) if words.said_in(slip.language) != words.zh]
        blocks += [Line(text, SMALL, is_centred=False, language=slip.language) for text in said]
    return blocks


def _line(words: Words, size: int, slip: NoticeSlip) -> list[Block]:
    lines: list[Block] = [Line(words.zh, size, is_bold=True, is_centred=False)]
    other = words.said_in(slip.language)
    if other != words.zh:
        lines.append(Line(other, SMALL, is_centred=False, language=slip.language))
    return lines


def _until(slip: NoticeSlip) -> tuple[Line, ...]:
    day = slip.case.correct_by
    if day is None:
        return ()
    lines = [Line("最晚补上", TEXT), Line(day_with_weekday(day), DATE, is_bold=True, fit=True), Line("等您补的日子不算期限", SMALL)]
    if slip.language is not Language.ZH:
        lines.insert(2, Line(day_with_weekday(day, slip.language), SMALL, is_bold=True, language=slip.language))
    return tuple(lines)


_SCAN_ANYWHERE = {
    Language.EN: "Show this code at any terminal to bring what is missing. Nothing has to be typed again.",
    Language.KO: "어느 단말기에서나 이 코드를 보여 주면 이어서 보완할 수 있습니다. 다시 입력하지 않아도 됩니다.",
}


def _other_language(slip: NoticeSlip) -> list[Block]:
    said = _SCAN_ANYWHERE.get(slip.language)
    return [] if said is None else [Line(said, SMALL, language=slip.language)]
