"""Finds two machines that use one terminal's key, such as a copied disk: the kernel names each start of a machine at random.

A start that goes on after a newer one has been heard cannot be the same machine. Then neither is let in, because nobody knows which one
stands where it should; what both have taken stays sealed in them.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction

from city import here
from city.fleet.models import Act, Start, Terminal, note_act
from city.staff.models import Clerk
from sync.contract.heartbeat import Heartbeat

KEPT: Final = 8
CRASHES: Final = 4
CRASHES_WITHIN: Final = timedelta(hours=1)
GOES_ON_S: Final = 60.0  # a heartbeat that was overtaken on the way does not count


def note_start(terminal: Terminal, told: Heartbeat) -> bool:
    """Note the start that a heartbeat names; tell whether it shows a second machine."""
    if not told.boot or told.uptime_s is None:
        return False
    boot, uptime_s = told.boot[:40], told.uptime_s
    known = list(Start.objects.filter(terminal=terminal).order_by("-pk")[:KEPT])
    if known and known[0].boot == boot:
        Start.objects.filter(pk=known[0].pk, uptime_s__lt=uptime_s - GOES_ON_S).update(uptime_s=uptime_s)
        return False
    before = next((one for one in known if one.boot == boot), None)
    if before is None:
        Start.objects.create(terminal=terminal, boot=boot, uptime_s=uptime_s)
        Start.objects.filter(terminal=terminal, pk__in=[one.pk for one in known[KEPT - 1 :]]).delete()
        _note_crashes(terminal)
        return False
    if uptime_s <= before.uptime_s + GOES_ON_S:
        return False
    with transaction.atomic():
        if Terminal.objects.filter(pk=terminal.pk, doubled_at=None).update(doubled_at=here.now()):
            note_act(Act.DOUBLED, terminal.id, None, "a machine goes on after a newer start of the same terminal")
    return True


def _note_crashes(terminal: Terminal) -> None:
    """A machine that starts again and again cannot be told from one whose plug is pulled again and again; both want a person."""
    now = here.now()
    if Start.objects.filter(terminal=terminal, at__gte=now - CRASHES_WITHIN).count() >= CRASHES:
        Terminal.objects.filter(pk=terminal.pk).update(crashed_at=now)


def release(terminal: Terminal, clerk: Clerk, why: str) -> bool:
    """Let the terminal in again: a person has found the second machine. Tell whether it was stopped."""
    with transaction.atomic():
        if not Terminal.objects.filter(pk=terminal.pk).exclude(doubled_at=None).update(doubled_at=None):
            return False
        Start.objects.filter(terminal=terminal).delete()
        note_act(Act.RELEASED, terminal.id, clerk, why)
    return True


def looked_into(terminal: Terminal, clerk: Clerk, why: str) -> bool:
    """Somebody has found out why a terminal's record was doubted, or why it kept starting. Tell whether anything was."""
    with transaction.atomic():
        doubted = Terminal.objects.filter(pk=terminal.pk).exclude(record_doubted_at=None, crashed_at=None)
        if not doubted.update(record_doubted_at=None, crashed_at=None):
            return False
        note_act(Act.LOOKED_INTO, terminal.id, clerk, why)
    return True
