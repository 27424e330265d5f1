"""From an item as people write it to the whole package: shared parts put in, figures written out, the schema made from the questions.

Written items may use, beside everything of `item`:

- in `pages`, in a page's `fields` and in `materials`: `{"block": NAME}` for a shared part, with `without` (names to leave out), `when`
  (a further condition for all of it) and `with` (words for `{placeholders}` in its texts);
- `when` at a page, for all its questions; conditions on questions that are themselves sometimes asked need no `also`: it is added;
- `options`: the name of a shared list, or `{"list": NAME, "without": [...]}`;
- `rule` at a question: its JSON Schema; `optional: true` if it may stay empty. From these the schema is made, unless one is written;
- `declaration`, and `statement` in `family_signs`: the names of shared statements; `notice`: `{"block": NAME, "with": {...}}`;
- `{p.NAME}` in texts and rules: a figure of the departments, by its name.

The outcome holds nothing of this. It is what is checked, signed and sent; places point into the file that somebody wrote.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.contract.findings import Finding
from sync.contract.json_places import Path, Place, Placed
from sync.contract.shared_parts import PartKind, SharedParts
from sync.contract.written_conditions import all_of, names_in, objects_in, parts_of
from sync.contract.written_schema import schema_of

_HOLE = re.compile(r"\{(?P<name>[a-z][a-z0-9_.]*)\}")
_LANGUAGES = ("zh", "en", "ko")
_SOURCE_ONLY = frozenset({"rule", "optional"})
Json = Any
Holes = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Whole:
    """The package's JSON with the places of what was written, and what was wrong in writing it (paths in the written file)."""

    placed: Placed
    findings: tuple[Finding, ...]


def whole(written: Placed, shared: SharedParts) -> Whole:
    """Put everything into a written item that it refers to; what is no object is returned as it is."""
    if not isinstance(written.value, dict):
        return Whole(written, ())
    writer = _Writer(written, shared)
    value = writer.item(written.value)
    return Whole(Placed(value, writer.places), tuple(writer.findings))


