"""A slip laid out as blocks from top to bottom: every word that stands on the paper is here, and nothing of how it is drawn."""

from typing import assert_never

from kiosk.receipt.content import Slip, SlipKind, day_and_time, day_with_weekday, grouped
from kiosk.receipt.letters import NO_BREAK
from peripherals.values import dataclass
from sync.contract.words import Language


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `fit` shrinks its letters until one line holds it; `mark` stands before it, and later lines hang under the first."""

    text: str
    size_dots: int
    is_bold: bool = False
    is_centred: bool = True
    fit: bool = False
    mark: str = ""
    language: Language = Language.ZH


@dataclass(frozen=True, slots=True)
class Bar:
    """White on black: the title."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""

    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A name at the left and what it is at the right."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Box:
    """Lines in a frame."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with words beside it; one that stands alone is larger, and in the middle."""

    payload: str
    heading: str
    text: str
    is_alone: bool = False


Block = Line | Bar | Rule | Row | Box | Code

NUMBER, CASE_NUMBER, TITLE, HEADING, TEXT, SMALL = 76, 60, 54, 34, 30, 28
_CODE_HEADINGS = {SlipKind.RECEIVED: "查进度", SlipKind.DELIVERED: "查进度", SlipKind.ACCEPTED: "查进度、评价"}


def sheet_of(slip: Slip) -> tuple[Block, ...]:
    """Return what stands on the paper."""
    return (
        Line(slip.terminal_name, HEADING, is_bold=True),
        Line(slip.terminal_id, SMALL),
        *_title(slip),
        Rule(),
        *_numbers(slip),
        Rule(is_dashed=True),
        *_rows(slip),
        Rule(is_dashed=True),
        *_next(slip),
        *_other_language(slip),
        Code(slip.qr_payload, _CODE_HEADINGS[slip.kind], f"打 {slip.hotline}，报上面的编号，或请窗口扫码"),
        Rule(),
        Line("请保管好这张票", SMALL),
    )


def _title(slip: Slip) -> tuple[Block, ...]:
    match slip.kind:
        case SlipKind.RECEIVED:
            title, meaning = "已收件，待上传", "材料收在本机，市里还没有收到"
        case SlipKind.DELIVERED:
            title, meaning = "已收件", "市里已经收到，等受理"
        case SlipKind.ACCEPTED:
            title, meaning = "已受理", "市里收到了全部材料，开始办理"
        case _:
            assert_never(slip.kind)
    reprint = (Line(f"补打，第 {slip.time} 次打印", TEXT),) if slip.time > 1 else ()
    return Bar(title), Line(meaning, HEADING, is_bold=True), *reprint


def _numbers(slip: Slip) -> tuple[Block, ...]:
    number = grouped(slip.number)
    if slip.case_number is None:
        return Line("收件编号", SMALL), Line(number, NUMBER, is_bold=True, fit=True)
    name = "受理编号" if slip.kind is SlipKind.ACCEPTED else "市里编号"
    return (
        Line(name, SMALL),
        Line(grouped(slip.case_number), CASE_NUMBER, is_bold=True, fit=True),
        Line(f"收件编号 {number}", SMALL),
    )


def _rows(slip: Slip) -> tuple[Block, ...]:
    rows: list[Block] = [Row("事项", slip.item.zh)]
    if slip.applicant is not None:
        rows.append(Row("申请人", slip.applicant))
    if slip.helper is not None:
        rows.append(Row("代办人", slip.helper))
    if slip.department is not None and slip.kind is SlipKind.ACCEPTED:
        rows.append(Row("受理部门", slip.department.zh))
    rows.append(Row("交件", day_and_time(slip.handed_in_at)))
    if not slip.time_is_sure:
        rows.append(Row("", "时间以市里为准"))
    if slip.accepted_at is not None:
        rows.append(Row("受理时间", day_and_time(slip.accepted_at)))
    given = [f"{slip.papers} 张" * bool(slip.papers), f"签名 {slip.signatures} 个" * bool(slip.signatures)]
    if any(given):
        rows.append(Row("材料", "，".join(part for part in given if part)))
    return tuple(rows)


