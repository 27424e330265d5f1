"""Updates by hand, for the maintenance menu: what runs, a release off a stick under the same signatures, and back to the version before."""

from pathlib import Path
from typing import Final

import msgspec

from kiosk.config import Config
from kiosk.maintenance.machine import InstallOutcome, MachineLook, Tried
from kiosk.updating import open_updating
from sync.contract.update_report import UpdateOutcome, UpdateReport
from sync.update.agent import Failed, Restarting
from sync.update.channel import Distrusted, Unreachable
from sync.update.decide import FAILURES_MAX

_STEPS_MAX: Final = 8
_NO_FILE: Final = Path("/nonexistent")  # the visit that proves a version is walked after the restart, by the agent's own process


def look(config: Config) -> MachineLook:
    """Return what runs, in which slot, and what was tried.

    Raises:
        ConfigError: There is no update channel.
        OSError: The slots do not answer.
    """
    updating = open_updating(config, _NO_FILE)
    state, notes = updating.slots.state(), updating.journal.read()
    history = tuple(Tried(one.at, one.release, one.outcome.value, one.stage) for one in notes.history)
    return MachineLook(state.running, state.booted, state.other if state.is_other_good else None, history)


def install(config: Config, stick: Path) -> InstallOutcome:
    """Take what the stick holds for this terminal: the same metadata, the same signatures, no server; somebody stands there and wants it.

    Raises:
        ConfigError: There is no update channel.
        OSError: The disk does not take it.
    """
    agent = open_updating(config, _NO_FILE, stick=stick, any_time=True, is_attended=True).agent
    before: object = None
    for _ in range(_STEPS_MAX):
        step = agent.step()
        match step:
            case Restarting(release):
                return InstallOutcome("restarting", release)
            case Failed(release, stage):
                return InstallOutcome(f"failed:{stage}", release)
            case Distrusted():
                return InstallOutcome("distrusted")
            case Unreachable():
                return InstallOutcome("unreachable")
            case _ if step == before:
                return InstallOutcome("keep")
            case _:
                before = step
    return InstallOutcome("keep")


def go_back(config: Config) -> bool:
    """Start the version in the other slot; tell whether there is one that can be started.

    Raises:
        ConfigError: There is no update channel.
        OSError: The slots do not answer.
    """
    updating = open_updating(config, _NO_FILE)
    state = updating.slots.state()
    if state.other is None or not state.is_other_good:
        return False
    notes, now = updating.journal.read(), updating.agent.now()
    told = UpdateReport("by-hand", state.running, 1, UpdateOutcome.RECALLED, now, running=state.other)
    # Whoever goes back does not want to find the same release there again tomorrow; off a stick it can still be had.
    failures = notes.failures | {state.running: FAILURES_MAX}
    updating.journal.write(msgspec.structs.replace(notes.told(told), failures=failures))
    updating.slots.go_back()
    updating.slots.restart()
    return True
