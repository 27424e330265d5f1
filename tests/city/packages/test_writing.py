"""Items as people write them: back and forth without loss, edits that are pure, and checks that speak Chinese."""

import ast
import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.packages import editing
from city.packages.differences import changes
from city.packages.editing import NoSuchPlaceError
from city.packages.forms import form_of, tree
from city.packages.plain_words import in_chinese
from city.packages.preview import LookName, columns_of, glass
from city.packages.unwritten import plain, source_of
from sync.contract.checking import Checked, Complaint, check_bytes, check_source
from sync.contract.findings import Weight
from sync.contract.item import ItemPackage
from sync.contract.shared_parts import SharedParts
from sync.contract.words import Language

CITY = Path(__file__).parents[3] / "city"
CONTRACT = Path(__file__).parents[3] / "sync" / "contract"
ITEMS = sorted((CITY / "items").glob("*/item.json"))
RULES = ("item_rules", "schema_rules", "route_rules", "question_rules")


@cache
def package_of(path: Path) -> ItemPackage:
    package = check_source(path).package
    assert package is not None
    return package


def checked(source: dict[str, Any]) -> Checked:
    return check_bytes(Path("one.json"), json.dumps(source).encode(), SharedParts())


@pytest.fixture
def source() -> dict[str, Any]:
    return source_of(package_of(CITY / "items" / "temporary-relief" / "item.json"))


@pytest.mark.parametrize("path", ITEMS, ids=lambda path: path.parent.name)
def test_every_item_can_be_opened_and_kept_without_a_change(path: Path) -> None:
    package = package_of(path)
    again = checked(source_of(package))
    assert again.package == package
    assert [one for one in again.complaints if one.weight is Weight.ERROR] == []


def test_the_schema_is_made_anew_from_the_questions_except_where_it_says_more() -> None:
    with_own = [path.parent.name for path in ITEMS if "schema" in source_of(package_of(path))]
    assert with_own == ["grid-report"]  # says what one place on a map looks like


def test_a_new_item_is_fit_at_once_but_for_translations() -> None:
    found = checked(editing.fresh("sample-item", "样例事项", "2026-11-28", "2027-11-28"))
    assert found.is_fit
    assert {one.what for one in found.complaints} <= {"no text in en", "no text in ko"}


@pytest.mark.parametrize("path", ITEMS, ids=lambda path: path.parent.name)
def test_saving_each_form_as_it_is_shown_changes_nothing(path: Path) -> None:
    before = after = source_of(package_of(path))
    for part in ("basic", "form", "materials", "route", "admission"):
        places = [row["at"] for row in tree(before, part)] or [""]
        for at in places:
            form = form_of(before, part, at)
            if form is not None:
                after = editing.saved(after, part, at, as_sent(form))
    assert checked(after).package == package_of(path)


def as_sent(form: dict[str, Any]) -> dict[str, str]:
    """What a browser sends of an untouched form."""
    one = form["value"]
    sent: dict[str, str] = {}
    for words in form.get("words", ()):
        sent |= {f"{words['name']}_{language}": words[language] for language in ("zh", "en", "ko")}
    match form["kind"]:
        case "basic":
            sent |= {name: str(form[name]) for name in ("fee", "working_days", "bring", "notice_version", "notice_points")}
            sent |= {name: str(one.get(name, 0)) for name in ("category", "icon", "popularity")}
            sent |= {"limit_sample": "on"} if form["limit_sample"] else {}
        case "admission":
            sent |= {name: str(one[name]) for name in ("valid_from", "valid_until")}
            sent |= {f"card_{name}": "on" for name, _, on in form["card_fields"] if on}
            sent |= {name: "on" for name in ("by_card", "signed") if form[name]}
            sent |= {f"serves_{name}": "on" for name, _, on in form["kinds"] if on}
        case "question" if not form["is_kept"]:
            sent |= {"control": form["control"], "name": one["name"], **({"required": "on"} if form["required"] else {})}
            sent |= {name: str(form[name]) for name in ("format", "least", "most")} if form["has_rule"] else {}
            sent |= {"options": form["options"]} if form["has_options"] else {}
        case "paper":
            sent |= {
                "id": one["id"],
                "pages_max": str(one.get("pages_max", 1)),
                **({"required": "on"} if one.get("required", True) else {}),
            }
        case "step":
            sent |= {"id": one["id"], "office": one["office"], "days": str(one.get("days", 0)), "after": form["after"]}
            sent |= {name: "on" for name in ("decides", "stops_clock", "calendar_days", "publishes") if one.get(name)}
    if "when_field" in form:
        sent |= {"when_field": form["when_field"], "when_values": form["when_values"]}
    return sent