class _Writer:
    def __init__(self, written: Placed, shared: SharedParts) -> None:
        self._written = written
        self._shared = shared
        self._figures: dict[str, dict[str, Json]] = {}
        self.places: dict[Path, Place] = {}
        self.findings: list[Finding] = []

    def item(self, written: dict[str, Json]) -> dict[str, Json]:
        self.places[()] = self._written.nearest(())
        found: dict[str, Json] = {}
        extra: dict[str, list[Json]] = {"checks": [], "materials": []}
        for name, value in written.items():
            at: Path = (name,)
            self.places[at] = self._written.nearest(at)
            match name:
                case "pages" if isinstance(value, list):
                    found["pages"] = self._pages(value, extra)
                case "materials" if isinstance(value, list):
                    found["materials"] = self._materials(value)
                case "declaration" if isinstance(value, list):
                    found["declaration"] = self._statements(value, ("declaration",))
                case "family_signs" if isinstance(value, dict) and isinstance(value.get("statement"), list):
                    found["family_signs"] = {**value, "statement": self._statements(value["statement"], ("family_signs", "statement"))}
                case "notice" if isinstance(value, dict) and "block" in value:
                    found["notice"] = self._notice(value)
                case "eligibility" if isinstance(value, list):
                    found["eligibility"] = [self._eligible(one, ("eligibility", number)) for number, one in enumerate(value)]
                case "helping" if isinstance(value, dict):
                    found["helping"] = self._helping(value)
                case _:
                    found[name] = self._copied(value, at, at, {})
        for name, more in extra.items():
            if more:
                found[name] = [*(found[name] if isinstance(found.get(name), list) else []), *more]
        _close_conditions(found)
        if "schema" not in found and isinstance(found.get("pages"), list):
            found["schema"] = schema_of(found)
            self.places["schema",] = self._written.nearest(("pages",))
        _without_source(found)
        if self._figures:
            found["parameters"] = list(self._figures.values())
        return found

    # References

    def _pages(self, written: list[Json], extra: dict[str, list[Json]]) -> list[Json]:
        found: list[Json] = []
        for number, page in enumerate(written):
            at: Path = ("pages", number)
            if isinstance(page, dict) and "block" in page:
                block = self._block(page, at)
                self._take_extra(block, page, page.get("when"), at, extra)
                for one in objects_in(block.get("pages")):
                    self._put_page(one, found, at, page)
                if "pages" not in block:
                    self._complain((*at, "block"), "this part has no pages", "use it where it fits, such as among the fields of a page")
            elif isinstance(page, dict):
                fields: list[Json] = []
                target: Path = ("pages", len(found))
                copy = {k: self._copied(v, (*at, k), (*target, k), {}) for k, v in page.items() if k not in ("fields", "when")}
                self.places[target] = self._written.nearest(at)
                written_fields = page.get("fields")
                self.places[*target, "fields"] = self._written.nearest((*at, "fields"))
                for place, field in enumerate(written_fields if isinstance(written_fields, list) else ()):
                    self._put_field(field, page.get("when"), fields, (*at, "fields", place), (*target, "fields"), extra)
                found.append({**copy, **({"fields": fields} if isinstance(written_fields, list) else {"fields": written_fields})})
            else:
                found.append(self._copied(page, at, ("pages", len(found)), {}))
        return found

    def _put_page(self, page: dict[str, Json], found: list[Json], at: Path, reference: Mapping[str, Json]) -> None:
        target: Path = ("pages", len(found))
        copy = self._inserted(page, at, _holes(reference))
        when = all_of(reference.get("when"), copy.pop("when", None))
        fields = [field for field in objects_in(copy.pop("fields", None)) if field.get("name") not in names_in(reference.get("without"))]
        for field in fields:
            _add_condition(field, when)
        if fields:
            self.places[target] = self._written.nearest(at)
            found.append({**copy, "fields": [self._finished(field, at) for field in fields]})

    def _put_field(self, field: Json, when: Json, found: list[Json], at: Path, target: Path, extra: dict[str, list[Json]]) -> None:
        if isinstance(field, dict) and "block" in field:
            block = self._block(field, at)
            self._take_extra(block, field, all_of(when, field.get("when")), at, extra)
            if "fields" not in block:
                self._complain((*at, "block"), "this part has no fields", "use it where it fits, such as among the pages")
            for copy in self._inserted_fields(block, field, at):
                _add_condition(copy, all_of(when, field.get("when")))
                self.places[*target, len(found)] = self._written.nearest(at)
                found.append(self._finished(copy, at))
            return
        copy = self._copied(field, at, (*target, len(found)), {})
        if isinstance(copy, dict):
            _add_condition(copy, when)
            copy = self._finished(copy, at)
        found.append(copy)

    def _block(self, reference: Mapping[str, Json], at: Path) -> dict[str, Json]:
        block = self._part(PartKind.BLOCKS, reference.get("block"), (*at, "block"))
        return block if isinstance(block, dict) else {"pages": [], "fields": []}

    def _inserted_fields(self, block: Mapping[str, Json], reference: Mapping[str, Json], at: Path) -> list[dict[str, Json]]:
        without = names_in(reference.get("without"))
        wanted = [one for one in objects_in(block.get("fields")) if one.get("name") not in without]
        return [self._inserted(one, at, _holes(reference)) for one in wanted]

    def _take_extra(
        self, block: Mapping[str, Json], reference: Mapping[str, Json], when: Json, at: Path, extra: dict[str, list[Json]]
    ) -> None:
        """Checks and papers that a part brings apply when its questions do."""
        without = names_in(reference.get("without"))
        checks = [one for one in objects_in(block.get("checks")) if str(one.get("field", "")).partition(".")[0] not in without]
        for name, more in (
            ("checks", [self._inserted(check, at, _holes(reference)) for check in checks]),
            ("materials", [self._material(material, at) for material in objects_in(block.get("materials"))]),
        ):
            for one in more:
                _add_condition(one, when)
            extra[name] += more

    def _materials(self, written: list[Json]) -> list[Json]:
        found = []
        for number, material in enumerate(written):
            at: Path = ("materials", number)
            if isinstance(material, dict) and "block" in material:
                self.places[at] = self._written.nearest(at)
                found.append(self._material(material, at))
            else:
                found.append(self._copied(material, at, at, {}))
        return found

    def _material(self, reference: Json, at: Path) -> dict[str, Json]:
        """A shared paper; what the reference says besides counts more than what is shared."""
        if not isinstance(reference, dict) or "block" not in reference:
            return self._inserted(reference, at, {}) if isinstance(reference, dict) else {}
        part = self._part(PartKind.MATERIALS, reference["block"], (*at, "block"))
        own = {name: self._inserted(value, at, {}) for name, value in reference.items() if name not in ("block", "when")}
        copy = {**(self._inserted(part, at, {}) if isinstance(part, dict) else {}), **own}
        _add_condition(copy, reference.get("when"))
        return copy

    def _statements(self, written: list[Json], place: Path) -> dict[str, str]:
        texts: dict[str, list[str]] = {language: [] for language in _LANGUAGES}
        for number, name in enumerate(written):
            at: Path = (*place, number)
            part = self._part(PartKind.STATEMENTS, name, at)
            part = self._inserted(part, at, {})
            for language in _LANGUAGES:
                if isinstance(part, dict) and isinstance(part.get(language), str):
                    texts[language].append(part[language])
        self.places[place] = self._written.nearest(place)
        return {language: ("" if language == "zh" else " ").join(said) for language, said in texts.items() if said}

    def _notice(self, written: Mapping[str, Json]) -> Json:
        at: Path = ("notice",)
        self.places[at] = self._written.nearest(at)
        part = self._part(PartKind.NOTICES, written.get("block"), (*at, "block"))
        copy = self._inserted(part, at, _holes(written)) if isinstance(part, dict) else {}
        own = {name: value for name, value in written.items() if name not in ("block", "with", "more")}
        more = [self._inserted(point, at, {}) for point in objects_in(written.get("more"))]
        points = objects_in(copy.get("points"))
        return {**copy, **own, "points": [*points[:-1], *more, *points[-1:]]}

    def _eligible(self, written: Json, at: Path) -> Json:
        copy = self._copied(written, at, at, {})
        if isinstance(copy, dict) and isinstance(copy.get("question"), dict):
            copy["question"] = {k: v for k, v in self._finished(copy["question"], (*at, "question")).items() if k not in _SOURCE_ONLY}
        return copy

    def _helping(self, written: Mapping[str, Json]) -> Json:
        at: Path = ("helping",)
        self.places[at] = self._written.nearest(at)
        if "block" in written:
            part = self._part(PartKind.BLOCKS, written["block"], (*at, "block"))
            written = {**part, **{k: v for k, v in written.items() if k != "block"}} if isinstance(part, dict) else {}
        copy = self._inserted(written, at, {})
        if isinstance(copy.get("question"), dict):
            copy["question"] = {**self._finished(copy["question"], at), "optional": True}
        return copy

    # Fields

    def _finished(self, field: dict[str, Json], at: Path) -> dict[str, Json]:
        """Put shared options in; rules stay for the schema."""
        if "options" in field:
            field["options"] = self._options(field["options"], (*at, "options"))
        rows = field.get("rows")
        if isinstance(rows, dict) and isinstance(rows.get("fields"), list):
            inner: list[Json] = []
            for one in rows["fields"]:
                if isinstance(one, dict) and "block" in one:
                    inner += self._inserted_fields(self._block(one, at), one, at)
                else:
                    inner.append(one)
            rows["fields"] = [self._finished(one, at) if isinstance(one, dict) else one for one in inner]
        return field

    def _options(self, written: Json, at: Path) -> Json:
        without: Json = ()
        if isinstance(written, dict):
            without, written = names_in(written.get("without")), written.get("list")
        if not isinstance(written, str):
            return written
        listed = self._part(PartKind.LISTS, written, at)
        return (
            [option for option in self._inserted(listed, at, {}) if option.get("value") not in without] if isinstance(listed, list) else []
        )

    def _part(self, kind: PartKind, name: Json, at: Path) -> Json:
        part = self._shared.part(kind, name)
        if part is None:
            self._complain(at, f"there is no {name!r} among the shared {kind}", f"there are: {self._shared.names(kind)}")
        return part

    def _complain(self, at: Path, what: str, advice: str) -> None:
        self.findings.append(Finding(at, what, advice))

    # Copying

    def _copied(self, value: Json, at: Path, target: Path, holes: Holes) -> Json:
        """Copy what stands in the file, and remember where."""
        self.places[target] = self._written.nearest(at)
        if isinstance(value, dict):
            return {name: self._copied(inner, (*at, name), (*target, name), holes) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._copied(inner, (*at, number), (*target, number), holes) for number, inner in enumerate(value)]
        return self._filled(value, at, holes)

    def _inserted(self, value: Json, at: Path, holes: Holes) -> Json:
        """Copy a shared part: everything in it stands where it was referred to."""
        if isinstance(value, dict):
            if isinstance(value.get("zh"), str):
                return {language: self._filled(text, at, _in_language(holes, language)) for language, text in value.items()}
            return {name: self._inserted(inner, at, holes) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._inserted(inner, at, holes) for inner in value]
        return self._filled(value, at, holes)

    def _filled(self, value: Json, at: Path, holes: Holes) -> Json:
        if not isinstance(value, str) or "{" not in value:
            return value
        only = _HOLE.fullmatch(value)
        if only is not None and only["name"].startswith("p."):
            return self._figure(only["name"].removeprefix("p."), at)
        return _HOLE.sub(lambda hole: self._in_text(hole, at, holes), value)

    def _in_text(self, hole: re.Match[str], at: Path, holes: Holes) -> str:
        name = hole["name"]
        if name.startswith("p."):
            return str(self._figure(name.removeprefix("p."), at))
        return str(holes[name]) if name in holes else hole.group()

    def _figure(self, name: str, at: Path) -> Json:
        part = self._shared.part(PartKind.PARAMETERS, name)
        if not isinstance(part, dict) or "value" not in part:
            self._complain(at, f"there is no figure {name!r}", f"there are: {self._shared.names(PartKind.PARAMETERS)}")
            return 0
        self._figures[name] = {
            "name": name,
            "value": str(part["value"]),
            "meaning": part.get("meaning", {"zh": name}),
            "sample": part.get("sample", True),
        }
        return part["value"]


