"""The feed of the city's sealing keys, so that a key can be replaced without a visit to ten thousand terminals."""

from typing import Final

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.suites import CityPublicKey


class SealingKeys(msgspec.Struct, frozen=True):
    """Every key that may be sealed to now; one that is missing here is no longer used, however it came to the terminal."""

    keys: tuple[CityPublicKey, ...]


SEALING_KEYS: Final = FeedKind("sealing-keys", SealingKeys)
