"""Puts the keeper together for this terminal."""

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from cryptography.hazmat.primitives.serialization import load_pem_public_key

from kiosk import assets
from kiosk.config import Config, local_clock, places, sync_settings
from kiosk.devices import socket_of
from kiosk.machine.decommission import Proof, decommission, proof_blocks, sweep
from kiosk.machine.keeping import Keeping, Rights
from kiosk.machine.keys import NEW_PROXY_LOGIN, PUBLIC
from kiosk.machine.proxy_file import keep_proxy
from kiosk.maintenance.attempts import Attempts
from kiosk.maintenance.door import Door
from kiosk.maintenance.machine import InstallOutcome, MachineLook
from kiosk.sent_down import feeds_of
from peripherals.deadline import Deadline
from peripherals.secret import Secret
from sync import identity
from sync.contract.technicians import TECHNICIANS, Technicians
from sync.errors import SyncError
from sync.line import line_state

T = TypeVar("T")

_COUNTED_WITHIN_S: Final = 10.0
_PRINT_WITHIN_S: Final = 30.0
_SENDS: Final = "kiosk-sync.service"
_UPDATES: Final = "kiosk-update.service"
_COUNTS: Final = "kiosk-device@*.service"
_STOPPED_WITHIN_S: Final = 30.0


def open_keeping(config: Config, config_file: Path) -> Keeping:
    """Return the keeper, with a door of its own: its tries are counted where the screen's process does not write."""
    now, settings = local_clock(config), sync_settings(config)

    def city_now() -> datetime:
        return now() + timedelta(seconds=line_state(settings.outbox).clock_offset_s or 0.0)

    def told() -> Technicians | None:
        try:
            return feeds_of(config).read(TECHNICIANS, city_now()).current
        except SyncError:
            return None

    door = Door(told, Attempts(places(config).folder / "keeper" / "attempts.json"), city_now)
    return Keeping(door, rights_of(config, config_file))


def rights_of(config: Config, config_file: Path) -> Rights:
    """Return what the keeper may do with this terminal."""
    now = local_clock(config)
    return Rights(
        look=lambda: _look(config),
        install=lambda: _in_turn(config_file, lambda: _install(config)),
        go_back=lambda: _in_turn(config_file, lambda: _go_back(config)),
        terminal=config.terminal.id,
        set_proxy=lambda address, login: _set_proxy(config, config_file, address, login),
        end=lambda by, waiting: _end(config, config_file, by, now(), waiting),
    )


def _look(config: Config) -> MachineLook:
    from kiosk import by_stick  # noqa: PLC0415 - brings what verifies a release; hardly any start needs it

    return by_stick.look(config)


def _install(config: Config) -> InstallOutcome:
    from kiosk import by_stick  # noqa: PLC0415 - as above

    return by_stick.install(config, config.terminal.stick)


def _go_back(config: Config) -> bool:
    from kiosk import by_stick  # noqa: PLC0415 - as above

    return by_stick.go_back(config)


def _set_proxy(config: Config, config_file: Path, address: str, login: Secret[str]) -> bool:
    """Write it down, and start the machine anew where it is one: the units are let out to one address, which is worked out at the start."""
    is_machine = Path("/run/systemd/system").is_dir() and config_file.is_relative_to("/data")
    login_file = config_file.parent / "credentials" / NEW_PROXY_LOGIN if is_machine else sync_settings(config).proxy_login
    keep_proxy(config_file, login_file, address, login)
    if is_machine:
        subprocess.run(("systemctl", "--no-block", "reboot"), check=False, stdin=subprocess.DEVNULL, timeout=_STOPPED_WITHIN_S)
    return is_machine


def _end(config: Config, config_file: Path, by: str, now: datetime, waiting: int) -> tuple[Proof, bool]:
    """Stop the sending process where there are units, so that nothing is written anew; destroy; print over the printer's own process."""
    _order(config_file, "stop", _SENDS)
    _order(config_file, "stop", _UPDATES)
    key, sockets = _public_key(config, config_file), places(config).sockets
    printer_socket = socket_of(config, "receipt_printer")
    proof = decommission(config, config_file, by, now, public_key=key, waiting=waiting, spared=sockets)
    is_printed = _printed(config, printer_socket, proof)
    _await_count(sockets / "receipt_printer.owed")
    _order(config_file, "stop", _COUNTS)
    sweep(config, config_file, sockets)
    return proof, is_printed


def _await_count(owed: Path) -> None:
    """Wait until the printer's process has counted this slip: it leaves a note until it has, and would write after the last sweep."""
    until = Deadline.after(_COUNTED_WITHIN_S)
    while owed.exists() and not until.is_past:
        time.sleep(0.05)


def _in_turn(config_file: Path, work: Callable[[], T]) -> T:
    """Do work on the slots while the update agent stands still; where the machine restarts then, it is started with that."""
    _order(config_file, "stop", _UPDATES)
    try:
        return work()
    finally:
        _order(config_file, "start", _UPDATES)


def _order(config_file: Path, word: str, unit: str) -> None:
    """Stop or start a unit, where the terminal is a machine's own."""
    if Path("/run/systemd/system").is_dir() and config_file.is_relative_to("/data"):
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(("systemctl", word, unit), check=False, stdin=subprocess.DEVNULL, timeout=_STOPPED_WITHIN_S)


def _public_key(config: Config, config_file: Path) -> bytes:
    """Return the terminal's public key, from beside its credentials or from its own; nothing where it never had one."""
    with suppress(OSError, ValueError):
        key = load_pem_public_key((config_file.with_name(PUBLIC)).read_bytes())
        return bytes(key.public_bytes_raw())  # type: ignore[union-attr]
    settings = sync_settings(config)
    if not settings.request_key.exists():
        return b""
    return identity.request_key(settings.request_key, settings.terminal).key.public_key().public_bytes_raw()


def _printed(config: Config, printer_socket: Path, proof: Proof) -> bool:
    from drivers.remote import RemoteReceiptPrinter  # noqa: PLC0415 - once in a terminal's life
    from kiosk.receipt.drawing import drawn_blocks  # noqa: PLC0415 - as above

    slip = drawn_blocks(proof_blocks(proof), config.receipt_printer.width_dots, assets.fonts())
    printer = RemoteReceiptPrinter(printer_socket, config.receipt_printer.device)
    return printer.print(slip, Deadline.after(_PRINT_WITHIN_S + printer.line_s(slip))).printed
