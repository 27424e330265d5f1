"""Somebody who comes for one matter and knows what to answer: walks from home to the slip by touches alone."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never

from kiosk.demo.script import SIGNATURE
from kiosk.demo.town import Town
from peripherals.deadline import Deadline
from sync.contract.answers import materials_asked, questions_asked, row_fields
from sync.contract.item import CardField, Control, Door, Field, ItemPackage
from tests.journeys.glass import Glass
from tests.journeys.hands import Hands

PAPER = "tenancy-contract"
_STEPS_AT_MOST = 200
_GROUPS_AT_MOST = 12
_HOME_WITHIN_S = 120.0

Card = Mapping[str, str]
"""What the virtual reader finds in the chip."""

Shown = Mapping[str, Any]


@dataclass(frozen=True)
class Matter:
    """What somebody comes for: the item, whose card, and what is answered, also to the questions before the form."""

    package: ItemPackage
    card: Card
    before: Mapping[str, Any]
    answers: Mapping[str, Any]
    today: date
    helper: Card | None = None
    provider: str = ""  # of the directory, for items behind it


class Visitor:
    """Does what each page asks, as often as one comes."""

    def __init__(self, glass: Glass, town: Town, matter: Matter) -> None:
        self._glass = glass
        self._town = town
        self._matter = matter
        self._package = matter.package
        self._hands = Hands(glass)
        self._given: dict[str, Any] = {}  # so far: what is asked next may depend on it
        self._number = ""

    def hand_in(self) -> str:
        """Walk from home to the slip and home again; return the number on the slip."""
        self._choose()
        for _ in range(_STEPS_AT_MOST):
            shown = self._glass.until(lambda shown: shown["view"] != "HandingIn", "it is stored and printed")
            if shown["view"] == "Done":
                return self._finish()
            self._step(shown)
        raise AssertionError(f"{self._package.code}: never at an end; shown is {self._glass.shown()}")

    # From home to the guide

    def _choose(self) -> None:
        glass, package = self._glass, self._package
        go_home(glass, self._town)
        match package.door:
            case Door.GRID:
                glass.tap("errand-report")
            case Door.DIRECTORY:
                glass.tap("errand-services")
                glass.until(lambda shown: shown["view"] == "ServiceList", "the kinds are listed")
                kind, self._given["service"] = self._matter.provider.split("/")
                glass.tap(f"service-{kind}")
                glass.tap(f"provider-{self._given['service']}")
                glass.until(lambda shown: shown["view"] == "ProviderShown", "the service is shown")
                glass.tap("next")
            case Door.CATALOGUE:
                glass.tap(f"category-{package.category}")
                glass.until(lambda _: not glass.is_there(f"category-{package.category}"), "the drawer is open")
                glass.tap(f"item-{package.code}")
            case _:
                assert_never(package.door)
        glass.until(lambda shown: shown["view"] == "Guide" and shown["item"] == package.code, "the guide is shown")

    # Page by page

    def _step(self, shown: Shown) -> None:
        glass = self._glass
        match shown["view"]:
            case "Guide":
                glass.tap("consent")
                glass.tap("helper" if self._matter.helper is not None else "next")
                self._left(shown)
            case "Whose":
                assert self._package.helping is not None
                whose = self._package.helping.question
                self._answer(whose, self._matter.answers)
                self._given[whose.name] = self._matter.answers[whose.name]  # what a helper is asked hangs on it
                glass.tap("next")
                self._left(shown)
            case "LayCard":
                self._lay(self._matter.helper if shown["whose"] == "helper" else self._matter.card, shown)
            case "Eligible":
                question = self._package.eligibility[shown["place"]].question
                self._answer(question, self._matter.before)
                glass.tap("next")
                self._left(shown)
            case "Form":
                self._fill(shown["page"])
            case "Capture":
                self._photograph(shown)
            case "Sign":
                glass.draw("sign-pad", SIGNATURE)
                glass.tap("next")
                self._left(shown)
            case "Review":
                glass.tap("next")
                self._left(shown)
            case other:
                raise AssertionError(f"{self._package.code}: nobody knows what to do at {other}")

    def _left(self, before: Shown) -> None:
        """Wait until another page, card or signer has come."""
        facts = ("view", "page", "place", "whose", "signer", "row")
        self._glass.until(lambda shown: any(shown[fact] != before[fact] for fact in facts), f"{before['view']} is left")

    def _lay(self, card: Card | None, shown: Shown) -> None:
        assert card is not None
        self._town.bench.do("id_card_reader", "lay", card={"kind": "resident", **card})
        self._left(shown)
        self._town.bench.do("id_card_reader", "lift")

    def _photograph(self, shown: Shown) -> None:
        """Photograph what is asked for; what need not be brought is passed over."""
        material = next(one for one in self._package.materials if one.id == shown["material"])
        if not material.required:
            self._glass.tap("skip")
            self._glass.until(lambda now: (now["view"], now["material"]) != ("Capture", material.id), f"{material.id} is passed over")
            return
        self._town.bench.do("document_camera", "lay", paper=PAPER)
        while self._glass.shown()["stage"] != "taken":  # by itself when it was laid anew; by a press when it lies there already
            if self._glass.shown()["hint"] == "good" and self._glass.is_there("capture"):
                self._glass.tap("capture")
            self._glass.until(lambda now: now["stage"] in ("aiming", "taken"), f"{material.id} is photographed")
        self._glass.tap("next")
        self._glass.until(lambda now: (now["view"], now["material"]) != ("Capture", material.id), f"{material.id} is kept")

    def _finish(self) -> str:
        done = self._glass.until(lambda shown: shown["view"] == "Done" and shown["paper"] != "printing", "the slip is printed")
        assert done["paper"] == "printed"
        self._glass.tap("finish")
        self._glass.until(lambda shown: not shown["visit"] and shown["overlay"] is None, "home again, and nothing left lying")
        return str(done["number"])

    # The form

    def _fill(self, page: int) -> None:
        self._answer_all(lambda given: questions_asked(self._package.pages[page], given), self._given, self._matter.answers)
        self._glass.go_on(lambda shown: shown["view"] != "Form" or shown["page"] != page, f"page {page} is left")

    def _answer_all(self, asked: Callable[[Mapping[str, Any]], Sequence[Field]], given: dict[str, Any], answers: Mapping[str, Any]) -> None:
        """Answer what is asked, one question after another, as each answer may bring or take others."""
        done: set[str] = set()
        while fields := [one for one in asked(given) if one.name in answers and one.name not in done]:
            field = fields[0]
            done.add(field.name)
            if field.control is not Control.SERVICE:  # chosen before the form
                self._answer(field, answers)
                given[field.name] = answers[field.name]

    def _answer(self, field: Field, answers: Mapping[str, Any], rule: Mapping[str, Any] | None = None) -> None:
        name, value, glass = field.name, answers[field.name], self._glass
        rule = rule or self._rule(field)
        match field.control:
            case Control.CHOICE | Control.YES_NO | Control.CHOICES:
                values = value if isinstance(value, list | tuple) else [value]
                for one in values:
                    option = f"option-{name}-{('yes' if one else 'no') if isinstance(one, bool) else one}"
                    self._bring(option)
                    glass.tap(option)
            case Control.ROWS:
                for place, row in enumerate(value):
                    self._add_row(field, place, row)
            case Control.TEXT | Control.DIGITS | Control.ID_NUMBER | Control.MONEY | Control.DATE | Control.ADDRESS | Control.PLACE:
                self._bring(f"field-{name}")
                glass.tap(f"field-{name}")
                self._enter(field, value, rule)
                glass.until(lambda shown: shown["focus"] is None, f"{name} is entered")
            case Control.SERVICE | Control.DERIVED:
                raise AssertionError("nobody is asked for it")
            case _:
                assert_never(field.control)

    def _enter(self, field: Field, value: Any, rule: Mapping[str, Any]) -> None:  # noqa: ANN401 - an answer is what its schema says
        glass, hands = self._glass, self._hands
        match field.control:
            case Control.DATE:
                glass.box("date-year-plus")
                hands.turn_to(value, rule, self._matter.today)
                glass.tap("key-done")
            case Control.ADDRESS if isinstance(value, Mapping):
                hands.pick(value)
            case Control.PLACE:
                glass.tap("map")
                glass.tap("key-done")
            case Control.TEXT | Control.ADDRESS:
                glass.box("tab-pinyin")
                hands.write(value)
                glass.tap("key-done")
            case _:
                hands.figures(value)
                glass.tap("key-done")

    def _rule(self, field: Field) -> Mapping[str, Any]:
        rule: Mapping[str, Any] = self._package.schema.get("properties", {}).get(field.name, {})
        return rule

    def _add_row(self, field: Field, place: int, row: Mapping[str, Any]) -> None:
        """Add a row: the first person of a family by card, further ones by hand."""
        glass, rows = self._glass, field.rows
        assert rows is not None
        self._bring(f"row-{field.name}-add")
        glass.tap(f"row-{field.name}-add")
        glass.until(lambda shown: shown["view"] == "LayCard" or shown["row"], "a row is added")
        has_card = rows.by_card and place == 0 and any(inner.card is CardField.ID_NUMBER and inner.name in row for inner in rows.fields)
        by_card = {inner.name for inner in rows.fields if inner.card is not None} if has_card else set()
        if rows.by_card:
            if by_card:
                self._town.bench.do("id_card_reader", "lay", card={"kind": "resident", **member_card(field, row)})
            else:
                glass.tap("card-skip")
            glass.until(lambda shown: shown["view"] == "Form" and shown["row"], "the row is shown")
            self._town.bench.do("id_card_reader", "lift")
        written = self._rule(field)["items"]["properties"]
        given = {name: row[name] for name in by_card if name in row}
        done = set(given)
        while fields := [one for one in row_fields(field, given) if one.name in row and one.name not in done]:
            inner = fields[0]
            done.add(inner.name)
            self._answer(inner, row, written[inner.name])
            given[inner.name] = row[inner.name]
        glass.go_on(lambda shown: not shown["row"], f"row {place} of {field.name} is whole")

    def _bring(self, name: str) -> None:
        """Bring a question into sight: what does not fit comes with the next press of the filled button."""
        for _ in range(_GROUPS_AT_MOST):
            if self._glass.is_there(name):
                return
            self._glass.tap("next")
            time.sleep(0.1)
        raise AssertionError(f"{name} does not come; there are {sorted(self._glass.ask('names'))} on {self._glass.shown()}")


def go_home(glass: Glass, town: Town) -> None:
    """Wake the glass, or end what somebody before left unfinished, until home is shown."""
    for device, order in (("id_card_reader", "lift"), ("document_camera", "take_away")):
        town.bench.do(device, order)
    deadline = Deadline.after(_HOME_WITHIN_S)
    while (shown := glass.shown())["view"] != "Home" or shown["visit"] or shown["overlay"] or glass.is_there("back"):
        assert not deadline.is_past, f"no way home from {shown}"
        names = glass.ask("names")
        way = next((one for one in ("still-here", "leave-confirm", "overlay-close", "finish", "back") if one in names), None)
        if way is not None:
            glass.tap(way)
        elif shown["view"] == "Idle":
            glass.touch_glass()
        time.sleep(0.1)


def member_card(field: Field, row: Mapping[str, Any]) -> Card:
    """Return the identity card of a family member, as far as a row tells of them."""
    rows = field.rows
    assert rows is not None
    known = {inner.card.value: str(row[inner.name]) for inner in rows.fields if inner.card is not None and inner.name in row}
    number = known["id_number"]
    return {
        "name": known["name"], "sex": "1" if int(number[16]) % 2 else "2", "ethnic_code": "01", "birth_date": number[6:14],
        "address": known.get("address", "沈阳市样例区样例路 8 号"), "id_number": number, "issuer": "样例公安局",
        "valid_from": "20100101", "valid_until": "长期",
    }  # fmt: skip


def papers_wanted(matter: Matter) -> list[str]:
    """Return the papers that have to be there, in the order in which they are photographed: some come before the form."""
    wanted = [one for one in materials_asked(matter.package, matter.answers) if one.required]
    return [one.id for one in sorted(wanted, key=lambda one: not one.first)]
