import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.contract.item import ItemPackage

Change = Callable[[dict[str, Any]], object]


def _words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text, "ko": text}


SOURCE: dict[str, Any] = {
    "format": 1,
    "code": "borrow-a-ladder",
    "version": 3,
    "valid_from": "2026-01-01",
    "valid_until": "2027-12-31",
    "name": _words("借梯子"),
    "short": _words("邻里互助"),
    "purpose": _words("把社区的梯子借回家。"),
    "category": "housing",
    "icon": "home",
    "department": _words("样例社区"),
    "fee_fen": 0,
    "limit": {"working_days": 1},
    "bring": [_words("身份证")],
    "notice": {"version": "2026-11", "points": [_words("只用来借梯子。")]},
    "declaration": _words("我会还的。"),
    "card_fields": ["name", "id_number"],
    "pages": [
        {
            "title": _words("借多久"),
            "fields": [
                {"name": "from_day", "control": "date", "label": _words("哪天借")},
                {
                    "name": "why",
                    "control": "choice",
                    "label": _words("为什么"),
                    "options": [{"value": "lamp", "label": _words("换灯")}, {"value": "other", "label": _words("其他")}],
                },
                {"name": "other_why", "control": "text", "label": _words("说说"), "when": {"field": "why", "is_one_of": ["other"]}},
                {"name": "helper", "control": "yes_no", "label": _words("要人帮吗")},
            ],
        },
        {
            "title": _words("谁来帮"),
            "fields": [
                {"name": "helper_name", "control": "text", "label": _words("姓名"), "when": {"field": "helper", "is_one_of": [True]}},
                {
                    "name": "tools",
                    "control": "choices",
                    "label": _words("还要什么"),
                    "options": [{"value": "gloves", "label": _words("手套")}, {"value": "torch", "label": _words("手电")}],
                },
            ],
        },
        {"title": _words("怎么联系您"), "fields": [{"name": "mobile", "control": "digits", "label": _words("手机号码")}]},
    ],
    "materials": [
        {"id": "deposit-slip", "name": _words("押金条")},
        {"id": "letter", "name": _words("说明"), "when": {"field": "why", "is_one_of": ["other"]}, "pages_max": 2},
    ],
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "from_day": {"type": "string", "format": "future-date"},
            "why": {"type": "string", "enum": ["lamp", "other"]},
            "other_why": {"type": "string", "minLength": 2, "maxLength": 20},
            "helper": {"type": "boolean"},
            "helper_name": {"type": "string", "format": "person-name"},
            "tools": {"type": "array", "items": {"type": "string", "enum": ["gloves", "torch"]}, "uniqueItems": True, "maxItems": 2},
            "mobile": {"type": "string", "format": "mobile"},
        },
        "required": ["from_day", "why", "helper", "mobile"],
        "allOf": [
            {"if": {"properties": {"why": {"const": "other"}}, "required": ["why"]}, "then": {"required": ["other_why"]}},
            {"if": {"properties": {"helper": {"const": True}}, "required": ["helper"]}, "then": {"required": ["helper_name"]}},
        ],
    },
}


@pytest.fixture(scope="session")
def ladder() -> ItemPackage:
    """An item with every kind of condition; nobody offers it."""
    return msgspec.json.decode(json.dumps(SOURCE), type=ItemPackage)


@pytest.fixture(scope="session")
def written() -> Callable[..., bytes]:
    """Return the ladder's JSON as a person writes it, after a change to it."""

    def write(change: Change = lambda _: None) -> bytes:
        source = copy.deepcopy(SOURCE)
        change(source)
        return json.dumps(source, ensure_ascii=False, indent=2).encode()

    return write


@pytest.fixture
def put(tmp_path: Path, written: Callable[..., bytes]) -> Callable[..., Path]:
    """Write the changed ladder to a file and return where it stands."""

    def place(change: Change = lambda _: None, folder: str = "ladder") -> Path:
        path = tmp_path / folder / "item.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(written(change))
        return path

    return place
