"""The feed of the keys that terminals may seal to."""

from city import here
from city.api.feeds import Supply, supplies
from city.fleet.models import Terminal
from sync.contract.sealing_keys import SEALING_KEYS, SealingKeys


@supplies(SEALING_KEYS)
def sealing_keys(_terminal: Terminal) -> Supply[SealingKeys]:
    """Return the public half of every key that this city opens with."""
    keys = sorted((key.public_key() for key in here.keys().opening.values()), key=lambda key: (key.created_at, key.key_id))
    return Supply(SealingKeys(tuple(keys)))
