"""The terminal's one configuration file: TOML in, one frozen tree out, checked whole before anything starts."""

import tomllib
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kiosk import complaint
from peripherals.fittings import Contact, Light
from peripherals.receipt_printer import Charset
from peripherals.values import dataclass
from sync.contract.names import TerminalId
from sync.settings import SyncSettings


class ConfigError(ValueError):
    """The configuration cannot be used; the message says where it stands, what is wrong, and what to write instead."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One table of the file."""


AUTO = "auto"
Words = Annotated[str, msgspec.Meta(min_length=1)]
Millimetres = Annotated[float, msgspec.Meta(ge=10, le=500)]
Hours = Annotated[str, msgspec.Meta(pattern=r"^$|^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")]
Pixels = Annotated[int, msgspec.Meta(ge=320, le=8192)]


def _from_to(hours: str) -> tuple[time, time] | None:
    begin, _, end = hours.partition("-")
    return (time.fromisoformat(begin), time.fromisoformat(end)) if begin and begin != end else None


class Terminal(Section, frozen=True):
    """Who this terminal is."""

    id: Words  # as the city admitted it, such as SY-HP-0173
    community: Words  # 晴岚社区: in the head of every page and slip
    folder: Path  # keys, outbox, catalogue; relative to the file
    zone: str = "Asia/Shanghai"  # in which times are shown and printed
    hotline: Words = "12345"
    staff: Words = "1 号窗口"  # where help is found
    stick: Path = Path("/run/kiosk-stick")  # where a technician's stick is laid


class Panel(Section, frozen=True):
    """The glass. Sizes on it are millimetres, so its pitch must be right."""

    width_px: Pixels = 1080
    height_px: Pixels = 1920
    pitch_mm: Annotated[float, msgspec.Meta(ge=0.05, le=2.0)] = 0.248
    bottom_mm: Annotated[int, msgspec.Meta(ge=0, le=2000)] = 780  # from the floor to the lower edge of the glass
    fullscreen: bool = True
    rotation: Literal[0, 90, 180, 270] = 0  # by how many degrees the picture is turned, counter-clockwise; touches are turned with it
    dark: Hours = ""  # such as 19:00-06:30: the colours are dark of themselves
    off: Hours = ""  # such as 22:00-06:00: the display is switched off while nobody touches it

    @property
    def dark_hours(self) -> tuple[time, time] | None:
        """From when until when the colours are dark of themselves."""
        return _from_to(self.dark)

    @property
    def off_hours(self) -> tuple[time, time] | None:
        """From when until when the display is off."""
        return _from_to(self.off)


class City(Section, frozen=True):
    """The city's end, and the keys by which it is known."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https://[^/?#]+/?$")]  # https://host or https://host:port
    ca_file: Path
    keys_folder: Path  # public keys in sealing-keys/, receipt-keys/ and catalogue-keys/, as `city init` makes them in public/
    proxy: Annotated[str, msgspec.Meta(pattern=r"^(http://[^/?#@]+:\d{1,5})?$")] = ""  # http://host:port; its login is keys/proxy-login


class IdCardReader(Section, frozen=True):
    """SAM module on a serial line."""

    port: Words  # /dev/ttyUSB0, or "auto" to find it by asking, whatever its port is called
    baud: Annotated[int, msgspec.Meta(gt=0)] = 115200


class ChipCardReader(Section, frozen=True):
    """PC/SC reader for social security cards."""

    reader: Words | None = None  # its name, or a part of it; any reader when left out
    service: Path | None = None  # socket of the card service; the machine's own pcscd when left out


class CodeScanner(Section, frozen=True):
    """Scanner of QR codes and barcodes."""

    source: Words  # /dev/ttyACM0, serial:///dev/ttyS1?baud=9600, or a camera as for the papers


class ReceiptPrinter(Section, frozen=True):
    """ESC/POS printer."""

    device: Annotated[
        str, msgspec.Meta(pattern=r"^(tcp|serial|usb|usblp|cups|ipp)://")
    ]  # tcp://host:port, serial:///dev/…?baud=…, usb://vid:pid, usblp:///dev/usb/lp0, cups://queue
    width_dots: Annotated[int, msgspec.Meta(ge=256, multiple_of=8)] = 576  # 80 mm paper; 384 is 58 mm
    roll_m: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 80.0  # length of a new roll (a sample); what is left is counted from it
    text: Charset | None = None  # gb18030, gbk or gb2312: in the printer's own letters where it has them all; else always drawn


class DocumentCamera(Section, frozen=True):
    """Camera over the papers."""

    source: Words  # /dev/video0, or the address of an MJPEG stream
    ocr: Literal["rapidocr", "none"] = "none"  # what reads the print on papers, to offer it to the form; rapidocr is an extra


class DocumentPrinter(Section, frozen=True):
    """Printer of whole pages, for certificates and notices."""

    device: Annotated[str, msgspec.Meta(pattern=r"^(cups|ipp)://")]  # cups://queue, cups://host:port/queue, ipp://host:port/path


class Line(Section, frozen=True):
    """One line of a board."""

    line: Annotated[int, msgspec.Meta(ge=0, le=1023)]
    active_low: bool = True  # a contact to ground, or a light that ground switches on


class Fittings(Section, frozen=True):
    """Lights, door, headphone plug and buttons on the lines of one board."""

    board: Words  # /dev/gpiochip0, or unix:PATH of a virtual one
    contacts: dict[Contact, Line] = {}
    lights: dict[Light, Line] = {}


class SignaturePad(Section, frozen=True):
    """Signature pad on a serial line; without one the screen is signed on."""

    port: Words
    baud: Annotated[int, msgspec.Meta(gt=0)] = 19200
    form: Words = "lines"  # or package.module:Class, a maker's own
    width_mm: Millimetres = 100.0  # of the part that is written on
    height_mm: Millimetres = 60.0


class Voice(Section, frozen=True):
    """What speaks in the audio mode and when a page is read aloud."""

    engine: Literal["espeak", "none"] = "espeak"
    player: Words = "aplay -q -t raw -f S16_LE -r 22050 -c 1 -"  # takes samples on its input: 22,050 a second, 16 bits, one channel
    recordings: Path | None = None  # folder of recorded sentences, as `kiosk voice prompts` lists them


class Bench(Section, frozen=True):
    """Virtual hardware that `kiosk bench` runs at the devices' addresses above; only in sandboxes and training rooms."""

    folder: Path
    vpcd: Words | None = None  # host:port of a virtual reader's slot; `kiosk bench` runs its pcscd where chip_card_reader.service is given


