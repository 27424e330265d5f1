"""An application as a clerk reads it: answers under the labels of its item, personal ones masked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from city.onewindow.content import Content
from city.onewindow.masks import Mask, mask_for, masked
from city.onewindow.models import Case
from city.onewindow.routes import steps_known
from city.onewindow.states import StepState
from sync.contract import address
from sync.contract.answers import fields_asked, materials_asked, row_fields
from sync.contract.application import PaperPage
from sync.contract.item import Control, Field
from sync.contract.words import Language, Words

_CARD: tuple[tuple[str, Words, Mask], ...] = (
    ("name", Words("姓名", "Name"), Mask.NAME),
    ("name_latin", Words("外文姓名", "Name in Latin letters"), Mask.NAME),
    ("id_number", Words("证件号码", "ID number"), Mask.ID_NUMBER),
    ("sex", Words("性别", "Sex"), Mask.NONE),
    ("ethnic_group", Words("民族", "Ethnic group"), Mask.NONE),
    ("birth_date", Words("出生日期", "Date of birth"), Mask.WHOLE),
    ("address", Words("证件住址", "Address on the card"), Mask.PLACE),
    ("issuer", Words("签发机关", "Issuer"), Mask.NONE),
    ("valid_until", Words("证件有效期至", "Card valid until"), Mask.NONE),
    ("nationality", Words("国籍", "Nationality"), Mask.NONE),
)
_APPLICANT = Words("申请人", "Applicant")
_HELPER = Words("代办人", "Helper")
_FOR_WHOM = Words("替谁办理", "Hands in for")
_SIGNED = Words("签名", "Signature")
_CODED = {  # values of the card that are codes on the wire
    "male": Words("男", "Male"),
    "female": Words("女", "Female"),
    "unknown": Words("未知", "Unknown"),
    "not_stated": Words("未说明", "Not stated"),
    "long_term": Words("长期", "Long term"),
}
_SIGNED_BY = Words("家人签名和见证", "Family's signatures, and witness")
_MEMBER = Words("家人 {place}", "Family {place}")
_WITNESS = Words("见证人", "Witness")
_ABSENT = Words("不在场，没有签", "Not there, not signed")
_MARKED = Words("画押", "A mark")
_YES, _NO = Words("是", "Yes"), Words("否", "No")
_YUAN = Words("元", "yuan")


@dataclass(frozen=True, slots=True)
class Line:
    """One answer. `key` is what a reveal names."""

    key: str
    label: str
    shown: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Answers that were asked together."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One photographed page."""

    place: int
    name: str
    page: int
    pages: int
    digest: str
    is_earlier: bool = False  # photographed for an earlier application of the same visit


@dataclass(frozen=True, slots=True)
class Value:
    """One answer in clear, on its way to being masked or revealed."""

    key: str
    label: str
    text: str
    mask: Mask


@dataclass(frozen=True, slots=True)
class StepLine:
    """One office's part of the way."""

    name: str
    office: str
    state: StepState
    due_on: date | None
    done_at: datetime | None


def sections(content: Content, language: Language) -> tuple[Section, ...]:
    """Return the card's fields and then the pages of the form, in their order."""
    package, application = content.package, content.application
    found = [Section(_APPLICANT.said_in(language), _lines(_card_values(content, language)))]
    found.append(Section(_HELPER.said_in(language), _lines(_helper_values(content, language))))
    found.append(Section(_SIGNED_BY.said_in(language), _lines(_signing_values(content, language))))
    for page in package.pages:
        lines = _lines(value for field in fields_asked(page, application.answers) for value in _answers(content, field, language))
        found.append(Section(page.title.said_in(language), lines))
    return tuple(section for section in found if section.lines)


def value_of(content: Content, key: str, language: Language) -> Value | None:
    """Return one masked answer in clear, for a reveal that has been written down; None when there is no such answer."""
    for value in _values(content, language):
        if value.key == key and value.text and value.mask is not Mask.NONE:
            return value
    return None


def papers(content: Content, language: Language) -> tuple[Paper, ...]:
    """Return the photographed pages in the order of the item's materials."""
    order = {material.id: (place, material) for place, material in enumerate(content.package.materials)}
    pages = sorted(content.application.papers, key=lambda paper: (order[paper.material][0], paper.page))
    return tuple(_paper(paper, content, order[paper.material][1].name.said_in(language)) for paper in pages)


def material_names(content: Content, language: Language) -> tuple[tuple[str, str], ...]:
    """Return id and name of each paper that is asked for."""
    asked = materials_asked(content.package, content.application.answers)
    return tuple((material.id, material.name.said_in(language)) for material in asked)


def question_names(content: Content, language: Language) -> tuple[tuple[str, str], ...]:
    """Return name and label of each question that was put and that a resident can answer again."""
    asked = (field for page in content.package.pages for field in fields_asked(page, content.application.answers))
    return tuple((field.name, field.label.said_in(language)) for field in asked if field.derive is None)


def steps_of(case: Case, language: Language) -> tuple[StepLine, ...]:
    """Return the steps of an accepted case in the order of its route, without those that do not apply to it."""
    names = {step.id: step.name.said_in(language) for step in steps_known(case).values()}
    rows = case.steps.exclude(state=StepState.LEFT_OUT).select_related("office").order_by("place")
    return tuple(StepLine(names[row.step], row.office.name, StepState(row.state), row.due_on, row.done_at) for row in rows)