def _next(slip: Slip) -> tuple[Block, ...]:
    match slip.kind:
        case SlipKind.RECEIVED:
            steps = ["线路一通，自动送到市里", "市里看过材料，决定受理"]
        case SlipKind.DELIVERED:
            steps = ["市里看材料，齐全就受理", "缺什么，一次告诉您"]
        case SlipKind.ACCEPTED:
            return _accepted_until(slip)
        case _:
            assert_never(slip.kind)
    if slip.working_days is not None:
        steps.append(_limit(slip.working_days))
    return (
        Box(
            (
                Line("接下来", HEADING, is_bold=True, is_centred=False),
                *(Line(step, TEXT, is_centred=False, mark=f"{place}. ") for place, step in enumerate(steps, start=1)),
            )
        ),
        Line("这张票证明您交了材料，", TEXT, is_centred=False),
        Line("还不是受理凭证。", TEXT, is_bold=True, is_centred=False),
    )


def _accepted_until(slip: Slip) -> tuple[Block, ...]:
    limit = () if slip.working_days is None else (Line(_limit(slip.working_days), SMALL),)
    pause = (Line("需要补材料时，期限暂停；", TEXT, is_centred=False), Line("补齐后接着数。", TEXT, is_centred=False))
    if slip.decide_by is None:
        return *limit, *pause
    return Box((Line("最晚办好", SMALL), Line(day_with_weekday(slip.decide_by), CASE_NUMBER, is_bold=True, fit=True), *limit)), *pause


def _limit(working_days: int) -> str:
    return f"受理后 {working_days} 个工作日内办好" if working_days else "受理后当场办好"


def _other_language(slip: Slip) -> tuple[Block, ...]:
    """Title, number, date and next step for those who do not read Chinese."""
    language = slip.language
    if language is Language.ZH:
        return ()
    title, following = _IN_OTHER_WORDS[language, slip.kind]
    words = _WORDS[language]
    number = f"{words.number} {grouped(slip.number).replace(' ', NO_BREAK)}"
    until = slip.decide_by if slip.kind is SlipKind.ACCEPTED else None
    lines = [
        Line(title, HEADING, is_bold=True, is_centred=False, language=language),
        Line(slip.item.said_in(language), TEXT, is_centred=False, language=language),
        Line(number, TEXT, is_bold=True, is_centred=False, language=language),
        Line(day_and_time(slip.handed_in_at, language), TEXT, is_centred=False, language=language),
        Line(following, TEXT, is_centred=False, language=language),
    ]
    if until is not None:
        last_day = f"{words.decided_by} {day_with_weekday(until, language)}"
        lines.append(Line(last_day, TEXT, is_bold=True, is_centred=False, language=language))
    lines.append(Line(words.check.format(hotline=slip.hotline), TEXT, is_centred=False, language=language))
    return Rule(is_dashed=True), *lines, Rule(is_dashed=True)


@dataclass(frozen=True, slots=True)
class _Fixed:
    number: str
    decided_by: str
    check: str


_WORDS = {
    Language.EN: _Fixed("Receipt number", "Decided by", "Check it: call {hotline} and give the number."),
    Language.KO: _Fixed("접수 번호", "처리 기한", "조회: {hotline}로 전화해 번호를 알려 주세요."),
}

_IN_OTHER_WORDS = {
    (Language.EN, SlipKind.RECEIVED): (
        "Received here, not yet sent",
        "The city does not have it yet. It is sent by itself when the line is up. This is not an acceptance.",
    ),
    (Language.EN, SlipKind.DELIVERED): (
        "Received by the city",
        "Next: the city checks the papers and accepts them, or says at once all that is missing. This is not an acceptance.",
    ),
    (Language.EN, SlipKind.ACCEPTED): ("Accepted by the city", "If papers are missing, the time limit rests until they are complete."),
    (Language.KO, SlipKind.RECEIVED): (
        "접수됨, 전송 대기",
        "시에는 아직 도착하지 않았습니다. 회선이 연결되면 자동으로 전송됩니다. 수리 증명이 아닙니다.",
    ),
    (Language.KO, SlipKind.DELIVERED): (
        "시에 도착함, 수리 대기",
        "다음: 시에서 서류를 확인하고 수리하거나 부족한 것을 한 번에 알려 드립니다. 수리 증명이 아닙니다.",
    ),
    (Language.KO, SlipKind.ACCEPTED): ("시에서 수리했습니다", "서류 보완이 필요하면 처리 기한이 멈추고, 보완 후 이어집니다."),
}
