"""What comes instead of an answer of the city: told to screens as well, which need nothing else of the line."""

from dataclasses import dataclass
from enum import StrEnum

from sync.contract.problem import Retry


class OfflineReason(StrEnum):
    """Why there is no answer of the city."""

    NO_LINE = "no_line"
    TOO_SLOW = "too_slow"
    PROXY = "proxy"  # the proxy on the way is not there, or does not let through
    CERTIFICATE = "certificate"  # somebody else answers at its address, or a certificate or clock is out of date
    NOT_THE_CITY = "not_the_city"  # an answer that the city would not give: a page, a redirect, a receipt that is not ours


@dataclass(frozen=True, slots=True)
class Offline:
    """There was no answer; nothing is known about what the city has."""

    reason: OfflineReason


@dataclass(frozen=True, slots=True)
class Refused:
    """The city answered that it will not, or not now.

    Attributes:
        retry: What to do next.
        reason: A word for staff and logs; never content.
        detail: The city's own words on it, for staff.
        status: The status of the answer, or of this item in it.
        wait_s: How long the city asks to wait, within bounds.
        is_overloaded: The city has too much to do, so nothing else is asked of it now either.
    """

    retry: Retry
    reason: str
    wait_s: float | None = None
    is_overloaded: bool = False
    detail: str | None = None
    status: int = 0
