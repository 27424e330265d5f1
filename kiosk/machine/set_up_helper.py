"""The small part of setting a terminal up that takes rights: the network, the clock, and laying the terminal's own files down.

The wizard runs without rights and asks by files; a unit of root's runs this when there is one, believes nothing that does not decode, and
answers with a file beside it. Requests are closed: a way to the network, a time, and "put in force".
"""

import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from kiosk.config import ConfigError
from kiosk.machine import network as networking
from kiosk.machine.network import Network
from kiosk.maintenance.set_up_files import SetUpPlace, put_in_force
from sync.contract.decoding import UNDECODABLE
from sync.durable import sync_folder, write_durably

Run = Callable[[Sequence[str]], None]
_DONE: Final = ".done"
_TOO_LARGE: Final = 16 * 1024


class Request(StrEnum):
    """What may be asked for; a request's file has its name."""

    NETWORK = "network"
    CLOCK = "clock"
    FINISH = "finish"


class ClockRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time as a watch says it, in the terminal's zone."""

    to: datetime


class Done(msgspec.Struct, frozen=True):
    """The answer; an empty `trouble` means that it is done."""

    trouble: str = ""


def ask(requests: Path, request: Request, content: bytes) -> None:
    """Lay a request down.

    Raises:
        OSError: It cannot be written.
    """
    requests.mkdir(parents=True, exist_ok=True, mode=0o700)
    (requests / (request + _DONE)).unlink(missing_ok=True)
    write_durably(requests / f"{request}.json", content)
    sync_folder(requests)


def answer(requests: Path, request: Request, within_s: float, is_done: Callable[[], bool] = lambda: False) -> Done | None:
    """Wait for the answer to a request, or until it is seen to be done; None when nobody answers, and then it is taken back."""
    until = time.monotonic() + within_s
    while True:
        if is_done():
            return Done()
        try:
            return msgspec.json.decode((requests / (request + _DONE)).read_bytes(), type=Done)
        except (OSError, *UNDECODABLE):
            if time.monotonic() >= until:
                (requests / f"{request}.json").unlink(missing_ok=True)
                return None
        time.sleep(0.1)


def carry_out(place: SetUpPlace, zone: ZoneInfo, run: Path, command: Run) -> tuple[Request, ...]:
    """Do what is asked for, and return it; each is answered whatever came of it.

    Args:
        place: Where the wizard works.
        zone: In which a watch is read.
        run: The folder of this boot's files, /run on a machine.
        command: Runs a program, and raises OSError or CalledProcessError where it fails.
    """
    done = []
    for request in Request:
        asked = place.requests / f"{request}.json"
        if not asked.is_file() or asked.is_symlink():
            continue
        try:
            _do(request, asked.read_bytes()[:_TOO_LARGE], place, zone, run, command)
            told = Done()
        except (OSError, ValueError, ConfigError, subprocess.CalledProcessError, *UNDECODABLE) as error:
            told = Done(f"{type(error).__name__}: {error}"[:200])
        if place.requests.is_dir():  # "put in force" leaves nothing of the wizard, and needs no answer then
            asked.unlink(missing_ok=True)
            write_durably(place.requests / (request + _DONE), msgspec.json.encode(told))
        done.append(request)
    return tuple(done)


def _do(request: Request, content: bytes, place: SetUpPlace, zone: ZoneInfo, run: Path, command: Run) -> None:
    match request:
        case Request.NETWORK:
            wanted = msgspec.json.decode(content, type=Network)
            kept = kept_network(place.config)
            networking.files(wanted)  # before anything is kept
            write_durably(kept, msgspec.json.encode(wanted))
            sync_folder(kept.parent)
            apply_network(kept, run, command)
        case Request.CLOCK:
            said = msgspec.json.decode(content, type=ClockRequest).to
            time.clock_settime(time.CLOCK_REALTIME, said.replace(tzinfo=zone).timestamp())
        case Request.FINISH:
            put_in_force(place)


def kept_network(config: Path) -> Path:
    """Return where a terminal's way to the network is kept, for each boot."""
    return config.with_name("network.json")


def apply_network(kept: Path, run: Path, command: Run) -> bool:
    """Write this boot's files of what is kept and let the daemons read them; tells whether there was anything kept.

    Raises:
        ValueError: What is kept cannot be used.
        OSError: A file cannot be written.
        subprocess.CalledProcessError: A daemon does not take it.
    """
    try:
        network = msgspec.json.decode(kept.read_bytes(), type=Network)
    except FileNotFoundError:
        return False
    except UNDECODABLE as error:
        raise ValueError(f"{kept}: cannot be read: {error}") from error
    places = {networking.DOT1X: run / "kiosk-prepare", networking.TIME: run / "systemd" / "timesyncd.conf.d"}
    made = networking.files(network)
    for name in (networking.CABLE, networking.BACKUP, networking.DOT1X, networking.TIME):
        path = places.get(name, run / "systemd" / "network") / name
        if name not in made:
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600 if name == networking.DOT1X else 0o644)
        path.write_text(made[name], encoding="ascii")
    command(("networkctl", "reload"))
    command(("systemctl", "try-restart", "systemd-timesyncd.service"))
    command(("systemctl", "restart" if networking.DOT1X in made else "stop", "kiosk-wired.service"))
    return True
