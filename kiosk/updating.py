"""Puts the update agent together for this terminal."""

import json
import math
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from kiosk.config import Config, ConfigError, Update, places, sync_settings
from kiosk.own_outbox import open_outbox
from kiosk.sent_down import feeds_of
from kiosk.supervisor import kiosk_command
from peripherals.receipt_printer import PrinterStatus
from peripherals.values import dataclass
from sync import identity
from sync.certificate_time import BUILT_AT
from sync.contract.names import TerminalId
from sync.contract.steering import SETTINGS, applied
from sync.device_health import read_device_health
from sync.errors import SyncError
from sync.heartbeat import release
from sync.line import line_state
from sync.proxy import proxy_at
from sync.update.agent import Agent
from sync.update.channel import Channel
from sync.update.decide import Moment
from sync.update.driven import DdiServer, Driven
from sync.update.journal import JournalFile
from sync.update.known_time import KnownTime
from sync.update.line import Line
from sync.update.rauc_slots import RaucSlots
from sync.update.slots import Slots
from sync.update.staging import StagingFolder
from sync.update.stick import StickLine
from sync.update.virtual_slots import VirtualSlots

_VISIT_S = 300.0
_PAPERLESS = {PrinterStatus.PAPER_OUT, PrinterStatus.COVER_OPEN, PrinterStatus.ABSENT, PrinterStatus.SILENT}


@dataclass(frozen=True, slots=True)
class Updating:
    """The agent and its slots."""

    agent: Agent
    slots: Slots
    journal: JournalFile
    driven: Driven | None = None  # by a DDI server; what it asked for is answered there


def open_updating(
    config: Config, config_file: Path, *, stick: Path | None = None, any_time: bool = False, is_attended: bool = False
) -> Updating:
    """Put it together.

    Args:
        config: The terminal's.
        config_file: Where it was read from, for the visit's own process.
        stick: A folder that holds the channel, instead of the server.
        any_time: Somebody stands there and wants it now: the window of the rollout does not bind.
        is_attended: Whoever stands there is a technician at the menu, and not a resident who must not be disturbed.

    Raises:
        ConfigError: There is no [update] table, or what it names cannot be read.
    """
    update = config.update
    if update is None:
        raise ConfigError("the configuration has no [update] table; see docs/en/updates.md")
    folder = places(config).update
    (folder / "channel").mkdir(parents=True, exist_ok=True, mode=0o700)
    _bring_root(update, folder / "channel" / "root.json")
    settings = sync_settings(config)
    line = Line(proxy=proxy_at(settings.proxy, settings.proxy_login)) if stick is None else StickLine()
    time = KnownTime(folder / "known-time", BUILT_AT, lambda: _best_clock(config))
    url = update.url if stick is None else StickLine.url_of(stick)
    journal = JournalFile(folder / "notes.json")
    slots = _slots(update, folder, journal)
    channel = Channel(url, update.channel, update.board, folder / "channel", line, time)
    driven = None if stick is not None else _driven(config, update, channel, slots, journal)
    agent = Agent(
        terminal=TerminalId(config.terminal.id),
        form=update.form or update.board,
        channel=driven or channel,
        # The cap is for a line that others need, too; whoever brings a stick stands there and waits.
        staging=StagingFolder(folder / "staging", line, float(told_update(config, update).bytes_s) if stick is None else math.inf),
        slots=slots,
        journal=journal,
        moment=lambda: _moment(config, time.now(), any_time=any_time, is_attended=is_attended),
        visit=lambda: prove(config_file),
        now=time.now,
    )
    return Updating(agent, slots, journal, driven)


def _driven(config: Config, update: Update, channel: Channel, slots: Slots, journal: JournalFile) -> Driven | None:
    """Let a DDI server say which and when, where the configuration names one; a technician's stick needs nobody's leave."""
    if update.ddi_url is None:
        return None
    try:
        token = "" if update.ddi_token_file is None else update.ddi_token_file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{update.ddi_token_file}: [update] ddi_token_file cannot be read: {error}") from error

    def facts() -> dict[str, str]:
        return {
            "hw_boardname": update.board,
            "hw_revision": update.form or "default",
            "sw_version": slots.state().running,
            "channel": update.channel,
            "slot": slots.state().booted,
        }

    settings = sync_settings(config)
    proxy = proxy_at(settings.proxy, settings.proxy_login)
    server = DdiServer(update.ddi_url, TerminalId(config.terminal.id), token, update.ddi_ca_file, proxy)
    return Driven(server, channel, slots, journal, facts, told_update(config, update).poll_s)


def told_update(config: Config, update: Update) -> Update:
    """Return the table with what operations set from afar put in; how fast a download is and how often the channel is asked."""
    try:
        told = feeds_of(config).read(SETTINGS, _best_clock(config)).current
    except SyncError:
        return update
    held = {} if told is None else applied(told).values
    bytes_s, poll_s = held.get("download_bytes_s", update.bytes_s), held.get("poll_s", update.poll_s)
    return msgspec.structs.replace(update, bytes_s=int(bytes_s), poll_s=float(poll_s))


def prove(config_file: Path) -> str:
    """Walk the visit in a process of its own, under a deadline; return the stage that failed, or nothing."""
    words = kiosk_command("update", "visit", "--config", str(config_file), "--json")
    try:
        ended = subprocess.run(words, capture_output=True, timeout=_VISIT_S, check=False)
        said = json.loads(ended.stdout)
    except subprocess.TimeoutExpired:
        return "visit:too_slow"
    except (OSError, ValueError):
        return "visit:ended"
    return "" if ended.returncode == 0 else str(said.get("failed", "visit:ended"))


def _slots(update: Update, folder: Path, journal: JournalFile) -> Slots:
    if update.slots == "rauc":
        return RaucSlots(release(), lambda: journal.read().ran_before)
    if update.image_keys is None:
        raise ConfigError('[update] slots = "virtual" needs image_keys: the folder of keys that may sign images')
    machine = folder / "slots"
    if not (machine / "slots.json").exists():
        VirtualSlots.make(machine, release())
    return VirtualSlots(machine, update.board, identity.trusted_keys(update.image_keys))


def _bring_root(update: Update, kept: Path) -> None:
    try:
        content = update.root_file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{update.root_file}: {error.strerror}; [update] root_file is the channel's 1.root.json") from error
    if not kept.exists() or kept.read_bytes() != content:
        kept.write_bytes(content)  # a newer image brings a newer root; what was verified since lies beside it


def _best_clock(config: Config) -> datetime:
    """Return this machine's time, put right by what the city said last."""
    ahead_s = line_state(sync_settings(config).outbox).clock_offset_s or 0.0
    return datetime.now(UTC) + timedelta(seconds=ahead_s)


def _moment(config: Config, now: datetime, *, any_time: bool, is_attended: bool) -> Moment:
    own, settings = places(config), sync_settings(config)
    health = {device.name: device.status for device in read_device_health(settings.device_health)}
    printer = health.get("receipt_printer", PrinterStatus.READY)
    outbox = open_outbox(config)
    try:
        figures = outbox.stats()
    finally:
        outbox.close()
    return Moment(
        local=now.astimezone(ZoneInfo(config.terminal.zone)),
        is_idle=is_attended or not own.occupied.exists(),
        has_paper=printer not in _PAPERLESS,
        waiting=figures["sealed"] + figures["sent"],
        has_room=figures["is_taking"],
        is_any_time=any_time,
    )
