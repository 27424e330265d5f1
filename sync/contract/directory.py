"""The directory of services around the community: who does what, when, for how much, and whether they take requests here.

Four families, each labelled on the glass: public, mutual help, charity, and commercial (商家). The order of listing is never paid for.
"""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.words import Words


class Family(StrEnum):
    """Who stands behind a service. Commercial ones are not shown in elder mode."""

    PUBLIC = "public"
    MUTUAL = "mutual"
    CHARITY = "charity"
    COMMERCIAL = "commercial"


class ServiceKind(StrEnum):
    """What is done: twenty kinds."""

    MEALS = "meals"
    HOME_CARE = "home_care"
    DAY_CARE = "day_care"
    CLEANING = "cleaning"
    REPAIR = "repair"
    LOCKSMITH = "locksmith"
    TUTORING = "tutoring"
    CLINIC = "clinic"
    ESCORT = "escort"
    COUNSEL = "counsel"
    VOLUNTEER = "volunteer"
    JOINING = "joining"
    TIME_BANK = "time_bank"
    LENDING = "lending"
    SWAP = "swap"
    DONATION = "donation"
    ACTIVITY = "activity"
    CHILDCARE = "childcare"
    RECYCLING = "recycling"
    ERRANDS = "errands"


class Provider(msgspec.Struct, frozen=True, omit_defaults=True):
    """One service of somebody. `stars` is what residents gave on average, in tenths; hidden while fewer than five did."""

    id: str
    kind: ServiceKind
    family: Family
    name: Words
    about: Words
    place: Words
    hours: Words
    price: Words
    telephone: str
    updated_on: date
    valid_until: date
    takes_requests: bool = False
    accessible: bool = False
    time_minutes: int | None = None  # mutual help of the time bank: about what is booked from who is helped to who helps
    stars: int | None = None
    rated: int = 0


class Directory(msgspec.Struct, frozen=True):
    """The content of the feed."""

    providers: tuple[Provider, ...] = ()


DIRECTORY: Final = FeedKind("directory", Directory)


def offered(providers: tuple[Provider, ...], today: date, *, with_commercial: bool) -> tuple[Provider, ...]:
    """Return what may be shown today."""
    return tuple(one for one in providers if one.valid_until >= today and (with_commercial or one.family is not Family.COMMERCIAL))
