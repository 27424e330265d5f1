"""Settings by area, and orders from afar: what goes down to a terminal, and what comes back of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max, QuerySet

from city import here
from city.api.feeds import Supply, supplies
from city.api.questions import answers
from city.fleet.models import Act, OrderRow, SettingsVersion, Terminal, note_act
from city.refused import Refused
from city.staff.models import Clerk
from sync.contract.problem import ProblemCode
from sync.contract.steering import (
    BODY_MAX_BYTES,
    ORDER_ANSWER,
    ORDERS,
    PIECE_BYTES,
    SETTINGS,
    OrderAnswer,
    OrderAnswered,
    RemoteAct,
    RemoteDevice,
    RemoteOrders,
    SettingsTold,
    Value,
    wrong_value,
)
from sync.contract.words import Words

LONGEST: Final = {
    RemoteAct.RESTART: timedelta(hours=24),
    RemoteAct.RESTART_DEVICE: timedelta(hours=24),
    RemoteAct.RESTART_MACHINE: timedelta(hours=24),
    RemoteAct.COLLECT_LOGS: timedelta(days=3),
    RemoteAct.SCREENSHOT: timedelta(hours=24),
    RemoteAct.OUT_OF_SERVICE: timedelta(days=14),
    RemoteAct.SEND_AGAIN: timedelta(days=3),
}
"""How long an order of each kind may be open; after it, nothing of it happens any more."""

TEXT_LETTERS: Final = 60
DETAIL_LETTERS: Final = 40


class SteeringError(ValueError):
    """This cannot be published or ordered; the message says why."""


# Settings


@dataclass(frozen=True, slots=True)
class Change:
    """One key before and after; None is "as the terminal's own file says"."""

    key: str
    before: Value | None
    after: Value | None


def in_force() -> QuerySet[SettingsVersion]:
    """Return the newest version of each area, the larger areas first."""
    newest = SettingsVersion.objects.values("area").annotate(last=Max("number")).values("last")
    return SettingsVersion.objects.filter(number__in=newest).order_by("area")


def settings_of(area: str, versions: QuerySet[SettingsVersion] | None = None) -> SettingsTold | None:
    """Return what holds in an area: the nearer area's word over the larger one's, key by key."""
    held: dict[str, Value] = {}
    number = 0
    for version in in_force() if versions is None else versions:
        if area.startswith(version.area):
            held |= version.values
            number = max(number, version.number)
    return SettingsTold(number, held) if number else None


def changes(area: str, values: dict[str, Value]) -> tuple[Change, ...]:
    """Return what publishing `values` for an area would change there."""
    row = SettingsVersion.objects.filter(area=area).order_by("-number").first()
    before: dict[str, Value] = {} if row is None else row.values
    keys = sorted({*before, *values})
    return tuple(Change(key, before.get(key), values.get(key)) for key in keys if before.get(key) != values.get(key))


def concerned(area: str) -> int:
    """Count the admitted terminals of an area."""
    return Terminal.objects.filter(withdrawn_at=None, area__startswith=area).count()


def publish_settings(area: str, values: dict[str, Value], clerk: Clerk | None, note: str = "") -> SettingsVersion:
    """Let settings hold in an area from now on; every terminal in it fetches them with its next look.

    Raises:
        SteeringError: A key is not one that may be set, a value is out of bounds, or nothing would change.
    """
    wrong = sorted(key for key, value in values.items() if wrong_value(key, value))
    if wrong:
        raise SteeringError(f"not to be set so: {', '.join(wrong)}")
    if not changes(area, values):
        raise SteeringError("nothing would change")
    with transaction.atomic():
        last = SettingsVersion.objects.select_for_update().aggregate(last=Max("number"))["last"] or 0
        version = SettingsVersion.objects.create(number=last + 1, area=area, values=values, clerk=clerk, note=note[:120])
        note_act(Act.SETTINGS_PUBLISHED, "", clerk, f"{area or '*'} · {version.number}")
    return version


@supplies(SETTINGS)
def settings_for(terminal: Terminal) -> Supply[SettingsTold] | None:
    """Return what holds at a terminal. It holds with the line down, too."""
    told = settings_of(terminal.area)
    return None if told is None else Supply(told)


# Orders


def order(
    terminal: Terminal,
    act: RemoteAct,
    until: datetime,
    clerk: Clerk | None,
    why: str,
    text: Words | None = None,
    device: RemoteDevice | None = None,
) -> OrderRow:
    """Order something of a terminal.

    Raises:
        SteeringError: It would be open too long, is open already, or wants a text, or a device.
    """
    now = here.now()
    if not now < until <= now + LONGEST[act]:
        raise SteeringError("an order of this kind ends sooner")
    if act is RemoteAct.OUT_OF_SERVICE and (text is None or not 1 < len(text.zh) <= TEXT_LETTERS):
        raise SteeringError("say to residents why, in 2 to 60 letters")
    if (act is RemoteAct.RESTART_DEVICE) is (device is None):
        raise SteeringError("say whose process, and only then")
    with transaction.atomic():
        Terminal.objects.select_for_update().get(pk=terminal.pk)
        if open_orders(terminal, now).filter(act=act, device=device or "", outcome="").exists():
            raise SteeringError("such an order is open already")
        words = text or Words("")
        row = OrderRow.objects.create(
            uuid=uuid4(), terminal=terminal, act=act, until=until, clerk=clerk, why=why[:120], device=device or "",
            text_zh=words.zh, text_en=words.en or "", text_ko=words.ko or "",
        )  # fmt: skip
        note_act(Act.ORDERED, terminal.id, clerk, f"{act}{f' {device}' if device else ''} · {why}")
    return row


def cancel(row: OrderRow, clerk: Clerk | None) -> None:
    """Take an order back; out of service ends with the terminal's next look."""
    if OrderRow.objects.filter(pk=row.pk, cancelled_at=None).update(cancelled_at=here.now()):
        note_act(Act.ORDER_CANCELLED, row.terminal_id, clerk, row.act)


