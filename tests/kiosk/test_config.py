"""The terminal's one file."""

from datetime import time
from pathlib import Path

import pytest

from kiosk.config import ConfigError, load, places, sync_settings

GOOD = """\
[terminal]
id = "SY-TEST-0001"
community = "样例社区"
folder = "terminal"

[panel]
width_px = 1080
height_px = 1920
pitch_mm = 0.248

[city]
url = "https://127.0.0.1:8443"
ca_file = "city/ca.pem"
keys_folder = "city"

[id_card_reader]
port = "bench/reader"

[receipt_printer]
device = "tcp://127.0.0.1:9100"

[document_camera]
source = "http://127.0.0.1:8000/camera.mjpg"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_gives_every_value_and_paths_count_from_its_folder(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))
    assert config.terminal.hotline == "12345"
    assert places(config).outbox == tmp_path / "terminal" / "outbox"
    assert config.id_card_reader.port == str(tmp_path / "bench" / "reader")
    assert sync_settings(config).receipt_keys == tmp_path / "city" / "receipt-keys"


def test_dark_hours_are_two_times_and_none_where_none_are_written(tmp_path: Path) -> None:
    assert load(written(tmp_path, GOOD)).panel.dark_hours is None
    dark = load(written(tmp_path, GOOD.replace("pitch_mm = 0.248", 'pitch_mm = 0.248\ndark = "19:00-06:30"'))).panel.dark_hours
    assert dark == (time(19), time(6, 30))


@pytest.mark.parametrize(("written_as", "read_as"), [("22:00-06:00", (time(22), time(6))), ("", None), ("09:00-09:00", None)])
def test_the_display_is_off_between_two_times_or_never(tmp_path: Path, written_as: str, read_as: tuple[time, time] | None) -> None:
    panel = load(written(tmp_path, GOOD.replace("pitch_mm = 0.248", f'pitch_mm = 0.248\noff = "{written_as}"'))).panel
    assert panel.off_hours == read_as


@pytest.mark.parametrize("wrong", ["22-6", "24:00-06:00", "night", "22:00-06:00 "])
def test_hours_that_are_none_are_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigError, match="off"):
        load(written(tmp_path, GOOD.replace("pitch_mm = 0.248", f'pitch_mm = 0.248\noff = "{wrong}"')))


def test_a_device_path_that_is_absolute_stays_as_it_is(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD.replace("bench/reader", "/dev/ttyUSB0")))
    assert config.id_card_reader.port == "/dev/ttyUSB0"


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("width_px = 1080", "width_pc = 1080", 7, "no key 'width_pc'"),
        ("width_px = 1080", 'width_px = "wide"', 7, "Expected `int`"),
        ('id = "SY-TEST-0001"\n', "", 1, "'id' is missing"),
        ("[city]", "[citty]", 11, "no key 'citty'"),
        ("pitch_mm = 0.248", "pitch_mm = 0", 9, "pitch_mm: Expected `float` >= 0.05"),
        ("width_px = 1080", "width_px = -1080", 7, "width_px: Expected `int` >= 320"),
        ('"https://127.0.0.1:8443"', '"http://127.0.0.1:8443"', 12, "city.url: write https://host"),
        ('"https://127.0.0.1:8443"', '"https://127.0.0.1:8443/v1"', 12, "without a path"),
        ('"tcp://127.0.0.1:9100"', '"127.0.0.1:9100"', 20, "receipt_printer.device: write tcp://host:port"),
        ("pitch_mm = 0.248", 'dark = "19:00-25:00"', 9, "panel.dark: write two times"),
        ("pitch_mm = 0.248", 'dark = "19:00"', 9, "panel.dark: write two times"),
        ('id = "SY-TEST-0001"', 'id = ""', 2, "terminal.id: Expected `str` of length >= 1"),
        ('id = "SY-TEST-0001"', 'id = "SY-TEST-0001"\nzone = "Mars/Olympus"', 3, "is no time zone"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_is_known(tmp_path: Path, wrong: str, right: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError, match=f"kiosk.toml:{line}: .*{says}"):
        load(written(tmp_path, GOOD.replace(wrong, right)))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kiosk sandbox"):
        load(tmp_path / "none.toml")


def test_what_is_not_toml_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not TOML"):
        load(written(tmp_path, "terminal = = 3"))


def test_what_is_not_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "kiosk.toml")
