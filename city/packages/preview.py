"""What the terminal will show of an item, laid out by the terminal's own rules: which page, which questions, how many buttons in a row.

It is a drawing in HTML of the same look (colours, sizes in units of the 21.5-inch upright panel, rows of buttons by their words); the
glass itself is in `kiosk.screens`, which the city does not import.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sync.contract.item import Control, Field, ItemPackage, Material
from sync.contract.office_route import Route
from sync.contract.words import Language, Words

BODY = 968
"""Units: the width of a page's body on the upright panel."""

_TOGGLE = 32
"""Units: a character of a button, 7.94 mm."""

_BESIDE, _GAP = 104, 16
_MOST, _FEW = 4, 4
_WIDE = 0x2E80
"""From here on characters are as wide as they are high."""


class LookName(StrEnum):
    """For whom it is drawn."""

    STANDARD = "standard"
    LARGE = "large"
    CONTRAST = "contrast"


_SCALE = {LookName.STANDARD: 1.0, LookName.LARGE: 1.6, LookName.CONTRAST: 1.0}
_TEXTS: Mapping[str, Words] = {
    "next": Words("下一步", "Next", "다음"),
    "back": Words("返回", "Back", "뒤로"),
    "staff": Words("呼叫工作人员", "Call staff", "직원 호출"),
    "tap": Words("点这里填", "Tap to fill in", "눌러서 적으세요"),
    "tap_day": Words("点这里选日子", "Tap to choose a day", "눌러서 날짜를 고르세요"),
    "yes": Words("是", "Yes", "예"),
    "no": Words("不是", "No", "아니요"),
    "optional": Words("可以不填", "May stay empty", "안 적어도 됩니다"),
    "several": Words("可以选几样", "Choose any", "여러 개 선택"),
    "add": Words("添加", "Add", "추가"),
    "derived": Words("自动算出，不用填", "Worked out, nothing to fill in", "자동 계산"),
    "free": Words("不收费", "Free", "무료"),
    "once": Words("当场办", "While you wait", "바로 처리"),
    "days": Words("个工作日", "working days", "근무일"),
    "bring": Words("要带什么", "What to bring", "가져올 것"),
    "agree": Words("同意，下一步", "I agree, next", "동의하고 다음"),
    "paper": Words("拍材料", "Photograph the papers", "서류 촬영"),
    "pages": Words("最多几页", "pages at most", "최대 쪽수"),
    "may": Words("没有也可以", "If you have it", "있으면"),
    "progress": Words("办到哪了", "How far it is", "진행 상황"),
}
"""As the terminal says it (kiosk/texts): what stands around the item's own words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One question as it is drawn."""

    name: str
    label: str
    told: str
    kind: str  # field, day, grid, rows, derived
    options: tuple[str, ...]
    columns: int
    inside: str
    is_sometimes: bool


@dataclass(frozen=True, slots=True)
class Glass:
    """One page of the terminal."""

    kind: str  # guide, form, papers
    title: str
    told: str
    step: int
    look: LookName
    language: Language
    place: tuple[int, int]
    questions: tuple[Shown, ...] = ()
    lines: tuple[str, ...] = ()
    texts: Mapping[str, str] | None = None


