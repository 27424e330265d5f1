"""Writing an item: shared parts, figures and conditions are put in, and a slip is said with its line."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.answers import AnswerProblem, problems
from sync.contract.checking import Checked, check_bytes, check_source
from sync.contract.condition import Condition
from sync.contract.findings import Weight
from sync.contract.item import ItemPackage
from sync.contract.json_places import read
from sync.contract.shared_parts import PartKind, SharedParts
from sync.contract.written import whole

TODAY = date(2026, 11, 23)
Put = Callable[..., Path]
Write = Callable[[dict[str, Any]], Checked]


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text, "ko": text}


SHARED: dict[str, Any] = {
    "blocks": {
        "reach": {
            "pages": [
                {
                    "title": words("怎么联系"),
                    "fields": [
                        {"name": "mobile", "control": "digits", "label": words("手机"), "rule": {"format": "mobile"}},
                        {"name": "tel", "control": "digits", "label": words("座机"), "rule": {"format": "telephone"}, "optional": True},
                    ],
                }
            ]
        },
        "bank": {
            "fields": [
                {"name": "bank", "control": "choice", "label": words("银行"), "options": "banks"},
                {"name": "bank_holder", "control": "text", "label": words("户名"), "rule": {"format": "person-name"}},
            ],
            "checks": [{"kind": "same", "field": "bank_holder", "other": ["card.name"], "said": words("要本人的卡")}],
            "materials": [{"block": "bank-card"}],
        },
    },
    "materials": {"bank-card": {"id": "bank-card", "name": words("银行卡"), "pages_max": 1}},
    "statements": {"S1": words("都是真的。"), "S7": words("有变化会说。")},
    "notices": {"standard": {"points": [words("由{who}处理。"), words("有意见打 12345。")]}},
    "lists": {"banks": [{"value": one, "label": words(one)} for one in ("icbc", "abc", "other")]},
    "parameters": {"low_line": {"value": 900, "meaning": words("低保线"), "sample": True}},
}
PAGES: list[Any] = [
    {
        "title": words("情况"),
        "fields": [
            {"name": "rents", "control": "yes_no", "label": words("租房吗")},
            {
                "name": "from_whom",
                "control": "choice",
                "label": words("向谁租"),
                "options": [{"value": "person", "label": words("个人")}, {"value": "firm", "label": words("公司")}],
                "when": {"field": "rents", "is_one_of": [True]},
            },
            {
                "name": "firm",
                "control": "text",
                "label": words("公司"),
                "rule": {"minLength": 2, "maxLength": 40},
                "when": {"field": "from_whom", "is_one_of": ["firm"]},
            },
        ],
    },
    {"title": words("账户"), "when": {"field": "rents", "is_one_of": [True]}, "fields": [{"block": "bank"}]},
    {"block": "reach"},
]


@pytest.fixture
def write(put: Put, tmp_path: Path) -> Write:
    """Write an item with its shared parts beside it, and check it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    for name, parts in SHARED.items():
        (folder / f"{name}.json").write_text(json.dumps(parts), encoding="utf-8")

    def checked(changed: dict[str, Any]) -> Checked:
        def change(source: dict[str, Any]) -> None:
            for gone in ("schema", "materials", "pages"):
                source.pop(gone)
            source.update({"pages": PAGES, "materials": [], **changed})

        return check_source(put(change))

    return checked


def fit(checked: Checked) -> ItemPackage:
    assert [str(one) for one in checked.complaints if one.weight is Weight.ERROR] == []
    assert checked.package is not None
    return checked.package


def test_shared_parts_are_put_in_with_their_rules_checks_and_papers(write: Write) -> None:
    package = fit(write({}))
    assert [[field.name for field in page.fields] for page in package.pages] == [
        ["rents", "from_whom", "firm"],
        ["bank", "bank_holder"],
        ["mobile", "tel"],
    ]
    assert [option.value for option in package.pages[1].fields[0].options] == ["icbc", "abc", "other"]
    assert [material.id for material in package.materials] == ["bank-card"]
    assert package.checks[0].when == Condition("rents", (True,)), "the page's condition holds for what its part brings"


def test_the_schema_follows_from_the_questions(write: Write) -> None:
    package = fit(write({}))
    assert problems(package, {"rents": False, "mobile": "13800000000"}, TODAY) == ()
    renting = {"rents": True, "from_whom": "firm", "mobile": "13800000000", "bank": "icbc", "bank_holder": "周样例"}
    missing = problems(package, renting, TODAY)
    assert [(one.field, one.problem) for one in missing] == [("firm", AnswerProblem.MISSING)]
    assert problems(package, {**renting, "firm": "样例公司"}, TODAY) == ()