def open_orders(terminal: Terminal, now: datetime) -> QuerySet[OrderRow]:
    """Return the orders that hold or wait."""
    return OrderRow.objects.filter(terminal=terminal, cancelled_at=None, until__gt=now).order_by("pk")


@supplies(ORDERS)
def orders_for(terminal: Terminal) -> Supply[RemoteOrders] | None:
    """Return the open orders: those that hold, and those that were not answered; none, once there were some, ends what held."""
    now = here.now()
    rows = [row for row in open_orders(terminal, now) if row.act == RemoteAct.OUT_OF_SERVICE or not row.outcome]
    if not rows and not OrderRow.objects.filter(terminal=terminal).exists():
        return None
    return Supply(RemoteOrders(tuple(row.told() for row in rows)), valid_for=max(LONGEST.values()))


@answers(ORDER_ANSWER, does=True)
def keep_answer(terminal: Terminal, told: OrderAnswer) -> OrderAnswered | Refused:
    """Keep what became of an order, and each piece of what it brought, in order; a piece that is here already is not kept twice."""
    row = OrderRow.objects.select_for_update().filter(terminal=terminal, uuid=_uuid(told.order)).first()
    if row is None:
        return Refused(ProblemCode.UNKNOWN, "no such order of this terminal")
    if not _is_sane(told):
        return Refused(ProblemCode.INVALID, "not an answer of this kind")
    if row.outcome:
        return OrderAnswered(told.pieces)
    kept = bytes(row.body)
    if told.piece * PIECE_BYTES != len(kept):
        return OrderAnswered(len(kept) // PIECE_BYTES)  # the piece that is wanted next
    row.body = kept + told.body
    if told.piece == told.pieces - 1:
        row.outcome, row.detail, row.answered_at = told.outcome.value, told.detail, here.now()
        note_act(Act.ORDER_ANSWERED, terminal.id, None, f"{row.act} · {told.outcome}")
    row.save(update_fields=["body", "outcome", "detail", "answered_at"])
    return OrderAnswered(told.piece + 1)


def _is_sane(told: OrderAnswer) -> bool:
    is_last = told.piece == told.pieces - 1
    return (
        0 <= told.piece < told.pieces <= -(-BODY_MAX_BYTES // PIECE_BYTES)
        and len(told.body) <= PIECE_BYTES
        and (is_last or len(told.body) == PIECE_BYTES)
        and len(told.detail) <= DETAIL_LETTERS
        and told.detail.isprintable()
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()  # which no row has
