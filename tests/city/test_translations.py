"""Every sentence of the consoles is in English too, and the compiled catalogue is the written one."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from city.community.models import NoticeState, NoticeStep
from city.community.pages import VIEWS as NOTICE_VIEWS
from city.grid.models import Level
from city.onewindow.models import Kind, PlainState, State
from city.onewindow.queue import VIEWS
from city.staff.models import Looked, Reason
from city.staff.roles import Role
from city.web.shell import MODULES

CITY = Path(__file__).parents[2] / "city"
MESSAGES = sorted(CITY.glob("**/locale/en/LC_MESSAGES"))
_SAID = re.compile(
    r"{%\s*translate\s+([\"'])(?P<plain>.*?)\1\s*%}|{%\s*blocktranslate[^%]*%}(?P<block>.*?){%\s*endblocktranslate\s*%}", re.DOTALL
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def sentences() -> Iterator[tuple[str, str]]:
    for path in sorted((CITY / "templates").rglob("*.html")):
        for found in _SAID.finditer(path.read_text(encoding="utf-8")):
            block = found["block"]
            yield path.name, found["plain"] if block is None else re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", block.replace("%", "%%"))
    for choices in (State, PlainState, Kind, Looked, Reason, Role, NoticeState, NoticeStep, Level):
        yield from ((choices.__name__, str(label)) for label in choices.labels)
    yield from (("VIEWS", label) for _, label in VIEWS.values())
    yield from (("NOTICE_VIEWS", label) for label in NOTICE_VIEWS.values())
    yield from (("MODULES", module.label) for module in MODULES)


@pytest.fixture(scope="module")
def english() -> gettext.GNUTranslations:
    """All catalogues as one: each app brings its own."""
    whole: gettext.GNUTranslations | None = None
    for folder in MESSAGES:
        with (folder / "django.mo").open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
        if whole is None:
            whole = catalogue
        else:
            whole.add_fallback(catalogue)
    assert whole is not None
    return whole


def test_every_sentence_has_its_english(english: gettext.GNUTranslations) -> None:
    missing = [(where, text) for where, text in sentences() if english.gettext(text) == text or _HAN.search(english.gettext(text))]
    assert missing == []


def test_placeholders_are_the_same_in_both_languages(english: gettext.GNUTranslations) -> None:
    for where, text in sentences():
        assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", english.gettext(text))), (where, text)


@pytest.mark.parametrize("folder", MESSAGES, ids=lambda folder: str(folder.relative_to(CITY)))
def test_the_compiled_catalogue_is_the_written_one(folder: Path) -> None:
    """`msgfmt -o django.mo django.po` after each change of the written one."""
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / "django.po").read_text(encoding="utf-8"), re.MULTILINE)
    assert pairs
    for written, translated in pairs:
        assert compiled.gettext(written.replace('\\"', '"')) == translated.replace('\\"', '"')
