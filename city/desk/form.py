"""An item's questions as a form at the desk: the package that terminals show, read from what a browser sent, judged by the same check."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from sync.contract import address
from sync.contract.answers import FieldProblem, fields_asked, kept, problems, row_fields
from sync.contract.application import Applicant
from sync.contract.derived import derived, value_of
from sync.contract.formats import is_id_number, read_date
from sync.contract.item import CardField, Control, Eligibility, Field, ItemPackage, Refusal
from sync.contract.words import Language, Words

TEXT_LETTERS = 2000
MOST_ROWS = 30
_SETTLING = 4  # conditions of conditions of conditions


class Posted(Protocol):
    """What a form sent: the last value of a name, and all of them."""

    def get(self, name: str, /) -> str | None:
        """Return the last value."""

    def getlist(self, name: str, /) -> list[str]:
        """Return every value."""


@dataclass(frozen=True, slots=True)
class Widget:
    """One question as the page draws it. `parts` are those of an address, or the rows' widgets, row by row."""

    name: str
    label: str
    control: str
    value: Any = ""
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    problem: FieldProblem | None = None
    parts: tuple["Widget", ...] = ()
    rows: tuple[tuple["Widget", ...], ...] = ()
    one: str = ""  # what a row is called
    decides: bool = False  # other questions hang on the answer


@dataclass(frozen=True, slots=True)
class Filled:
    """What was sent, made into answers: those to questions that are asked, derived ones among them."""

    applicant: Applicant | None
    answers: dict[str, Any]
    fitness: dict[str, Any]


def read(package: ItemPackage, posted: Posted, today: date) -> Filled:
    """Read the whole form; answers to questions that are not put are dropped, also those put only because of a dropped one."""
    applicant = _applicant(package, posted)
    answers = {field.name: _value(package.schema, field, posted, f"a.{field.name}") for page in package.pages for field in page.fields}
    if package.helping is not None and _text(posted, "helped") == "yes":
        question = package.helping.question
        answers[question.name] = _text(posted, f"a.{question.name}") or None
    for _ in range(_SETTLING):
        answers = kept(package, answers)
        answers |= derived(package, answers, applicant, today)
    fitness = {
        one.question.name: value_of(one.question, answers, applicant, today)
        if one.question.control is Control.DERIVED
        else _value({}, one.question, posted, f"e.{one.question.name}")
        for one in package.eligibility
    }
    return Filled(applicant, answers, {name: value for name, value in fitness.items() if value is not None})


def refused(package: ItemPackage, filled: Filled) -> Refusal | None:
    """Return why these answers to the questions before the form lead no further."""
    for one in package.eligibility:
        for refusal in one.refusals:
            if one.question.name in filled.fitness and filled.fitness[one.question.name] in refusal.is_one_of:
                return refusal
    return None


def unanswered(package: ItemPackage, filled: Filled) -> list[Eligibility]:
    """Return the questions before the form that still have no answer."""
    return [one for one in package.eligibility if one.question.control is not Control.DERIVED and one.question.name not in filled.fitness]


def wrong(package: ItemPackage, filled: Filled, today: date) -> dict[str, FieldProblem]:
    """Return what is wrong, by the name of the widget that it stands at."""
    found = problems(package, filled.answers, today, filled.applicant, with_card=True)
    return {_place(one): one for one in found}


def card_wrong(package: ItemPackage, filled: Filled, today: date) -> tuple[str, ...]:
    """Return the fields of the card that are missing or cannot be: the desk reads them from the card that lies before it."""
    if not package.by_card:
        return ()
    read_card = filled.applicant
    missing = [field.value for field in package.card_fields if getattr(read_card, field.value, None) is None]
    optional = {CardField.NATIONALITY.value, CardField.VALID_UNTIL.value, CardField.ISSUER.value}
    bad = [name for name in missing if name not in optional]
    number = getattr(read_card, "id_number", None)
    if number is not None and not is_id_number(number):
        bad.append("id_number")
    birth = getattr(read_card, "birth_date", None)
    if birth is not None and birth > today:
        bad.append("birth_date")
    return tuple(dict.fromkeys(bad))


def widgets(
    package: ItemPackage, filled: Filled, posted: Posted, found: Mapping[str, FieldProblem], language: Language
) -> Iterator[tuple[str, tuple[Widget, ...]]]:
    """Yield the pages that have something to ask: the title, and the questions as they are drawn."""
    deciding = _deciding(package)
    for page in package.pages:
        asked = tuple(
            _widget(package.schema, field, f"a.{field.name}", posted, found, language, filled, deciding)
            for field in fields_asked(page, filled.answers)
        )
        if asked:
            yield page.title.said_in(language), asked


def eligibility_widgets(package: ItemPackage, posted: Posted, language: Language) -> tuple[Widget, ...]:
    """Return the questions before the form."""
    asked = (one.question for one in package.eligibility if one.question.control is not Control.DERIVED)
    nothing = Filled(None, {}, {})
    return tuple(_widget({}, field, f"e.{field.name}", posted, {}, language, nothing, set()) for field in asked)


