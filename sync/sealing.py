"""Which of the city's keys this terminal seals to."""

from datetime import datetime
from pathlib import Path

from sync.contract.city_keys import newest_known, newest_public_key
from sync.contract.sealing_keys import SEALING_KEYS
from sync.contract.suites import CityPublicKey, SealError
from sync.feeds import Feeds


def key_to_seal_to(given: Path, feeds: Feeds, now: datetime) -> CityPublicKey:
    """Return the newest key that the city last sent down, or of those in `given` while it has sent none.

    Once it has, a key that only came with the terminal is no longer used: the city may have lost it, or lost sight of it.

    Raises:
        SealError: There is no key that this version can seal to.
    """
    sent = feeds.read(SEALING_KEYS, now).content
    if sent is None:
        return newest_public_key(given)
    newest = newest_known(sent.keys)
    if newest is None:
        raise SealError("the city sent no key that this version can seal to")
    return newest
