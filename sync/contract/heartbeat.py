"""How a terminal is: what the people who look after many of them have to know, and nothing about residents."""

from datetime import date, datetime

import msgspec

from sync.contract.names import InstallId, TerminalId

MAX_BYTES = 16 * 1024


class DeviceHealth(msgspec.Struct, frozen=True, omit_defaults=True):
    """One device as its desk last saw it. `status` is a value of the device's own closed set, such as `paper_out`."""

    name: str
    status: str
    since: datetime | None = None  # UTC, by the terminal's clock


class SlipDay(msgspec.Struct, frozen=True):
    """One day of the terminal's calendar: applications handed in, and slips that came out for them."""

    day: date
    handed_in: int
    printed: int


class Heartbeat(msgspec.Struct, frozen=True, omit_defaults=True):
    """Body of the PUT; each replaces the one before.

    Attributes:
        format: 1.
        terminal: Whose it is.
        install: Which installation of the terminal's outbox.
        sent_at: UTC, by the terminal's clock, however wrong that is.
        release: The version of the terminal's program.
        is_taking: Whether it takes applications now.
        waiting: Applications that the city does not have whole.
        oldest_waiting_s: How long the oldest of them has waited.
        waiting_bytes: What is still to be sent.
        quarantined: Applications set aside for staff.
        damaged_set_aside: Damaged databases that somebody should look at.
        last_sequence: The number of the newest application of this installation.
        free_bytes: Free space under the outbox.
        clock_offset_s: How far the city's clock is ahead of the terminal's, as learnt from its answers.
        certificate_days: Full days until the terminal's certificate is over; absent when it has none.
        authority_days: Full days until the city's own authority, as the terminal knows it, is over.
        uptime_s: Since the machine started.
        boot: The kernel's random name of this start. A name that comes back after another one means two machines with one key.
        devices: Health of each device.
        slips: The last days, how many applications were handed in and how many slips were printed for them; oldest first.
        versions: What else has a version, by name: libraries, feeds, item packages.
    """

    format: int
    terminal: TerminalId
    install: InstallId
    sent_at: datetime
    release: str
    is_taking: bool
    waiting: int
    quarantined: int
    free_bytes: int
    last_sequence: int
    waiting_bytes: int = 0
    oldest_waiting_s: float | None = None
    damaged_set_aside: int = 0
    clock_offset_s: float | None = None
    certificate_days: int | None = None
    authority_days: int | None = None
    uptime_s: float | None = None
    boot: str = ""
    devices: tuple[DeviceHealth, ...] = ()
    slips: tuple[SlipDay, ...] = ()
    versions: dict[str, str] = {}