def test_which_kinds_of_service_an_item_is_for_is_chosen_only_at_the_directorys_door(source: dict[str, Any]) -> None:
    request = source_of(package_of(next(path for path in ITEMS if path.parent.name == "service-repair")))
    form = form_of(request, "admission", "")
    assert form is not None
    assert [name for name, _, on in form["kinds"] if on] == ["repair", "locksmith"]
    changed = editing.saved(request, "admission", "", as_sent(form) | {"serves_cleaning": "on", "serves_nonsense": "on"})
    package = checked(changed).package
    assert package is not None
    assert [str(kind) for kind in package.serves] == ["cleaning", "repair", "locksmith"]
    told = changes(package_of(ITEMS[0].parent.parent / "service-repair" / "item.json"), package)
    assert [(one.what, one.before, one.after) for one in told] == [("给哪类服务", "水电维修、开锁疏通", "家政保洁、水电维修、开锁疏通")]
    form = form_of(source, "admission", "")
    assert form is not None
    assert form["kinds"] == []
    assert "serves" not in editing.saved(source, "admission", "", as_sent(form) | {"serves_repair": "on"})


def test_edits_leave_the_source_that_they_were_given_alone(source: dict[str, Any]) -> None:
    before = copy.deepcopy(source)
    editing.saved(source, "basic", "", {})
    editing.added(source, "field", "p0")
    editing.moved(source, "p0f0", 1)
    editing.removed(source, "p0f0")
    assert source == before


def test_a_question_is_added_moved_and_taken_away(source: dict[str, Any]) -> None:
    grown, at = editing.added(source, "field", "p1f0")
    assert at == "p1f1"
    assert checked(grown).is_fit
    moved, at = editing.moved(grown, at, -1)
    assert (at, moved["pages"][1]["fields"][0]["label"]["zh"]) == ("p1f0", "新问题")
    assert editing.removed(moved, at) == source


def test_a_first_page_a_paper_and_a_route_can_be_added_to_a_new_item() -> None:
    item = editing.fresh("sample-item", "样例事项", "2026-11-28", "2027-11-28")
    for what in ("page", "paper", "step", "step"):
        item, _ = editing.added(item, what, "")
    found = checked(item)
    assert found.is_fit, found.complaints
    assert found.package is not None
    assert found.package.route is not None
    assert [step.after for step in found.package.route.steps] == [(), ("step-1",)]
    assert checked(editing.removed(editing.removed(item, "s1"), "s0")).package is not None


@pytest.mark.parametrize("at", ["p99", "p0f99", "m99", "s99", "", "x1", "p-1", "p0f", "p１", "p0f0f0"])
def test_an_address_that_names_nothing_is_refused(source: dict[str, Any], at: str) -> None:
    for act in (editing.removed, editing.at_place, lambda item, where: editing.saved(item, "form", where, {})):
        with pytest.raises(NoSuchPlaceError):
            act(source, at)


def test_a_condition_keeps_what_else_it_asks_while_its_question_stays(source: dict[str, Any]) -> None:
    item, at = editing.added(source, "field", "p1f0")
    item["pages"][1]["fields"][1]["when"] = {"field": "relief_kind", "is_one_of": ["expense"], "also": [{"field": "x", "is_one_of": ["y"]}]}
    same = editing.saved(item, "form", at, {"when_field": "relief_kind", "when_values": "sudden，expense", "label_zh": "题"})
    assert editing.at_place(same, at)["when"]["also"]
    assert editing.at_place(same, at)["when"]["is_one_of"] == ["sudden", "expense"]
    other = editing.saved(item, "form", at, {"when_field": "helped_before", "when_values": "true", "label_zh": "题"})
    assert editing.at_place(other, at)["when"] == {"field": "helped_before", "is_one_of": [True]}
    assert "when" not in editing.at_place(editing.saved(item, "form", at, {"label_zh": "题"}), at)


