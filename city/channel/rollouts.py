"""Rollouts: how a release goes to everybody, in rings, as changes of one signed document. Nothing here knows a database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from city.channel.repository import ChannelError, Repository
from sync.contract.names import TerminalId
from sync.contract.rollout import Ring, Rollout, RolloutState, Window, is_meant, version_key
from sync.contract.update_report import UpdateOutcome

RINGS: Final = (Ring("试点", 0), Ring("5%", 5), Ring("25%", 25), Ring("50%", 50), Ring("100%", 100))
LIFE: Final = timedelta(days=30)
LISTED_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Policy:
    """When a rollout goes on by itself, and when it stops itself.

    Attributes:
        limit_percent: Failed and silent terminals, in percent of those that are decided, above which it pauses.
        sample: Below so many decided terminals, as many failures are allowed as for this number; at least one.
        silent_after: A terminal that was heard to switch and says nothing for so long has failed.
        soak: How long a ring is watched at least before the next.
        enough_percent: Of a ring's terminals, so many must be decided before the next.
    """

    limit_percent: int = 3
    sample: int = 30
    silent_after: timedelta = timedelta(hours=6)
    soak: timedelta = timedelta(hours=20)
    enough_percent: int = 90


@dataclass(frozen=True, slots=True)
class Said:
    """The last thing that a terminal said about this rollout."""

    outcome: UpdateOutcome
    at: datetime  # the city's clock
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A terminal of the fleet, as far as a rollout needs it."""

    terminal: TerminalId
    form: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rollout stands now."""

    meant: int
    good: int
    failed: int
    silent: int
    under_way: int
    allowed: int
    refused: int = 0  # never begun, for a reason that stays; no failure of the release

    @property
    def bad(self) -> int:
        """Failed and silent together."""
        return self.failed + self.silent

    @property
    def decided(self) -> int:
        """How many are known to have ended, one way or the other."""
        return self.good + self.bad + self.refused

    @property
    def is_over_limit(self) -> bool:
        """Whether it has to pause."""
        return self.bad > self.allowed


class Turn(StrEnum):
    """What the controller does."""

    NOTHING = "nothing"
    WIDEN = "widen"
    PAUSE = "pause"


def start(
    repository: Repository,
    channel: str,
    release: str,
    *,
    pilots: Iterable[TerminalId] = (),
    percent: int = 0,
    window: Window | None = None,
    minimum_version: str = "0",
) -> Rollout:
    """Return the document that begins a rollout; `publish` signs it.

    Raises:
        ChannelError: The release is not in the channel, or another rollout is on its way.
        ReleaseNameError: A version is none.
    """
    version_key(release)
    version_key(minimum_version)
    if not any(name.split("/")[1] == release for name in repository.releases(channel)):
        raise ChannelError(f"{channel} has no release {release}; publish it first: city release publish")
    if not 0 <= percent <= 100:
        raise ChannelError(f"--percent {percent}: 0 to 100")
    before = current(repository, channel)
    if before is not None and before.state is not RolloutState.HALTED and before.percent < 100 and before.release != release:
        raise ChannelError(f"{before.release} is on its way ({before.percent} %); finish it or halt it first")
    number = 1 if before is None else before.number + 1
    begins = repository.now
    named_pilots = tuple(sorted(set(pilots)))
    if not named_pilots and percent == 0:
        raise ChannelError("name at least one pilot (--pilot), or begin with a percentage")
    return Rollout(
        format=1,
        rollout=f"{release}-{number}",
        number=number,
        channel=channel,
        release=release,
        state=RolloutState.RUNNING,
        percent=percent,
        starts_at=begins,
        expires_at=begins + LIFE,
        widened_at=begins,
        rings=RINGS,
        pilots=named_pilots,
        window=window or Window(),
        minimum_version=minimum_version,
    )


def current(repository: Repository, channel: str) -> Rollout | None:
    """Return the channel's document."""
    document = repository.rollout(channel)
    return None if document is None else msgspec.json.decode(document, type=Rollout)


def publish(repository: Repository, rollout: Rollout) -> Rollout:
    """Sign the document into its channel."""
    repository.put_rollout(rollout.channel, msgspec.json.encode(rollout))
    return rollout


