"""Every sentence of the consoles is in English too, and the compiled catalogue is the written one."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from city.onewindow.models import Kind, PlainState, State
from city.onewindow.queue import VIEWS
from city.staff.models import Looked, Reason

CITY = Path(__file__).parents[2] / "city"
MESSAGES = CITY / "locale" / "en" / "LC_MESSAGES"
_SAID = re.compile(
    r"{%\s*translate\s+([\"'])(?P<plain>.*?)\1\s*%}|{%\s*blocktranslate[^%]*%}(?P<block>.*?){%\s*endblocktranslate\s*%}", re.DOTALL
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def sentences() -> Iterator[tuple[str, str]]:
    for path in sorted((CITY / "templates").rglob("*.html")):
        for found in _SAID.finditer(path.read_text(encoding="utf-8")):
            block = found["block"]
            yield path.name, found["plain"] if block is None else re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", block.replace("%", "%%"))
    for choices in (State, PlainState, Kind, Looked, Reason):
        yield from ((choices.__name__, str(label)) for label in choices.labels)
    yield from (("VIEWS", label) for _, label in VIEWS.values())


@pytest.fixture(scope="module")
def english() -> gettext.GNUTranslations:
    with (MESSAGES / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_every_sentence_has_its_english(english: gettext.GNUTranslations) -> None:
    missing = [(where, text) for where, text in sentences() if english.gettext(text) == text or _HAN.search(english.gettext(text))]
    assert missing == []


def test_placeholders_are_the_same_in_both_languages(english: gettext.GNUTranslations) -> None:
    for where, text in sentences():
        assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", english.gettext(text))), (where, text)


def test_the_compiled_catalogue_is_the_written_one(english: gettext.GNUTranslations) -> None:
    """`msgfmt -o django.mo django.po` after each change of the written one."""
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (MESSAGES / "django.po").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(pairs) > 150
    for written, translated in pairs:
        assert english.gettext(written.replace('\\"', '"')) == translated.replace('\\"', '"')
