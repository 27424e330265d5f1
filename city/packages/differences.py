"""What a new version changes, for whoever signs it: each change with the words before and after."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from city.community.models import KIND_OF_SERVICE
from city.packages.shapes import CARD_FIELDS, kind_of
from city.packages.unwritten import plain
from sync.contract.directory import ServiceKind
from sync.contract.item import CardField, ItemPackage

Json = Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change. Nothing before: it was added; nothing after: it was taken away."""

    what: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """added, gone or changed."""
        return "added" if not self.before else "changed" if self.after else "gone"


def changes(old: ItemPackage | None, new: ItemPackage) -> tuple[Change, ...]:
    """Return what is different, in the order in which a resident meets it; of a first version there is nothing to compare with."""
    if old is None:
        return ()
    before, after = plain(old), plain(new)
    found = [*_head(before, after), *_named("题目", _questions(before), _questions(after))]
    found += _named("材料", _papers(before), _papers(after))
    found += _named("步骤", _steps(before), _steps(after))
    known = {"pages", "materials", "route", "schema", "version", *_HEAD}
    rest = [name for name in {**before, **after} if name not in known and before.get(name) != after.get(name)]
    found += [Change(_REST.get(name, name), "原规则", "新规则") for name in rest]
    return tuple(found)


_HEAD: Mapping[str, str] = {
    "name": "名称",
    "short": "给谁办",
    "purpose": "做什么",
    "department": "主管部门",
    "category": "分类",
    "icon": "图标",
    "fee_fen": "费用（分）",
    "limit": "承诺时限",
    "valid_from": "生效",
    "valid_until": "到期",
    "bring": "要带什么",
    "notice": "个人信息告知",
    "declaration": "声明",
    "card_fields": "读证字段",
    "result": "办成后",
    "by_card": "要放身份证",
    "signed": "要签名",
    "popularity": "排序",
    "serves": "给哪类服务",
}
_REST = {"checks": "前后对照", "eligibility": "能不能办的问题", "helping": "代办", "parameters": "部门数字", "issued_at_once": "当场出证"}


def _head(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Change]:
    for name, label in _HEAD.items():
        old, new = before.get(name), after.get(name)
        if old != new:
            yield Change(label, _said(name, old), _said(name, new))


def _said(name: str, value: Json) -> str:
    match name, value:
        case _, None:
            return ""
        case "limit", dict():
            return f"{value.get('working_days')} 个工作日{'（样例）' if value.get('sample', True) else ''}"
        case "serves", list():
            return "、".join(KIND_OF_SERVICE[ServiceKind(one)] for one in value) or "没有自己一份的各类"
        case "card_fields", list():
            return "、".join(CARD_FIELDS[CardField(one)] for one in value) or "不读"
        case "notice", dict():
            return f"{value.get('version')}：" + " ".join(one["zh"] for one in value.get("points", ()))
        case _, bool():
            return "是" if value else "否"
        case _, dict():
            return _words(value)
        case _, list():
            return "；".join(_words(one) for one in value)
        case _:
            return str(value)


def _words(value: Mapping[str, str]) -> str:
    return " · ".join(value[language] for language in ("zh", "en", "ko") if value.get(language))


def _questions(item: Mapping[str, Json]) -> dict[str, str]:
    rules = item["schema"].get("properties", {})
    found = {}
    for page in item["pages"]:
        for field in page["fields"]:
            options = " / ".join(one["label"]["zh"] for one in field.get("options", ()))
            demanded = "" if field["name"] in item["schema"].get("required", ()) else "，可以不填或有条件"
            rule = {name: value for name, value in rules.get(field["name"], {}).items() if name in ("format", "maxLength", "minLength")}
            told = " ".join(_words(field[name]) for name in ("help", "hint") if field.get(name))
            parts = [f"{_words(field['label'])}（{kind_of(field['control'])}{demanded}）", page["title"]["zh"], options, told]
            parts += [" ".join(f"{name} {value}" for name, value in rule.items()), _condition(field.get("when"))]
            found[field["name"]] = "；".join(part for part in parts if part)
    return found


def _papers(item: Mapping[str, Json]) -> dict[str, str]:
    return {
        one["id"]: f"{_words(one['name'])}，最多 {one.get('pages_max', 1)} 页，{'必须' if one.get('required', True) else '可以没有'}"
        f"{_condition(one.get('when'))}"
        for one in item["materials"]
    }


def _steps(item: Mapping[str, Json]) -> dict[str, str]:
    marks = {"decides": "作决定", "stops_clock": "停表", "calendar_days": "自然日", "publishes": "公示"}
    found = {}
    for step in item.get("route", {}).get("steps", ()):
        parts = [_words(step["name"]), step["office"], f"{step.get('days', 0)} 天", f"在 {'、'.join(step.get('after', ())) or '受理'} 之后"]
        parts += [said for name, said in marks.items() if step.get(name)]
        found[step["id"]] = "，".join(parts) + _condition(step.get("when"))
    return found


def _condition(when: Json) -> str:
    if not isinstance(when, dict):
        return ""
    also = "".join(_condition(one) for one in when.get("also", ()))
    return f"（当 {when['field']} 为 {'、'.join(str(one) for one in when['is_one_of'])}{also}）"


def _named(what: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in {**after, **before}:
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield Change(f"{what}：{re.split(' · |（|，', new or old)[0]}", old, new)
