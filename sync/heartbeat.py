"""Puts together how this terminal is."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cryptography import x509

from sync.contract.heartbeat import DeviceHealth, Heartbeat, SlipDay
from sync.contract.names import InstallId, TerminalId
from sync.reckoning import Stats

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PACKAGE = "bianmin-kiosk"
_TOLD = ("cryptography", "sqlcipher3", "kivy")


def heartbeat_of(
    terminal: TerminalId,
    figures: Stats,
    *,
    clock_offset_s: float | None,
    certificate: Path,
    authority: Path,
    devices: tuple[DeviceHealth, ...],
    versions: Mapping[str, str],
    slips: tuple[SlipDay, ...] = (),
) -> Heartbeat:
    """Return the heartbeat of this moment."""
    now = datetime.now(UTC)
    return Heartbeat(
        format=1,
        terminal=terminal,
        install=InstallId(figures["install"]),
        sent_at=now,
        release=release(),
        is_taking=figures["is_taking"],
        waiting=figures["sealed"] + figures["sent"],
        quarantined=figures["quarantined"],
        free_bytes=figures["free_bytes"],
        last_sequence=figures["last_sequence"],
        waiting_bytes=figures["waiting_bytes"],
        oldest_waiting_s=figures["oldest_waiting_s"],
        damaged_set_aside=figures["set_aside"],
        clock_offset_s=clock_offset_s,
        certificate_days=days_left(certificate, now),
        authority_days=days_left(authority, now),
        uptime_s=time.clock_gettime(time.CLOCK_BOOTTIME),
        boot=_boot(),
        devices=devices,
        slips=slips,
        versions={**{name: _version(name) for name in _TOLD}, **versions},
    )


def release() -> str:
    """Return the version of this program."""
    return _version(_PACKAGE)


def days_left(certificate: Path, now: datetime) -> int | None:
    """Return the full days until a certificate is over, negative once it is; None when there is none to read."""
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        return None
    return (read.not_valid_after_utc - now).days


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
