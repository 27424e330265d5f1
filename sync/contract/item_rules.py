"""What makes an item package fit to be put in front of residents, beyond its types: every rule says where, what, and what to do."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sync.contract.condition import Condition
from sync.contract.findings import Finding, Weight
from sync.contract.icons import ITEM_ICONS
from sync.contract.item import CardField, Control, Door, Field, ItemPackage, Material
from sync.contract.json_places import Path
from sync.contract.question_rules import field_findings, rule_findings
from sync.contract.route_rules import route_findings
from sync.contract.words import Language, Words

FORMAT = 1
TITLE_MAX = 14
HELP_MAX = 44
"""Two lines at the normal size."""

QUESTIONS_MAX = 5
OPTIONS_MAX = 18
"""Large buttons that stand on one page at the normal size."""

PAPER_PAGES_MAX = 8

READ_OFF = (Control.TEXT, Control.DIGITS, Control.ID_NUMBER, Control.DATE, Control.MONEY)
"""Kinds of questions that print can answer."""

CHECKED_FORMATS = frozenset({"mobile", "bank-card", "id-number"})
"""Of these a wrong character shows."""

CHOOSING = (Control.CHOICE, Control.CHOICES)
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def is_checked(field: Field, rule: Mapping[str, Any]) -> bool:
    """Whether a value of this question is told by itself, without a label."""
    return field.control is Control.ID_NUMBER or rule.get("format") in CHECKED_FORMATS


def findings(package: ItemPackage) -> Iterator[Finding]:
    """Yield everything that is wrong with the package apart from its schema (see `schema_rules`)."""
    yield from _head(package)
    yield from _texts(package)
    for number, page in enumerate(package.pages):
        if not 1 <= len(page.fields) <= QUESTIONS_MAX:
            what = f"a page with {len(page.fields)} questions"
            yield Finding(("pages", number, "fields"), what, f"put one to {QUESTIONS_MAX} on a page, the rest on another")
    yield from _questions(package)
    yield from _row_questions(package)
    yield from _family_signs(package)
    yield from _papers(package)
    yield from rule_findings(package)
    yield from route_findings(package)
    yield from _route_conditions(package)


def _head(package: ItemPackage) -> Iterator[Finding]:
    is_code = _CODE.fullmatch(package.code) and len(package.code) <= 64
    not_a_code = f"{package.code[:80]!r} is not a code"
    rules: tuple[tuple[object, Path, str, str], ...] = (
        (package.format == FORMAT, ("format",), f"format {package.format} is not known", f"write {FORMAT}"),
        (is_code, ("code",), not_a_code, "use small letters, digits and single hyphens, at most 64"),
        (package.version >= 1, ("version",), "versions begin at 1", "write 1, and one more with each change"),
        (package.valid_from <= package.valid_until, ("valid_until",), "ends before it begins", "put the later day here"),
        (package.fee_fen >= 0, ("fee_fen",), "a fee below nothing", "write it in fen; 0 is free"),
        (package.limit.working_days >= 0, ("limit", "working_days"), "a limit below nothing", "write working days; 0 is on the spot"),
        (package.popularity >= 0, ("popularity",), "below nothing", "write 0 or more; more stands earlier"),
        (package.icon in ITEM_ICONS, ("icon",), f"terminals have no icon {package.icon[:40]!r}", "choose one of sync/contract/icons.py"),
        (
            not package.serves or package.door is Door.DIRECTORY,
            ("serves",),
            "serves kinds of the directory from another door",
            'leave it out, or write "door": "directory"',
        ),
        (len(set(package.serves)) == len(package.serves), ("serves",), "a kind is there twice", "name each kind once"),
        (package.bring or not package.by_card, ("bring",), "nothing to bring", "name at least the identity card"),
        (
            package.by_card or not package.card_fields,
            ("card_fields",),
            "reads a card that is not laid",
            "leave it empty, or ask for the card",
        ),
        (
            not package.by_social_card or (package.by_card and {CardField.NAME, CardField.ID_NUMBER} <= set(package.card_fields)),
            ("by_social_card",),
            "a social security card that cannot stand for the identity card",
            "leave it out, or ask for a card whose name and number are read",
        ),
        (package.notice.version.strip(), ("notice", "version"), "no version", "name it, such as 2026-11: it is kept with each consent"),
        (package.notice.points, ("notice", "points"), "says nothing", "say who handles what, why, how long, and what rights there are"),
        (package.pages, ("pages",), "no page at all", "ask at least one question, such as the telephone number"),
    )
    for holds, path, what, advice in rules:
        if not holds:
            yield Finding(path, what, advice)
    for place, card_field in enumerate(package.card_fields):
        if card_field in package.card_fields[:place]:
            yield Finding(("card_fields", place), f"{card_field!r} is there twice", "name each field once")


def _texts(package: ItemPackage) -> Iterator[Finding]:
    for path, words in _words_in(package, ()):
        yield from _spoken(words, path)
        if path[-1] == "help" and len(words.zh) > HELP_MAX:
            yield Finding((*path, "zh"), f"help of {len(words.zh)} characters", f"two lines hold {HELP_MAX}", Weight.WARNING)
    titles: list[tuple[Path, Words]] = [(("name",), package.name)]
    titles += [(("pages", number, "title"), page.title) for number, page in enumerate(package.pages)]
    for path, title in titles:
        if len(title.zh) > TITLE_MAX:
            yield Finding((*path, "zh"), f"a title of {len(title.zh)} characters", f"say it in {TITLE_MAX}")
        if title.zh.endswith(("。", "！", "，")):
            yield Finding((*path, "zh"), "a title that ends in a mark", "titles have none", Weight.WARNING)


def _spoken(words: Words, path: Path) -> Iterator[Finding]:
    if not words.zh.strip():
        yield Finding((*path, "zh"), "no Chinese text", "Chinese is the source: write it")
    for language in Language:
        text = getattr(words, language)
        if language is not Language.ZH and (text is None or not text.strip()):
            yield Finding(path, f"no text in {language}", f"translate it; until then {language} residents read Chinese", Weight.WARNING)
        if any(unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"} for char in text or ""):
            yield Finding((*path, language), "a character that cannot be shown", "remove line breaks and other control characters")


def _words_in(value: object, path: Path) -> Iterator[tuple[Path, Words]]:
    if isinstance(value, Words):
        yield path, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _words_in(getattr(value, name), (*path, name))
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _words_in(item, (*path, place))


def _questions(package: ItemPackage) -> Iterator[Finding]:
    before: dict[str, Field] = {}
    for path, field in fields_in(package):
        if not _NAME.fullmatch(field.name):
            yield Finding((*path, "name"), f"{field.name[:40]!r} is not a name", "use small letters, digits and underscores")
        if field.name in before:
            yield Finding((*path, "name"), f"{field.name!r} is asked twice", "ask it once, or give the second another name")
        yield from _options(field, path)
        yield from field_findings(field, path)
        if field.when is not None:
            yield from _condition(field.when, (*path, "when"), before)
        before[field.name] = field


def _row_questions(package: ItemPackage) -> Iterator[Finding]:
    for path, field in fields_in(package):
        if field.rows is None:
            continue
        before: dict[str, Field] = {}
        for place, inner in enumerate(field.rows.fields):
            at: Path = (*path, "rows", "fields", place)
            if not _NAME.fullmatch(inner.name):
                yield Finding((*at, "name"), f"{inner.name[:40]!r} is not a name", "use small letters, digits and underscores")
            if inner.name in before:
                yield Finding((*at, "name"), f"{inner.name!r} is asked twice", "ask it once, or give the second another name")
            if inner.control in (Control.ROWS, Control.DERIVED):
                yield Finding((*at, "control"), f"a question of kind {inner.control} in a row", "put it on a page of its own")
            yield from _options(inner, at)
            if inner.when is not None:
                yield from _condition(inner.when, (*at, "when"), before)
            before[inner.name] = inner


def fields_in(package: ItemPackage) -> Iterator[tuple[Path, Field]]:
    """Yield every question, in the order in which they are put, with the way to it; those of rows stand inside theirs."""
    if package.helping is not None:
        yield ("helping", "question"), package.helping.question
    for number, page in enumerate(package.pages):
        for place, field in enumerate(page.fields):
            yield ("pages", number, "fields", place), field


def _family_signs(package: ItemPackage) -> Iterator[Finding]:
    wanted, at = package.family_signs, ("family_signs",)
    if wanted is None:
        return
    if not package.signed:
        yield Finding(at, "the family signs what nobody signs", "remove it, or let the item be signed")
    field = next((field for _, field in fields_in(package) if field.name == wanted.field and field.rows is not None), None)
    columns = {inner.name: inner for inner in field.rows.fields} if field is not None and field.rows is not None else {}
    if field is None:
        yield Finding((*at, "field"), f"no question {wanted.field!r} with rows", "name the question that repeats for each member")
    elif wanted.name not in columns:
        yield Finding((*at, "name"), f"a row has no question {wanted.name!r}", "name the one that asks for the member's name")
    if columns and (number := columns.get(wanted.id_number)) is None:
        yield Finding((*at, "id_number"), f"a row has no question {wanted.id_number!r}", "name the one that asks for the number")
    elif columns and number is not None and number.control is not Control.ID_NUMBER:
        yield Finding((*at, "id_number"), "age is told by an identity number", "name a question of kind id_number")


def _options(field: Field, path: Path) -> Iterator[Finding]:
    if field.control not in CHOOSING:
        if field.options and field.control is not Control.DERIVED:
            yield Finding((*path, "options"), f"a question of kind {field.control} has no options", "remove them, or make it a choice")
        return
    if not 2 <= len(field.options) <= OPTIONS_MAX:
        yield Finding(path, f"{len(field.options)} options", f"offer 2 to {OPTIONS_MAX}: they are large buttons on one page")
    for place, option in enumerate(field.options):
        if option.value in {other.value for other in field.options[:place]}:
            yield Finding((*path, "options", place), f"{option.value!r} is offered twice", "give each option its own value")


def _papers(package: ItemPackage) -> Iterator[Finding]:
    asked = {field.name: field for _, field in fields_in(package)}
    for number, check in enumerate(package.checks):
        if check.when is not None:
            yield from _condition(check.when, ("checks", number, "when"), {**asked, **_inside(asked, check.field)})
    for number, material in enumerate(package.materials):
        path: Path = ("materials", number)
        if not _CODE.fullmatch(material.id) or len(material.id) > 64:
            yield Finding((*path, "id"), f"{material.id[:80]!r} is not an id", "use small letters, digits and single hyphens, at most 64")
        if material.id in {other.id for other in package.materials[:number]}:
            yield Finding((*path, "id"), f"{material.id!r} is there twice", "give each paper its own id")
        if not 1 <= material.pages_max <= PAPER_PAGES_MAX:
            yield Finding((*path, "pages_max"), f"{material.pages_max} pages", f"allow 1 to {PAPER_PAGES_MAX}")
        if material.when is not None:
            yield from _condition(material.when, (*path, "when"), asked)
        if material.first and material.when is not None:
            yield Finding((*path, "first"), "comes before the question that it depends on", "leave out `first`, or `when`")
        yield from _read_off(package, material, path)


def _read_off(package: ItemPackage, material: Material, path: Path) -> Iterator[Finding]:
    """Yield what is wrong with what a paper's print is read for."""
    asked = {field.name: field for page in package.pages for field in page.fields}
    properties = package.schema.get("properties", {})
    for number, reads in enumerate(material.reads):
        at: Path = (*path, "reads", number)
        field = asked.get(reads.field)
        rule = properties.get(reads.field)
        if field is None or field.control not in READ_OFF:
            advice = f"name a question on a page, of the kinds {', '.join(READ_OFF)}"
            yield Finding((*at, "field"), f"{reads.field[:40]!r} cannot be read off a paper", advice)
        elif not reads.labels and not is_checked(field, rule if isinstance(rule, dict) else {}):
            yield Finding((*at, "labels"), "anything could be meant", "write what is printed before it, such as 出租方")
        if reads.field in {other.field for other in material.reads[:number]}:
            yield Finding((*at, "field"), f"{reads.field!r} is read twice", "write all its labels once")
        if any(len(label) < 2 or label != "".join(label.split()).strip(":：") for label in reads.labels):
            yield Finding((*at, "labels"), "a label with blanks or a colon, or too short", "write its characters alone, at least two")


