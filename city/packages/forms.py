"""What the editor's forms show: the tree on the left, and the fields of what is chosen, ready for a template."""

from collections.abc import Mapping
from typing import Any

from city.community.models import KIND_OF_SERVICE
from city.packages.editing import NoSuchPlaceError, at_place, place_of
from city.packages.shapes import CARD_FIELDS, CATEGORIES, CONTROLS, FORMATS, KEPT, icon_of, kind_of
from sync.contract.icons import ITEM_ICONS
from sync.contract.item import Control, Door
from sync.contract.written_conditions import objects_in

Json = Any
_CHOOSING = (Control.CHOICE, Control.CHOICES, Control.YES_NO)


def tree(source: Mapping[str, Json], part: str) -> list[dict[str, Json]]:
    """Return the rows on the left: where each leads, its icon, its words, what it is."""
    match part:
        case "form":
            return [row for place, page in enumerate(objects_in(source.get("pages"))) for row in _page_rows(page, place)]
        case "materials":
            return [
                {
                    "at": f"m{place}",
                    "icon": "photo_camera",
                    "name": _zh(paper.get("name")),
                    "kind": "有条件" if "when" in paper else "必须" if paper.get("required", True) else "可以没有",
                }
                for place, paper in enumerate(objects_in(source.get("materials")))
            ]
        case "route":
            return [
                {
                    "at": f"s{place}",
                    "icon": "gavel" if step.get("decides") else "account_tree",
                    "name": _zh(step.get("name")),
                    "kind": f"{step.get('office')} · {step.get('days', 0)} 天",
                }
                for place, step in enumerate(_steps(source))
            ]
        case _:
            return []


def _page_rows(page: Mapping[str, Json], place: int) -> list[dict[str, Json]]:
    fields = objects_in(page.get("fields"))
    rows = [{"at": f"p{place}", "icon": "article", "name": _zh(page.get("title")), "kind": f"{len(fields)} 题", "is_head": True}]
    rows += [
        {
            "at": f"p{place}f{number}",
            "icon": icon_of(str(field.get("control"))),
            "name": _zh(field.get("label")),
            "kind": ("有条件 · " if "when" in field else "") + kind_of(str(field.get("control"))),
        }
        for number, field in enumerate(fields)
    ]
    return rows


def form_of(source: Mapping[str, Json], part: str, at: str) -> dict[str, Json] | None:
    """Return the fields of what is chosen; None when nothing is."""
    if part == "basic":
        return _basic(source)
    if part == "admission":
        return _admission(source)
    if not at:
        return None
    try:
        one, (where, _, inner) = at_place(source, at), place_of(at)
    except NoSuchPlaceError:
        return None
    if where == "materials":
        return {"kind": "paper", "value": one, "words": _words(one, ("name", "材料名称"), ("help", "说明")), **_condition(source, one)}
    if where == "steps":
        offices = [(office.get("code"), _zh(office.get("name"))) for office in objects_in(source.get("route", {}).get("offices"))]
        after = "、".join(one.get("after", ()))
        others = [(step.get("id"), _zh(step.get("name"))) for step in _steps(source) if step.get("id") != one.get("id")]
        words = _words(one, ("name", "步骤名称（居民在进度里看到）"))
        return {
            "kind": "step",
            "value": one,
            "words": words,
            "offices": offices,
            "after": after,
            "others": others,
            **_condition(source, one),
        }
    if inner is None:
        return {"kind": "page", "value": one, "words": _words(one, ("title", "标题"), ("help", "说明"))}
    return _question(source, one)


def _question(source: Mapping[str, Json], one: Mapping[str, Json]) -> dict[str, Json]:
    control, rule = str(one.get("control")), one.get("rule") or {}
    is_kept = control in list(KEPT)
    options = "\n".join(" | ".join([str(option.get("value")), *_said(option.get("label"))]) for option in objects_in(one.get("options")))
    rows = objects_in(one.get("rows", {}).get("fields")) if is_kept and isinstance(one.get("rows"), dict) else []
    return {
        "kind": "question",
        "value": one,
        "is_kept": is_kept,
        "control": control,
        "control_name": kind_of(control),
        "controls": [(name.value, label) for name, (_, label) in CONTROLS.items()],
        "words": _words(one, ("label", "题目"), ("help", "说明"), ("hint", "空格里的提示")),
        "options": options,
        "has_options": control in (Control.CHOICE, Control.CHOICES),
        "has_rule": control in (Control.TEXT, Control.DIGITS, Control.DATE),
        "formats": FORMATS.items(),
        "format": rule.get("format", ""),
        "least": rule.get("minLength", ""),
        "most": rule.get("maxLength", ""),
        "required": not one.get("optional"),
        "inner": [_zh(row.get("label")) for row in rows],
        **_condition(source, one),
    }


