"""What the first-boot wizard leaves on the disk: what was answered, and the configuration that is made of it.

Everything lies in one folder beside the configuration that is to be, so that nothing of a half set-up terminal is taken for a terminal.
"""

import copy
import os
import shutil
import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.config import Config, ConfigError, load
from kiosk.maintenance.set_up import GLASSES, Answers
from peripherals.values import dataclass
from sync.durable import sync_folder, write_durably
from sync.settings import LOGIN_FILE

FOLDER: Final = "set-up"
_CITY: Final = "city"
_OWN: Final = "terminal"
_PUBLIC: Final = ("sealing-keys", "receipt-keys", "catalogue-keys")
_DEVICES: Final = {"id_card_reader": "port", "receipt_printer": "device", "document_camera": "source"}
"""Tables of devices that every terminal has, and the key of each that says where it is."""


@dataclass(frozen=True, slots=True)
class SetUpPlace:
    """Where the wizard works.

    Attributes:
        config: The configuration that is to be, such as /data/kiosk/kiosk.toml.
        template: What the image says of every terminal of its kind: a configuration whose terminal, panel and city do not count.
        city: The city's public folder as the image brings it: `ca.pem` and the keys by which it is known.
    """

    config: Path
    template: Path
    city: Path

    @property
    def folder(self) -> Path:
        """The wizard's own."""
        return self.config.parent / FOLDER

    @property
    def candidate(self) -> Path:
        """The configuration while it is only tried."""
        return self.folder / self.config.name

    @property
    def answers(self) -> Path:
        """What was answered."""
        return self.folder / "answers.json"

    @property
    def requests(self) -> Path:
        """What is asked of the machine's own helper."""
        return self.folder / "requests"


def read_answers(place: SetUpPlace) -> Answers:
    """Return what was answered before; what cannot be read is asked again."""
    try:
        return msgspec.json.decode(place.answers.read_bytes(), type=Answers)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Answers()


def keep_answers(place: SetUpPlace, answers: Answers) -> None:
    """Write down what was answered.

    Raises:
        OSError: It cannot be written.
    """
    place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_durably(place.answers, msgspec.json.encode(answers))
    sync_folder(place.folder)


def write_candidate(place: SetUpPlace, answers: Answers) -> Config:
    """Make the configuration of what was answered, with the city's keys beside it, and check it as the terminal itself will.

    Raises:
        ConfigError: It cannot be used; the message says where and why.
        OSError: It cannot be written, or the image has no keys of the city.
    """
    own, network = place.folder / _OWN, answers.network
    shutil.copytree(place.city, own / _CITY, dirs_exist_ok=True)
    login = f"{network.proxy_user}:{network.proxy_password}" if network.has_proxy and network.proxy_user else ""
    _keep_private(own / "keys" / LOGIN_FILE, login)
    write_durably(place.candidate, toml(tables(place, answers)).encode())
    sync_folder(place.folder)
    return load(place.candidate)


def tables(place: SetUpPlace, answers: Answers) -> dict[str, Any]:
    """Return the configuration's tables: the image's own, with what was answered put in.

    Raises:
        ConfigError: The image's template is not there, or is no TOML.
    """
    try:
        made = copy.deepcopy(tomllib.loads(place.template.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{place.template}: the image's template cannot be read: {error}") from error
    glass = GLASSES[answers.form]
    terminal = {name: value for name, value in made.get("terminal", {}).items() if name in ("zone", "hotline", "staff")}
    made["terminal"] = {"id": answers.terminal, "community": answers.place, "folder": _OWN, **terminal}
    made["panel"] = {
        **made.get("panel", {}),
        "width_px": glass.width_px,
        "height_px": glass.height_px,
        "pitch_mm": glass.pitch_mm,
        "bottom_mm": answers.bottom_mm,
    }
    made["city"] = {"url": f"https://{answers.city}", "ca_file": f"{_OWN}/{_CITY}/ca.pem", "keys_folder": f"{_OWN}/{_CITY}"}
    if answers.network.has_proxy:
        made["city"]["proxy"] = f"http://{answers.network.proxy}"
    for device, key in _DEVICES.items():
        if device in answers.devices:
            made.setdefault(device, {})[key] = answers.devices[device]
    return _absolute(made, place.template.resolve().parent)


def put_in_force(place: SetUpPlace) -> None:
    """Make the terminal of what was tried: keys and certificate first, the configuration last; after a cut it can be done again.

    Raises:
        OSError: The disk does not take it; nothing of the old terminal is lost, for there is none.
        ConfigError: There is no configuration that could be put in force.
    """
    load(place.candidate)
    shutil.copytree(place.folder / _OWN, place.config.parent / _OWN, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run", "outbox"))
    _let_read(place.config.parent / _OWN / _CITY)
    os.sync()
    ready = place.config.with_name(f"{place.config.name}.ready")
    write_durably(ready, place.candidate.read_bytes())
    ready.chmod(0o644)
    ready.replace(place.config)
    sync_folder(place.config.parent)
    shutil.rmtree(place.folder)


def _keep_private(path: Path, text: str) -> None:
    """Lay a secret down where the terminal looks for it; with none, none is left of an earlier answer."""
    if not text:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(text + "\n", encoding="utf-8")


def _let_read(folder: Path) -> None:
    """Let every process of the terminal read what is public; the wizard keeps everything to itself."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _absolute(made: dict[str, Any], base: Path) -> dict[str, Any]:
    """Let what the template says relative to itself mean the same from another folder."""
    for table, key in (("id_card_reader", "port"), ("code_scanner", "source"), ("signature_pad", "port"), ("bench", "folder")):
        value = made.get(table, {}).get(key)
        if isinstance(value, str) and "://" not in value and value != "auto" and not value.isdecimal():
            made[table][key] = str(base / value)
    for key in ("root_file", "image_keys", "ddi_token_file", "ddi_ca_file"):
        if isinstance(value := made.get("update", {}).get(key), str):
            made["update"][key] = str(base / value)
    board = made.get("fittings", {}).get("board")
    if isinstance(board, str) and board.startswith("unix:"):
        made["fittings"]["board"] = f"unix:{base / board.removeprefix('unix:')}"
    return made


def toml(made: dict[str, Any]) -> str:
    """Return tables as TOML; values are texts, numbers, truths and tables of them, which is all that a configuration has."""
    parts = []
    for name, table in made.items():
        lines = [f"[{name}]", *(f"{key} = {_value(value)}" for key, value in table.items())]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _value(value: Any) -> str:  # noqa: ANN401 - what a TOML file holds
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case dict():
            return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in escaped) + '"'
