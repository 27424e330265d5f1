"""Each installation of a terminal numbers its applications from 1 without gaps: a missing number was handed in and is not here.

What is here is counted each night and kept (`count_numbers`), so that a look costs the cases of a day and not of all years.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet, Window
from django.db.models.functions import Lag

from city import here
from city.fleet.models import Terminal
from city.onewindow.models import Case
from city.reconciliation.models import Numbered, Shelved

STILL_ARRIVING = timedelta(minutes=10)
"""A case's key is given before its transaction ends: one that is younger may have an older neighbour that cannot be seen yet."""

MOST_GAPS = 50
"""Of one installation; more is one story, and the count says how large."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that are missing, both ends inclusive."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """How many."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Tally:
    """One installation of a terminal: how far its numbers go, and how many of them are accounted for, as cases or on the shelf."""

    terminal: str
    install: str
    last: int
    received: int
    shelved: int
    is_current: bool

    @property
    def missing(self) -> int:
        """How many numbers are neither here nor on the shelf."""
        return max(0, self.last - self.received - self.shelved)


def tallies(terminals: Iterable[Terminal]) -> dict[str, list[Tally]]:
    """Return the installations of terminals that come with their heartbeats, in three queries."""
    known = {terminal.pk: terminal for terminal in terminals}
    rows = _here(known)
    for shelved in _on_the_shelf(known):
        kept = rows.setdefault((shelved["terminal"], shelved["install"]), [0, 0, 0])
        kept[0], kept[2] = max(kept[0], shelved["last"]), shelved["count"]
    told = {pk: _told(terminal) for pk, terminal in known.items()}
    for pk, (install, last) in told.items():
        if install:
            kept = rows.setdefault((pk, install), [0, 0, 0])
            kept[0] = max(kept[0], last)
    found: dict[str, list[Tally]] = {pk: [] for pk in known}
    for (pk, install), (last, received, shelf) in sorted(rows.items()):
        found[pk].append(Tally(pk, install, last, received, shelf, told[pk][0] in ("", install)))
    return found


def gaps(tally: Tally) -> list[Gap]:
    """Return the numbers of an installation that are missing, lowest first."""
    own = Case.objects.filter(terminal=tally.terminal, install=tally.install)
    on_shelf = Shelved.objects.filter(terminal=tally.terminal, install=tally.install).values_list("sequence", flat=True)
    shelved = {number for number in on_shelf if number is not None}
    ends = own.aggregate(first=Min("sequence"), last=Max("sequence"))
    if ends["first"] is None:
        return list(_without([Gap(1, tally.last)], shelved))[:MOST_GAPS]
    holes = [Gap(1, ends["first"] - 1)] if ends["first"] > 1 else []
    before = Window(Lag("sequence"), order_by="sequence")
    jumps = own.values("sequence").annotate(before=before).filter(sequence__gt=F("before") + 1).order_by("sequence")
    holes += [Gap(row["before"] + 1, row["sequence"] - 1) for row in jumps[: MOST_GAPS + len(shelved)]]
    if tally.last > ends["last"]:
        holes.append(Gap(ends["last"] + 1, tally.last))
    return list(_without(holes, shelved))[:MOST_GAPS]


def count_numbers() -> int:
    """Count the numbers that cases account for anew, keep that, and return of how many installations."""
    older = Case.objects.filter(received_at__lt=here.now() - STILL_ARRIVING).aggregate(up_to=Max("pk"))
    up_to = older["up_to"] or 0
    with transaction.atomic():
        Numbered.objects.all().delete()
        rows = _numbers(Case.objects.filter(pk__lte=up_to))
        kept = [Numbered(terminal_id=pk, install=install, last=last, received=count, up_to=up_to) for pk, install, last, count in rows]
        Numbered.objects.bulk_create(kept, batch_size=2000)
    return len(kept)


def _here(terminals: Iterable[str]) -> dict[tuple[str, str], list[int]]:
    """The highest number of each installation, how many of its numbers cases have, and a place for those on the shelf."""
    up_to, rows = 0, {}
    for one in Numbered.objects.filter(terminal__in=terminals):
        up_to, rows[one.terminal_id, one.install] = one.up_to, [one.last, one.received, 0]
    same = Case.objects.filter(pk__lte=up_to, terminal=OuterRef("terminal"), install=OuterRef("install"), sequence=OuterRef("sequence"))
    later = Case.objects.filter(terminal__in=terminals, pk__gt=up_to).exclude(Exists(same))  # a number used twice counts once
    for pk, install, last, count in _numbers(later):
        row = rows.setdefault((pk, install), [0, 0, 0])
        row[0], row[1] = max(row[0], last), row[1] + count
    return rows


def _numbers(cases: "QuerySet[Case]") -> list[tuple[str, str, int, int]]:
    counted = cases.values_list("terminal", "install").annotate(last=Max("sequence"), count=Count("sequence", distinct=True)).order_by()
    return [(str(pk), install, last, count) for pk, install, last, count in counted]


def _on_the_shelf(terminals: Iterable[str]) -> list[dict[str, Any]]:
    """What lies on the shelf with a number that no case has."""
    same = Case.objects.filter(terminal=OuterRef("terminal"), install=OuterRef("install"), sequence=OuterRef("sequence"))
    shelf = Shelved.objects.filter(~Exists(same), terminal__in=terminals, sequence__isnull=False).values("terminal", "install")
    return [dict(row) for row in shelf.annotate(last=Max("sequence"), count=Count("sequence", distinct=True)).order_by()]


def _told(terminal: Terminal) -> tuple[str, int]:
    """The installation that the last heartbeat named, and its highest number; the body is kept as it was sent."""
    beat = getattr(terminal, "heartbeat", None)
    if beat is None:
        return "", 0
    install, last = beat.body.get("install", ""), beat.body.get("last_sequence", 0)
    return str(install)[:64], last if isinstance(last, int) and 0 <= last < 2**62 else 0


def _without(holes: Iterable[Gap], shelved: set[int]) -> Iterator[Gap]:
    for hole in holes:
        first = hole.first
        for number in sorted(one for one in shelved if hole.first <= one <= hole.last):
            if number > first:
                yield Gap(first, number - 1)
            first = number + 1
        if first <= hole.last:
            yield Gap(first, hole.last)
