"""The fleet's side of updates: what terminals said, where a rollout stands, and the turn of the controller."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from city import here
from city.channel.keys import KeyFolder
from city.channel.repository import Repository
from city.channel.rollouts import (
    Known,
    Policy,
    Said,
    Standing,
    Turn,
    current,
    next_ring,
    paused,
    publish,
    standing,
    turn,
    widened,
)
from city.fleet.models import Act, Terminal, UpdateNote, note_act
from city.folder import CityFolder
from sync.contract.names import TerminalId
from sync.contract.rollout import Rollout
from sync.contract.update_report import UpdateOutcome, UpdateReport

OFFLINE_KEYS = "release-keys"


def repository(folder: CityFolder, now: datetime, offline: KeyFolder | None = None) -> Repository:
    """Return the city's update channel; the offline keys are those beside it, unless they come from elsewhere."""
    return Repository(folder.updates, KeyFolder(folder.keys / "channel"), offline or KeyFolder(folder.root / OFFLINE_KEYS), now)


def note_report(terminal: Terminal, report: UpdateReport) -> None:
    """Keep what a terminal said; the same again changes nothing."""
    facts = {
        "release": report.release[:32],
        "stage": report.stage[:60],
        "running": report.running[:32],
        "said_at": report.at,
        "received_at": here.now(),
    }
    UpdateNote.objects.get_or_create(
        terminal=terminal,
        rollout=report.rollout[:64],
        attempt=min(max(report.attempt, 0), 1000),
        outcome=report.outcome.value,
        defaults=facts,
    )


def last_said(rollout: str) -> dict[TerminalId, Said]:
    """Return the last thing that each terminal said about a rollout."""
    notes = UpdateNote.objects.filter(rollout=rollout).order_by("pk").values_list("terminal_id", "outcome", "received_at", "stage")
    return {TerminalId(terminal): Said(UpdateOutcome(outcome), at, stage) for terminal, outcome, at, stage in notes}


def fleet() -> list[Known]:
    """Return the admitted terminals."""
    rows = Terminal.objects.filter(withdrawn_at=None).values_list("id", "form")
    return [Known(TerminalId(terminal), form) for terminal, form in rows]


def stands(rollout: Rollout, now: datetime, policy: Policy) -> Standing:
    """Return where a rollout stands."""
    return standing(rollout, fleet(), last_said(rollout.rollout), now, policy)


@dataclass(frozen=True, slots=True)
class Turned:
    """What the controller saw and did."""

    rollout: Rollout
    standing: Standing
    turn: Turn


def control(folder: CityFolder, channel: str, policy: Policy, *, dry_run: bool = False) -> Turned | None:
    """Look at a channel's rollout and pause or widen it, by publishing; None when there is none. For a timer."""
    now = here.now()
    channel_files = repository(folder, now)
    with transaction.atomic():
        rollout = current(channel_files, channel)
        if rollout is None:
            return None
        seen = stands(rollout, now, policy)
        chosen = turn(rollout, seen, now, policy)
        if dry_run or chosen is Turn.NOTHING:
            return Turned(rollout, seen, chosen)
        if chosen is Turn.PAUSE:
            rollout = publish(channel_files, paused(rollout))
            note_act(Act.ROLLOUT_PAUSED, "", None, f"{rollout.rollout}: {seen.bad} failed or silent, {seen.allowed} allowed")
        elif (ring := next_ring(rollout)) is not None:
            rollout = publish(channel_files, widened(rollout, ring.percent, now))
            note_act(Act.ROLLOUT_WIDENED, "", None, f"{rollout.rollout}: {ring.percent} %")
        return Turned(rollout, seen, chosen)
