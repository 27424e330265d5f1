"""Each installation of a terminal numbers its applications from 1 without gaps: a missing number was handed in and is not here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Window
from django.db.models.functions import Lag

from city.fleet.models import Terminal
from city.onewindow.models import Case
from city.reconciliation.models import Shelved

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
    """Return the installations of terminals that come with their heartbeats, in two queries."""
    known = {terminal.pk: terminal for terminal in terminals}
    rows: dict[tuple[str, str], list[int]] = {}
    counted = Case.objects.filter(terminal__in=known).values("terminal", "install")
    for row in counted.annotate(last=Max("sequence"), count=Count("sequence", distinct=True)).order_by():
        rows[row["terminal"], row["install"]] = [row["last"], row["count"], 0]
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
    here = Case.objects.filter(terminal=tally.terminal, install=tally.install)
    on_shelf = Shelved.objects.filter(terminal=tally.terminal, install=tally.install).values_list("sequence", flat=True)
    shelved = {number for number in on_shelf if number is not None}
    ends = here.aggregate(first=Min("sequence"), last=Max("sequence"))
    if ends["first"] is None:
        return list(_without([Gap(1, tally.last)], shelved))[:MOST_GAPS]
    holes = [Gap(1, ends["first"] - 1)] if ends["first"] > 1 else []
    before = Window(Lag("sequence"), order_by="sequence")
    jumps = here.values("sequence").annotate(before=before).filter(sequence__gt=F("before") + 1).order_by("sequence")
    holes += [Gap(row["before"] + 1, row["sequence"] - 1) for row in jumps[: MOST_GAPS + len(shelved)]]
    if tally.last > ends["last"]:
        holes.append(Gap(ends["last"] + 1, tally.last))
    return list(_without(holes, shelved))[:MOST_GAPS]


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
