"""`kiosk enrol` against a served city: code, words, agreement, certificate, and the sync process that keeps it fresh."""

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli import main
from kiosk.config import load, sync_settings
from sync import identity
from sync.own_certificate import certificate_until
from tests.city.test_command import city, said, serving


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("city") / "data"
    said(city("init", "--data", place, "--json"))
    return place


def terminal(tmp_path: Path, data: Path, url: str, name: str) -> Path:
    """Write the configuration of a machine that the city has never met."""
    config = tmp_path / f"{name}.toml"
    config.write_text(
        f'[terminal]\nid = "{name}"\ncommunity = "松风社区"\nfolder = "{name}"\n'
        f'[city]\nurl = "{url}"\nca_file = "{data}/public/ca.pem"\nkeys_folder = "{data}/public"\n'
        '[id_card_reader]\nport = "none"\n[receipt_printer]\ndevice = "tcp://127.0.0.1:9"\n[document_camera]\nsource = "http://127.0.0.1:9/"\n'
    )
    return config


def enrol(capsys: pytest.CaptureFixture[str], config: Path, code: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    ended = main(["enrol", "--config", str(config), "--code", code, "--json"])
    return ended, json.loads(capsys.readouterr().out)


def test_from_the_code_to_the_certificate(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(data) as (url, _):
        config = terminal(tmp_path, data, url, "SY-NEW-01")
        opened = said(city("admission", "open", "--data", data, "--terminal", "SY-NEW-01", "--place", "松风社区", "--url", url, "--json"))
        ended, shown = enrol(capsys, config, opened["link"])
        assert (ended, shown["status"]) == (0, "compare")
        agreed = said(city("admission", "agree", "--data", data, "--terminal", "SY-NEW-01", "--words", "·".join(shown["words"]), "--json"))
        assert agreed["status"] == "admitted"
        ended, shown = enrol(capsys, config, opened["code"])
        assert (ended, shown["status"]) == (0, "admitted")
    settings = sync_settings(load(config))
    assert certificate_until(settings.certificate) is not None
    key = identity.request_key(settings.request_key, settings.terminal)
    assert all(key.key.private_bytes_raw() not in path.read_bytes() for path in data.rglob("*") if path.is_file()), "it never left"


def test_other_words_void_the_code(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(data) as (url, _):
        config = terminal(tmp_path, data, url, "SY-NEW-02")
        opened = said(city("admission", "open", "--data", data, "--terminal", "SY-NEW-02", "--place", "松风社区", "--json"))
        assert enrol(capsys, config, opened["code"])[1]["status"] == "compare"
        heard = city("admission", "agree", "--data", data, "--terminal", "SY-NEW-02", "--words", "红山 红山 红山 红山 红山 红山", "--json")
        assert said(heard)["status"] == "words_differ"
        ended, shown = enrol(capsys, config, opened["code"])
        assert (ended, shown["status"]) == (1, "not_admitted")


def test_what_is_wrong_before_the_line_is_tried(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = terminal(tmp_path, data, "https://127.0.0.1:9", "SY-NEW-03")
    assert enrol(capsys, config, "K7QM")[1]["status"] == "bad_code"
    other = "bianmin-enrol:1?city=https%3A%2F%2Fx&terminal=SY-OTHER&code=K7QM3D9XWV4F&ca=00"
    assert enrol(capsys, config, other)[1]["status"] == "other_terminal"
    assert enrol(capsys, config, other.replace("SY-OTHER", "SY-NEW-03"))[1]["status"] == "other_city"
    assert enrol(capsys, config, "K7QM-3D9X-WV4F")[1]["status"] == "offline"
