"""The items that the project ships: data, and so checked as data; then walked through as residents would."""

import json
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.screens.glyphs import Face
from sync.contract.answers import fields_asked, kept, materials_asked, pages_asked, problems
from sync.contract.checking import check_folder, check_source
from sync.contract.item import CardField, Category, Control, Field, ItemPackage

ITEMS = Path(__file__).parents[3] / "city" / "items"
FONTS = Path(__file__).parents[3] / "assets" / "fonts"
FOLDERS = sorted(path.parent for path in ITEMS.glob("*/item.json"))
TODAY = date(2026, 11, 23)
OF_FORMAT = {
    "person-name": "周样例",
    "mobile": "13800000000",
    "id-number": "21010219600101002X",
    "money": "1200.50",
    "bank-card": "6222020000000000000",
    "date": "2026-12-01",
    "past-date": "2026-01-15",
    "future-date": "2027-06-30",
}


def package_in(folder: Path) -> ItemPackage:
    return msgspec.json.decode((folder / "item.json").read_bytes(), type=ItemPackage)


def example_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    return found


each_item = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def test_there_is_something_in_every_drawer() -> None:
    assert {package_in(folder).category for folder in FOLDERS} == set(Category)
    assert len(check_folder(ITEMS)) == len(FOLDERS) >= 10


@each_item
def test_an_item_draws_no_complaint_and_lies_in_the_folder_of_its_code(folder: Path) -> None:
    checked = check_source(folder / "item.json")
    assert [str(one) for one in checked.complaints] == []
    assert checked.package is not None
    assert checked.package.code == folder.name


@each_item
def test_every_figure_is_marked_as_a_sample(folder: Path) -> None:
    assert package_in(folder).limit.sample


@each_item
def test_its_example_can_be_handed_in_as_it_stands(folder: Path) -> None:
    package, example = package_in(folder), example_in(folder)
    assert problems(package, example, TODAY) == ()
    assert kept(package, example) == example


@each_item
def test_each_answer_of_the_example_that_must_be_there_is_missed_when_it_is_not(folder: Path) -> None:
    package, example = package_in(folder), example_in(folder)
    for name in package.schema["required"]:
        without = {other: value for other, value in example.items() if other != name}
        assert name in {one.field for one in problems(package, without, TODAY)}


@each_item
def test_the_card_is_read_for_no_more_than_the_notice_says(folder: Path) -> None:
    package = package_in(folder)
    said = "".join(point.zh for point in package.notice.points)
    words = {CardField.NAME: "姓名", CardField.SEX: "性别", CardField.ETHNIC_GROUP: "民族", CardField.BIRTH_DATE: "出生日期"}
    words |= {CardField.ADDRESS: "住址", CardField.ID_NUMBER: "号码", CardField.ISSUER: "签发机关", CardField.VALID_UNTIL: "有效期"}
    assert [field for field in package.card_fields if words[field] not in said] == []
    assert "12345" in said, "says where to complain"
    assert "撤回同意" in said, "says that consent can be withdrawn"


@each_item
def test_nothing_speaks_of_systems_and_errors(folder: Path) -> None:
    text = (folder / "item.json").read_text(encoding="utf-8")
    assert [word for word in ("系统异常", "非法", "失败", "点击", "刷身份证", "你的", "！") if word in text] == []


@each_item
def test_the_terminal_s_fonts_have_every_letter(folder: Path) -> None:
    faces = [Face(FONTS / f"{name}_400Regular.ttf") for name in ("NotoSansSC", "NotoSansKR")]
    letters = set((folder / "item.json").read_text(encoding="utf-8")) - {"\n"}
    assert [letter for letter in sorted(letters) if not any(face.covers(letter) for face in faces)] == []


@each_item
def test_whatever_a_resident_chooses_the_form_can_be_completed(folder: Path) -> None:
    package = package_in(folder)
    chance = random.Random(f"{folder.name} walks")
    for _ in range(60):
        answers = dict(walk(package, chance))
        assert problems(package, answers, TODAY) == ()
        assert kept(package, answers) == answers
        assert pages_asked(package, answers)
        assert len({material.id for material in materials_asked(package, answers)}) <= 5


def walk(package: ItemPackage, chance: random.Random) -> Iterator[tuple[str, Any]]:
    """Answer page by page, as the terminal asks; a question that may be left empty is, half of the time."""
    answers: dict[str, Any] = {}
    for page in package.pages:
        for field in page.fields:
            if field not in fields_asked(page, answers):
                continue
            if may_be_left(package, field) and chance.random() < 0.5:
                continue
            answers[field.name] = answer(package.schema["properties"][field.name], field, chance)
    yield from answers.items()


def may_be_left(package: ItemPackage, field: Field) -> bool:
    demands = [package.schema["required"], *(rule["then"]["required"] for rule in package.schema.get("allOf", ()))]
    return all(field.name not in names for names in demands)


def answer(rule: dict[str, Any], field: Field, chance: random.Random) -> object:
    match field.control:
        case Control.CHOICE:
            return chance.choice(field.options).value
        case Control.CHOICES:
            return sorted(option.value for option in chance.sample(field.options, chance.randint(1, len(field.options))))
        case Control.YES_NO:
            return chance.random() < 0.5
        case Control.DIGITS if "format" not in rule:
            return "1" * chance.randint(rule["minLength"], rule["maxLength"])
        case Control.PLACE:
            return "99010100100406@393,300"
        case _ if "format" in rule:
            return OF_FORMAT[rule["format"]]
        case _:
            return "样" * chance.randint(rule["minLength"], rule["maxLength"])
