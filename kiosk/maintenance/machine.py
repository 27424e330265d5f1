"""The machine as a technician sees and treats it: which version runs, what goes onto a stick, and what comes off one. Values only."""

from datetime import datetime
from enum import StrEnum

from peripherals.values import dataclass
from sync.contract.technicians import TechnicianRole


class MachineAct(StrEnum):
    """What may be done, in the order in which it is offered."""

    EXPORT = "export"  # sealed applications onto a stick
    CARRY = "carry"  # what other terminals gave out to the stick, to the city
    BUNDLE = "bundle"  # logs onto a stick
    FILM = "film"  # the screens with invented data, onto a stick
    INSTALL = "install"  # a release off a stick, under the same signatures
    GO_BACK = "go_back"  # to the version in the other slot
    END = "end"  # decommission: keys and data destroyed, a proof printed

    @property
    def needs(self) -> TechnicianRole:
        """Who may."""
        return TechnicianRole.ENGINEER if self.is_asked else TechnicianRole.TECHNICIAN

    @property
    def is_asked(self) -> bool:
        """Whether it is asked once more: it restarts the machine, or ends it."""
        return self in (MachineAct.INSTALL, MachineAct.GO_BACK, MachineAct.END)


class MachineOutcome(StrEnum):
    """What became of it; each has its sentence and what to do."""

    DONE = "done"
    NO_STICK = "no_stick"
    STICK_FAULT = "stick_fault"  # full, or it does not take what is written
    UNREADABLE = "unreadable"  # the outbox cannot be opened, or nobody signs
    NO_ROWS = "no_rows"  # nothing that a terminal gave out is on the stick
    NOT_ADMITTED = "not_admitted"  # what is on the stick is signed by no terminal that the city admits
    HELD_UP = "held_up"  # the line or the city stands in the way
    UNREAD_LIST = "unread_list"  # a list on the stick is damaged, or too large for the line
    PARTLY = "partly"  # some was changed on the way, or the city will not have it
    NOTHING = "nothing"  # nothing on the stick is meant for this terminal now
    DISTRUSTED = "distrusted"  # what is on the stick is not signed as it must be
    FAILED = "failed"
    NO_FILM = "no_film"  # no item can be shown, or the film could not be made
    NO_OTHER = "no_other"  # the other slot has nothing that could be started
    NO_UPDATES = "no_updates"  # this terminal has no update channel
    NO_KEEPER = "no_keeper"  # the process with the rights for this is not there, or was not shown a card and its PIN
    WAITING = "waiting"  # the city does not have everything, and it was not exported either
    NOT_PRINTED = "not_printed"  # destroyed, and the proof did not come out; its number is on the glass
    LEFT = "left"  # something could not be destroyed
    OTHER_TERMINAL = "other_terminal"  # the number that was typed is another's


ENDED = frozenset({MachineOutcome.DONE, MachineOutcome.NOT_PRINTED, MachineOutcome.LEFT})
"""After these of `MachineAct.END` there is no terminal any more."""


class StickWord(StrEnum):
    """What became of the wish for a stick, where one has to be let in."""

    LET_IN = "let_in"
    NONE = "none"  # none is plugged in
    LEFT_OUT = "left_out"  # it is storage and something else besides, such as a keyboard
    FAILED = "failed"  # the kernel does not take it, or nobody asks the kernel


@dataclass(frozen=True, slots=True)
class Tried:
    """One line of the history of updates."""

    at: datetime
    release: str
    outcome: str
    stage: str


@dataclass(frozen=True, slots=True)
class MachineLook:
    """What is there now.

    Attributes:
        stick: What became of a stick that had to be let in; None where none has to be, or nobody may have one.
        stick_kind: Its maker and product.
    """

    release: str
    slot: str = ""
    other: str | None = None
    history: tuple[Tried, ...] = ()
    has_stick: bool = False
    stick: StickWord | None = None
    stick_kind: str = ""


@dataclass(frozen=True, slots=True)
class MachineDone:
    """An act and what became of it; `fact` is a count or a name, never anything of a resident."""

    act: MachineAct
    outcome: MachineOutcome
    fact: str = ""


@dataclass(frozen=True, slots=True)
class InstallOutcome:
    """How installing off a stick ended: a word of the agent's, and the release."""

    word: str
    release: str = ""
