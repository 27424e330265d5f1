"""What a list is narrowed down to: read from an address, written back to one, turned into a condition. What cannot be is left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q

from city import here
from city.desk.models import ListPage, SavedFilter
from city.grid.models import Area
from city.onewindow.models import Step
from city.onewindow.states import State, StepState
from city.staff.models import Clerk, Office
from sync.contract.names import ItemCode
from sync.contract.words import Language

MOST_SAVED = 20
_ACTIVE = (StepState.READY, StepState.CLAIMED)
_SEARCH_LETTERS, _CODE_LETTERS = 60, 64


@dataclass(frozen=True, slots=True)
class Filters:
    """One way of looking at a list. An empty field narrows nothing."""

    view: str
    search: str = ""
    item: str = ""
    office: int | None = None
    area: str = ""
    due_from: date | None = None
    due_to: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether it does more than choose a view."""
        return self != Filters(self.view)

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        facts = {
            "view": self.view,
            "q": self.search,
            "item": self.item,
            "office": self.office,
            "area": self.area,
            "due_from": self.due_from,
            "due_to": self.due_to,
        }
        return urlencode({name: str(value) for name, value in facts.items() if value not in (None, "")})

    def without(self, name: str) -> "Filters":
        """Return it with one field empty."""
        empty: dict[str, object] = {name: None if name in ("office", "due_from", "due_to") else ""}
        return replace(self, **empty)  # type: ignore[arg-type]  # the value fits the name


def filters_of(given: Mapping[str, str], views: Iterable[str], first: str) -> Filters:
    """Read a filter from an address; `first` is the view where none that exists is named."""
    view, office = given.get("view", ""), given.get("office", "")
    return Filters(
        view=view if view in views else first,
        search=_plain(given.get("q", ""))[:_SEARCH_LETTERS],
        item=_plain(given.get("item", ""))[:_CODE_LETTERS],
        office=int(office) if office.isascii() and office.isdigit() and len(office) < 18 else None,
        area=_plain(given.get("area", ""))[:32],
        due_from=_day(given.get("due_from", "")),
        due_to=_day(given.get("due_to", "")),
    )


def of_cases(chosen: Filters) -> Q:
    """Return the condition on cases. Their deadline is that of the state they are in."""
    found = Q()
    if chosen.item:
        found &= Q(item=chosen.item)
    if chosen.office is not None:
        found &= Q(Exists(Step.objects.filter(case=OuterRef("pk"), office=chosen.office, state__in=_ACTIVE)))
    if chosen.area:
        found &= Q(area__startswith=chosen.area)
    for name, day in (("gte", chosen.due_from), ("lte", chosen.due_to)):
        if day is not None:
            found &= (
                Q(**{f"precheck_by__{name}": day}, state__in=(State.ARRIVING, State.RECEIVED))
                | Q(**{f"correct_by__{name}": day}, state=State.TO_CORRECT)
                | Q(**{f"decide_by__{name}": day}, accepted_at__isnull=False)
            )
    return found


def of_steps(chosen: Filters) -> Q:
    """Return the condition on steps."""
    found = Q()
    if chosen.item:
        found &= Q(case__item=chosen.item)
    if chosen.office is not None:
        found &= Q(office=chosen.office)
    if chosen.area:
        found &= Q(case__area__startswith=chosen.area)
    if chosen.due_from is not None:
        found &= Q(due_on__gte=chosen.due_from)
    if chosen.due_to is not None:
        found &= Q(due_on__lte=chosen.due_to)
    return found


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen from: value and name."""

    items: tuple[tuple[str, str], ...]
    offices: tuple[tuple[int, str], ...]
    areas: tuple[tuple[str, str], ...]


def choices(language: Language) -> Choices:
    """Return what the lists can be narrowed down to: a few hundred names at most."""
    elsewhere = here.catalogue().elsewhere()
    items = [one.package for one in here.catalogue().on_offer(here.today()) if one.package.code not in elsewhere]
    named = sorted((str(item.code), item.name.said_in(language)) for item in items)
    areas = Area.objects.exclude(level="grid").order_by("code").values_list("code", "name")[:200]
    offices = Office.objects.order_by("name").values_list("pk", "name")[:200]
    return Choices(tuple(sorted(named, key=lambda one: one[1])), tuple(offices), tuple(areas))


def chips(chosen: Filters, names: Choices) -> tuple[tuple[str, str, str], ...]:
    """Return what narrows the list, each as its field, its words, and the query that goes without it."""
    said = {
        "item": dict(names.items).get(chosen.item, chosen.item),
        "office": dict(names.offices).get(chosen.office or 0, "") if chosen.office is not None else "",
        "area": dict(names.areas).get(chosen.area, chosen.area),
        "due_from": f"≥ {chosen.due_from:%m-%d}" if chosen.due_from else "",
        "due_to": f"≤ {chosen.due_to:%m-%d}" if chosen.due_to else "",
    }
    return tuple(
        (name, words or "?", chosen.without(name).query) for name, words in said.items() if getattr(chosen, name) not in (None, "")
    )


def saved(clerk: Clerk, page: ListPage) -> list[SavedFilter]:
    """Return what somebody has kept for a list."""
    return list(SavedFilter.objects.filter(clerk=clerk, page=page)[:MOST_SAVED])


def newest_name(code: str, language: Language) -> str:
    """Return what an item is called, also when it is not on offer any more."""
    package = here.catalogue().newest(ItemCode(code))
    return package.name.said_in(language) if package else code


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