def glass(package: ItemPackage, part: str, place: tuple[int, int], look: LookName, language: Language) -> Glass:
    """Return what the terminal shows for the part that is being edited; in large type it puts one question on a screen.

    Args:
        package: What would be published.
        part: Which part of the editor is open.
        place: Which page of the form, and which of its questions.
        look: For whom.
        language: In which language.
    """
    texts = {name: words.said_in(language) for name, words in _TEXTS.items()}
    if part == "form" and package.pages:
        at = min(place[0], len(package.pages) - 1)
        shown = package.pages[at]
        fields = shown.fields if look is not LookName.LARGE else shown.fields[place[1] : place[1] + 1] or shown.fields[:1]
        questions = tuple(_questions(package, fields, look, language, texts))
        told = shown.help.said_in(language) if shown.help else ""
        return Glass("form", shown.title.said_in(language), told, 3, look, language, (at + 1, len(package.pages)), questions, texts=texts)
    if part == "materials":
        lines = tuple(_paper(one, language, texts) for one in package.materials)
        return Glass("papers", texts["paper"], "", 4, look, language, (1, 1), lines=lines, texts=texts)
    if part == "route" and package.route:
        lines = tuple(f"{step.name.said_in(language)} · {_office(package.route, step.office, language)}" for step in package.route.steps)
        return Glass("progress", texts["progress"], package.name.said_in(language), 6, look, language, (1, 1), lines=lines, texts=texts)
    days = package.limit.working_days
    limit = f"{days} {texts['days']}" if days else texts["once"]
    fee = texts["free"] if not package.fee_fen else f"{package.fee_fen / 100:.2f} 元"
    lines = tuple(f"{place}. {one.said_in(language)}" for place, one in enumerate(package.bring, start=1))
    told = f"{package.purpose.said_in(language)}｜{limit} · {fee}"
    return Glass("guide", package.name.said_in(language), told, 1, look, language, (1, 1), lines=lines, texts=texts)


def _office(route: Route, code: str, language: Language) -> str:
    return next((office.name.said_in(language) for office in route.offices if office.code == code), code)


def _paper(paper: Material, language: Language, texts: Mapping[str, str]) -> str:
    pages = f" · {texts['pages']} {paper.pages_max}" if paper.pages_max > 1 else ""
    return paper.name.said_in(language) + ("" if paper.required else f"（{texts['may']}）") + pages


def _questions(
    package: ItemPackage, fields: Sequence[Field], look: LookName, language: Language, texts: Mapping[str, str]
) -> Iterator[Shown]:
    demanded = _demanded(package)
    for field in fields:
        told = field.help.said_in(language) if field.help else ""
        if field.control is Control.CHOICES:
            told = f"{told} {texts['several']}".strip()
        if field.name not in demanded and field.control is not Control.DERIVED:
            told = f"{told} {texts['optional']}".strip()
        options: tuple[str, ...] = tuple(one.label.said_in(language) for one in field.options)
        kind, inside = "field", field.hint.said_in(language) if field.hint else texts["tap"]
        match field.control:
            case Control.CHOICE | Control.CHOICES:
                kind = "grid"
            case Control.YES_NO:
                kind, options = "grid", (texts["yes"], texts["no"])
            case Control.DATE:
                kind, inside = "day", texts["tap_day"]
            case Control.ROWS:
                kind, inside = "rows", f"{texts['add']} {field.rows.one.said_in(language) if field.rows else ''}"
            case Control.DERIVED:
                kind, inside, options = "derived", texts["derived"], ()
        is_sometimes = field.when is not None
        yield Shown(field.name, field.label.said_in(language), told, kind, options, columns_of(options, look), inside, is_sometimes)


def _demanded(package: ItemPackage) -> set[str]:
    sometimes: list[Any] = [one.get("then", {}) for one in package.schema.get("allOf", ())]
    return {name for part in (package.schema, *sometimes) for name in part.get("required", ())}


def columns_of(options: Sequence[str], look: LookName) -> int:
    """Return in how many columns the terminal puts a choice: the most in which every option has its words on one line."""
    if not options:
        return 1
    large = look is LookName.LARGE
    scale = _SCALE[look]
    needed = max(_width(one) for one in options) * scale + _BESIDE
    for columns in range(min(2 if large else _MOST, len(options)), 1, -1):
        rows = -(-len(options) // columns)
        fewer = columns > 2 and -(-len(options) // (columns - 1)) == rows
        if needed * columns + _GAP * (columns - 1) <= BODY and not fewer:
            return columns
    return 2 if len(options) > _FEW else 1


def _width(text: str) -> float:
    return sum(_TOGGLE if ord(one) >= _WIDE else _TOGGLE * 0.56 for one in text)
