"""A dead line: handed in at the terminal, carried by hand, taken in at the city; and again when the line is back, it is the same."""

import json
import shutil
from pathlib import Path

import pytest

from kiosk.sandbox import TERMINAL, Sandbox, make_sandbox
from tests.city.test_command import city
from tests.kiosk.commands.conftest import Run


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return make_sandbox(tmp_path_factory.mktemp("carried") / "sandbox")


@pytest.fixture(scope="module")
def stick(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stick with one application on it, photographed paper and all."""
    from kiosk.cli import main

    words = ["apply", "--config", str(sandbox.config), "--item", sandbox.example["item"], "--answers", sandbox.example["answers"], "--json"]
    for material, picture in sandbox.example["attachments"].items():
        words += ["--attach", f"{material}={picture}"]
    assert main(words) == 0
    stick = tmp_path_factory.mktemp("stick")
    assert main(["outbox", "export", "--config", str(sandbox.config), "--to", str(stick)]) == 0
    return stick


def received(sandbox: Sandbox, stick: Path) -> dict[str, object]:
    body: dict[str, object] = json.loads(city("receive", "--data", sandbox.city, "--from", stick, "--json").stdout)
    return body


def test_a_list_of_a_terminal_that_is_not_admitted_is_not_taken(sandbox: Sandbox, stick: Path, tmp_path: Path) -> None:
    other = make_sandbox(tmp_path / "other")
    body = received(other, stick)
    assert (body["status"], body["new"]) == ("partly", 0)


def test_what_was_changed_on_the_way_is_not_taken(sandbox: Sandbox, stick: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(stick, changed)
    (sealed,) = changed.rglob("*.sealed")
    sealed.write_bytes(sealed.read_bytes().replace(b'"sequence":1', b'"sequence":2'))
    body = received(sandbox, changed)
    assert (body["status"], body["new"]) == ("partly", 0)
    assert "not what the terminal gave out" in str(body["lists"])
    sealed.unlink()
    sealed.symlink_to("/etc/passwd")
    assert received(sandbox, changed)["new"] == 0


def test_it_is_taken_in_once_with_its_photo_of_which_half_had_come_over_the_line(sandbox: Sandbox, stick: Path) -> None:
    (photo,) = stick.rglob("*.photo")
    half = sandbox.city / "uploads" / f"{TERMINAL}.{photo.stem}.part"
    half.write_bytes(photo.read_bytes()[:1000])
    body = received(sandbox, stick)
    assert (body["status"], body["new"], body["photos"]) == ("done", 1, 1)
    again = received(sandbox, stick)
    assert (again["status"], again["new"], again["known"], again["photos"]) == ("done", 0, 1, 0)


def test_half_a_stick_is_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    assert received(sandbox, tmp_path)["status"] == "nothing"
    assert received(sandbox, tmp_path / "none")["status"] == "no_stick"


def test_without_a_stick_nothing_is_exported(sandbox: Sandbox, kiosk: Run, tmp_path: Path) -> None:
    ended = kiosk("outbox", "export", "--config", sandbox.config, "--to", tmp_path / "none", "--json")
    assert (ended.code, ended.body["status"]) == (1, "no_stick")


def test_a_folder_that_nothing_was_given_out_to_carries_nothing_and_says_so(sandbox: Sandbox, kiosk: Run, tmp_path: Path) -> None:
    ended = kiosk("outbox", "carry", "--config", sandbox.config, "--from", tmp_path, "--json")
    assert (ended.code, ended.body["status"]) == (1, "nothing_there")
