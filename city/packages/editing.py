"""Changes to an item as people write it: pure functions from the source and what a form sent to a new source.

A place in it is called `p0` (a page), `p0f2` (its third question), `m1` (a paper) or `s3` (a step of the route).
"""

import copy
import re
from collections.abc import Mapping
from typing import Any

from city.packages.shapes import CONTROLS, KEPT
from sync.contract.directory import ServiceKind
from sync.contract.item import Control, Door
from sync.contract.written_conditions import objects_in

Json = Any
Sent = Mapping[str, str]

_AT = re.compile(r"(?:p(?P<page>\d{1,3})(?:f(?P<field>\d{1,3}))?|m(?P<paper>\d{1,3})|s(?P<step>\d{1,3}))", re.ASCII)
_LANGUAGES = ("zh", "en", "ko")
LONGEST = 2000
"""Characters of one answer of a form; what is longer is cut, and the check says that it does not fit."""


class NoSuchPlaceError(LookupError):
    """The source has nothing there: somebody else took it away, or the address was made up."""


def fresh(code: str, name: str, today: str, year_on: str) -> dict[str, Json]:
    """Return a new item that is nearly complete: one page with a telephone number, an identity card, a sample notice."""
    return {
        "format": 1,
        "code": code,
        "version": 1,
        "valid_from": today,
        "valid_until": year_on,
        "name": {"zh": name},
        "short": {"zh": "给谁办的，一句话"},
        "purpose": {"zh": "这件事是做什么的，办成了有什么。"},
        "category": "relief",
        "icon": "description",
        "department": {"zh": "主管部门"},
        "fee_fen": 0,
        "limit": {"working_days": 10, "sample": True},
        "bring": [{"zh": "身份证原件", "en": "Your ID card, the original", "ko": "신분증 원본"}],
        "card_fields": ["name", "id_number"],
        "notice": {"version": today[:7], "points": [{"zh": "由主管部门处理，只用来办理这件事。"}, {"zh": "有意见请打 12345。"}]},
        "declaration": {"zh": "我填写和提交的都是真的，如有不实，愿意承担责任。"},
        "pages": [
            {
                "title": {"zh": "怎么联系您", "en": "How to reach you", "ko": "연락처"},
                "fields": [
                    {
                        "name": "mobile",
                        "control": "digits",
                        "label": {"zh": "手机号", "en": "Mobile number", "ko": "휴대전화"},
                        "rule": {"format": "mobile"},
                    }
                ],
            }
        ],
        "materials": [],
    }


def place_of(at: str) -> tuple[str, int, int | None]:
    """Return the list and the places that an address names.

    Raises:
        NoSuchPlaceError: It names none.
    """
    found = _AT.fullmatch(at)
    if found is None:
        raise NoSuchPlaceError(at)
    if found["page"] is not None:
        return "pages", int(found["page"]), None if found["field"] is None else int(found["field"])
    return ("materials", int(found["paper"]), None) if found["paper"] is not None else ("steps", int(found["step"]), None)


def at_place(source: Mapping[str, Json], at: str) -> dict[str, Json]:
    """Return what stands at an address.

    Raises:
        NoSuchPlaceError: Nothing does.
    """
    where, outer, inner = place_of(at)
    try:
        one = _list(source, where)[outer]
        found: Json = one if inner is None else one["fields"][inner]
    except (LookupError, TypeError):
        raise NoSuchPlaceError(at) from None
    return dict(found)


def saved(source: Mapping[str, Json], part: str, at: str, sent: Sent) -> dict[str, Json]:
    """Return the source with what a form of a part sent.

    Raises:
        NoSuchPlaceError: The form is about something that is not there.
    """
    item = copy.deepcopy(dict(source))
    if part == "basic":
        return _basic(item, sent)
    if part == "admission":
        return _admission(item, sent)
    where, outer, inner = place_of(at)
    at_place(item, at)
    if where == "materials":
        item["materials"][outer] = _paper(item["materials"][outer], sent)
    elif where == "steps":
        item["route"]["steps"][outer] = _step(item["route"]["steps"][outer], sent)
        _name_offices(item, sent)
    elif inner is None:
        page = item["pages"][outer]
        item["pages"][outer] = {**page, **_said(sent, "title"), **_said(sent, "help", page)}
    else:
        item["pages"][outer]["fields"][inner] = _field(item["pages"][outer]["fields"][inner], sent)
    return _without_nothing(item)


