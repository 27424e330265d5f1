"""Carries out what the first-boot wizard orders, one thing after another; what hangs is a line, and each has its own deadline."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import assert_never

from kiosk.config import ConfigError
from kiosk.flow.setting_up import (
    AdmissionOver,
    AnswersKept,
    AskAdmission,
    BindDevices,
    DeviceBound,
    FinishSetUp,
    KeepAnswers,
    MachineSet,
    SetClock,
    SetNetwork,
    SetUpFact,
    SetUpFinished,
    SetUpOrder,
    SetUpWayStepped,
    StepFailed,
    StopAsking,
    TryVisit,
    VisitTried,
    WordsTold,
)
from kiosk.lane import Lane
from kiosk.machine.network import Network
from kiosk.maintenance.finding import Finding
from kiosk.maintenance.set_up import Answers, SetUpTrouble
from peripherals.values import dataclass
from sync.errors import SyncError
from sync.way_steps import Walked, WayStep

ASK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Told:
    """How far an admission is: words to compare, or admitted, or a trouble that ends it; `place` as the city says it."""

    words: tuple[str, ...] = ()
    place: str = ""
    is_admitted: bool = False
    trouble: SetUpTrouble | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """How a device is, and where it was found if that is not where the image has it."""

    device: str
    finding: Finding
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SetUpTools:
    """What carries the orders out. Each may raise OSError, ConfigError or SyncError, which is said as a trouble."""

    keep: Callable[[Answers], None]
    set_network: Callable[[Network], SetUpTrouble | None]
    set_clock: Callable[[datetime], SetUpTrouble | None]
    walk: Callable[[Answers], Iterator[Walked]]
    ask: Callable[[Answers], Told]
    bind: Callable[[Answers], Iterator[Bound]]
    visit: Callable[[Answers], str]  # the stage at which it failed, empty when it went through
    finish: Callable[[Answers], SetUpTrouble | None]


class SetUpDesk:
    """The wizard's orders and the thread that carries them out."""

    def __init__(self, tools: SetUpTools, post: Callable[[SetUpFact], None], failed: Callable[[BaseException], None]) -> None:
        self._tools = tools
        self._post = post
        self._lane = Lane("set-up", failed).start()
        self._stops = threading.Event()

    def carry_out(self, order: SetUpOrder) -> None:
        """Begin what was ordered; an admission that is being asked for makes way."""
        if isinstance(order, StopAsking):
            self._stops.set()
            return
        if isinstance(order, AskAdmission):
            self._stops.clear()
        self._lane.do(lambda: self._do(order))

    def close(self) -> None:
        """Stop after the order at hand."""
        self._stops.set()
        self._lane.close()

    def _do(self, order: SetUpOrder) -> None:
        tools = self._tools
        match order:
            case KeepAnswers(token, answers):
                self._post(AnswersKept(token, _trouble(lambda: tools.keep(answers)) is None))
            case SetNetwork(token, network, answers):
                self._post(MachineSet(token, _trouble(lambda: tools.set_network(network))))
                if (trouble := _trouble(lambda: self._walk(token, answers))) is not None:
                    self._post(StepFailed(token, trouble))
            case SetClock(token, to):
                self._post(MachineSet(token, _trouble(lambda: tools.set_clock(to))))
            case AskAdmission(token, answers):
                self._ask(token, answers)
            case BindDevices(token, answers):
                if (trouble := _trouble(lambda: self._bind(token, answers))) is not None:
                    self._post(StepFailed(token, trouble))
            case TryVisit(token, answers):
                stages: list[str] = []
                failed = _trouble(lambda: stages.append(tools.visit(answers)))
                self._post(VisitTried(token, "".join(stages), failed))
            case FinishSetUp(token, answers):
                self._post(SetUpFinished(token, _trouble(lambda: tools.finish(answers))))
            case StopAsking():
                pass  # done where it was ordered
            case _:
                assert_never(order)

    def _walk(self, token: int, answers: Answers) -> None:
        last = list(WayStep)[-1]
        for walked in self._tools.walk(answers):
            self._post(SetUpWayStepped(token, walked, walked.step is last))

    def _ask(self, token: int, answers: Answers) -> None:
        """Ask until people have decided; a line that is lost meanwhile is waited for, once there are words to compare."""
        words: tuple[str, ...] = ()
        while not self._stops.is_set():
            told = self._asked(answers)
            is_waiting = told.trouble is None or (bool(words) and told.trouble is SetUpTrouble.NO_LINE)
            if told.is_admitted or not is_waiting:
                self._post(AdmissionOver(token, told.trouble, told.place))
                return
            if told.words and told.words != words:
                words = told.words
                self._post(WordsTold(token, words, told.place))
            self._stops.wait(ASK_EVERY_S)

    def _asked(self, answers: Answers) -> Told:
        told: list[Told] = []
        trouble = _trouble(lambda: told.append(self._tools.ask(answers)))
        return told[0] if told else Told(trouble=trouble)

    def _bind(self, token: int, answers: Answers) -> None:
        """Tell of each device as soon as it is known whether it is the last one."""
        waiting: Bound | None = None
        for bound in self._tools.bind(answers):
            if waiting is not None:
                self._post(DeviceBound(token, waiting.finding, waiting.device, waiting.address, is_last=False))
            waiting = bound
        if waiting is not None:
            self._post(DeviceBound(token, waiting.finding, waiting.device, waiting.address, is_last=True))


def _trouble(call: Callable[[], object]) -> SetUpTrouble | None:
    """Return what is wrong, as a trouble that has its sentence."""
    try:
        outcome = call()
    except (ConfigError, SyncError):
        return SetUpTrouble.CONFIG
    except OSError:
        return SetUpTrouble.STORAGE
    return outcome if isinstance(outcome, SetUpTrouble) else None
