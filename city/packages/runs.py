"""Signing many at once: each draft on its own, in the version that was ticked, in one transaction with the mark that it is done.

Whatever ends the process between two lines, or within one, the run goes on where it stopped: a line is either still to do, with nothing
changed, or done. Nobody's second look is saved by it: each line goes through the same rules as a single signature.
"""

from collections.abc import Iterable, Iterator

from django.db import transaction

from city import here
from city.packages import life
from city.packages.models import ItemDraft, RunLine, RunState, SigningRun
from city.staff.models import Clerk


def chosen(values: Iterable[str]) -> dict[int, int]:
    """Read what was ticked, each `draft:version`, and return the version of each; what is neither is left out."""
    found: dict[int, int] = {}
    for value in values:
        draft, colon, version = value.partition(":")
        if colon and all(one.isascii() and one.isdigit() and len(one) < 10 for one in (draft, version)):
            found.setdefault(int(draft), int(version))
    return found


def begin(clerk: Clerk, rows: dict[int, int]) -> SigningRun | None:
    """Write down what is to be signed; None where nothing of it is there. Nothing is signed yet."""
    drafts = ItemDraft.objects.filter(pk__in=rows).order_by("code", "number")
    if not drafts:
        return None
    with transaction.atomic():
        run = SigningRun.objects.create(clerk=clerk)
        RunLine.objects.bulk_create([RunLine(run=run, draft=draft, version=rows[draft.pk]) for draft in drafts])
    return run


def go_on(run: SigningRun) -> Iterator[RunLine]:
    """Sign what is still to do, one after the other, and yield each line as it ended; whoever stops asking stops the run."""
    while (line := run.lines.filter(state=RunState.WAITING).select_related("draft").order_by("pk").first()) is not None:
        _carry_out(line, run.clerk)
        line.refresh_from_db()
        yield line


def unfinished(clerk: Clerk) -> SigningRun | None:
    """Return this person's oldest run in which something is still to do."""
    return SigningRun.objects.filter(clerk=clerk, lines__state=RunState.WAITING).order_by("pk").first()


def _carry_out(line: RunLine, clerk: Clerk) -> None:
    with transaction.atomic():
        mine = RunLine.objects.filter(pk=line.pk, state=RunState.WAITING)
        if not mine.update(state=RunState.DONE, ended_at=here.now()):
            return  # another window of the same person was quicker
        refused = life.sign(line.draft, line.version, clerk)
        if refused is not None:
            RunLine.objects.filter(pk=line.pk).update(state=RunState.REFUSED, why=refused)
