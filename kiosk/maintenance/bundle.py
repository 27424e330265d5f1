"""The bundle that somebody looks at from afar: how a terminal is and what it did, with nothing of a resident and no key in it.

It is made of what is listed here and of nothing else: no folder is swept up, so that what is added to the terminal later stays out.
"""

import io
import json
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.config import Config, places, sync_settings
from kiosk.maintenance.finding import Finding
from kiosk.texts import say
from sync.contract.words import Language
from sync.device_health import read_device_health
from sync.durable import PART_SUFFIX, sync_folder, write_durably
from sync.errors import SyncError
from sync.heartbeat import release
from sync.line import line_state
from sync.reckoning import Stats

JOURNAL_BYTES: Final = 1_000_000
_JOURNAL_WITHIN_S: Final = 20.0
_FIGURES: Final = frozenset(
    {
        *("sealed", "sent", "complete", "quarantined", "set_aside", "oldest_waiting_s", "waiting_bytes"),
        *("free_bytes", "is_taking", "install", "last_sequence"),
    }
)
_ADDRESSES: Final = frozenset({"terminal", "panel", "voice", "update", "id_card_reader", "receipt_printer", "document_camera"})
"""Tables of the configuration that hold no secret; the city's address is in the certificate anyway."""


def make_bundle(
    config: Config,
    now: datetime,
    findings: Iterable[Finding],
    stats: Callable[[], Stats],
    journal: Callable[[], bytes] | None = None,
) -> bytes:
    """Return the bundle, a tar file under xz.

    Args:
        config: The terminal's.
        now: Aware.
        findings: What was found of each part; they are asked while the bundle is made.
        stats: Figures of the outbox; may raise SyncError, which is noted.
        journal: The log of the terminal's units; this machine's when left out.
    """
    own, settings = places(config), sync_settings(config)
    line = line_state(settings.outbox)
    parts: dict[str, bytes] = {
        "about.json": _json({"terminal": config.terminal.id, "at": now.isoformat(), "release": release(), "line": line.state.value}),
        "findings.json": _json([_finding(one) for one in findings]),
        "outbox.json": _json(_figures(stats)),
        "devices.json": _json([msgspec.to_builtins(one) for one in read_device_health(settings.device_health)]),
        "config.json": _json(_shown(config)),
        "journal.log": (journal or journal_of_units)()[-JOURNAL_BYTES:],
    }
    for name, path in (("acts", own.maintenance / "acts"), ("updates.json", own.update / "notes.json")):
        if path.is_file():
            parts[name] = path.read_bytes()
    for counts in sorted(own.counts.glob("*.json")):
        parts[f"counts/{counts.name}"] = counts.read_bytes()
    return _packed(parts, now)


def journal_of_units() -> bytes:
    """Return what the terminal's own units logged: events of closed sets, by a test; empty where there is no journal."""
    words = ["journalctl", "--unit=kiosk-*", "--boot=all", "--output=short-iso-precise", "--lines=20000", "--no-pager", "--quiet"]
    try:
        return subprocess.run(words, capture_output=True, timeout=_JOURNAL_WITHIN_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return b""


def _figures(stats: Callable[[], Stats]) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = stats()
    except SyncError as error:
        return {"unreadable": type(error).__name__}
    return {name: value for name, value in found.items() if name in _FIGURES}


def _finding(one: Finding) -> dict[str, Any]:
    said = say(one.text_key, Language.ZH, **one.facts)
    return {"check": one.check, "verdict": one.verdict, "saying": one.saying, "facts": dict(one.facts), "text": said}


def _shown(config: Config) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(config, enc_hook=str)
    return {name: table for name, table in told.items() if name in _ADDRESSES}


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()


def _packed(parts: Mapping[str, bytes], now: datetime) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as tar:
        for name, content in parts.items():
            member = tarfile.TarInfo(f"bianmin-{now:%Y%m%d-%H%M%S}/{name}")
            member.size, member.mtime, member.mode = len(content), int(now.timestamp()), 0o600
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def write_bundle(folder: Path, terminal: str, now: datetime, content: bytes) -> Path:
    """Write a bundle to a stick, whole or not at all.

    Raises:
        OSError: The stick does not take it.
    """
    return _written(folder / f"bianmin-{terminal}-{now:%Y%m%d-%H%M%S}.tar.xz", content)


def write_film(folder: Path, terminal: str, now: datetime, content: bytes) -> Path:
    """Write the film of an invented visit beside it.

    Raises:
        OSError: The stick does not take it.
    """
    return _written(folder / f"bianmin-{terminal}-{now:%Y%m%d-%H%M%S}.webm", content)


def _written(path: Path, content: bytes) -> Path:
    try:
        write_durably(path, content)
        sync_folder(path.parent)
    except OSError:
        with suppress(OSError):  # a stick that is full is not left fuller
            path.with_name(path.name + PART_SUFFIX).unlink(missing_ok=True)
        raise
    return path
