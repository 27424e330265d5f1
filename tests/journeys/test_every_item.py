"""Every item of the counter at the real glass: touched through an X server from home to the slip, and compared with what the city opens.

One town serves all visits, as one terminal serves a day. A few kinds are walked with every run of the tests, the others in the long one.
"""

import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kiosk.demo.town import Town
from kiosk.screens.gallery_community import community_in
from peripherals.deadline import Deadline
from peripherals.id_card_reader import IdCard, Sex
from sync.contract.answers import kept
from sync.contract.item import Control, Door, ItemPackage
from sync.contract.places import place_at
from tests.answering import fitting
from tests.journeys.glass import Glass
from tests.journeys.visitor import Card, Matter, Visitor, papers_wanted
from tests.kiosk.flow.test_every_item import BIRTHDAYS, CODES, Applying, as_applicant, person
from tests.kiosk.flow.walk import NOW, item

ROOT = Path(__file__).parents[2]
CITY = ROOT / "city"
QUICK = ("pension-life-check", "grid-report")
"""Choices, days and telephone numbers, by card; and a place on the map, without one."""
HELPED = "elder-card"
ARRIVED_WITHIN_S = 120.0


class Fewest(random.Random):
    """Dice for whoever writes no more than there must be: one row, one letter; what may be left is left half of the time."""

    def randint(self, a: int, b: int) -> int:
        return max(a, min(1, b))


@dataclass(frozen=True)
class Place:
    """One town and the glass in it."""

    town: Town
    glass: Glass


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Town(tmp_path_factory.mktemp("items") / "town") as town, Glass(town.sandbox.config) as glass:
        glass.until(lambda shown: shown["items"] and shown["line_up"], "the terminal is ready")
        yield Place(town, glass)


def today() -> date:
    """Return the day in Shenyang."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def matter(code: str, *, helped: bool = False) -> Matter:
    """Return what the first person who may apply says: their age is that of the walks without a window, whatever the year."""
    package = item(code)
    for birth in BIRTHDAYS:
        for sex in (Sex.FEMALE, Sex.MALE):
            applying = Applying(package, person(birth, sex), helped=helped)
            if applying.go():
                laid = person(today() - (NOW.date() - birth), sex)
                given = fitting(package, Fewest(code), helped=helped, card=as_applicant(laid), today=today())
                answers = {name: at_the_glass(value) for name, value in given.items()}
                helper = card_of(person(date(1975, 6, 7), Sex.FEMALE)) if helped else None
                return Matter(package, card_of(laid), applying.visit.fitness, answers, today(), helper, provider_of(package))
    raise AssertionError(f"{code}: nobody may apply")


def at_the_glass(value: Any) -> Any:  # noqa: ANN401 - an answer is what its schema says
    """Return an answer as somebody with two fingers would give it: an address in no list is a short one."""
    if isinstance(value, Mapping):
        return {name: "样例路8号" if name == "written" else at_the_glass(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [at_the_glass(inner) for inner in value]
    return value


def card_of(laid: IdCard) -> Card:
    """Return the chip of somebody's card."""
    return {
        "name": laid.name.reveal(), "sex": "1" if laid.sex is Sex.MALE else "2", "ethnic_code": "01",
        "birth_date": laid.birth_date.reveal().strftime("%Y%m%d"), "address": laid.address.reveal(), "id_number": laid.id_number.reveal(),
        "issuer": "样例公安局", "valid_from": "20100101", "valid_until": "长期",
    }  # fmt: skip


def provider_of(package: ItemPackage) -> str:
    """Return kind and name of somebody in the directory for whom this item asks."""
    if package.door is not Door.DIRECTORY:
        return ""
    own = {kind for code in CODES for kind in item(code).serves}
    found = next(
        one
        for one in community_in(CITY).providers
        if one.takes_requests and (one.kind in package.serves if package.serves else one.kind not in own)
    )
    return f"{found.kind}/{found.id}"


def opened(town: Town, number: str) -> dict[str, Any]:
    """Return the application with this number as the city opens it."""
    deadline = Deadline.after(ARRIVED_WITHIN_S)
    while not any(case["number"] == number and case["complete"] for case in town.applications()):
        assert not deadline.is_past, f"{number} is not with the city; the outbox has {town.outbox()}"
        time.sleep(1.0)
    program = [sys.executable, "-m", "tests.journeys.opened_program", str(town.sandbox.city)]
    cases = json.loads(subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    found: dict[str, Any] = next(case for case in cases if case["number"] == number)
    return found


def expected(wanted: Matter) -> dict[str, Any]:
    """Return the answers that have to arrive: all that were given, but for those that nobody gives by hand."""
    by_itself = {
        field.name for page in wanted.package.pages for field in page.fields if field.control in (Control.DERIVED, Control.SERVICE)
    }
    answers = dict(wanted.answers)
    for field in (field for page in wanted.package.pages for field in page.fields):
        if field.control is Control.PLACE and field.name in answers:
            plan = community_in(CITY).plan
            assert plan is not None
            middle = place_at(plan, (plan.width // 2, plan.height // 2))
            assert middle is not None
            answers[field.name] = middle.text
    return {name: value for name, value in kept(wanted.package, answers).items() if name not in by_itself}


def to_ten(answers: dict[str, Any]) -> dict[str, Any]:
    """Round the points of the map: a finger's pixel is no unit of the map's."""

    def rounded(value: str) -> str:
        return re.sub(r"(?<=[@,])\d+", lambda found: str(round(int(found[0]), -1)), value) if re.search(r"@\d+,\d+$", value) else value

    return {name: rounded(value) if isinstance(value, str) else value for name, value in answers.items()}


def walk(place: Place, wanted: Matter) -> None:
    """Hand in at the glass, and compare."""
    number = Visitor(place.glass, place.town, wanted).hand_in()
    application = opened(place.town, number)
    package = wanted.package
    by_itself = {field.name for page in package.pages for field in page.fields if field.control in (Control.DERIVED, Control.SERVICE)}
    arrived = {name: value for name, value in application["answers"].items() if name not in by_itself}
    assert to_ten(arrived) == to_ten(expected(wanted))
    assert application["item"] == package.code
    assert [paper["material"] for paper in application["papers"]] == papers_wanted(wanted)
    if package.by_card:
        assert (application["applicant"]["name"], application["applicant"]["id_number"]) == (wanted.card["name"], wanted.card["id_number"])
    else:
        assert application["applicant"] is None
    if wanted.provider:
        assert application["answers"]["service"] == wanted.provider.split("/")[1]
    if package.signed:
        assert len(application["signature"]["strokes"]) > 1
    if wanted.helper is not None:
        assert application["helper"]["card"]["name"] == wanted.helper["name"]
        assert len(application["helper"]["signature"]["strokes"]) > 1


@pytest.mark.timeout(600)
@pytest.mark.parametrize("code", QUICK)
def test_a_kind_of_item_is_handed_in_at_the_glass(place: Place, code: str) -> None:
    walk(place, matter(code))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("code", [code for code in CODES if code not in QUICK])
def test_every_other_item_is_handed_in_at_the_glass(place: Place, code: str) -> None:
    walk(place, matter(code))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_helper_hands_in_for_the_applicant(place: Place) -> None:
    walk(place, matter(HELPED, helped=True))


def test_another_answer_than_the_one_that_was_given_would_be_found() -> None:
    wanted = matter(QUICK[0])
    name = next(name for name, value in expected(wanted).items() if isinstance(value, str))
    assert expected(replace(wanted, answers={**wanted.answers, name: "another"})) != expected(wanted)