def added(source: Mapping[str, Json], what: str, at: str) -> tuple[dict[str, Json], str]:
    """Return the source with one more page, question, paper or step, and where that stands.

    Raises:
        NoSuchPlaceError: A question is to go on a page that is not there.
    """
    item = copy.deepcopy(dict(source))
    if what == "field":
        _, outer, inner = place_of(at)
        at_place(item, f"p{outer}")
        fields = item["pages"][outer].setdefault("fields", [])
        place = len(fields) if inner is None else min(inner + 1, len(fields))
        name = _unused({str(one.get("name")) for page in item["pages"] for one in objects_in(page.get("fields"))}, "question", "_")
        fields.insert(place, {"name": name, "control": "text", "label": {"zh": "新问题"}, "rule": {"maxLength": 60}})
        return item, f"p{outer}f{place}"
    if what == "page":
        item.setdefault("pages", []).append({"title": {"zh": "新的一页"}, "fields": []})
        grown, _ = added(item, "field", f"p{len(item['pages']) - 1}")
        return grown, f"p{len(item['pages']) - 1}"
    if what == "paper":
        papers = item.setdefault("materials", [])
        papers.append({"id": _unused({str(one.get("id")) for one in papers}, "paper", "-"), "name": {"zh": "新材料"}})
        return item, f"m{len(papers) - 1}"
    route = item.setdefault("route", {"offices": [{"code": "street", "name": {"zh": "街道"}}], "steps": []})
    steps = route["steps"]
    step = {
        "id": _unused({str(one.get("id")) for one in steps}, "step", "-"),
        "office": route["offices"][0]["code"],
        "name": {"zh": "新步骤"},
    }
    if steps:
        step["after"] = [steps[-1]["id"]]
    else:
        step["decides"] = True
    steps.append({**step, "days": 1})
    return item, f"s{len(steps) - 1}"


def moved(source: Mapping[str, Json], at: str, by: int) -> tuple[dict[str, Json], str]:
    """Return the source with something one place earlier (-1) or later (1), and where it stands then.

    Raises:
        NoSuchPlaceError: Nothing is there.
    """
    item = copy.deepcopy(dict(source))
    at_place(item, at)
    where, outer, inner = place_of(at)
    row = _list(item, where) if inner is None else item["pages"][outer]["fields"]
    old = outer if inner is None else inner
    new = max(0, min(len(row) - 1, old + by))
    row.insert(new, row.pop(old))
    head = at[0] if inner is None else f"p{outer}f"
    return item, f"{head}{new}"


def removed(source: Mapping[str, Json], at: str) -> dict[str, Json]:
    """Return the source without what stands at an address.

    Raises:
        NoSuchPlaceError: Nothing is there.
    """
    item = copy.deepcopy(dict(source))
    at_place(item, at)
    where, outer, inner = place_of(at)
    if where == "steps":
        gone = item["route"]["steps"].pop(outer)["id"]
        for step in item["route"]["steps"]:
            step["after"] = [one for one in step.get("after", ()) if one != gone]
        _name_offices(item, {})
        if not item["route"]["steps"]:
            del item["route"]
    elif inner is None:
        _list(item, where).pop(outer)
    else:
        item["pages"][outer]["fields"].pop(inner)
    return item


def _list(source: Mapping[str, Json], where: str) -> list[Json]:
    found = source.get("route", {}).get("steps", []) if where == "steps" else source.get(where, [])
    return found if isinstance(found, list) else []


def _text(sent: Sent, name: str) -> str:
    return " ".join(sent.get(name, "").replace("\0", "").split())[:LONGEST]


def words_of(sent: Sent, name: str) -> dict[str, str]:
    """Return a text in the languages in which it was written."""
    return {language: text for language in _LANGUAGES if (text := _text(sent, f"{name}_{language}")) or language == "zh"}


