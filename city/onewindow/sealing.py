"""The keys that terminals may seal to: the feed that carries them, and what is still sealed to each."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from city import here
from city.api.feeds import Supply, supplies
from city.api.models import FeedIssue
from city.fleet.models import Terminal
from city.onewindow.models import SealedBody
from sync.contract.names import digest_of
from sync.contract.sealing_keys import SEALING_KEYS, SealingKeys

SETTLED_AFTER = timedelta(minutes=10)
"""A hand-in may hold the key of the moment before, so a heartbeat says something only this long after the keys were fetched."""

_ROWS_AT_ONCE = 2000


class _Envelope(msgspec.Struct):
    key_id: str


class _Body(msgspec.Struct):
    """What is read of a sealed application: the key's name, and nothing else."""

    envelope: _Envelope


@supplies(SEALING_KEYS)
def sealing_keys(_terminal: Terminal) -> Supply[SealingKeys]:
    """Return the public half of every key that may be sealed to, the newest last."""
    return Supply(_offered())


def _offered() -> SealingKeys:
    keys = (key.public_key() for key in here.keys().offered.values())
    return SealingKeys(tuple(sorted(keys, key=lambda key: (key.created_at, key.key_id))))


def stored_by_key() -> Counter[str]:
    """Count the stored applications by the key that they are sealed to; every body is looked at."""
    bodies = SealedBody.objects.values_list("body", flat=True).iterator(chunk_size=_ROWS_AT_ONCE)
    return Counter(msgspec.json.decode(bytes(body), type=_Body).envelope.key_id for body in bodies)


def may_still_send() -> Iterator[str]:
    """Yield the terminals that may hold applications sealed to an older key than those that are offered now.

    A terminal is clear when it has fetched the keys as they are, and has said afterwards that nothing waits and nothing is set aside.
    One that was withdrawn is clear unless it last said that it still held something.
    """
    digest = digest_of(msgspec.json.encode(_offered(), order="deterministic"))
    fetched = {row.terminal_id: row for row in FeedIssue.objects.filter(feed=SEALING_KEYS.name, content_digest=digest)}
    for terminal in Terminal.objects.select_related("heartbeat").order_by("pk").iterator(chunk_size=_ROWS_AT_ONCE):
        if not _is_clear(terminal, fetched.get(terminal.pk)):
            yield terminal.pk


def _is_clear(terminal: Terminal, fetched: FeedIssue | None) -> bool:
    beat = getattr(terminal, "heartbeat", None)
    is_empty = beat is not None and beat.waiting == 0 and beat.quarantined == 0
    if terminal.withdrawn_at is not None:
        return beat is None or is_empty
    if not is_empty or beat is None or fetched is None:
        return False
    has_it: bool = beat.body.get("versions", {}).get(f"feed/{SEALING_KEYS.name}") == str(fetched.version)
    return has_it and beat.received_at >= fetched.issued_at + SETTLED_AFTER
