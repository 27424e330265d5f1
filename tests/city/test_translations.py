"""Every sentence of the consoles is in English too, and the compiled catalogue is the written one."""

import gettext
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Choices, IntegerChoices, TextChoices

from city.bridge.pages import VIEWS as TROUBLE_VIEWS
from city.bridge.troubles import NEXT
from city.community.pages import VIEWS as NOTICE_VIEWS
from city.desk.bulk import GONE, OTHER_OFFICE, UNREADABLE
from city.desk.entry_pages import HELPER_NOT_SIGNED, NO_PAPER, NOT_AGREED, NOT_SIGNED, TOO_MANY
from city.desk.said import CARD, PROBLEMS, SCANS, STEPS
from city.desk.scans import ScanProblem
from city.figures.pages import LABELS
from city.fleet.pages import DEVICES, STATUSES
from city.fleet.plans import WORDS as PLAN_WORDS
from city.fleet.release_pages import FAULTS, NO_CHANNEL
from city.fleet.steering_pages import DEVICE_NAMES
from city.messaging.pages import OUTCOMES
from city.onewindow.answered import NOT_NOW
from city.onewindow.export import HEADS
from city.onewindow.queue import VIEWS
from city.onewindow.standing import NotNow
from city.packages.run_pages import WHY as WHY_NOT_SIGNED
from city.reconciliation.causes import ACTION, MEANING, WHY_REFUSED, Cause
from city.reconciliation.pages import PERIODS, UNSIGNED
from city.refused import _MEANING
from city.rerouting.moves import Stays
from city.rerouting.pages import WHY as WHY_IT_STAYS
from city.staff.pages import NOT_THE_SAME, SAID, STATES
from city.timebank.pages import BAD_LIMITS
from city.timebank.pages import SAID as TIME_SAID
from city.web.route_plan import WORDS as ROUTE_WORDS
from city.web.shell import MODULES
from sync.contract.answers import AnswerProblem
from sync.contract.item import CardField
from sync.contract.problem import Retry

CITY = Path(__file__).parents[2] / "city"
MESSAGES = sorted(CITY.glob("**/locale/en/LC_MESSAGES"))
_SAID = re.compile(
    r"{%\s*translate\s+([\"'])(?P<plain>.*?)\1\s*%}|{%\s*blocktranslate[^%]*%}(?P<block>.*?){%\s*endblocktranslate\s*%}", re.DOTALL
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def every_choice() -> list[type[Choices]]:
    """Every closed set that a page may show; an app brings its catalogue with its first page."""
    with_pages = [app for app in apps.get_app_configs() if app.name.startswith("city.") and (Path(app.path) / "locale").is_dir()]
    for app in with_pages:
        if app.models_module:
            for found in pkgutil.iter_modules([app.path]):
                importlib.import_module(f"{app.name}.{found.name}")
    leaves = [*TextChoices.__subclasses__(), *IntegerChoices.__subclasses__()]
    return [choices for choices in leaves if choices.labels and choices.__module__.startswith(tuple(f"{app.name}." for app in with_pages))]


def sentences() -> Iterator[tuple[str, str]]:
    for path in sorted((CITY / "templates").rglob("*.html")):
        for found in _SAID.finditer(path.read_text(encoding="utf-8")):
            block = found["block"]
            yield path.name, found["plain"] if block is None else re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", block.replace("%", "%%"))
    for choices in every_choice():
        yield from ((choices.__name__, str(label)) for label in choices.labels)
    yield from (("VIEWS", label) for _, label in VIEWS.values())
    yield from (("NOTICE_VIEWS", label) for label in NOTICE_VIEWS.values())
    yield from (("NOT_NOW", said) for said in NOT_NOW.values())
    yield from (("FLEET", said) for said in (*(name for _, name in DEVICES.values()), *STATUSES.values()))
    yield from (("RELEASES", said) for said in (*FAULTS.values(), NO_CHANNEL, *PLAN_WORDS.values(), *DEVICE_NAMES.values()))
    yield from (
        ("RECONCILIATION", said)
        for table in (MEANING, ACTION, WHY_REFUSED, PERIODS, UNSIGNED, NEXT, TROUBLE_VIEWS)
        for said in table.values()
    )
    yield from (("BULK", said) for said in (GONE, OTHER_OFFICE, UNREADABLE))
    yield from (("REROUTING", said) for said in WHY_IT_STAYS.values())
    yield from (("SIGNING", said) for said in WHY_NOT_SIGNED.values())
    yield from (("FIGURES", said) for said in LABELS.values())
    yield from (("EXPORT", said) for said in HEADS)
    yield from (("ENTRY", said) for table in (PROBLEMS, SCANS, CARD, STEPS) for said in table.values())
    yield from (("ENTRY", said) for said in (NO_PAPER, TOO_MANY, NOT_SIGNED, NOT_AGREED, HELPER_NOT_SIGNED))
    yield from (("STAFF", said) for said in (*SAID.values(), *STATES.values(), NOT_THE_SAME))
    yield from (("TIME BANK", said) for said in (*TIME_SAID.values(), BAD_LIMITS))
    yield from (("MESSAGES", said) for said in OUTCOMES.values())
    yield from (("ROUTE", said) for said in ROUTE_WORDS)
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


def test_every_reason_why_nothing_happens_is_said() -> None:
    assert set(NOT_NOW) == set(NotNow)
    assert set(WHY_IT_STAYS) == set(Stays)


def test_every_cause_of_a_difference_is_explained_and_every_refusal_for_good_has_its_words() -> None:
    assert set(MEANING) == set(ACTION) == set(Cause)
    assert set(WHY_REFUSED) == {code for code, (_, _, retry) in _MEANING.items() if retry is Retry.NEVER}


def test_everything_that_can_be_wrong_with_an_entry_has_its_words() -> None:
    assert set(PROBLEMS) == set(AnswerProblem)
    assert set(SCANS) == set(ScanProblem)
    assert set(CARD) == {field.value for field in CardField}


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
