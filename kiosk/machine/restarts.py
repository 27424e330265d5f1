"""Starting a device's process or the machine anew, as an operator ordered from afar: the screen asks, a unit of root's does it.

The screen has no right to either. It lays a request down in a folder that only it may write; the unit believes nothing that does not
decode, knows two requests, and looks once more whether somebody stands there.
"""

import os
import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from sync.contract.decoding import UNDECODABLE
from sync.contract.steering import RemoteDevice

RESTARTS: Final = Path("/run/kiosk-restarts")
"""Made at boot where the unit is; gone with the power, so that no request outlives the restart that it asked for."""

SETTLED_S: Final = 300.0
"""A machine that runs for less is not restarted from afar: whatever goes wrong, it never goes round in circles."""

ANSWER_S: Final = 20.0
NOBODY: Final = "nobody_answered"
_REQUEST: Final = "request.json"
_MOST_BYTES: Final = 1024


class Refusal(StrEnum):
    """Why a request was not carried out; the request's file gets this name."""

    NOT_ONE = "not_one"
    NO_SUCH_DEVICE = "no_such_device"
    IN_USE = "in_use"
    TOO_SOON = "too_soon"
    FAILED = "failed"


class RestartRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device's process, or without one the machine."""

    device: RemoteDevice | None = None


def ask(folder: Path, request: RestartRequest, within_s: float = ANSWER_S) -> str:
    """Lay a request down and wait until it is taken; return why it was not carried out, or nothing.

    Raises:
        OSError: It cannot be written.
    """
    for refusal in Refusal:
        (folder / refusal).unlink(missing_ok=True)
    draft, path = folder / "request.new", folder / _REQUEST
    draft.write_bytes(msgspec.json.encode(request))
    draft.replace(path)
    until_s = time.monotonic() + within_s
    while path.exists() and time.monotonic() < until_s:
        time.sleep(0.05)
    if path.exists():
        path.unlink(missing_ok=True)
        return NOBODY
    return next((refusal.value for refusal in Refusal if (folder / refusal).exists()), "")


def carry_out(
    folder: Path, devices: Collection[str], *, is_occupied: bool, up_s: float, command: Callable[[Sequence[str]], None]
) -> RestartRequest | Refusal | None:
    """Do what is asked for, once; return that, or why not, or None where nothing was asked for.

    Args:
        folder: Where requests lie.
        devices: Those that this terminal has.
        is_occupied: Whether somebody stands there.
        up_s: How long the machine has been running.
        command: Runs a program.
    """
    path = folder / _REQUEST
    try:
        content = _read(path)
    except FileNotFoundError:
        return None
    except OSError:  # a link, or a folder
        return _refused(path, Refusal.NOT_ONE)
    try:
        request = msgspec.json.decode(content, type=RestartRequest)
    except UNDECODABLE:
        return _refused(path, Refusal.NOT_ONE)
    device = None if request.device is None else request.device.value
    if is_occupied:
        return _refused(path, Refusal.IN_USE)
    if device is not None and device not in devices:
        return _refused(path, Refusal.NO_SUCH_DEVICE)
    if device is None and up_s < SETTLED_S:
        return _refused(path, Refusal.TOO_SOON)
    words = ("systemctl", "--no-block", "reboot") if device is None else ("systemctl", "restart", f"kiosk-device@{device}.service")
    taken = path.with_name("taken")
    path.replace(taken)  # gone before it happens, so that it happens once
    try:
        command(words)
    except (OSError, subprocess.SubprocessError):
        return _refused(taken, Refusal.FAILED)
    return request


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _MOST_BYTES)
    finally:
        os.close(descriptor)


def _refused(path: Path, refusal: Refusal) -> Refusal:
    """Say why by renaming the request: nothing is ever written where somebody without rights could lay a link."""
    path.replace(path.with_name(refusal.value))
    return refusal
