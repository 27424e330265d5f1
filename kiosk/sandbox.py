"""A city and an enrolled terminal in a folder, to play and test with. Makes files, starts nothing."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk import assets
from kiosk.config import load, sync_settings
from peripherals.values import dataclass
from peripherals.virtual.own_pcscd import free_slot
from sync import identity
from sync.contract.checking import check_source

ITEMS = Path(__file__).resolve().parents[1] / "city" / "items"
EXAMPLE_ITEM = "residence-registration"
TERMINAL = "SY-DEMO-0001"
COMMUNITY = "晴岚社区"
AREA = "990101001004"  # of the sample town that `city init` makes

_TOML = """\
# A sandbox terminal. Every device is virtual: `kiosk bench --config {config}` runs them.

[terminal]
id = "{terminal}"
community = "{community}"
folder = "terminal"
hotline = "12345"
staff = "1 号窗口"

[panel]                      # 21.5 inches, portrait
width_px = 1080
height_px = 1920
pitch_mm = 0.248
fullscreen = false

[city]
url = "{url}"
ca_file = "terminal/city/ca.pem"
keys_folder = "terminal/city"

[id_card_reader]
port = "bench/id-card-reader"

[receipt_printer]
device = "tcp://127.0.0.1:{printer}"
width_dots = 576

[document_camera]
source = "http://127.0.0.1:{camera}/camera.mjpg"

[document_printer]           # whole pages; a real one is cups://queue
device = "ipp://127.0.0.1:{pages}/ipp/print"

[code_scanner]
source = "bench/code-scanner"

[signature_pad]
port = "bench/signature-pad"

[fittings]                   # lights and contacts of the cabinet; a real board is /dev/gpiochip0
board = "unix:bench/fittings.board"
contacts.door = {{ line = 22 }}
contacts.headphones = {{ line = 23 }}
contacts.help_button = {{ line = 24 }}
contacts.back_button = {{ line = 25 }}
contacts.next_button = {{ line = 5 }}
contacts.ok_button = {{ line = 6 }}
lights.card = {{ line = 17, active_low = false }}
lights.printer = {{ line = 27, active_low = false }}
lights.camera = {{ line = 16, active_low = false }}
lights.scanner = {{ line = 20, active_low = false }}
lights.help = {{ line = 21, active_low = false }}

[bench]
folder = "bench"
"""


class SandboxError(ValueError):
    """The sandbox cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What was made, and where."""

    config: Path
    city: Path
    city_url: str
    clerk: dict[str, str]
    example: dict[str, Any]


OWN_SERVICE = "own"
_CHIP_CARDS = """\
vpcd = "{vpcd}"       # where the virtual reader of pcscd listens

[chip_card_reader]
"""
_OWN_SERVICE = 'service = "bench/card-service/pcscd.comm"  # the bench has a pcscd of its own\n'


def make_sandbox(folder: Path, city_port: int | None = None, line_port: int | None = None, vpcd: str | None = None) -> Sandbox:
    """Make a sandbox in an empty or new folder.

    Args:
        folder: Where.
        city_port: On which the city will be served; a free one when left out.
        line_port: Where a virtual line will stand between terminal and city; the terminal then calls that.
        vpcd: Host and port of vpcd's slot, where pcscd runs with that virtual reader; OWN_SERVICE for a pcscd that the bench runs;
            without it the terminal has no chip cards.

    Raises:
        SandboxError: The folder is not empty, or the city's end could not be made.
    """
    was_there = folder.exists()
    try:
        if was_there and any(folder.iterdir()):
            raise SandboxError(f"{folder} is not empty; name a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")  # it holds private keys
    except OSError as error:
        raise SandboxError(f"{folder}: cannot be a sandbox's folder: {error.strerror}") from error
    try:
        return _made(folder, city_port, line_port, vpcd)
    except BaseException:
        for part in folder.iterdir():  # half a sandbox would be taken for a whole one
            shutil.rmtree(part) if part.is_dir() else part.unlink()
        if not was_there:
            folder.rmdir()
        raise


def _made(folder: Path, city_port: int | None, line_port: int | None, vpcd: str | None) -> Sandbox:
    city, terminal = folder / "city", folder / "terminal"
    made = _city("init", "--data", str(city))
    _city("publish-items", "--data", str(city), "--from", str(ITEMS))
    shutil.copytree(city / "public", terminal / "city")
    shutil.copytree(city / "catalogue", terminal / "catalogue")
    port = city_port or free_port()
    url = f"https://127.0.0.1:{port}"
    config = write_config(folder, f"https://127.0.0.1:{line_port}" if line_port else url, vpcd)
    _enrol(config, city)
    return Sandbox(config, city, url, made["clerk"], _example(folder))


def write_config(folder: Path, city_url: str, vpcd: str | None = None) -> Path:
    """Write the file of a terminal whose devices are virtual, at ports that are free now; nothing else of a sandbox is made."""
    (folder / "bench").mkdir(parents=True)
    config = folder / "kiosk.toml"
    config.write_text(
        _TOML.format(
            config=config,
            terminal=TERMINAL,
            community=COMMUNITY,
            url=city_url,
            printer=free_port(),
            camera=free_port(),
            pages=free_port(),
        )
        + _chip_cards(vpcd),
        encoding="utf-8",
    )
    return config


def _chip_cards(vpcd: str | None) -> str:
    if vpcd is None:
        return ""
    if vpcd == OWN_SERVICE:
        return _CHIP_CARDS.format(vpcd=f"127.0.0.1:{free_slot()}") + _OWN_SERVICE
    return _CHIP_CARDS.format(vpcd=vpcd)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _enrol(config: Path, city: Path) -> None:
    settings = sync_settings(load(config))
    key = identity.request_key(settings.request_key, settings.terminal).key.public_key()
    public = settings.request_key.with_name("request.public.pem")
    public.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    _city("enrol", "--data", str(city), "--terminal", TERMINAL, "--public-key", str(public), "--place", COMMUNITY, "--area", AREA)


def _example(folder: Path) -> dict[str, Any]:
    from peripherals.virtual.papers import PAPERS, Fonts  # noqa: PLC0415 - draws with Pillow, which only this needs

    place = folder / "example"
    place.mkdir()
    answers = place / "answers.json"
    shutil.copyfile(ITEMS / EXAMPLE_ITEM / "example.json", answers)
    package = check_source(ITEMS / EXAMPLE_ITEM / "item.json").package
    attachments = {}
    for material in package.materials if package is not None else ():
        if material.required and material.when is None:
            picture = place / f"{material.id}.jpg"
            PAPERS["tenancy-contract"][0](Fonts.in_folder(assets.fonts())).save(picture, quality=90)
            attachments[material.id] = str(picture)
    return {"item": EXAMPLE_ITEM, "answers": str(answers), "attachments": attachments}


def _city(*words: str) -> dict[str, Any]:
    ended = subprocess.run([sys.executable, "-m", "city.cli", *words, "--json"], capture_output=True, text=True, check=False)
    try:
        body: dict[str, Any] = json.loads(ended.stdout)
    except json.JSONDecodeError:
        raise SandboxError(f"city {words[0]}: {ended.stderr.strip()[-500:]}") from None
    if ended.returncode != 0:
        raise SandboxError(f"city {words[0]}: {body}")
    return body
