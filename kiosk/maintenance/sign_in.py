"""What became of a try to open the maintenance menu: values only, so that the flow may know them."""

from enum import StrEnum

from peripherals.values import dataclass
from sync.contract.technicians import TechnicianRole


class SignInStatus(StrEnum):
    """What became of a try."""

    SIGNED_IN = "signed_in"
    WRONG = "wrong"
    LOCKED = "locked"
    NOBODY = "nobody"  # the city has told this terminal of no technician yet, or too long ago
    STORAGE_FAULT = "storage_fault"  # a try cannot be written down, so none is allowed
    OPEN = "open"  # nothing was tried yet


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome; `number` and `role` are there exactly when somebody is in."""

    status: SignInStatus
    number: str = ""
    role: TechnicianRole | None = None
    tries_left: int = 0
    wait_s: int = 0
