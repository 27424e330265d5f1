"""Text as it is spoken: numbers figure by figure where they name something, dates and times in words, nothing for what is masked."""

import re

from sync.contract.words import Language

_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_MASKED = re.compile(r"\d[\d\s]*\*[\d\s*Xx]*")
_NUMBER = re.compile(
    r"(?<![\d.,])\d[\d\s]{4,}\d(?![\d.,])"  # a telephone number, an identity number, in groups or not
    r"|(?<![\dA-Z])(?=[A-Z\d\s-]*\d)(?=[A-Z\d\s-]*[A-Z])[A-Z\d][A-Z\d\s-]{4,}[A-Z\d](?![\dA-Z])"  # a receipt number
)
_HOUSE = re.compile(r"(?<=\d)-(?=\d)")
_YUAN = re.compile(r"[￥¥]\s*(\d[\d,]*(?:\.\d+)?)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?=年)")
_FIGURES = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_YEAR_FIGURES = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_SAID = {
    Language.ZH: {"masked": "，隐去，", "dash": "杠", "time": r"\1点\2分", "yuan": r"\1元"},
    Language.EN: {"masked": ", hidden, ", "dash": " dash ", "time": r"\1 \2", "yuan": r"\1 yuan"},
    Language.KO: {"masked": ", 가림, ", "dash": " 다시 ", "time": r"\1시 \2분", "yuan": r"\1위안"},
}

_SURNAMES = {
    "单": "善", "解": "谢", "仇": "求", "区": "欧", "查": "渣", "曾": "增", "朴": "瓢", "任": "人", "华": "画", "缪": "妙", "乐": "月",
    "员": "运", "折": "舌", "冼": "显", "黑": "贺", "召": "绍", "尉迟": "玉迟", "万俟": "莫其", "令狐": "铃狐", "长孙": "掌孙",
}  # fmt: skip
"""Surnames that are read otherwise than the same character elsewhere, and a character that is always read so."""


def spoken(text: str, language: Language) -> str:
    """Return `text` as an engine should get it."""
    words = _SAID[language]
    said = _MASKED.sub(words["masked"], text).replace("**", "").replace("\n", "，" if language is Language.ZH else ", ").replace("…", "")
    said = _DAY.sub(lambda found: _day(found[1], found[2], found[3], language), said)
    said = _TIME.sub(words["time"], said)
    said = _YUAN.sub(words["yuan"], said)
    said = _NUMBER.sub(lambda found: _one_by_one(found.group(), language), said)
    said = _HOUSE.sub(words["dash"], said)
    if language is Language.ZH:
        said = _YEAR.sub(lambda found: "".join(_YEAR_FIGURES[figure] for figure in found.group(1)), said)
    return " ".join(said.split())


def name_spoken(name: str) -> str:
    """Return a person's name with its surname as it is read in names."""
    for length in (2, 1):
        if name[:length] in _SURNAMES and len(name) > length:
            return _SURNAMES[name[:length]] + name[length:]
    return name


def _one_by_one(number: str, language: Language) -> str:
    letters = [letter for letter in number if letter.isalnum()]
    if language is Language.ZH:
        letters = [_FIGURES.get(letter, letter) for letter in letters]
    return " " + " ".join(letters) + " "


def _day(year: str, month: str, day: str, language: Language) -> str:
    match language:
        case Language.ZH:
            return f"{year}年{int(month)}月{int(day)}日"
        case Language.EN:
            return f"{int(day)} {_MONTHS[int(month) - 1]} {year}" if 1 <= int(month) <= len(_MONTHS) else f"{year} {month} {day}"
        case Language.KO:
            return f"{year}년 {int(month)}월 {int(day)}일"
