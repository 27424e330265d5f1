"""A terminal in its own process, to be killed: it puts applications in and says after each one that it is safe."""

import sys
from dataclasses import replace
from pathlib import Path

from sync.contract.city_keys import newest_public_key
from sync.outbox import HandInStatus, Outbox
from sync.set_aside import OutboxEvent
from sync.space import OutboxLimits
from tests.sync.counter import Counter, photo

LIMITS = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=0, ballast_bytes=0)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    outbox_folder, key_folder, photos = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    most = int(sys.argv[4]) if len(sys.argv) > 4 else sys.maxsize
    grown = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    outbox = Outbox.open(outbox_folder, b"k" * 32, {}, replace(LIMITS, grown_bytes=grown))
    if OutboxEvent.NOT_ALL_READ in outbox.events:
        say(OutboxEvent.NOT_ALL_READ)
    counter = Counter(outbox, newest_public_key(key_folder))
    for _ in range(most):
        handed = counter.hand_in(*(photo(30_000) for _ in range(photos)))
        if handed.status is not HandInStatus.HANDED_IN:
            say(handed.status)
            return
        assert handed.header is not None
        say(f"{handed.header.application_id} {handed.header.sequence}")


if __name__ == "__main__":
    main()