def _in_language(holes: Holes, language: str) -> Holes:
    return {name: (said.get(language) or said.get("zh")) if isinstance(said, dict) else said for name, said in holes.items()}


def _add_condition(value: dict[str, Json], when: Json) -> None:
    joined = all_of(when, value.get("when"))
    if joined is not None:
        value["when"] = joined


def _close_conditions(item: dict[str, Json]) -> None:
    """Add to each condition those of the questions that it depends on, so that one look at the answers tells."""
    conditions: dict[str, Json] = {}

    def closed(when: Json) -> Json:
        return all_of(when, *(conditions.get(str(part.get("field"))) for part in parts_of(when))) if isinstance(when, dict) else when

    for page in objects_in(item.get("pages")):
        for field in objects_in(page.get("fields")):
            if "when" in field:
                field["when"] = conditions[str(field.get("name"))] = closed(field["when"])
    route = item.get("route")
    steps = objects_in(route.get("steps")) if isinstance(route, dict) else []
    for one in (*objects_in(item.get("materials")), *objects_in(item.get("checks")), *steps):
        if "when" in one:
            one["when"] = closed(one["when"])


def _without_source(item: dict[str, Json]) -> None:
    for page in objects_in(item.get("pages")):
        for field in objects_in(page.get("fields")):
            _strip(field)
    helping = item.get("helping")
    if isinstance(helping, dict) and isinstance(helping.get("question"), dict):
        _strip(helping["question"])


def _strip(field: dict[str, Json]) -> None:
    for name in _SOURCE_ONLY & field.keys():
        del field[name]
    rows = field.get("rows")
    for inner in objects_in(rows.get("fields")) if isinstance(rows, dict) else ():
        _strip(inner)


def _holes(reference: Mapping[str, Json]) -> Holes:
    given = reference.get("with")
    return given if isinstance(given, dict) else {}
