"""Everything the sending side has to know; the terminal's one configuration file is turned into it elsewhere."""

from dataclasses import dataclass, field
from pathlib import Path

from sync.contract.names import TerminalId
from sync.device_health import FILE_NAME
from sync.slip_tally import FILE_NAME as SLIPS_NAME
from sync.space import OutboxLimits

DAY_S = 24 * 3600.0
OUTBOX_KEY_BYTES = 32
LOGIN_FILE = "proxy-login"
"""The proxy's user and password in one line, with a colon between; beside the terminal's keys, and sealed as they are."""


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """Where things are, and how long things may take.

    Attributes:
        url: The city's address, https only, without a path.
        terminal: The id under which the city admitted this terminal.
        ca_file: The certificate authority of the city; no other is believed.
        city_keys: Folder with the public keys to seal to (`*.public.json`).
        receipt_keys: Folder with the public keys by which the city signs receipts (`*.pem`).
        catalogue_keys: Folder with the public keys by which the city signs item packages (`*.pem`).
        request_key: File of the terminal's own Ed25519 key; made when it is not there.
        outbox: Folder of the outbox.
        outbox_key: File of the outbox's key; made when it is not there.
        catalogue: Folder of the signed item packages (`*.item.json`).
        feeds: Folder of what else the city sends down (`*.feed.json`).
        ask_socket: Where the screen's process asks the city something.
        proxy: `http://host:port` of an HTTP proxy on the way to the city; empty where the way is straight.
        stick: Where a technician's stick is laid.
        limits: How much room the outbox wants.
        exchange_s: Longest time for one question and its whole answer.
        lease_s: How long whoever sends an application keeps it from others; longer than an exchange.
        wait_max_s: Longest pause between two tries while the line is down.
        probe_s: How often the line is tried when there is nothing to send.
        fetch_s: How often item packages and feeds are asked for.
        heartbeat_s: How often the city is told how this terminal is.
        retention_s: How long the sealed content stays after the city has all of it.
    """

    url: str
    terminal: TerminalId
    ca_file: Path
    city_keys: Path
    receipt_keys: Path
    catalogue_keys: Path
    request_key: Path
    outbox: Path
    outbox_key: Path
    catalogue: Path
    feeds: Path
    ask_socket: Path
    proxy: str = ""
    stick: Path = Path("/run/kiosk-stick")
    limits: OutboxLimits = field(default_factory=OutboxLimits)
    exchange_s: float = 30.0
    lease_s: float = 90.0
    wait_max_s: float = 900.0
    probe_s: float = 60.0
    fetch_s: float = 600.0
    heartbeat_s: float = 300.0
    retention_s: float = 7 * DAY_S

    @property
    def certificate(self) -> Path:
        """The terminal's certificate; there is none before the city has issued one. Not beside its key, whose folder nobody writes to."""
        return self.feeds.with_name("admission") / "terminal.crt.pem"

    @property
    def proxy_login(self) -> Path:
        """User and password at the proxy, where it wants them: beside the terminal's key, and sealed as that is."""
        return self.request_key.with_name(LOGIN_FILE)

    @property
    def slips(self) -> Path:
        """Where the screen's process counts the slips: beside the outbox, so that a day's count outlives a start."""
        return self.outbox / SLIPS_NAME

    @property
    def device_health(self) -> Path:
        """Where the screen's process says how the devices are: beside its socket, since both live for one start of the machine."""
        return self.ask_socket.with_name(FILE_NAME)

    @property
    def applied_settings(self) -> Path:
        """Where the screen's process says which settings from afar hold."""
        return self.ask_socket.with_name("settings-applied")