def plain_answers(content: Content, language: Language) -> tuple[tuple[str, str, str], ...]:
    """Return name, label and text of each answer in clear: for an existing platform that the case is handed over to."""
    fields = (field for page in content.package.pages for field in fields_asked(page, content.application.answers))
    found = (value for field in fields for value in _answers(content, field, language))
    return tuple((value.key.removeprefix("answer."), value.label, value.text) for value in found if value.text)


def _paper(paper: PaperPage, content: Content, name: str) -> Paper:
    pages = sum(other.material == paper.material for other in content.application.papers)
    return Paper(paper.attachment, name, paper.page, pages, paper.digest, is_earlier=paper.photographed_for is not None)


def _values(content: Content, language: Language) -> Iterator[Value]:
    yield from _card_values(content, language)
    yield from _helper_values(content, language)
    yield from _signing_values(content, language)
    for page in content.package.pages:
        for field in fields_asked(page, content.application.answers):
            yield from _answers(content, field, language)


def _card_values(content: Content, language: Language) -> Iterator[Value]:
    for name, label, mask in _CARD:
        value = getattr(content.application.applicant, name, None)
        if value is not None:
            coded = _CODED.get(value) if name in ("sex", "valid_until") else None
            text = coded.said_in(language) if coded else _plain(value)
            yield Value(f"card.{name}", label.said_in(language), text, mask)


def _helper_values(content: Content, language: Language) -> Iterator[Value]:
    """Who hands in for the applicant, for whom they do, and that they signed."""
    helper, helping = content.application.helper, content.package.helping
    if helper is None or helping is None:
        return
    question = helping.question
    for_whom = _answer(question, content.application.answers.get(question.name), language)
    yield Value(f"answer.{question.name}", _FOR_WHOM.said_in(language), for_whom, Mask.NONE)
    for name, label, mask in _CARD[:3]:
        value = getattr(helper.card, name, None)
        if value is not None:
            yield Value(f"helper.{name}", label.said_in(language), _plain(value), mask)
    yield Value("helper.signed", _SIGNED.said_in(language), (_YES if helper.signature else _NO).said_in(language), Mask.NONE)


def _signing_values(content: Content, language: Language) -> Iterator[Value]:
    """Which adults of the family have signed, and who saw a mark being made."""
    application, wanted = content.application, content.package.family_signs
    rows = application.answers.get(wanted.field) if wanted is not None else None
    for one in application.family:
        name = rows[one.row].get(wanted.name) if wanted is not None and isinstance(rows, list) else None
        how = _ABSENT if one.signature is None else _MARKED if one.signature.is_mark else _YES
        place = _MEMBER.said_in(language).format(place=one.row + 1)
        yield Value(f"family.{one.row}.name", place, _plain(name or ""), Mask.NAME)
        yield Value(f"family.{one.row}.signed", f"{place} · {_SIGNED.said_in(language)}", how.said_in(language), Mask.NONE)
    for name, label, mask in _CARD[:3]:
        value = getattr(application.witness, name, None)
        if value is not None:
            yield Value(f"witness.{name}", f"{_WITNESS.said_in(language)} · {label.said_in(language)}", _plain(value), mask)


def _answers(content: Content, field: Field, language: Language) -> Iterator[Value]:
    """The answer to a question; rows give one for each of their questions, under "family 2 · name"."""
    rule = content.package.schema.get("properties", {}).get(field.name, {})
    answer = content.application.answers.get(field.name)
    label = field.label.said_in(language)
    if field.rows is None:
        mask = mask_for(rule.get("format"), field.control, field.name)
        yield Value(f"answer.{field.name}", label, _answer(field, answer, language), mask)
        return
    inner_rules = rule.get("items", {}).get("properties", {})
    one = field.rows.one.said_in(language)
    for place, row in enumerate(answer if isinstance(answer, list) else ()):
        for inner in row_fields(field, row if isinstance(row, dict) else {}):
            mask = mask_for(inner_rules.get(inner.name, {}).get("format"), inner.control, inner.name)
            text = _answer(inner, row.get(inner.name), language)
            yield Value(f"answer.{field.name}.{place}.{inner.name}", f"{one} {place + 1} · {inner.label.said_in(language)}", text, mask)


def _answer(field: Field, answer: object, language: Language) -> str:
    labels = {option.value: option.label.said_in(language) for option in field.options}
    match field.control, answer:
        case _, None:
            return ""
        case _, bool():
            return (_YES if answer else _NO).said_in(language)
        case Control.CHOICE | Control.DERIVED, str() if labels:
            return labels.get(answer, answer)
        case Control.CHOICES, list():
            return "、".join(labels.get(str(one), str(one)) for one in answer)
        case Control.ADDRESS, dict():
            return address.said(answer)
        case Control.MONEY, _:
            return f"{answer} {_YUAN.said_in(language)}"
        case _:
            return _plain(answer)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return " ".join(_plain(one) for one in value.values() if one)
    if isinstance(value, list):
        return "、".join(_plain(one) for one in value)
    return str(value)


def _lines(values: Iterator[Value]) -> tuple[Line, ...]:
    return tuple(
        Line(value.key, value.label, masked(value.text, value.mask), value.mask is not Mask.NONE and bool(value.text)) for value in values
    )
