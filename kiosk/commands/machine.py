"""`kiosk machine`: what the terminal's own units run at boot. Not for a developer's desk: it writes under /run and talks to systemd."""

import argparse
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.staying import staying

if TYPE_CHECKING:
    from kiosk.config import Config
    from kiosk.machine.decommission import Proof
    from kiosk.machine.prepare import Refused

RUN = Path("/run")
PREPARED = RUN / "kiosk-prepare"
DATA = Path("/data")
CONFIG = DATA / "kiosk" / "kiosk.toml"
CREDENTIALS = DATA / "kiosk" / "credentials"
NOTES = DATA / "kiosk" / "terminal" / "update" / "notes.json"  # not by the configuration, which the new release may not be able to read
_SCRATCH = RUN / "kiosk-keys"
_PRINT_WITHIN_S = 30.0


def register(commands: Commands) -> None:
    """Add `machine`."""
    group = commands.add_parser("machine", help="what a terminal's own units run at boot").add_subparsers(required=True, metavar="COMMAND")
    parser = add_command(
        group, "prepare", prepare, "check data, configuration and keys, and say what each unit may reach", "kiosk machine prepare"
    )
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser = add_command(
        group,
        "seal-keys",
        seal,
        "seal the depot's keys to this machine, and make those that are missing",
        "kiosk machine seal-keys",
    )
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser = add_command(
        group,
        "draw-troubles",
        draw_troubles,
        'draw the pictures that say "out of order"',
        "kiosk machine draw-troubles --out build/troubles",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser = add_command(group, "network", network, "let this boot use the network as it was set up", "kiosk machine network")
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser = add_command(
        group, "help-set-up", help_set_up, "do what the first-boot wizard asks for and may not do itself", "kiosk machine help-set-up"
    )
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--zone", default="Asia/Shanghai", help="in which a watch is read")
    parser = add_command(
        group,
        "leave-unproven",
        leave_unproven,
        "start the machine again when a new release does not come up; the loader counts, and goes back",
        "kiosk machine leave-unproven",
    )
    parser.add_argument("--notes", type=Path, default=NOTES, help="the update agent's notes")
    parser = add_command(
        group,
        "keep",
        keep,
        "do what takes root's rights for a technician at the menu, until SIGTERM",
        "kiosk machine keep --config kiosk.toml",
    )
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser = add_command(
        group,
        "attend-stick",
        attend_stick,
        "let a technician's stick in while the keeper wants one, and take it out again",
        "kiosk machine attend-stick",
    )
    parser.add_argument("--take-out", action="store_true", help="only take out what a process before left in")
    parser = add_command(
        group,
        "restart-asked",
        restart_asked,
        "start anew what was ordered from afar, if nobody stands there",
        "kiosk machine restart-asked",
    )
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser = add_command(
        group,
        "decommission",
        decommission,
        "destroy the terminal's keys and data, and print a proof; nothing of it comes back",
        "kiosk machine decommission --config /data/kiosk/kiosk.toml --by E-02 --terminal SY-HP-0173",
    )
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--by", required=True, help="who does it, such as a technician's number")
    parser.add_argument("--terminal", required=True, metavar="ID", help="the terminal's id once more, so that no other one is meant")
    parser.add_argument("--proof", type=Path, metavar="FILE", help="where the proof is kept besides; outside the terminal's own folder")
    parser.add_argument("--even-if-waiting", action="store_true", help="although the city does not have everything yet")


def prepare(words: argparse.Namespace) -> Answer:
    """Prepare this boot; what stands in the way is noted for the picture that says so."""
    from kiosk.machine import prepare as preparing
    from kiosk.machine.console import deafen
    from kiosk.machine.out_of_order import KEPT
    from kiosk.machine.trouble import note

    PREPARED.mkdir(exist_ok=True)
    deafen()
    outcome = preparing.prepare(words.config, DATA, preparing.resolved)
    match outcome:
        case preparing.Prepared():
            preparing.keep_rotation(outcome.rotation, PREPARED, KEPT)
            outcome = _with_keys() or outcome
        case preparing.Refused():
            pass
        case _:
            assert_never(outcome)
    if isinstance(outcome, preparing.Refused):
        note(PREPARED, outcome.trouble)
        return Answer({"status": outcome.trouble, "detail": outcome.detail}, outcome.detail, done=False)
    note(PREPARED, None)
    if preparing.write(outcome, RUN):
        subprocess.run(["systemctl", "daemon-reload"], check=True)
    subprocess.run(["nft", "-f", str(PREPARED / "callers.nft")], check=True)
    units = [f"kiosk-device@{device.device}.service" for device in outcome.permissions.devices]
    units += ["kiosk-update.service"] if outcome.permissions.updates is not None else []
    subprocess.run(["systemctl", "--no-block", "start", *units], check=True)  # beside the three that every terminal has
    unresolved = f"; not known now: {', '.join(outcome.unresolved)}" if outcome.unresolved else ""
    return Answer({"status": "prepared", "unresolved": outcome.unresolved}, f"prepared{unresolved}")


def _with_keys() -> "Refused | None":
    from kiosk.machine.keys import check_keys
    from kiosk.machine.prepare import Refused
    from kiosk.machine.trouble import Trouble

    try:
        check_keys(CREDENTIALS)
    except OSError as error:
        return Refused(Trouble.KEYS, str(error))
    return None


def seal(words: argparse.Namespace) -> Answer:
    """Seal what is not sealed yet."""
    from kiosk.config import ConfigError, load
    from kiosk.machine.keys import seal_keys
    from sync.errors import SettingsError

    try:
        sealed = seal_keys(load(words.config), CREDENTIALS, _SCRATCH)
    except (OSError, ConfigError, SettingsError) as error:
        return Answer({"status": "not_sealed", "detail": str(error)}, str(error), done=False)
    return Answer({"status": "sealed", "keys": sealed}, f"sealed: {', '.join(sealed) or 'nothing was left to seal'}")


def draw_troubles(words: argparse.Namespace) -> Answer:
    """Draw them."""
    from kiosk import assets
    from kiosk.machine.picture import draw_all

    drawn = [str(path) for path in draw_all(words.out, assets.fonts())]
    return Answer({"status": "drawn", "files": drawn}, "\n".join(drawn))


def network(words: argparse.Namespace) -> Answer:
    """Write this boot's files of the network."""
    from kiosk.machine.set_up_helper import apply_network, kept_network

    kept = kept_network(words.config)
    try:
        is_set = apply_network(kept, RUN, _command)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        return Answer({"status": "not_set", "detail": str(error)}, str(error), done=False)
    told = "set" if is_set else f"{kept}: not there; the image's own network is used"
    return Answer({"status": "set" if is_set else "as_the_image"}, told)


def leave_unproven(words: argparse.Namespace) -> Answer:
    """Judge what runs, and start the machine again if it is to be left."""
    from kiosk.machine.unproven import Verdict, judge
    from sync.heartbeat import release
    from sync.update.journal import JournalFile

    asked = subprocess.run(
        ["systemctl", "show", "kiosk-health.service", "--property=SubState", "--value"], capture_output=True, text=True, check=False
    )
    verdict = judge(JournalFile(words.notes).read(), release(), asked.stdout.strip())
    if verdict is Verdict.LEFT:
        subprocess.run(["systemctl", "reboot"], check=True)
    return Answer({"status": verdict.value}, verdict.value)


def help_set_up(words: argparse.Namespace) -> Answer:
    """Carry out the wizard's requests."""
    from zoneinfo import ZoneInfo

    from kiosk.machine.set_up_helper import carry_out
    from kiosk.maintenance.set_up_files import SetUpPlace

    place = SetUpPlace(words.config, words.config, words.config.parent)  # the wizard alone reads the template and the city's folder
    done = carry_out(place, ZoneInfo(words.zone), RUN, _command)
    return Answer({"status": "done", "requests": [one.value for one in done]}, " ".join(done) or "nothing was asked for")


def restart_asked(words: argparse.Namespace) -> Answer:
    """Carry out what the screen asks for and may not do itself."""
    import time

    from kiosk.config import load, places
    from kiosk.devices import installed
    from kiosk.machine.restarts import RESTARTS, Refusal, carry_out

    config = load(words.config)
    names = frozenset(kind.name for kind in installed(config))
    is_occupied = places(config).occupied.exists()
    outcome = carry_out(RESTARTS, names, is_occupied=is_occupied, up_s=time.clock_gettime(time.CLOCK_BOOTTIME), command=_command)
    match outcome:
        case None:
            return Answer({"status": "nothing"}, "nothing was asked for")
        case Refusal():
            return Answer({"status": "refused", "why": outcome.value}, f"not done: {outcome.value}", done=False)
        case request:
            what = request.device.value if request.device is not None else "machine"
            return Answer({"status": "done", "what": what}, f"started anew: {what}")


def _command(words: Sequence[str]) -> None:
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)


