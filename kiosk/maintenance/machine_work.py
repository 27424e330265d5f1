"""Does what a technician orders of the machine: onto a stick, off a stick, and back to the version before."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.config import Config, ConfigError
from kiosk.maintenance.bundle import make_bundle, write_bundle
from kiosk.maintenance.finding import Finding
from kiosk.maintenance.machine import MachineAct, MachineDone, MachineLook, MachineOutcome
from sync.ask import City
from sync.contract.export import SIGN_MANIFEST, ManifestWanted
from sync.contract.question import Answered
from sync.errors import SyncError
from sync.export import write_export
from sync.heartbeat import release
from sync.outbox import Outbox
from sync.reckoning import Stats

_SIGNED_WITHIN_S = 20.0
_HISTORY = 5


@dataclass(frozen=True, slots=True)
class InstallOutcome:
    """How installing off a stick ended: a word of the agent's, and the release."""

    word: str
    release: str = ""


@dataclass(frozen=True, slots=True)
class MachineTools:
    """What the work is done with.

    Attributes:
        config: The terminal's.
        city: Whom the sending process is asked through: it signs the list.
        open_outbox: Raises SyncError.
        stats: Raises SyncError.
        findings: What is found of each part now.
        now: Local, aware.
        look: What runs, from the slots; raises ConfigError where there is no update channel.
        install: Takes a release off a stick; raises ConfigError, OSError.
        go_back: Starts the other slot; False where there is nothing to start; raises ConfigError, OSError.
    """

    config: Config
    city: City
    open_outbox: Callable[[], Outbox]
    stats: Callable[[], Stats]
    findings: Callable[[], tuple[Finding, ...]]
    now: Callable[[], datetime]
    look: Callable[[], MachineLook]
    install: Callable[[Path], InstallOutcome]
    go_back: Callable[[], bool]


class MachineWork:
    """The work."""

    def __init__(self, tools: MachineTools) -> None:
        self._tools = tools
        self._stick = tools.config.terminal.stick

    def look(self) -> MachineLook:
        """Say what is there; a terminal without updates has a version all the same."""
        has_stick = self._has_stick()
        try:
            look = self._tools.look()
        except (ConfigError, SyncError, OSError):
            return MachineLook(release(), has_stick=has_stick)
        return MachineLook(look.release, look.slot, look.other, look.history[-_HISTORY:], has_stick)

    def do(self, act: MachineAct) -> MachineDone:
        """Do it; what goes wrong is an outcome."""
        if act is not MachineAct.GO_BACK and not self._has_stick():
            return MachineDone(act, MachineOutcome.NO_STICK)
        try:
            match act:
                case MachineAct.EXPORT:
                    return self._export()
                case MachineAct.BUNDLE:
                    return self._bundle()
                case MachineAct.INSTALL:
                    return self._install()
                case MachineAct.GO_BACK:
                    return MachineDone(act, MachineOutcome.DONE if self._tools.go_back() else MachineOutcome.NO_OTHER)
        except ConfigError:
            return MachineDone(act, MachineOutcome.NO_UPDATES)
        except SyncError:
            return MachineDone(act, MachineOutcome.UNREADABLE)
        except OSError:
            return MachineDone(act, MachineOutcome.FAILED if act.is_asked else MachineOutcome.STICK_FAULT)

    def _has_stick(self) -> bool:
        """Tell whether a stick is in: where one is looked for, the machine lays it there as soon as somebody looks."""
        try:
            return self._stick.is_dir() and os.access(self._stick, os.W_OK)
        except OSError:
            return False

    def _export(self) -> MachineDone:
        signed = self._tools.city.ask(SIGN_MANIFEST, ManifestWanted(), _SIGNED_WITHIN_S)
        if not isinstance(signed, Answered):
            return MachineDone(MachineAct.EXPORT, MachineOutcome.UNREADABLE)
        outbox = self._tools.open_outbox()
        try:
            _, count = write_export(self._stick, signed.answer.statement, outbox.sealed_rows())
        finally:
            outbox.close()
        return MachineDone(MachineAct.EXPORT, MachineOutcome.DONE, str(count))

    def _bundle(self) -> MachineDone:
        tools = self._tools
        content = make_bundle(tools.config, tools.now(), tools.findings(), tools.stats)
        path = write_bundle(self._stick, tools.config.terminal.id, tools.now(), content)
        return MachineDone(MachineAct.BUNDLE, MachineOutcome.DONE, path.name)

    def _install(self) -> MachineDone:
        outcome = self._tools.install(self._stick)
        told = {
            "restarting": MachineOutcome.DONE,
            "distrusted": MachineOutcome.DISTRUSTED,
            "unreachable": MachineOutcome.NOTHING,
            "keep": MachineOutcome.NOTHING,
        }.get(outcome.word, MachineOutcome.FAILED)
        return MachineDone(MachineAct.INSTALL, told, outcome.release)