def _condition(source: Mapping[str, Json], one: Mapping[str, Json]) -> dict[str, Json]:
    when = _object(one.get("when"))
    fields = [field for page in objects_in(source.get("pages")) for field in objects_in(page.get("fields"))]
    helping = source.get("helping")
    if isinstance(helping, dict) and isinstance(helping.get("question"), dict):
        fields.insert(0, helping["question"])
    asked = [field for field in fields if field.get("control") in _CHOOSING and field.get("name") != one.get("name")]
    known = {field.get("name"): field for field in asked}
    values = [{True: "true", False: "false"}.get(value, str(value)) for value in when.get("is_one_of", ())]
    chosen = known.get(when.get("field"), {})
    offered = [f"{option.get('value')} {_zh(option.get('label'))}" for option in objects_in(chosen.get("options"))]
    if chosen.get("control") == Control.YES_NO:
        offered = ["true 是", "false 不是"]
    names = {field.get("name"): _zh(field.get("label")) for field in asked}
    also = [f"{names.get(other.get('field'), other.get('field'))} 为 {_values(other)}" for other in objects_in(when.get("also"))]
    return {
        "when_field": when.get("field", ""),
        "when_values": "、".join(values),
        "when_offered": "；".join(offered),
        "when_also": "，并且 ".join(also),
        "asked": [(field.get("name"), _zh(field.get("label"))) for field in asked],
    }


def _values(condition: Mapping[str, Json]) -> str:
    return "、".join({True: "是", False: "不是"}.get(value, str(value)) for value in condition.get("is_one_of", ()))


def _basic(source: Mapping[str, Json]) -> dict[str, Json]:
    notice = _object(source.get("notice"))
    limit = _object(source.get("limit"))
    words = _words(source, ("name", "名称"), ("short", "给谁办（名称下一行）"), ("purpose", "做什么"), ("department", "主管部门"))
    words += _words(source, ("result", "办成后拿到什么、在哪拿"), ("declaration", "签名时的声明"))
    return {
        "kind": "basic",
        "value": source,
        "words": words,
        "categories": [(name.value, label) for name, label in CATEGORIES.items()],
        "icons": sorted(ITEM_ICONS),
        "fee": f"{int(source.get('fee_fen', 0)) / 100:.2f}",
        "working_days": limit.get("working_days", 0),
        "limit_sample": limit.get("sample", True),
        "bring": _in_lines(source.get("bring")),
        "notice_version": notice.get("version", ""),
        "notice_points": _in_lines(notice.get("points")),
    }


def _admission(source: Mapping[str, Json]) -> dict[str, Json]:
    read, serves, is_request = source.get("card_fields", ()), source.get("serves", ()), source.get("door") == Door.DIRECTORY
    return {
        "kind": "admission",
        "value": source,
        "card_fields": [(name.value, label, name.value in read) for name, label in CARD_FIELDS.items()],
        "by_card": source.get("by_card", True),
        "signed": source.get("signed", True),
        "kinds": [(kind.value, label, kind in serves) for kind, label in KIND_OF_SERVICE.items()] if is_request else [],
    }


def _words(one: Mapping[str, Json], *names: tuple[str, str]) -> list[dict[str, Json]]:
    """Return each text with its three languages."""
    found = []
    for name, label in names:
        said = _object(one.get(name))
        found.append({"name": name, "label": label, **{language: said.get(language, "") for language in ("zh", "en", "ko")}})
    return found


def _in_lines(value: Json) -> str:
    return "\n".join(" | ".join(_said(one)) for one in objects_in(value))


def _said(words: Json) -> list[str]:
    said = [str(words.get(language, "")) for language in ("zh", "en", "ko")] if isinstance(words, dict) else [""]
    while len(said) > 1 and not said[-1]:
        said.pop()
    return said


def _zh(words: Json) -> str:
    return str(words.get("zh", "")) if isinstance(words, dict) else ""


def _steps(source: Mapping[str, Json]) -> list[dict[str, Json]]:
    route = source.get("route")
    return objects_in(route.get("steps")) if isinstance(route, dict) else []


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
