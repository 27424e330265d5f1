"""The words of hawkBit's Direct Device Integration API, as a device speaks it; and what a step of ours is in them.

Source: Eclipse hawkBit, DDI API (root controller resource, deploymentBase, cancelAction, configData, feedback). Fields that are not used
here are passed over, so that other servers of the same protocol (gooseBit among them) may leave them out or add their own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

import msgspec

from sync.contract.rollout import ReleaseNameError, version_key
from sync.contract.update_report import UpdateOutcome, UpdateReport
from sync.update.agent import Failed, Restarting, Step
from sync.update.channel import Distrusted, Unreachable
from sync.update.decide import Keep, Wait
from sync.update.slots import SlotState
from sync.update.staging import FetchStatus

POLL_LEAST_S: Final = 10.0
POLL_MOST_S: Final = 86_400.0
_ACTION: Final = re.compile(r"/(deploymentBase|cancelAction)/(-?[A-Za-z0-9]{1,36})(?:[?#]|$)")
_SLEEP: Final = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)


class Handling(StrEnum):
    """How a server wants a download or an installation to be taken."""

    SKIP = "skip"  # not now
    ATTEMPT = "attempt"  # when it suits the device
    FORCED = "forced"  # as soon as it can be


class Opening(StrEnum):
    """A maintenance window, as the server sees it now."""

    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"


class Execution(StrEnum):
    """How far a device is with an action."""

    PROCEEDING = "proceeding"
    CLOSED = "closed"
    REJECTED = "rejected"  # of a cancellation: too late


class Finished(StrEnum):
    """How it ended."""

    NONE = "none"
    SUCCESS = "success"
    FAILURE = "failure"


class Link(msgspec.Struct, frozen=True):
    href: str


class Links(msgspec.Struct, frozen=True, rename="camel"):
    config_data: Link | None = None
    deployment_base: Link | None = None
    cancel_action: Link | None = None


class Polling(msgspec.Struct, frozen=True):
    sleep: str


class PollConfig(msgspec.Struct, frozen=True):
    polling: Polling | None = None


class Polled(msgspec.Struct, frozen=True):
    """Answer to a poll."""

    config: PollConfig = PollConfig()
    links: Links = msgspec.field(default=Links(), name="_links")


class Artifact(msgspec.Struct, frozen=True):
    filename: str
    size: int
    hashes: dict[str, str] = {}


class Chunk(msgspec.Struct, frozen=True):
    version: str
    artifacts: tuple[Artifact, ...] = ()


class Deployed(msgspec.Struct, frozen=True, rename="camel"):
    download: Handling
    update: Handling
    chunks: tuple[Chunk, ...]
    maintenance_window: Opening | None = None


class Deployment(msgspec.Struct, frozen=True):
    """What is to be installed."""

    deployment: Deployed


class StopId(msgspec.Struct, frozen=True, rename="camel"):
    stop_id: str | int


class Cancellation(msgspec.Struct, frozen=True, rename="camel"):
    """Which action is to be left."""

    cancel_action: StopId


class Result(msgspec.Struct, frozen=True):
    finished: Finished = Finished.NONE


class Status(msgspec.Struct, frozen=True):
    execution: Execution
    result: Result = Result()
    details: tuple[str, ...] = ()


class Feedback(msgspec.Struct, frozen=True):
    """What a device says about an action."""

    status: Status

    @property
    def is_last(self) -> bool:
        """Whether the action is over with it."""
        return self.status.execution is not Execution.PROCEEDING


class ConfigData(msgspec.Struct, frozen=True):
    """What a device says of itself."""

    data: dict[str, str]
    mode: str = "merge"


@dataclass(frozen=True, slots=True)
class Unfit:
    """A deployment that no terminal could carry out; it is closed as failed, with this reason."""

    why: str


def action_of(link: Link, kind: str) -> str | None:
    """Return the action that a link leads to; its address is not followed, so no server can lead a terminal elsewhere."""
    found = _ACTION.search(link.href)
    return found[2] if found is not None and found[1] == kind else None


def poll_s(polled: Polled, otherwise: float) -> float:
    """Return how long the server wants to be left alone, within reason."""
    found = None if polled.config.polling is None else _SLEEP.fullmatch(polled.config.polling.sleep)
    if found is None:
        return otherwise
    hours, minutes, seconds = map(int, found.groups())
    return min(POLL_MOST_S, max(POLL_LEAST_S, hours * 3600.0 + minutes * 60.0 + seconds))


def release_of(deployed: Deployed) -> Chunk | Unfit:
    """Return the one chunk that a deployment may have: a release is a whole image."""
    if len(deployed.chunks) != 1:
        return Unfit(f"{len(deployed.chunks)} modules; a release is one")
    try:
        version_key(deployed.chunks[0].version)
    except ReleaseNameError as error:
        return Unfit(str(error))
    return deployed.chunks[0]


def declared_sha256(chunk: Chunk) -> str | None:
    """Return the digest that the server declares, where it declares one."""
    return next((artifact.hashes["sha256"].lower() for artifact in chunk.artifacts if "sha256" in artifact.hashes), None)


def proceeding(*details: str) -> Feedback:
    """Say that it goes on."""
    return Feedback(Status(Execution.PROCEEDING, details=details))


def succeeded(*details: str) -> Feedback:
    """Say that it is done, and good."""
    return Feedback(Status(Execution.CLOSED, Result(Finished.SUCCESS), details))


def failed(*details: str) -> Feedback:
    """Say that it is over, and why."""
    return Feedback(Status(Execution.CLOSED, Result(Finished.FAILURE), details))


def feedback_of(step: Step, state: SlotState, history: Sequence[UpdateReport], rollout: str) -> Feedback | None:
    """Return what a step of the agent is to the server that asked for it; None: nothing to say."""
    match step:
        case Keep.UP_TO_DATE if state.is_good:
            return succeeded(f"{state.running} runs in slot {state.booted} and has passed its visit")
        case Keep.UP_TO_DATE:
            return proceeding(f"{state.running} runs and has not proven itself yet")
        case Keep.GIVEN_UP:
            stages = [one.stage for one in history if one.rollout == rollout and one.outcome is UpdateOutcome.FAILED]
            return failed(f"failed twice, last at {stages[-1] if stages else 'an earlier try'}; {state.running} runs")
        case Keep.NO_ROLLOUT:
            return None
        case Keep():
            return failed(f"not taken: {step.value}")
        case Wait():
            return proceeding(f"waits: {step.value}")
        case FetchStatus.WHOLE:
            return proceeding("downloaded, and the bytes are those that were signed")
        case FetchStatus():
            return proceeding(f"download: {step.value}")
        case Restarting(release):
            return proceeding(f"{release} is written; the machine restarts")
        case Failed(release, stage):
            return proceeding(f"{release} failed at {stage}")
        case Distrusted(why, detail):
            return proceeding(f"the release channel is not believed: {why.value}", detail[:200])
        case Unreachable():
            return None
        case _:
            assert_never(step)