@given(
    st.dictionaries(st.sampled_from(["label_zh", "options", "control", "format", "most", "when_field", "when_values", "name"]), st.text())
)
def test_whatever_a_form_sends_the_check_can_read_it(sent: dict[str, str]) -> None:
    item = editing.fresh("sample-item", "样例事项", "2026-11-28", "2027-11-28")
    found = checked(editing.saved(item, "form", "p0f0", sent))
    assert found.package is not None or found.complaints


def _whats() -> list[str]:
    """Every sentence that the rules can say, with something in its holes."""
    found: list[str] = []
    for name in RULES:
        for node in ast.walk(ast.parse((CONTRACT / f"{name}.py").read_text(encoding="utf-8"))):
            texts: list[ast.expr] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                texts = node.args[1:2]
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "what":
                texts = [node.value]
            elif isinstance(node, ast.Tuple) and len(node.elts) == 4:
                texts = node.elts[2:3]
            found += [said for text in texts if " " in (said := _said(text))]
    return found


def _said(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            assert isinstance(part, ast.FormattedValue)
            hole = ast.unparse(part.value)
            is_figure = any(word in hole for word in ("len(", "days", "pages_max", "format", "least", "most")) and part.conversion == -1
            parts.append("7" if is_figure else "'x'" if part.conversion == ord("r") else "en" if hole == "language" else "x")
    return "".join(parts)


def test_everything_that_the_rules_say_is_said_in_chinese() -> None:
    whats = _whats()
    assert len(whats) > 60
    complaints = [Complaint("f", 1, 1, Weight.ERROR, "", what, "do it") for what in whats]
    assert [one.what for one in complaints if in_chinese(one)[0] == one.what] == []


def test_changes_are_told_with_the_words_before_and_after() -> None:
    old = package_of(CITY / "items" / "temporary-relief" / "item.json")
    source, at = editing.added(source_of(old), "field", "p0f0")
    source = editing.removed(source, "m0")
    source["limit"] = {"working_days": 20}
    new = checked(source).package
    assert new is not None
    told = {one.what: (one.kind, one.before, one.after) for one in changes(old, new)}
    assert told["承诺时限"] == ("changed", "15 个工作日（样例）", "20 个工作日（样例）")
    assert told["题目：新问题"][0] == "added"
    assert [one for one in told if one.startswith("材料：")]
    assert changes(old, old) == ()
    assert changes(None, new) == ()
    assert at == "p0f1"


@pytest.mark.parametrize("path", ITEMS, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("language", Language)
def test_every_page_of_every_item_can_be_drawn(path: Path, language: Language) -> None:
    package = package_of(path)
    for look in LookName:
        for page in range(len(package.pages)):
            shown = glass(package, "form", (page, 0), look, language)
            expected = 1 if look is LookName.LARGE else len(package.pages[page].fields)
            assert len(shown.questions) == expected
        for part in ("basic", "materials", "route", "admission"):
            assert glass(package, part, (0, 0), look, language).title
    assert plain(package)["code"] == package.code


def test_choices_stand_in_the_columns_of_the_terminal() -> None:
    assert columns_of(["务工", "经商", "随家人来", "投靠亲友", "上学", "就医养老", "其他"], LookName.STANDARD) == 3
    assert columns_of(["半年以内", "半年到一年", "一年以上", "说不准"], LookName.STANDARD) == 2
    assert columns_of(["很长很长很长很长很长很长很长很长的选项", "短"], LookName.STANDARD) == 1
    assert columns_of(["是", "不是"], LookName.LARGE) == 2
    assert columns_of([], LookName.STANDARD) == 1
