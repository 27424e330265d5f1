"""What to do about a rollout, as a pure function of the document, the terminal and the moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sync.contract.names import TerminalId
from sync.contract.rollout import Rollout, RolloutState, is_meant, version_key

FAILURES_MAX = 2


class Keep(StrEnum):
    """There is nothing to do; what runs goes on running."""

    NO_ROLLOUT = "no_rollout"
    UP_TO_DATE = "up_to_date"
    NOT_MEANT = "not_meant"
    PAUSED = "paused"
    HALTED = "halted"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    TOO_OLD_FOR_IT = "too_old_for_it"  # below the minimum version: a release in between is needed
    OLDER = "older"  # than what runs
    GIVEN_UP = "given_up"  # it failed here twice
    NO_BUNDLE = "no_bundle"  # there is none for this board


class Wait(StrEnum):
    """It will be done, at a better moment."""

    UNPROVEN = "unproven"  # the running version has not been marked good
    IN_USE = "in_use"
    UNWELL = "unwell"
    NO_PAPER = "no_paper"
    QUEUE = "queue"  # applications that the city does not have yet
    OUTSIDE_WINDOW = "outside_window"
    NO_ROOM = "no_room"
    HELD = "held"  # whoever drives this terminal has not let it yet


class Do(StrEnum):
    """The next step."""

    FETCH = "fetch"
    INSTALL = "install"
    GO_BACK = "go_back"


Decision = Keep | Wait | Do

REFUSALS: Final = frozenset({Keep.OLDER, Keep.TOO_OLD_FOR_IT, Keep.NO_BUNDLE})
"""Of these somebody has to hear: whoever sent the release out waits for this terminal, and it will not come by itself."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How the terminal is just now.

    Attributes:
        local: Local time, aware, no earlier than what is known to be past.
        is_idle: Nobody stands before it, nothing is being printed.
        is_well: Its devices work.
        has_paper: The printer could print.
        waiting: Applications that the city does not have.
        has_room: The outbox has the room that it wants.
        is_any_time: Somebody stands there and wants it now, so the window does not bind.
    """

    local: datetime
    is_idle: bool = True
    is_well: bool = True
    has_paper: bool = True
    waiting: int = 0
    has_room: bool = True
    is_any_time: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What this terminal is and has behind it."""

    terminal: TerminalId
    form: str
    running: str
    is_proven: bool
    can_go_back: bool = False
    failures: Mapping[str, int] = field(default_factory=dict)


def decide(
    rollout: Rollout | None,
    standing: Standing,
    moment: Moment,
    *,
    has_bundle: bool,
    is_staged: bool,
    may_fetch: bool = True,
    may_install: bool = True,
) -> Decision:
    """Return what to do now."""
    if rollout is None:
        return Keep.NO_ROLLOUT
    keep = _reason_to_keep(rollout, standing, moment.local, has_bundle=has_bundle)
    if keep is Keep.HALTED and rollout.recall and standing.running == rollout.release and standing.can_go_back:
        return _good_moment(rollout, moment, standing) or Do.GO_BACK
    if keep is not None:
        return keep
    if not is_staged:
        if not may_fetch:
            return Wait.HELD
        return Do.FETCH if moment.has_room else Wait.NO_ROOM
    if not may_install:
        return Wait.HELD
    return _good_moment(rollout, moment, standing) or Do.INSTALL


def _reason_to_keep(rollout: Rollout, standing: Standing, local: datetime, *, has_bundle: bool) -> Keep | None:
    running, wanted = version_key(standing.running), version_key(rollout.release)
    if rollout.state is RolloutState.HALTED:
        return Keep.HALTED
    if wanted == running:
        return Keep.UP_TO_DATE
    reasons = (
        (rollout.state is RolloutState.PAUSED, Keep.PAUSED),
        (local < rollout.starts_at, Keep.NOT_STARTED),
        (local >= rollout.expires_at, Keep.EXPIRED),
        (not is_meant(rollout, standing.terminal, standing.form), Keep.NOT_MEANT),  # before what only whoever is meant has to tell
        (wanted < running, Keep.OLDER),
        (running < version_key(rollout.minimum_version), Keep.TOO_OLD_FOR_IT),
        (standing.failures.get(rollout.release, 0) >= FAILURES_MAX, Keep.GIVEN_UP),
        (not has_bundle, Keep.NO_BUNDLE),
    )
    return next((keep for holds, keep in reasons if holds), None)


def _good_moment(rollout: Rollout, moment: Moment, standing: Standing) -> Wait | None:
    """Return why now is no moment to restart the machine."""
    reasons = (
        (not standing.is_proven, Wait.UNPROVEN),
        (not moment.is_idle, Wait.IN_USE),
        (not moment.is_well, Wait.UNWELL),
        (not moment.has_paper, Wait.NO_PAPER),
        (moment.waiting > 0, Wait.QUEUE),
        (not moment.has_room, Wait.NO_ROOM),
        (not (moment.is_any_time or rollout.window.holds(moment.local.time())), Wait.OUTSIDE_WINDOW),
    )
    return next((wait for holds, wait in reasons if holds), None)
