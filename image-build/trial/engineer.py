"""Runs inside a booted terminal: an engineer at the technician's menu, as the screen's process speaks for her to the keeper.

    python3 -sP engineer.py CONFIG UID PIN install|back

The first word of what it prints is what came of it. It waits until the terminal has heard from the city who its technicians are, for a
wrong try would count.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from kiosk.config import Config, load, places
from kiosk.machine.keeper import SOCKET, Keeper
from kiosk.maintenance.machine import StickWord
from kiosk.sent_down import feeds_of
from peripherals.secret import Secret
from sync.contract.technicians import TECHNICIANS

_WITHIN_S = 900.0
_LOOKS_EVERY_S = 2.0


def main(config_file: str, uid: str, pin: str, act: str) -> int:
    """Sign in, and do it."""
    config = load(Path(config_file))
    if not _are_known(config):
        print("nobody_is_known")
        return 1
    keeper = Keeper(places(config).sockets / SOCKET)
    keeper.sign_in(Secret(uid), Secret(pin))
    if act == "back":
        print({True: "restarting", False: "no_other", None: "no_channel"}[keeper.go_back()])
        return 0
    until = time.monotonic() + _WITHIN_S
    while (told := keeper.admit_stick()) is None or told.word is not StickWord.LET_IN or not (config.terminal.stick / "metadata").is_dir():
        if time.monotonic() > until:
            print("no_stick", told)
            return 1
        time.sleep(_LOOKS_EVERY_S)
    outcome = keeper.install()
    print(outcome.word, outcome.release)
    return 0


def _are_known(config: Config) -> bool:
    until = time.monotonic() + _WITHIN_S
    while time.monotonic() < until:
        if feeds_of(config).read(TECHNICIANS, datetime.now(UTC)).current is not None:
            return True
        time.sleep(_LOOKS_EVERY_S)
    return False


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