def attend_stick(words: argparse.Namespace) -> Answer:
    """Let in, and take out."""
    from kiosk.machine.sticks import TOLD, USB, WANTED, StickUnit

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    unit = StickUnit(WANTED, TOLD, USB, _command)
    if words.take_out:
        unit.take_out()
    else:
        unit.attend(stop)
    return Answer({"status": "taken_out"}, "no stick is in")


def keep(words: argparse.Namespace) -> Answer:
    """Serve the keeper's socket."""
    with staying():
        from kiosk.config import load, places
        from kiosk.keeping import open_keeping
        from kiosk.machine.keeper import SOCKET
        from kiosk.machine.keeping import serve
        from kiosk.machine.notify import beat_in_background, this_service

    config, service = load(words.config), this_service()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())

    def listening() -> None:
        service.ready()
        beat_in_background(service)

    serve(places(config).sockets / SOCKET, open_keeping(config, words.config.resolve()), stop.is_set, listening)
    return Answer({"status": "stopped"}, "")


def decommission(words: argparse.Namespace) -> Answer:
    """Destroy, look, print."""
    import msgspec

    from kiosk.config import load, local_clock, sync_settings
    from kiosk.machine.decommission import decommission as destroy
    from kiosk.own_outbox import stats_of
    from sync import identity
    from sync.errors import SyncError

    config = load(words.config)
    if words.terminal != config.terminal.id:
        return _not_decommissioned("other_terminal", f"this terminal is {config.terminal.id}, not {words.terminal}")
    try:
        figures = stats_of(config)
        waiting = figures["sealed"] + figures["sent"] + figures["quarantined"]
    except SyncError as error:
        if not words.even_if_waiting:
            return _not_decommissioned("unreadable", f"the outbox cannot be opened ({error}); --even-if-waiting goes on all the same")
        waiting = 0
    if waiting and not words.even_if_waiting:
        return _not_decommissioned(
            "waiting", f"{waiting} applications are not with the city: let them be sent, or kiosk outbox export first"
        )
    settings = sync_settings(config)
    has_key = settings.request_key.exists()
    key = identity.request_key(settings.request_key, settings.terminal).key.public_key().public_bytes_raw() if has_key else b""
    proof = destroy(config, words.config.resolve(), words.by, local_clock(config)(), public_key=key, waiting=waiting)
    if words.proof is not None:
        words.proof.write_bytes(msgspec.json.encode(proof))
    printed = _proof_printed(config, proof)
    body = {
        "status": "destroyed" if not proof.left else "left",
        "proof": msgspec.to_builtins(proof),
        "digest": proof.digest,
        "printed": printed,
    }
    paper = "" if printed else ", which did not come out of the printer"
    lines = [f"{proof.keys} keys and {proof.files} files destroyed; proof {proof.digest}{paper}"]
    lines += [f"left: {path}" for path in proof.left]
    lines.append(f"Now withdraw it at the city: city admission withdraw --terminal {proof.terminal} --why …")
    return Answer(body, "\n".join(lines), done=not proof.left)


def _not_decommissioned(status: str, told: str) -> Answer:
    return Answer({"status": status, "detail": told}, told, done=False)


def _proof_printed(config: "Config", proof: "Proof") -> bool:
    from drivers.queued_receipt_printer import receipt_printer_at
    from kiosk import assets
    from kiosk.machine.decommission import proof_blocks
    from kiosk.receipt.drawing import drawn_blocks
    from peripherals.deadline import Deadline
    from peripherals.error import PeripheralError

    try:
        printer = receipt_printer_at(config.receipt_printer.device)
        slip = drawn_blocks(proof_blocks(proof), config.receipt_printer.width_dots, assets.fonts())
        return printer.print(slip, Deadline.after(_PRINT_WITHIN_S + printer.line_s(slip))).printed
    except PeripheralError:
        return False