def _said(sent: Sent, name: str, kept: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """Return a text under its name; one that may be left out is None when nothing was written."""
    said = words_of(sent, name)
    return {name: said if kept is None or any(said.values()) else None}


def _count(sent: Sent, name: str, default: int = 0) -> int:
    text = _text(sent, name)
    return int(text) if re.fullmatch(r"-?\d{1,6}", text, re.ASCII) else default


def _lines(sent: Sent, name: str) -> list[dict[str, str]]:
    """Return texts that were written one a line, in columns parted by |: 中文 | English | 한국어."""
    found = []
    for line in sent.get(name, "").replace("\0", "").splitlines()[:60]:
        columns = [" ".join(one.split())[:LONGEST] for one in line.split("|")]
        if columns[0]:
            found.append({language: text for language, text in zip(_LANGUAGES, columns, strict=False) if text})
    return found


def _basic(item: dict[str, Json], sent: Sent) -> dict[str, Json]:
    for name in ("name", "short", "purpose", "department", "declaration"):
        item[name] = words_of(sent, name)
    result = words_of(sent, "result")
    item["result"] = result if any(result.values()) else None
    item["category"], item["icon"] = _text(sent, "category"), _text(sent, "icon")
    item["fee_fen"] = _fen(_text(sent, "fee"))
    days = _count(sent, "working_days")
    old = item.get("limit", {})
    item["limit"] = {"working_days": days, "sample": "limit_sample" in sent} if isinstance(old, dict) else old
    item["bring"] = _lines(sent, "bring")
    item["notice"] = {"version": _text(sent, "notice_version"), "points": _lines(sent, "notice_points")}
    item["popularity"] = _count(sent, "popularity")
    return _without_nothing(item)


def _admission(item: dict[str, Json], sent: Sent) -> dict[str, Json]:
    """What the item may do, and how long."""
    item["valid_from"], item["valid_until"] = _text(sent, "valid_from"), _text(sent, "valid_until")
    item["by_card"], item["signed"] = "by_card" in sent, "signed" in sent
    item["card_fields"] = [name for name in item.get("card_fields", []) if f"card_{name}" in sent]
    item["card_fields"] += [name.removeprefix("card_") for name in sent if name.startswith("card_")]
    item["card_fields"] = list(dict.fromkeys(item["card_fields"]))
    if item.get("door") == Door.DIRECTORY:
        item["serves"] = [kind.value for kind in ServiceKind if f"serves_{kind}" in sent]
    return item


def _field(field: dict[str, Json], sent: Sent) -> dict[str, Json]:
    found = {**field, **_said(sent, "label"), **_said(sent, "help", field), **_said(sent, "hint", field), "when": _when(field, sent)}
    if field.get("control") in list(KEPT):
        return found
    control = _text(sent, "control")
    found["name"] = _text(sent, "name") or field.get("name", "")
    found["control"] = control if control in list(CONTROLS) else field.get("control", "text")
    found["optional"] = None if "required" in sent else True
    if found["control"] in (Control.CHOICE, Control.CHOICES):
        found["options"] = _options(sent)
    else:
        found.pop("options", None)
    found["rule"] = _rule(field, found["control"], sent)
    return found


def _options(sent: Sent) -> list[dict[str, Json]]:
    """Read `value | 中文 | English | 한국어`, one a line; a line without a value gets one by its place."""
    found: list[dict[str, Json]] = []
    for number, line in enumerate(sent.get("options", "").replace("\0", "").splitlines()[:60], start=1):
        columns = [" ".join(one.split())[:LONGEST] for one in line.split("|")]
        if not any(columns):
            continue
        if len(columns) == 1:
            columns.insert(0, f"choice-{number}")
        said = {language: text for language, text in zip(_LANGUAGES, columns[1:], strict=False) if text or language == "zh"}
        found.append({"value": columns[0] or f"choice-{number}", "label": said})
    return found


def _rule(field: Mapping[str, Json], control: str, sent: Sent) -> dict[str, Json] | None:
    """Put format and length into the question's rule; what the form does not show is kept while the kind stays the same."""
    kept = dict(field.get("rule") or {}) if field.get("control") == control else {}
    if "format" not in sent and "most" not in sent:
        return kept or None
    for name in ("format", "minLength", "maxLength"):
        kept.pop(name, None)
    if _text(sent, "format"):
        kept["format"] = _text(sent, "format")
    for name, key in (("least", "minLength"), ("most", "maxLength")):
        if _text(sent, name):
            kept[key] = _count(sent, name)
    return kept or None


def _when(old: Mapping[str, Json], sent: Sent) -> dict[str, Json] | None:
    """Read the condition: a question, and the answers to it; further conditions stay while the question does."""
    name = _text(sent, "when_field")
    if not name:
        return None
    values: list[Json] = [
        {"true": True, "false": False}.get(one, one) for one in re.split(r"[,，、\s]+", _text(sent, "when_values")) if one
    ]
    kept = old.get("when")
    also = kept.get("also") if isinstance(kept, dict) and kept.get("field") == name else None
    return {"field": name, "is_one_of": values, **({"also": also} if also else {})}


def _paper(paper: dict[str, Json], sent: Sent) -> dict[str, Json]:
    found = {**paper, **_said(sent, "name"), **_said(sent, "help", paper), "when": _when(paper, sent)}
    return {
        **found,
        "id": _text(sent, "id") or paper.get("id", ""),
        "pages_max": _count(sent, "pages_max", 1),
        "required": "required" in sent,
    }


def _step(step: dict[str, Json], sent: Sent) -> dict[str, Json]:
    after = [one for one in re.split(r"[,，、\s]+", _text(sent, "after")) if one]
    marks = {name: name in sent for name in ("decides", "stops_clock", "calendar_days", "publishes")}
    found = {**step, **_said(sent, "name"), **marks, "after": after, "days": _count(sent, "days"), "when": _when(step, sent)}
    return {**found, "id": _text(sent, "id") or step.get("id", ""), "office": _text(sent, "office") or step.get("office", "")}


def _name_offices(item: dict[str, Json], sent: Sent) -> None:
    """Keep the list of offices as the steps need it; a new one brings its name."""
    route = item["route"]
    known = {one.get("code"): one for one in objects_in(route.get("offices"))}
    used = list(dict.fromkeys(step.get("office") for step in route["steps"]))
    route["offices"] = [known.get(code) or {"code": code, "name": {"zh": _text(sent, "office_name") or code}} for code in used]


def _unused(taken: set[str], head: str, joint: str) -> str:
    number = len(taken) + 1
    while f"{head}{joint}{number}" in taken:
        number += 1
    return f"{head}{joint}{number}"


def _fen(text: str) -> int:
    found = re.fullmatch(r"(\d{1,7})(?:\.(\d{1,2}))?", text, re.ASCII)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else 0


def _without_nothing(item: dict[str, Json]) -> dict[str, Json]:
    """Leave out what was not written."""
    return {name: _written(inner) for name, inner in item.items() if inner is not None}


def _written(value: Json) -> Json:
    if isinstance(value, dict):
        return _without_nothing(value)
    return [_written(one) for one in value] if isinstance(value, list) else value
