"""The first-boot wizard, as values: what is held, what is shown, what can happen, and what is ordered."""

from dataclasses import field
from datetime import datetime

from kiosk.machine.network import Network
from kiosk.maintenance.finding import Finding
from kiosk.maintenance.set_up import Answers, PanelForm, SetUpField, SetUpSwitch, SetUpTrouble
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.way_steps import Walked


@dataclass(frozen=True, slots=True)
class SettingUp:
    """A terminal that is not one yet. `typed` is what the open field holds until it is closed."""

    token: int
    answers: Answers
    opened: SetUpField | None = None
    typed: Secret[str] = field(default_factory=lambda: Secret(""))
    wrong: frozenset[SetUpField] = frozenset()
    is_busy: bool = False
    trouble: SetUpTrouble | None = None
    time: str = ""  # twelve digits, YYYYMMDDhhmm, where the clock is set by hand
    way: tuple[Walked, ...] = ()
    words: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    failed_at: str = ""  # the stage at which the trial ended
    is_proven: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class SetUpShown:
    """The step that `answers.step` names."""


# What can happen


@dataclass(frozen=True, slots=True)
class FormPicked:
    form: PanelForm


@dataclass(frozen=True, slots=True)
class HeightStepped:
    by_mm: int


@dataclass(frozen=True, slots=True)
class SwitchFlipped:
    switch: SetUpSwitch


@dataclass(frozen=True, slots=True)
class SetUpFieldOpened:
    """Type into this field; None closes it."""

    name: SetUpField | None


@dataclass(frozen=True, slots=True)
class SymbolTyped:
    symbol: str

    def __repr__(self) -> str:
        return "SymbolTyped(<secret>)"


@dataclass(frozen=True, slots=True)
class SymbolErased:
    """The last one, or all of them."""

    everything: bool = False


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """Go on although not all is well."""


@dataclass(frozen=True, slots=True)
class AnswersKept:
    """Whether what was answered is on the disk."""

    token: int
    is_kept: bool


@dataclass(frozen=True, slots=True)
class MachineSet:
    """Network or clock are set, or why not."""

    token: int
    trouble: SetUpTrouble | None


@dataclass(frozen=True, slots=True)
class StepFailed:
    """What the step does by itself could not be done."""

    token: int
    trouble: SetUpTrouble


@dataclass(frozen=True, slots=True)
class SetUpWayStepped:
    token: int
    walked: Walked
    is_last: bool


@dataclass(frozen=True, slots=True)
class WordsTold:
    """The city has the code: people compare six words, and it says where the terminal stands."""

    token: int
    words: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class AdmissionOver:
    """Admitted, or why not."""

    token: int
    trouble: SetUpTrouble | None
    place: str = ""


@dataclass(frozen=True, slots=True)
class DeviceBound:
    """How a device is; `address` where one answered that is not the image's own."""

    token: int
    finding: Finding
    device: str
    address: str | None
    is_last: bool


@dataclass(frozen=True, slots=True)
class VisitTried:
    """The trial went through, or ended at a stage, or could not begin."""

    token: int
    failed_at: str
    trouble: SetUpTrouble | None = None


@dataclass(frozen=True, slots=True)
class SetUpFinished:
    """The terminal is one now, or why not."""

    token: int
    trouble: SetUpTrouble | None


SetUpAct = FormPicked | HeightStepped | SwitchFlipped | SetUpFieldOpened | SymbolTyped | SymbolErased | StepSkipped
SetUpFact = (
    AnswersKept | MachineSet | StepFailed | SetUpWayStepped | WordsTold | AdmissionOver | DeviceBound | VisitTried | SetUpFinished
)  # fmt: skip


# What is ordered


@dataclass(frozen=True, slots=True)
class KeepAnswers:
    """Write them down: AnswersKept."""

    token: int
    answers: Answers


@dataclass(frozen=True, slots=True)
class SetNetwork:
    """MachineSet, then the way is walked: SetUpWayStepped for each step."""

    token: int
    network: Network
    answers: Answers


@dataclass(frozen=True, slots=True)
class SetClock:
    """MachineSet."""

    token: int
    to: datetime  # local, naive: what the technician's watch says


@dataclass(frozen=True, slots=True)
class AskAdmission:
    """WordsTold as soon as the city has the code, then AdmissionOver."""

    token: int
    answers: Answers


@dataclass(frozen=True, slots=True)
class StopAsking:
    """Nobody waits for the admission any more."""


@dataclass(frozen=True, slots=True)
class BindDevices:
    """DeviceBound for each."""

    token: int
    answers: Answers


@dataclass(frozen=True, slots=True)
class TryVisit:
    """VisitTried."""

    token: int
    answers: Answers


@dataclass(frozen=True, slots=True)
class FinishSetUp:
    """Put the configuration in force: SetUpFinished."""

    token: int
    answers: Answers


SetUpOrder = KeepAnswers | SetNetwork | SetClock | AskAdmission | StopAsking | BindDevices | TryVisit | FinishSetUp