def _widget(
    schema: Mapping[str, Any],
    field: Field,
    name: str,
    posted: Posted,
    found: Mapping[str, FieldProblem],
    language: Language,
    filled: Filled,
    deciding: set[str],
) -> Widget:
    options = tuple((option.value, option.label.said_in(language)) for option in field.options)
    plain = Widget(
        name,
        field.label.said_in(language),
        field.control.value,
        posted.getlist(name) if field.control is Control.CHOICES else _text(posted, name),
        _said(field.help, language) or _said(field.hint, language),
        options,
        found.get(name),
        decides=field.name in deciding,
    )
    if field.rows is not None:
        return replace(
            plain, rows=_rows(schema, field, name, posted, found, language, filled, deciding), one=field.rows.one.said_in(language)
        )
    if field.control is Control.ADDRESS and _in_steps(schema, field):
        parts = tuple(Widget(f"{name}.{step}", step, "text", _text(posted, f"{name}.{step}")) for step in _steps(schema, field))
        return replace(plain, control="steps", parts=parts)
    if field.control is Control.DERIVED:
        value = filled.answers.get(field.name, "")
        return replace(plain, value=dict(options).get(value, value))
    return plain


def _rows(
    schema: Mapping[str, Any],
    field: Field,
    name: str,
    posted: Posted,
    found: Mapping[str, FieldProblem],
    language: Language,
    filled: Filled,
    deciding: set[str],
) -> tuple[tuple[Widget, ...], ...]:
    inner = schema.get("properties", {}).get(field.name, {}).get("items", {})
    drawn = []
    for place in range(_count(field, posted, name)):
        row = _row(inner, field, posted, f"{name}.{place}")
        drawn.append(
            tuple(
                _widget(inner, one, f"{name}.{place}.{one.name}", posted, found, language, filled, deciding)
                for one in row_fields(field, {key: value for key, value in row.items() if value is not None})
            )
        )
    return tuple(drawn)


def _deciding(package: ItemPackage) -> set[str]:
    """Return the names of the questions on whose answers others hang."""
    fields = [field for page in package.pages for field in page.fields]
    inner = [one for field in fields if field.rows is not None for one in field.rows.fields]
    conditions = [*(field.when for field in (*fields, *inner)), *(material.when for material in package.materials)]
    return {one.field for condition in conditions if condition is not None for one in (condition, *condition.also)}


def _value(schema: Mapping[str, Any], field: Field, posted: Posted, name: str) -> Any:  # noqa: ANN401  an answer is text, yes or no, or made of them
    match field.control:
        case Control.DERIVED:
            return None
        case Control.YES_NO:
            return {"yes": True, "no": False}.get(_text(posted, name))
        case Control.CHOICES:
            known = {option.value for option in field.options}
            return [one for one in dict.fromkeys(posted.getlist(name)) if one in known] or None
        case Control.ROWS:
            inner = schema.get("properties", {}).get(field.name, {}).get("items", {})
            rows = [_row(inner, field, posted, f"{name}.{place}") for place in range(_count(field, posted, name))]
            return [{key: value for key, value in row.items() if value is not None} for row in rows] or None
        case Control.ADDRESS if _in_steps(schema, field):
            parts = {step: _text(posted, f"{name}.{step}") for step in _steps(schema, field)}
            return {step: value for step, value in parts.items() if value} or None
        case Control.ID_NUMBER:
            return _text(posted, name).upper() or None
        case _:
            return _text(posted, name) or None


def _row(inner: Mapping[str, Any], field: Field, posted: Posted, name: str) -> dict[str, Any]:
    assert field.rows is not None  # noqa: S101  only rows come here
    return {one.name: _value(inner, one, posted, f"{name}.{one.name}") for one in field.rows.fields}


def _count(field: Field, posted: Posted, name: str) -> int:
    """How many rows the page shows: those that were sent, at least what the item wants, at most what it takes."""
    assert field.rows is not None  # noqa: S101  only rows come here
    text = _text(posted, f"n.{name}")
    sent = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else field.rows.least
    return max(0, min(sent, field.rows.most, MOST_ROWS))


def _steps(schema: Mapping[str, Any], field: Field) -> tuple[str, ...]:
    """Return the steps that this package's address may have."""
    known = schema["properties"][field.name].get("properties", {})
    return tuple(step for step in address.ALL_STEPS if step in known)


def _in_steps(schema: Mapping[str, Any], field: Field) -> bool:
    return bool(schema.get("properties", {}).get(field.name, {}).get("type") == "object")


def _applicant(package: ItemPackage, posted: Posted) -> Applicant | None:
    if not package.by_card:
        return None
    facts: dict[str, Any] = {}
    for one in package.card_fields:
        text = _text(posted, f"c.{one.value}")
        if one is CardField.BIRTH_DATE:
            facts[one.value] = read_date(text)
        elif one is CardField.ID_NUMBER:
            facts[one.value] = text.upper() or None
        else:
            facts[one.value] = text or None
    return Applicant("resident", **facts)


def _place(problem: FieldProblem) -> str:
    row = "" if problem.row is None else f".{problem.row}"
    return f"a.{problem.field}{row}{f'.{problem.part}' if problem.part else ''}"


def _text(posted: Posted, name: str) -> str:
    return (posted.get(name) or "").replace("\0", "").replace("\r\n", "\n").strip()[:TEXT_LETTERS]


def _said(words: Words | None, language: Language) -> str:
    return "" if words is None else words.said_in(language)