class Update(Section, frozen=True):
    """Signed updates, and the slots that they are written to."""

    url: Annotated[
        str, msgspec.Meta(pattern=r"^https?://[^?#]+$")
    ]  # where metadata/ and targets/ are; what comes is believed for its signatures
    root_file: Path  # the channel's 1.root.json, as the image brings it
    board: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]  # such as x86-64
    channel: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")] = "stable"
    form: str = ""  # the make, such as 竖屏 21.5, where a rollout may leave some out
    slots: Literal["rauc", "virtual"] = "rauc"
    image_keys: Path | None = None  # folder of keys that may sign images; for virtual slots, RAUC has its own
    bytes_s: Annotated[int, msgspec.Meta(gt=0)] = 524_288  # no download is faster
    poll_s: Annotated[float, msgspec.Meta(ge=5)] = 300.0
    ddi_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^?#]+$")] | None = None  # a hawkBit or gooseBit that says when; with tenant
    ddi_token_file: Path | None = None  # its target token for this terminal
    ddi_ca_file: Path | None = None  # whose certificate it must have; else one that the system trusts


class Config(Section, frozen=True):
    """The whole file."""

    terminal: Terminal
    city: City
    id_card_reader: IdCardReader
    receipt_printer: ReceiptPrinter
    document_camera: DocumentCamera
    chip_card_reader: ChipCardReader | None = None
    code_scanner: CodeScanner | None = None
    document_printer: DocumentPrinter | None = None
    fittings: Fittings | None = None
    signature_pad: SignaturePad | None = None
    panel: Panel = msgspec.field(default_factory=Panel)
    voice: Voice = msgspec.field(default_factory=Voice)
    bench: Bench | None = None
    update: Update | None = None


_FORMS = {
    "dark": "two times, such as 19:00-06:30; leave it out for never",
    "off": "two times, such as 22:00-06:00; leave it out for never",
    "board": "small letters, digits and hyphens, such as x86-64",
    "proxy": "http://host:port; user and password go into keys/proxy-login",
    "channel": "small letters, digits and hyphens, such as stable",
    "url": "https://host or https://host:port, without a path",
    "device": "tcp://host:port, serial:///dev/ttyS0?baud=38400, usb://04b8:0e15, usblp:///dev/usb/lp0 or cups://queue",
}
"""What is wanted where a pattern says it to programs only."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the terminal keeps what; all below its folder."""

    folder: Path

    @property
    def keys(self) -> Path:
        """The terminal's own keys; they never leave it."""
        return self.folder / "keys"

    @property
    def outbox(self) -> Path:
        """Sealed applications that have not reached the city for good."""
        return self.folder / "outbox"

    @property
    def maintenance(self) -> Path:
        """What technicians did, their failed tries, and their test sheets."""
        return self.folder / "maintenance"

    @property
    def uses(self) -> Path:
        """How often each item was handed in here, as counts alone; where the screen's process may write."""
        return self.maintenance / "uses.json"

    @property
    def catalogue(self) -> Path:
        """Signed item packages."""
        return self.folder / "catalogue"

    @property
    def feeds(self) -> Path:
        """What else the city sends down, such as notices."""
        return self.folder / "feeds"

    @property
    def update(self) -> Path:
        """What the update agent keeps: verified metadata, a release on its way, its notes; virtual slots."""
        return self.folder / "update"

    @property
    def occupied(self) -> Path:
        """There while somebody stands before the terminal."""
        return self.sockets / "occupied"

    @property
    def counts(self) -> Path:
        """What each device has done in its life."""
        return self.folder / "devices"

    @property
    def sockets(self) -> Path:
        """Unix sockets of the terminal's processes."""
        return self.folder / "run"