def _inside(asked: Mapping[str, Field], name: str) -> dict[str, Field]:
    """Return the questions of the rows that a rule is about."""
    rows_name, dot, _ = name.partition(".")
    field = asked.get(rows_name)
    return {inner.name: inner for inner in field.rows.fields} if dot and field is not None and field.rows is not None else {}


def _route_conditions(package: ItemPackage) -> Iterator[Finding]:
    asked = {field.name: field for _, field in fields_in(package)}
    for number, step in enumerate(package.route.steps if package.route else ()):
        if step.when is not None:
            yield from _condition(step.when, ("route", "steps", number, "when"), asked)


def _condition(when: Condition, path: Path, before: Mapping[str, Field], together: frozenset[Condition] | None = None) -> Iterator[Finding]:
    together = frozenset(_parts(when)) if together is None else together
    for place, other in enumerate(when.also):
        yield from _condition(other, (*path, "also", place), before, together)
    field = before.get(when.field)
    if field is None:
        yield Finding((*path, "field"), f"{when.field!r} is not asked before this", "name a question that stands earlier")
        return
    if field.when is not None and not _parts(field.when) <= together:
        what = f"{when.field!r} is itself only sometimes asked"
        yield Finding((*path, "field"), what, "add its own condition under `also`, or depend on a question that is always put")
    possible: tuple[Any, ...]
    match field.control:
        case Control.CHOICE | Control.CHOICES | Control.DERIVED if field.options:
            possible = tuple(option.value for option in field.options)
        case Control.YES_NO:
            possible = (True, False)
        case _:
            yield Finding((*path, "field"), f"{when.field!r} is of kind {field.control}", "depend on a choice or a yes-or-no question")
            return
    if not when.is_one_of:
        yield Finding((*path, "is_one_of"), "names no answer, so this is never asked", "name at least one")
    for place, value in enumerate(when.is_one_of):
        if not any(value is other or (isinstance(value, str) and value == other) for other in possible):
            yield Finding((*path, "is_one_of", place), f"{value!r} is no answer to {when.field!r}", "name one of its options")


def _parts(condition: Condition) -> set[Condition]:
    """Return the simple conditions that all have to hold."""
    plain = Condition(condition.field, condition.is_one_of)
    return {plain}.union(*(_parts(other) for other in condition.also))