def test_a_question_behind_a_sometimes_asked_one_has_both_conditions(write: Write) -> None:
    firm = fit(write({})).pages[0].fields[2]
    assert firm.when == Condition("from_whom", ("firm",), (Condition("rents", (True,)),))


def test_statements_notices_and_figures_become_plain_texts(write: Write) -> None:
    package = fit(
        write(
            {
                "declaration": ["S1", "S7"],
                "notice": {"block": "standard", "version": "2026-11", "with": {"who": words("社区")}, "more": [words("收入保密。")]},
                "purpose": words("每人每月不到 {p.low_line} 元。"),
            }
        )
    )
    assert package.declaration.zh == "都是真的。有变化会说。"
    assert [point.zh for point in package.notice.points] == ["由社区处理。", "收入保密。", "有意见打 12345。"]
    assert package.purpose.zh == "每人每月不到 900 元。"
    assert [(one.name, one.value, one.sample) for one in package.parameters] == [("low_line", "900", True)]


def test_a_part_can_be_taken_without_some_of_it(write: Write) -> None:
    pages = [*PAGES[:2], {"block": "reach", "without": ["tel"]}]
    assert [field.name for field in fit(write({"pages": pages})).pages[2].fields] == ["mobile"]


SLIPS: list[tuple[dict[str, Any], str, str]] = [
    ({"pages": [*PAGES, {"block": "reech"}]}, "pages[3].block", "there is no 'reech' among the shared blocks"),
    ({"materials": [{"block": "bankcard"}]}, "materials[0].block", "there is no 'bankcard' among the shared materials"),
    ({"declaration": ["S9"]}, "declaration[0]", "there is no 'S9' among the shared statements"),
    ({"notice": {"block": "short", "version": "1"}}, "notice.block", "there is no 'short' among the shared notices"),
    ({"purpose": words("{p.high_line} 元")}, "purpose.zh", "there is no figure 'high_line'"),
    ({"pages": [*PAGES[:1], {"block": "bank"}]}, "pages[1].block", "this part has no pages"),
]


@pytest.mark.parametrize(("changed", "where", "what"), SLIPS, ids=[where for _, where, _ in SLIPS])
def test_a_slip_in_a_reference_is_said_with_its_line(write: Write, changed: dict[str, Any], where: str, what: str) -> None:
    checked = write(changed)
    found = [one for one in checked.complaints if one.where == where and what in one.what]
    assert found, [str(one) for one in checked.complaints]
    assert found[0].line > 1
    assert not checked.is_fit


def test_an_unknown_list_and_a_broken_condition_stand_at_their_lines(write: Write) -> None:
    page = {"title": words("账户"), "fields": [{"name": "bank", "control": "choice", "label": words("银行"), "options": "bancs"}]}
    odd = {"name": "why", "control": "yes_no", "label": words("为何"), "when": {"field": "nobody", "is_one_of": [True]}}
    checked = write({"pages": [page, {"title": words("其他"), "fields": [odd]}]})
    assert any(one.where == "pages[0].fields[0].options" and "shared lists" in one.what for one in checked.complaints)
    assert any(one.where == "pages[1].fields[0].when.field" and "is not asked before" in one.what for one in checked.complaints)


def test_a_shared_file_that_is_no_json_is_named(write: Write, tmp_path: Path) -> None:
    (tmp_path / "shared" / "lists.json").write_text('{"banks": [', encoding="utf-8")
    checked = write({})
    assert any("lists.json:1" in one.what for one in checked.complaints)
    assert not checked.is_fit


values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6) | st.sampled_from(["reach", "bank", "banks", "{p.low_line}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["pages", "fields", "block", "when", "field", "also", "rows", "options", "list", "without", "with", "rule", "zh", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(
    st.dictionaries(st.sampled_from(["pages", "materials", "notice", "declaration", "helping", "eligibility", "checks", "route"]), values)
)
def test_nothing_that_somebody_writes_upsets_the_writer(written: dict[str, Any]) -> None:
    shared = SharedParts({PartKind(name): parts for name, parts in SHARED.items()})
    whole(read(json.dumps(written).encode()), shared)
    assert check_bytes(Path("item.json"), json.dumps(written).encode(), shared).package is None