def widened(rollout: Rollout, percent: int, now: datetime) -> Rollout:
    """Return it with a larger share.

    Raises:
        ChannelError: It is not running, or the share would not grow.
    """
    if rollout.state is not RolloutState.RUNNING:
        raise ChannelError(f"{rollout.rollout} is {rollout.state}; resume it first")
    if not rollout.percent < percent <= 100:
        raise ChannelError(f"{percent} %: more than {rollout.percent} %, at most 100 %; who has it keeps it")
    return _next(rollout, percent=percent, widened_at=now)


def paused(rollout: Rollout) -> Rollout:
    """Return it paused: who has the release keeps it, nobody else begins.

    Raises:
        ChannelError: It is not running.
    """
    if rollout.state is not RolloutState.RUNNING:
        raise ChannelError(f"{rollout.rollout} is {rollout.state} already")
    return _next(rollout, state=RolloutState.PAUSED)


def resumed(rollout: Rollout, now: datetime, left_out: Iterable[str] = ()) -> Rollout:
    """Return it running again, without the makes that are `left_out`.

    Raises:
        ChannelError: It is not paused.
    """
    if rollout.state is not RolloutState.PAUSED:
        raise ChannelError(f"{rollout.rollout} is {rollout.state}, not paused")
    without = tuple(sorted({*rollout.left_out, *left_out}))
    return _next(rollout, state=RolloutState.RUNNING, widened_at=now, left_out=without)


def halted(rollout: Rollout, *, recall: bool) -> Rollout:
    """Return it ended for good; with `recall`, who has the release goes back to what it had.

    Raises:
        ChannelError: It is halted.
    """
    if rollout.state is RolloutState.HALTED and rollout.recall >= recall:
        raise ChannelError(f"{rollout.rollout} is halted already")
    return _next(rollout, state=RolloutState.HALTED, recall=recall)


def standing(rollout: Rollout, fleet: Iterable[Known], said: Mapping[TerminalId, Said], now: datetime, policy: Policy) -> Standing:
    """Count."""
    meant = sum(is_meant(rollout, one.terminal, one.form) for one in fleet)
    good = failed = silent = under_way = refused = 0
    for last in said.values():
        match last.outcome:
            case UpdateOutcome.GOOD:
                good += 1
            case UpdateOutcome.FAILED:
                failed += 1
            case UpdateOutcome.SWITCHING if is_silent(last, now, policy):
                silent += 1
            case UpdateOutcome.SWITCHING:
                under_way += 1
            case UpdateOutcome.REFUSED:
                refused += 1
            case UpdateOutcome.RECALLED:
                pass
    decided = max(policy.sample, good + failed + silent)
    return Standing(meant, good, failed, silent, under_way, max(1, decided * policy.limit_percent // 100), refused)


def is_silent(last: Said, now: datetime, policy: Policy) -> bool:
    """Tell whether a terminal was heard to switch, and nothing since."""
    return last.outcome is UpdateOutcome.SWITCHING and now - last.at >= policy.silent_after


def is_bad(last: Said, now: datetime, policy: Policy) -> bool:
    """Tell whether this counts against the release."""
    return last.outcome is UpdateOutcome.FAILED or is_silent(last, now, policy)


def without_it(said: Mapping[TerminalId, Said], now: datetime, policy: Policy) -> list[tuple[TerminalId, Said]]:
    """Return who failed, fell silent or refused it, and with what reason; the newest first, no more than a person looks through."""
    found = ((one, last) for one, last in said.items() if is_bad(last, now, policy) or last.outcome is UpdateOutcome.REFUSED)
    return sorted(found, key=lambda pair: pair[1].at, reverse=True)[:LISTED_MAX]


def turn(rollout: Rollout, stands: Standing, now: datetime, policy: Policy) -> Turn:
    """Return what the controller does now."""
    if rollout.state is not RolloutState.RUNNING or now < rollout.starts_at:
        return Turn.NOTHING
    if stands.is_over_limit:
        return Turn.PAUSE
    is_watched = now - rollout.widened_at >= policy.soak
    is_through = stands.decided * 100 >= stands.meant * policy.enough_percent and stands.under_way == 0
    return Turn.WIDEN if next_ring(rollout) is not None and is_watched and is_through else Turn.NOTHING


def next_ring(rollout: Rollout) -> Ring | None:
    """Return the ring that comes after the share of now."""
    return next((ring for ring in rollout.rings if ring.percent > rollout.percent), None)


def _next(rollout: Rollout, **changes: object) -> Rollout:
    return msgspec.structs.replace(rollout, number=rollout.number + 1, **changes)
