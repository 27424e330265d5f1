"""Rollouts that the console begins: one operator proposes, another agrees, then the city's online key signs the document.

Pausing and halting need one person, because they can only keep terminals as they are; beginning needs two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from city import here
from city.channel.repository import ChannelError, Repository
from city.channel.rollouts import RINGS, Known, publish, start
from city.fleet.models import Act, PlanState, RolloutPlan, note_act
from city.fleet.updates import fleet
from city.staff.models import Clerk
from sync.contract.names import TerminalId
from sync.contract.rollout import ReleaseNameError, Rollout, Window, share

CHANNEL: Final = "stable"
AGREE_WITHIN: Final = timedelta(hours=24)
PILOTS_MOST: Final = 200


WORDS: Final = {
    "strangers": "试点里有不在册的终端编号，请核对。",
    "many": "试点最多 200 台，更多请用百分比。",
    "waiting": "已经有一个申请在等另一人同意，先处理它。",
    "own": "要由另一位运维同意，提出的人自己不行。",
    "over": "这个申请已经结束了。",
    "on_its_way": "前一个版本还在推送：先推完，或者中止它。",
    "no_release": "频道里没有这个版本，先发布。",
    "nobody": "至少写一台试点，或者从一个百分比开始。",
    "wrong": "填得不对：版本写成 2.4.2 的样子，百分比 0 到 100，时间写成 23:00 的样子。",
    "area": "推送涉及全市，要由全市的运维来做。",
}
"""Why something cannot be, as the page says it."""


class PlanError(ValueError):
    """This cannot be planned or agreed to; the message is one of `WORDS`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator fills in."""

    release: str
    pilots: tuple[TerminalId, ...]
    percent: int
    window: Window
    minimum: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a plan would mean for the fleet of now.

    Attributes:
        rollout: The document as it would be signed.
        rings: Each ring's name and how many terminals it adds.
        first: How many may take it at once.
        fleet: How many there are.
    """

    rollout: Rollout
    rings: tuple[tuple[str, int], ...]
    first: int
    fleet: int


def foresee(files: Repository, wanted: Wanted) -> Foreseen:
    """Say what would be; nothing is kept.

    Raises:
        PlanError: It cannot be begun so.
    """
    known = fleet()
    if not set(wanted.pilots) <= {one.terminal for one in known}:
        raise PlanError(WORDS["strangers"])
    if len(wanted.pilots) > PILOTS_MOST:
        raise PlanError(WORDS["many"])
    try:
        rollout = start(
            files,
            CHANNEL,
            wanted.release,
            pilots=wanted.pilots,
            percent=wanted.percent,
            window=wanted.window,
            minimum_version=wanted.minimum,
        )
    except (ChannelError, ReleaseNameError) as error:
        raise PlanError(_said(error)) from error
    rings = tuple(_added(rollout, known))
    first = sum(number for (_, number), ring in zip(rings, RINGS, strict=True) if ring.percent <= wanted.percent)
    return Foreseen(rollout, rings, first, len(known))


def propose(files: Repository, wanted: Wanted, clerk: Clerk) -> RolloutPlan:
    """Keep a plan for somebody else to agree to.

    Raises:
        PlanError: It cannot be begun so, or another waits.
    """
    foresee(files, wanted)
    with transaction.atomic():
        if waiting() is not None:
            raise PlanError(WORDS["waiting"])
        plan = RolloutPlan.objects.create(
            release=wanted.release,
            pilots=list(wanted.pilots),
            percent=wanted.percent,
            opens=wanted.window.opens,
            closes=wanted.window.closes,
            minimum=wanted.minimum,
            note=wanted.note[:120],
            clerk=clerk,
        )
        note_act(Act.ROLLOUT_PLANNED, "", clerk, f"{plan.release} · {plan.percent} % · {len(wanted.pilots)}")
    return plan


def waiting() -> RolloutPlan | None:
    """Return the plan that waits for a second person; one that nobody agreed to within a day is over."""
    open_plans = RolloutPlan.objects.filter(state=PlanState.OPEN, at__gt=here.now() - AGREE_WITHIN)
    return open_plans.select_related("clerk").order_by("-pk").first()


def wanted_of(plan: RolloutPlan) -> Wanted:
    """Return what was filled in."""
    pilots = tuple(TerminalId(one) for one in plan.pilots)
    return Wanted(plan.release, pilots, plan.percent, Window(plan.opens, plan.closes), plan.minimum, plan.note)


def agree(files: Repository, pk: int, clerk: Clerk) -> Rollout:
    """Begin what somebody else proposed: sign the document into the channel.

    Raises:
        PlanError: It is one's own, over, or cannot be begun any more.
    """
    with transaction.atomic():
        plan = _open(pk)
        if plan.clerk_id == clerk.pk:
            raise PlanError(WORDS["own"])
        foreseen = foresee(files, wanted_of(plan))
        _close(plan, PlanState.STARTED, clerk, foreseen.rollout.rollout)
        note_act(Act.ROLLOUT_STARTED, "", clerk, f"{foreseen.rollout.rollout} · {plan.percent} % · {plan.clerk.full_name}")
        return publish(files, foreseen.rollout)  # last: should it fail, nothing of the above is kept


def withdraw(pk: int, clerk: Clerk) -> None:
    """Take a plan back; either of the two may.

    Raises:
        PlanError: It is over.
    """
    with transaction.atomic():
        plan = _open(pk)
        _close(plan, PlanState.WITHDRAWN, clerk)
        note_act(Act.PLAN_WITHDRAWN, "", clerk, plan.release)


def _open(pk: int) -> RolloutPlan:
    plan = RolloutPlan.objects.select_for_update(of=("self",)).select_related("clerk").filter(pk=pk, state=PlanState.OPEN).first()
    if plan is None or plan.at <= here.now() - AGREE_WITHIN:
        raise PlanError(WORDS["over"])
    return plan


def _close(plan: RolloutPlan, state: PlanState, clerk: Clerk, rollout: str = "") -> None:
    plan.state, plan.second, plan.closed_at, plan.rollout = state, clerk, here.now(), rollout
    plan.save(update_fields=["state", "second", "closed_at", "rollout"])


def _added(rollout: Rollout, known: Iterable[Known]) -> Iterable[tuple[str, int]]:
    others = [share(rollout.rollout, one.terminal) for one in known if one.terminal not in rollout.pilots]
    before = 0
    for ring in RINGS:
        if ring.percent == 0:
            yield ring.name, len(rollout.pilots)
            continue
        yield ring.name, sum(before * 100 <= at < ring.percent * 100 for at in others)
        before = ring.percent


def _said(error: ChannelError | ReleaseNameError) -> str:
    text = str(error)
    found = (("is on its way", "on_its_way"), ("has no release", "no_release"), ("pilot", "nobody"))
    return WORDS[next((key for part, key in found if part in text), "wrong")]
