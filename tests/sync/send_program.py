"""A sending process, to be killed: one pass, or one after the other, with leases that are over at once for whoever comes next.

With "at a word" it makes its pass when a line comes to its input, with leases as they are, and says how many the city has whole from it.
"""

import sys
import time
from pathlib import Path

from sync.loop import Sender
from sync.settings import SyncSettings
from sync.space import OutboxLimits
from tests.sync.counter import TERMINAL

LIMITS = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=0, ballast_bytes=0)


AT_A_WORD = "at a word"


def settings_of(words: list[str]) -> SyncSettings:
    url, *paths = words
    ca_file, receipt_keys, catalogue_keys, request_key, outbox, outbox_key = (Path(word) for word in paths[:6])
    return SyncSettings(
        url=url,
        terminal=TERMINAL,
        ca_file=ca_file,
        city_keys=receipt_keys,
        receipt_keys=receipt_keys,
        catalogue_keys=catalogue_keys,
        request_key=request_key,
        outbox=outbox,
        outbox_key=outbox_key,
        catalogue=outbox,
        feeds=outbox / "feeds",
        ask_socket=outbox / "ask.sock",
        limits=LIMITS,
        lease_s=60.0 if words[7:] == [AT_A_WORD] else 0.3,
    )


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main() -> None:
    sender = Sender.open(settings_of(sys.argv[1:]))
    if sys.argv[8:] == [AT_A_WORD]:
        say("ready")
        sys.stdin.readline()
        say(str(sender.deliver().complete))
        return
    sender.deliver()
    while sys.argv[8:] == ["forever"]:
        time.sleep(0.05)
        sender.deliver()


if __name__ == "__main__":
    main()