def load(path: Path) -> Config:
    """Read and check the file; relative paths in it count from its folder.

    Raises:
        ConfigError: It is missing, not TOML, has a key that does not exist, lacks one that must, or a value of the wrong kind.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; make one with: kiosk sandbox DIR") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        config = msgspec.convert(tables, Config, dec_hook=_path, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigError(complaint.explained(path, text, str(error), Config, _FORMS)) from error
    _check_zone(path, text, config)
    return _resolved(config, path.resolve().parent)


def places(config: Config) -> Places:
    """Return where this terminal keeps what."""
    return Places(config.terminal.folder)


def local_clock(config: Config) -> Callable[[], datetime]:
    """Return the wall clock, aware, in the terminal's zone."""
    zone = ZoneInfo(config.terminal.zone)
    return lambda: datetime.now(zone)


def sync_settings(config: Config) -> SyncSettings:
    """Return what the sending side has to know."""
    own, city = places(config), config.city
    return SyncSettings(
        url=city.url,
        terminal=TerminalId(config.terminal.id),
        ca_file=city.ca_file,
        city_keys=city.keys_folder / "sealing-keys",
        receipt_keys=city.keys_folder / "receipt-keys",
        catalogue_keys=city.keys_folder / "catalogue-keys",
        request_key=own.keys / "request.pem",
        outbox=own.outbox,
        outbox_key=own.keys / "outbox.key",
        catalogue=own.catalogue,
        feeds=own.feeds,
        ask_socket=own.sockets / "ask.sock",
        proxy=city.proxy,
        stick=config.terminal.stick,
    )


def _check_zone(path: Path, text: str, config: Config) -> None:
    try:
        ZoneInfo(config.terminal.zone)
    except (ZoneInfoNotFoundError, ValueError):
        what = f"{config.terminal.zone!r} is no time zone; such as Asia/Shanghai"
        raise ConfigError(complaint.told(path, text, ["terminal", "zone"], what)) from None


def _path(type_: type, value: Any) -> Any:  # noqa: ANN401 - msgspec's hook
    if type_ is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(f"{type_} is not in the file")


def _resolved(config: Config, base: Path) -> Config:
    replace = msgspec.structs.replace
    return replace(
        config,
        terminal=replace(config.terminal, folder=base / config.terminal.folder, stick=base / config.terminal.stick),
        city=replace(config.city, ca_file=base / config.city.ca_file, keys_folder=base / config.city.keys_folder),
        id_card_reader=replace(config.id_card_reader, port=_port(base, config.id_card_reader.port)),
        chip_card_reader=config.chip_card_reader
        and replace(config.chip_card_reader, service=_below(base, config.chip_card_reader.service)),
        fittings=config.fittings and replace(config.fittings, board=_board(base, config.fittings.board)),
        signature_pad=config.signature_pad and replace(config.signature_pad, port=str(base / config.signature_pad.port)),
        code_scanner=config.code_scanner and replace(config.code_scanner, source=_source(base, config.code_scanner.source)),
        voice=replace(config.voice, recordings=config.voice.recordings and base / config.voice.recordings),
        bench=None if config.bench is None else replace(config.bench, folder=base / config.bench.folder),
        update=None if config.update is None else _update_resolved(config.update, base),
    )


def _below(base: Path, path: Path | None) -> Path | None:
    return None if path is None else base / path


def _port(base: Path, port: str) -> str:
    return port if port == AUTO else str(base / port)


def _source(base: Path, source: str) -> str:
    """Return a scanner's or camera's address; a bare path counts from the file's folder."""
    return source if "://" in source or source.isdecimal() else str(base / source)


def _board(base: Path, board: str) -> str:
    return f"unix:{base / board.removeprefix('unix:')}" if board.startswith("unix:") else board


def _update_resolved(update: Update, base: Path) -> Update:
    named = ("image_keys", "ddi_token_file", "ddi_ca_file")
    files = {name: base / path for name in named if (path := getattr(update, name)) is not None}
    return msgspec.structs.replace(update, root_file=base / update.root_file, **files)
