"""The steps of the way to the city, what can become of each, and how the screen's process asks for a walk: values only."""

from enum import StrEnum

import msgspec

from sync.contract.question import QuestionKind


class WayStep(StrEnum):
    """The steps, in order."""

    CABLE = "cable"
    ADDRESS = "address"
    GATEWAY = "gateway"
    NAME = "name"
    PROXY = "proxy"
    CONNECTION = "connection"
    TLS = "tls"
    CITY = "city"
    CLOCK = "clock"
    ADMISSION = "admission"  # after the clock, for a wrong one is the likelier reason why nothing that is signed is taken


class StepOutcome(StrEnum):
    """What became of a step; the kinds of failure are those that want different hands."""

    HOLDS = "holds"
    NOT_NEEDED = "not_needed"  # the city is on this machine, or named by its address; no proxy on the way
    NOT_TRIED = "not_tried"
    NOT_ASKED = "not_asked"  # the sending process, which alone may try, is not there: it is being started again
    FAILED = "failed"
    WRONG_CERTIFICATE = "wrong_certificate"  # somebody else answers, or the CA file is another city's
    NOT_LET_IN = "not_let_in"  # the city is there and does not take this terminal for an admitted one
    LOGIN_REFUSED = "login_refused"  # the proxy wants another user or password
    OUT_OF_DATE = "out_of_date"  # a certificate is over or not yet valid: as often as not this machine's clock is wrong

    @property
    def holds(self) -> bool:
        """Whether the next step is worth trying."""
        return self in (StepOutcome.HOLDS, StepOutcome.NOT_NEEDED)


class Walked(msgspec.Struct, frozen=True):
    """One step: what became of it, the fact that a technician wants to see (an address, a speed), and how long it took."""

    step: WayStep
    outcome: StepOutcome
    fact: str = ""
    took_ms: int = 0


class WayWanted(msgspec.Struct, frozen=True):
    """Walk it now."""


class WayWalked(msgspec.Struct, frozen=True):
    """How it went."""

    steps: tuple[Walked, ...]


WAY: QuestionKind[WayWanted, WayWalked] = QuestionKind("local-way", WayWanted, WayWalked)
"""Asked of the sending process, which alone has the network, over the same socket as the city's questions; it never leaves the terminal."""
