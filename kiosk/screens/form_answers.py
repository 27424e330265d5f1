"""How a question of the form looks with its answer: what it may say, to whom, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiosk.flow.community import Community
from kiosk.flow.offering import PaperOffer, offers_on
from kiosk.flow.questions import answers_in, problems_in
from kiosk.flow.rows import with_row
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Form
from kiosk.flow.visit import Visit
from kiosk.input_method import editing
from kiosk.input_method.code_points import code_of
from kiosk.input_method.lunar import lunar_day
from kiosk.screens.entry.choices import Offer
from kiosk.screens.entry.complaint import complaint
from kiosk.screens.entry.decks import Decks
from kiosk.screens.entry.field import FieldLook, Filled
from kiosk.screens.stage import Stage
from kiosk.screens.wording import place_answer, service_answer
from sync.contract import address
from sync.contract.answers import AnswerProblem, FieldProblem
from sync.contract.formats import read_date
from sync.contract.item import Control, Field, ItemPackage


def form_of(kiosk: Kiosk) -> tuple[Visit, Form]:
    """Return the application and the page of it that is shown. Raises TypeError where none is."""
    if kiosk.application is None or not isinstance(kiosk.view, Form):
        raise TypeError("the form is shown without a form")
    return kiosk.application, kiosk.view


def is_secret(field: Field, schema: Mapping[str, Any]) -> bool:
    """Whether an answer is not said aloud where others listen."""
    return field.control is Control.ID_NUMBER or schema.get("format") in ("id-number", "bank-card")


def offered(visit: Visit, view: Form) -> tuple[PaperOffer, ...]:
    """Return what is offered on the page now: not while the very field is being filled with something else, nor inside a row."""
    if view.row is not None:
        return ()
    return tuple(offer for offer in offers_on(visit, view.page) if not (offer.differs and offer.field == view.focus))


def schema_of(item: ItemPackage, view: Form, name: str) -> Mapping[str, Any]:
    """Return what the item's schema says of one question, in a row of the one that repeats."""
    properties = item.schema.get("properties", {})
    if view.row is not None:
        properties = properties.get(view.row.field, {}).get("items", {}).get("properties", {})
    found = properties.get(name, {})
    return found if isinstance(found, dict) else {}


def marked(value: object) -> frozenset[str | bool]:
    """Return which choices an answer marks."""
    if isinstance(value, (list, tuple)):
        return frozenset(value)
    return frozenset() if value is None else frozenset([value]) if isinstance(value, (str, bool)) else frozenset()


def offers_of(stage: Stage, field: Field) -> list[Offer]:
    """Return the choices of a question, in its order."""
    if field.control is Control.YES_NO:
        return [Offer("yes", stage.say("form.yes"), value=True), Offer("no", stage.say("form.no"), value=False)]
    return [Offer(option.value, option.label.said_in(stage.theme.language), option.value) for option in field.options]


def is_optional(kiosk: Kiosk, visit: Visit, view: Form, field: Field) -> bool:
    """Tell whether the page may be left with this question unanswered, as the other answers stand."""
    without = replace(visit, answers={name: value for name, value in visit.answers.items() if name != field.name})
    if view.row is not None:
        row = {name: value for name, value in answers_in(visit, view).items() if name != field.name}
        without = with_row(visit, view.row, row)
    problems = problems_in(without, view, kiosk.now.date())
    return not any(problem.field == field.name and problem.problem is AnswerProblem.MISSING for problem in problems)


def _lunar(field: Field, value: str) -> str | None:
    """Return the lunar day of a date that is being chosen."""
    day = read_date(value) if field.control is Control.DATE else None
    return None if day is None else lunar_day(day)


def on_glass(stage: Stage, field: Field, schema: Mapping[str, Any], value: str, community: Community) -> str:
    """Return an answer as it stands on the glass."""
    if not value:
        return ""
    if field.control is Control.DATE:
        day = read_date(value)
        return value if day is None else stage.say("form.day", year=day.year, month=day.month, day=day.day)
    if field.control is Control.PLACE:
        return place_answer(stage, community.plan, value)
    if field.control is Control.SERVICE:
        return service_answer(stage, community.providers, value)
    if field.control is Control.MONEY:
        return stage.say("form.yuan", amount=value)
    if field.control in (Control.DIGITS, Control.ID_NUMBER):
        return editing.shown(editing.figure_kind(field.control, schema), value)
    return value


def filled(stage: Stage, kiosk: Kiosk, field: Field, problem: FieldProblem | None, *, keys: Decks | None, is_right: bool) -> Filled:
    """Return how a question looks with its answer as it stands; `keys` are those that type into it now, if any do."""
    visit, view = form_of(kiosk)
    schema = schema_of(visit.item, view, field.name)
    given = answers_in(visit, view).get(field.name, "")
    value = address.said(given) if isinstance(given, Mapping) else given if isinstance(given, str) else ""
    composition = keys.composition if keys is not None else None
    letters = composition.letters if composition else ""
    typed = keys.before + composition.text if keys is not None and composition else ""
    shown = typed if composition else on_glass(stage, field, schema, value, kiosk.community)
    look = FieldLook.EMPTY
    if problem is not None:
        look = FieldLook.WRONG_FOCUS if keys is not None else FieldLook.WRONG
    elif keys is not None:
        look = FieldLook.FOCUS
    elif value and is_right:
        look = FieldLook.GOOD
    message = ""
    if problem is not None:
        message = complaint(stage, problem, field, given)
    elif composition is not None and composition.candidates:
        message = stage.say("form.choose_word")
    elif keys is not None and (lunar := _lunar(field, value)) is not None:
        message = stage.say("form.lunar", day=lunar)
    elif missing := stage.theme.fonts.missing(shown):
        message = stage.say("form.not_in_font", codes=" ".join(map(code_of, missing)))
    hint = (
        field.hint.said_in(stage.theme.language)
        if field.hint
        else stage.say("form.tap_day" if field.control is Control.DATE else "form.tap")
    )
    return Filled(look, shown, letters, hint, message)
