"""The life of a grid event: how urgent it is, which step leads where, and by when.

Pure. Levels and limits are samples until a city sets its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import TextChoices


class EventKind(TextChoices):
    """What happened: the ten kinds that the sample item offers. A kind that only an item knows is kept under its own name."""

    LAMP = "lamp", "路灯不亮"
    SEWER = "sewer", "下水、井盖"
    RUBBISH = "rubbish", "垃圾堆积"
    LIFT = "lift", "电梯故障"
    NOISE = "noise", "噪音扰民"
    PARKING = "parking", "违停、占通道"
    ELDER = "elder", "老人需要关心"
    FIRE = "fire", "火灾隐患"
    DISPUTE = "dispute", "物业邻里纠纷"
    FACILITY = "facility", "公共设施损坏"


class EventLevel(TextChoices):
    """How urgent it is, worst first."""

    RED = "red", "人身安全"
    ORANGE = "orange", "当天"
    YELLOW = "yellow", "三日"
    BLUE = "blue", "七日"


class EventState(TextChoices):
    """How far it is."""

    REPORTED = "reported", "待派"
    DISPATCHED = "dispatched", "已派"
    HANDLING = "handling", "处置中"
    HANDLED = "handled", "待回访"
    CLOSED = "closed", "已结"
    SUSPENDED = "suspended", "挂起"
    UNTRUE = "untrue", "不属实"
    DUPLICATE = "duplicate", "重复"
    PASSED_ON = "passed_on", "转出 12345"


class EventStep(TextChoices):
    """What may be done with it; the history is made of these."""

    REPORT = "report", "上报"
    DISPATCH = "dispatch", "派单"
    TAKE = "take", "到场处置"
    HANDLE = "handle", "反馈结果"
    CLOSE = "close", "回访结案"
    REOPEN = "reopen", "退回重办"
    SUSPEND = "suspend", "挂起"
    RESUME = "resume", "恢复"
    UNTRUE = "untrue", "核实不属实"
    DUPLICATE = "duplicate", "并入另一件"
    PASS_ON = "pass_on", "转出 12345"


class Refusal(StrEnum):
    """Why a step was not taken."""

    OVERTAKEN = "overtaken"  # somebody changed it, or it is not in the state for this
    NOT_YOURS = "not_yours"  # another is to do this
    NO_WORDS = "no_words"
    NO_HANDLER = "no_handler"
    NO_OTHER = "no_other"  # the event that it is said to repeat is not there


@dataclass(frozen=True, slots=True)
class Way:
    """One step: from where, to where, whether by a dispatcher or by its handler, and whether words are needed."""

    before: frozenset[EventState]
    after: EventState
    by_handler: bool = False
    with_words: bool = False


_OPEN: Final = frozenset({EventState.DISPATCHED, EventState.HANDLING})

WAYS: Final[Mapping[EventStep, Way]] = {
    EventStep.DISPATCH: Way(_OPEN | {EventState.REPORTED, EventState.SUSPENDED}, EventState.DISPATCHED),
    EventStep.TAKE: Way(frozenset({EventState.DISPATCHED}), EventState.HANDLING, by_handler=True),
    EventStep.HANDLE: Way(frozenset({EventState.HANDLING}), EventState.HANDLED, by_handler=True, with_words=True),
    EventStep.CLOSE: Way(frozenset({EventState.HANDLED}), EventState.CLOSED),
    EventStep.REOPEN: Way(frozenset({EventState.HANDLED, EventState.CLOSED}), EventState.DISPATCHED, with_words=True),
    EventStep.SUSPEND: Way(_OPEN, EventState.SUSPENDED, with_words=True),
    EventStep.RESUME: Way(frozenset({EventState.SUSPENDED}), EventState.DISPATCHED),
    EventStep.UNTRUE: Way(_OPEN | {EventState.REPORTED}, EventState.UNTRUE, with_words=True),
    EventStep.DUPLICATE: Way(frozenset({EventState.REPORTED}), EventState.DUPLICATE),
    EventStep.PASS_ON: Way(frozenset({EventState.REPORTED, EventState.DISPATCHED}), EventState.PASSED_ON, with_words=True),
}

OVER: Final = frozenset({EventState.CLOSED, EventState.UNTRUE, EventState.DUPLICATE, EventState.PASSED_ON})
"""Nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long after the report it is dispatched, somebody is there, and it is put right. Natural time; samples."""

    dispatch: timedelta
    arrive: timedelta
    finish: timedelta


LIMITS: Final[Mapping[EventLevel, Limits]] = {
    EventLevel.RED: Limits(timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=4)),
    EventLevel.ORANGE: Limits(timedelta(minutes=30), timedelta(hours=2), timedelta(hours=24)),
    EventLevel.YELLOW: Limits(timedelta(hours=2), timedelta(hours=24), timedelta(hours=72)),
    EventLevel.BLUE: Limits(timedelta(hours=4), timedelta(hours=48), timedelta(hours=168)),
}

_USUAL: Final[Mapping[str, EventLevel]] = {
    EventKind.SEWER: EventLevel.ORANGE,
    EventKind.LIFT: EventLevel.ORANGE,
    EventKind.ELDER: EventLevel.ORANGE,
    EventKind.FIRE: EventLevel.ORANGE,
    EventKind.NOISE: EventLevel.BLUE,
    EventKind.DISPUTE: EventLevel.BLUE,
}
_RED_WHEN: Final = ("danger", "cover_missing", "trapped", "gas_smell", "no_answer")


def level_of(kind: str, answers: Mapping[str, Any]) -> EventLevel:
    """Return how urgent a report is, from its kind and what was answered about danger."""
    if any(answers.get(name) is True for name in _RED_WHEN):
        return EventLevel.RED
    if answers.get("fire_lane") is True:
        return EventLevel.ORANGE
    return _USUAL.get(kind, EventLevel.YELLOW)


def due_at(level: EventLevel, state: EventState, reported_at: datetime) -> datetime | None:
    """Return by when the next thing has to be done, or None when nothing runs."""
    limits = LIMITS[level]
    match state:
        case EventState.REPORTED:
            return reported_at + limits.dispatch
        case EventState.DISPATCHED:
            return reported_at + limits.arrive
        case EventState.HANDLING | EventState.HANDLED:
            return reported_at + limits.finish
        case _:
            return None


def escalated_to(level: EventLevel, state: EventState, reported_at: datetime, now: datetime) -> str:
    """Return who should know by now: nobody, the community, the street, or the district."""
    if state in OVER or state is EventState.SUSPENDED:
        return ""
    spent = (now - reported_at) / LIMITS[level].finish
    return "区" if spent >= 2 else "街道" if spent >= 1 else "社区书记" if spent >= 0.5 else ""
