"""`kiosk devices`: which devices this terminal has, how they are, and what they have done. For technicians and scripts."""

import argparse
import contextlib
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drivers.health import Health, counts_of, health_of
from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import Config, load, places
from kiosk.devices import has_worker, installed, workers
from peripherals.deadline import Deadline
from peripherals.values import dataclass

_LOOK_EVERY_S = 0.1
_FIRST_LOOK_S = 8.0  # a worker has looked by then, whatever its device does


def register(commands: Commands) -> None:
    """Add `devices list`, `devices watch` and `devices test`."""
    parser = commands.add_parser("devices", help="all devices of a terminal", description="Look after all devices of a terminal.")
    words = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, help_, example in (
        ("list", _list, "say which devices are configured, and what each has done", "kiosk devices list --config kiosk.toml"),
        ("watch", _watch, "show each change of a device as it happens, until Ctrl-C", "kiosk devices watch --config kiosk.toml --json"),
        ("test", _test, "ask every device how it is", "kiosk devices test --config kiosk.toml --json"),
    ):
        command = add_command(words, name, run, help_, example)
        command.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
        if name == "watch":
            command.add_argument("--seconds", type=_seconds, metavar="S", help="end by itself after so long")


def _seconds(word: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := float(word)) <= 86400:  # false for NaN, too
            return value
    raise argparse.ArgumentTypeError("must be seconds, more than 0 and up to 86400")


def _list(asked: argparse.Namespace) -> Answer:
    config = load(asked.config)
    kept = places(config).counts
    devices = [
        {
            "device": kind.name,
            "address": kind.address(config),
            "has_worker": has_worker(config, kind.name),
            "counts": counts_of(kept, kind.name),
        }
        for kind in installed(config)
    ]
    lines = [f"{found['device']:18}{found['address']}{_counts_in_words(found['counts'])}" for found in devices]
    return Answer({"status": "listed", "devices": devices}, "\n".join(lines))


def _counts_in_words(counts: Any) -> str:  # noqa: ANN401 - JSON
    return "".join(f"\n{'':18}{what.replace('_', ' ')} {count}" for what, count in sorted(counts.items()))


@dataclass(frozen=True, slots=True)
class _Sight:
    """One device as a watcher sees it."""

    device: str
    status: str
    is_fit: bool
    detail: str | None
    is_flapping: bool

    @property
    def body(self) -> dict[str, Any]:
        return {"device": self.device, "status": self.status, "fit": self.is_fit, "detail": self.detail, "flapping": self.is_flapping}

    @property
    def line(self) -> str:
        told = "" if self.detail is None else f": {self.detail}"
        return f"{'✓' if self.is_fit else '✗'} {self.device:18}{self.status}{told}{' (comes and goes)' if self.is_flapping else ''}"


def _sight(config: Config, device: str) -> _Sight | None:
    """Return how the device is by its worker's account, or what the want of one means; None before its first look."""
    health = health_of(places(config).sockets, device)
    if health is not None and _is_current(health):
        return _Sight(device, health.status, health.is_fit, health.detail, health.is_flapping)
    flaps = health is not None and health.flaps_at(time.monotonic())
    if not has_worker(config, device):
        return _Sight(device, "absent", is_fit=False, detail="its process is not running; it is started again", is_flapping=flaps)
    if health is None or not _is_alive(health.worker):
        return None
    return _Sight(device, "silent", is_fit=False, detail="its process hangs; it is ended at its deadline", is_flapping=flaps)


def _is_current(health: Health) -> bool:
    return health.is_told_at(time.monotonic()) and _is_alive(health.worker)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in {"Z", "X"}  # ended, and not yet buried by whoever started it


def _test(asked: argparse.Namespace) -> Answer:
    config = load(asked.config)
    with workers(config, asked.config.resolve()):
        sights = [_first_sight(config, kind.name) for kind in installed(config)]
    is_fit = all(sight.is_fit for sight in sights)
    body = {"status": "fit" if is_fit else "trouble", "devices": [sight.body for sight in sights]}
    return Answer(body, "\n".join(sight.line for sight in sights), done=is_fit)


def _first_sight(config: Config, device: str) -> _Sight:
    deadline = Deadline.after(_FIRST_LOOK_S)
    while (sight := _sight(config, device)) is None and not deadline.is_past:
        time.sleep(_LOOK_EVERY_S)
    return sight or _Sight(device, "silent", is_fit=False, detail="its process did not look at it", is_flapping=False)


def _watch(asked: argparse.Namespace) -> Answer:
    config = load(asked.config)
    seen: dict[str, _Sight] = {}
    with workers(config, asked.config.resolve()), contextlib.suppress(KeyboardInterrupt):
        deadline = Deadline.after(asked.seconds or float("inf"))
        while not deadline.is_past:
            for kind in installed(config):
                sight = _sight(config, kind.name)
                if sight is not None and sight != seen.get(kind.name):
                    seen[kind.name] = sight
                    _say(sight, as_json=asked.json)
            time.sleep(min(_LOOK_EVERY_S, deadline.remaining_s))
    return Answer({"status": "stopped"}, "")


def _say(sight: _Sight, *, as_json: bool) -> None:
    now = datetime.now(UTC).astimezone()
    if as_json:
        line = json.dumps({"at": now.isoformat(timespec="milliseconds"), **sight.body}, ensure_ascii=False)
    else:
        line = f"{now:%H:%M:%S}  {sight.line}"
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
