"""The front desk's queue: grouped by the day on which the law expects an answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Reverse

from city import here
from city.onewindow.legal_clock import working_days_until
from city.onewindow.models import Attachment, Case
from city.onewindow.states import OVER, UNDER_WAY, State
from city.web.paging import counted
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from sync.contract.words import Language

SOON_WORKING_DAYS = 2
_OPEN = (State.ARRIVING, State.RECEIVED, State.TO_CORRECT, *UNDER_WAY)
_SYMBOLS = 8  # of a receipt number

VIEWS: dict[str, tuple[str, str]] = {
    "waiting": ("inbox", "待受理"),
    "overdue": ("error", "已逾期"),
    "today": ("event", "今天到期"),
    "corrected": ("assignment_returned", "补正已回"),
    "arriving": ("cloud_upload", "材料上传中"),
    "stopped": ("pause_circle", "停表中"),
    "accepted": ("task_alt", "已受理，在办"),
    "late": ("running_with_errors", "办理超期"),
    "over": ("inventory", "已办结"),
}


_ORDER: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("accepted", "stopped", "over"), ("-decided_at", "-pk")),
    "late": ("decide_by", "pk"),  # by the deadline that has passed, as an index has them
}


@dataclass(frozen=True, slots=True)
class Row:
    """A case on the queue."""

    case: Case
    item_name: str
    place: str
    group: str  # overdue, today, soon, later, or none where no deadline runs
    days: int
    papers_here: int

    @property
    def days_over(self) -> int:
        """How many working days the deadline has passed by."""
        return max(0, -self.days)


def filters(today: date) -> dict[str, Q]:
    """Return what each view shows."""
    return {
        "waiting": Q(state=State.RECEIVED),
        "overdue": Q(state=State.RECEIVED, precheck_by__lt=today),
        "today": Q(state=State.RECEIVED, precheck_by=today),
        "corrected": Q(state=State.RECEIVED, notice__isnull=False),
        "arriving": Q(state=State.ARRIVING, corrects=None),
        "stopped": Q(state=State.TO_CORRECT),
        "accepted": Q(state__in=UNDER_WAY),
        "late": Q(state__in=UNDER_WAY, clock_stopped_on=None, decide_by__lt=today),
        "over": Q(state__in=OVER),
    }


def counts(within: Q, today: date) -> dict[str, int]:
    """Return how many cases each view shows, and what was decided today. What is over is counted up to `MOST_COUNTED` only."""
    conditions, seen = filters(today), Case.objects.filter(within)
    by_state = dict(seen.filter(state__in=_OPEN).order_by().values_list("state").annotate(Count("pk")))
    found = {
        "waiting": by_state.get(State.RECEIVED, 0),
        "stopped": by_state.get(State.TO_CORRECT, 0),
        "accepted": sum(by_state.get(state, 0) for state in UNDER_WAY),
    }
    # One count each, so that each is read from the index that has it: all in one pass would read every open case.
    found |= {name: seen.filter(conditions[name]).count() for name in ("overdue", "today", "corrected", "arriving", "late")}
    midnight = here.now().astimezone(here.CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    return found | {
        "over": counted(seen.filter(conditions["over"])),
        "accepted_today": seen.filter(accepted_at__gte=midnight).count(),
        "told_today": seen.filter(notice__at__gte=midnight).count(),
        "refused_today": seen.filter(state=State.NOT_ACCEPTED, decided_at__gte=midnight).count(),
    }


def cases(within: Q, view: str, search: str, today: date) -> QuerySet[Case]:
    """Return the cases of a view that lie `within` somebody's reach, the most urgent first.

    `search` looks through all views for a number or an item.
    """
    found = Case.objects.filter(within).select_related("terminal")
    if not search:
        return found.filter(filters(today)[view]).order_by(*_ORDER.get(view, ("precheck_by", "pk")))
    plain = search.replace("-", "").replace(" ", "")
    named = [published.package.code for published in here.catalogue().on_offer(today) if search in published.package.name.zh]
    found = found.filter(corrects=None).order_by("-pk")
    if plain.isascii() and plain.isdigit():
        ends_so = Q(backwards__startswith=plain[::-1])  # an index reads numbers from behind
        return found.alias(backwards=Reverse("case_number")).filter(ends_so | Q(number=plain) if len(plain) == _SYMBOLS else ends_so)
    return found.filter(item__in=named) if named else found.filter(number=plain.upper())


def papers_here(cases: Iterable[Case]) -> dict[int, int]:
    """Return how many photos of each case have arrived, in one query for a page of them."""
    arrived = Attachment.objects.filter(case__in=[case.pk for case in cases]).exclude(stored_at=None)
    return dict(arrived.order_by().values_list("case").annotate(Count("pk")))


def row(case: Case, today: date, language: Language, papers: Mapping[int, int]) -> Row:
    """Return a case of `cases` as the queue shows it; `papers` is what `papers_here` says."""
    package: ItemPackage | None = here.catalogue().package(ItemCode(case.item), case.item_version)
    days = working_days_until(today, case.precheck_by)
    name = package.name.said_in(language) if package else case.item
    return Row(case, name, case.terminal.place, _group(case, today, days), days, papers.get(case.pk, 0))


def _group(case: Case, today: date, days: int) -> str:
    if case.state not in (State.RECEIVED, State.ARRIVING):
        return "none"
    if case.precheck_by < today:
        return "overdue"
    if case.precheck_by == today:
        return "today"
    return "soon" if days <= SOON_WORKING_DAYS else "later"
