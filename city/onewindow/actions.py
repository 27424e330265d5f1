"""What somebody may want of a case, with all that the machine has to know to say whether it happens."""

from dataclasses import dataclass

from city.onewindow.states import Conclusion


@dataclass(frozen=True, slots=True)
class Complete:
    """The last photo arrived."""


@dataclass(frozen=True, slots=True)
class Accept:
    """The front desk accepts. `left_out` are the steps that do not apply to these answers."""

    who: int
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TellOnce:
    """The front desk says all that is missing."""

    who: int
    points: int


@dataclass(frozen=True, slots=True)
class Bring:
    """What was missing is here, photos included."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The front desk does not accept, and says why."""

    who: int
    reason: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The applicant takes it back, at the desk."""

    who: int
    reason: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """The days for bringing what was missing are over."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody of the office takes a step. `lease_over` says that an earlier holder's time is up."""

    who: int
    step: str
    lease_over: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """The holder puts the step back."""

    who: int
    step: str


@dataclass(frozen=True, slots=True)
class Reassign:
    """The head of the office gives the step to somebody."""

    who: int
    step: str
    to: int


@dataclass(frozen=True, slots=True)
class Conclude:
    """The holder ends the step. `too_early` says that its days of publicity are not over."""

    who: int
    step: str
    conclusion: Conclusion
    reason: str
    too_early: bool = False


@dataclass(frozen=True, slots=True)
class SendBack:
    """The holder sends the case back to an earlier step, which is begun again with everything after it."""

    who: int
    step: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class StopClock:
    """The holder begins a special procedure, such as an assessment by experts."""

    who: int
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeClock:
    """The special procedure is over."""

    who: int
    step: str


@dataclass(frozen=True, slots=True)
class Reroute:
    """Somebody moves the case to the route of version `to`; `left_out` are the steps of it that do not apply to these answers."""

    who: int
    to: int
    reason: str
    left_out: frozenset[str] = frozenset()


Action = (
    Complete
    | Accept
    | TellOnce
    | Bring
    | Refuse
    | Withdraw
    | Lapse
    | Claim
    | Release
    | Reassign
    | Conclude
    | SendBack
    | StopClock
    | ResumeClock
    | Reroute
)
