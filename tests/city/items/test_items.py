"""The items that the project ships: data, and so checked as data; then walked through as residents would."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.screens.glyphs import Face
from sync.contract.answers import kept, materials_asked, pages_asked, problems
from sync.contract.checking import check_folder, check_source
from sync.contract.item import CardField, Category, Control, Door, Field, ItemPackage
from sync.contract.office_route import longest_days
from tests.answering import CARD, TODAY, fitting, wrong_with

ITEMS = Path(__file__).parents[3] / "city" / "items"
FONTS = Path(__file__).parents[3] / "assets" / "fonts"
FOLDERS = sorted(path.parent for path in ITEMS.glob("*/item.json"))


@cache
def package_in(folder: Path) -> ItemPackage:
    package = check_source(folder / "item.json").package
    assert package is not None
    return package


def example_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "example.json").read_text(encoding="utf-8"))
    return found


each_item = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def test_there_is_something_in_every_drawer() -> None:
    assert {package_in(folder).category for folder in FOLDERS} == set(Category)
    assert len(check_folder(ITEMS)) == len(FOLDERS)


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
def test_where_somebody_lives_is_picked_step_by_step_at_every_item(folder: Path) -> None:
    package = package_in(folder)
    asked = [field for page in package.pages for field in page.fields if field.control is Control.ADDRESS]
    assert all(package.schema["properties"][field.name]["type"] == "object" for field in asked)


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
    text = msgspec.json.encode(package_in(folder)).decode()
    assert [word for word in ("系统异常", "非法", "失败", "点击", "刷身份证", "你的", "！") if word in text] == []


@each_item
def test_the_terminal_s_fonts_have_every_letter(folder: Path) -> None:
    faces = [Face(FONTS / f"{name}_400Regular.ttf") for name in ("NotoSansSC", "NotoSansKR")]
    letters = set(msgspec.json.encode(package_in(folder)).decode())
    assert [letter for letter in sorted(letters) if not any(face.covers(letter) for face in faces)] == []


@each_item
def test_whatever_a_resident_chooses_the_form_can_be_completed_and_handed_in(folder: Path) -> None:
    package = package_in(folder)
    dice = random.Random(f"{folder.name} walks")
    for number in range(30):
        answers = fitting(package, dice, helped=number % 5 == 4)
        assert wrong_with(package, answers) == []
        assert kept(package, answers) == answers
        assert pages_asked(package, answers)
        assert len(materials_asked(package, answers)) <= 8


@each_item
def test_each_question_refuses_a_bad_answer(folder: Path) -> None:
    package = package_in(folder)
    dice = random.Random(f"{folder.name} refuses")
    seen: set[str] = set()
    for _ in range(40):
        answers = fitting(package, dice)
        for field in (field for page in package.pages for field in page.fields):
            if field.name in answers and field.name not in seen and field.derive is None:
                seen.add(field.name)
                bad = {**answers, field.name: bad_answer(field)}
                assert field.name in {one.field for one in problems(package, bad, TODAY, CARD)}, field.name
    assert len(seen) >= len([field for page in package.pages for field in page.fields if field.derive is None]) // 2


@each_item
def test_each_row_refuses_what_is_not_asked_in_it(folder: Path) -> None:
    package = package_in(folder)
    for field in (field for page in package.pages for field in page.fields if field.rows is not None):
        found = problems(package, {field.name: [{"nobody_asks": "x"}]}, TODAY)
        assert any(one.field == field.name and one.row == 0 for one in found)


@each_item
def test_each_rule_between_answers_says_so_in_three_languages(folder: Path) -> None:
    for check in package_in(folder).checks:
        assert check.said.zh
        assert check.said.en
        assert check.said.ko


@each_item
def test_its_route_is_whole(folder: Path) -> None:
    package = package_in(folder)
    assert package.route is not None
    assert package.route.sample
    assert longest_days(package.route) <= package.limit.working_days
    for step in package.route.steps:
        if step.decides:
            assert step.office not in {"finance", "card-centre", "supplier"}, "who pays or makes does not decide"


def test_all_thirty_two_are_there_beside_the_report_to_the_grid() -> None:
    assert len([folder for folder in FOLDERS if package_in(folder).door is Door.CATALOGUE]) == 32
    assert sum(package_in(folder).issued_at_once for folder in FOLDERS) >= 5
    assert [folder.name for folder in FOLDERS if package_in(folder).appointment] == ["marriage-appointment"]


def test_figures_of_departments_are_samples_unless_they_are_law() -> None:
    figures = {one.name: one.sample for folder in FOLDERS for one in package_in(folder).parameters}
    assert [name for name, sample in figures.items() if not sample] == ["marry_woman"]


def bad_answer(field: Field) -> object:
    match field.control:
        case Control.YES_NO:
            return "maybe"
        case Control.CHOICE:
            return "nobody-offers-this"
        case Control.CHOICES:
            return ["nobody-offers-this"]
        case Control.ROWS:
            return [{"nobody_asks": "x"}]
        case Control.ADDRESS:
            return {"district": "和平区"}
        case _:
            return "\u2603" * 700
