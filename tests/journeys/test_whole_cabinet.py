"""One visit with everything that a cabinet may have, each in a process of its own: what a resident does, and what the city gets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.demo.display import OffScreenDisplay
from kiosk.demo.town import Town
from kiosk.sandbox import OWN_SERVICE
from peripherals.virtual.cards import DEMO_CARDS
from peripherals.virtual.own_pcscd import why_not
from tests.journeys.test_one_application import wait_for_city

ROOT = Path(__file__).parents[2]
PLAYER = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read(4096))"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    with Town(tmp_path / "town", vpcd=OWN_SERVICE) as running:
        yield running


def walked(config: Path, town: Town, heard: Path) -> list[dict[str, Any]]:
    """Let the resident walk through the visit, and return the steps as they were told."""
    with OffScreenDisplay(town.config.panel.width_px, town.config.panel.height_px) as display:
        program = [sys.executable, "-m", "tests.journeys.cabinet_program", str(config), str(heard)]
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("SDL_", "KIVY_"))}  # other tests draw nowhere
        surroundings = {**plain, "DISPLAY": display.name}
        ended = subprocess.run(program, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False, timeout=540)
    steps = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 0, ended.stderr
    assert [step["failed"] for step in steps if "failed" in step] == [], [step.get("step") for step in steps]
    return steps


def read_at_the_city(town: Town) -> list[dict[str, Any]]:
    program = [sys.executable, "-m", "tests.journeys.opened_program", str(town.sandbox.city)]
    cases: list[dict[str, Any]] = json.loads(subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    return cases


@pytest.mark.timeout(600)
def test_a_social_card_a_pad_lights_plug_and_door_serve_one_visit(town: Town, tmp_path: Path) -> None:
    heard, player = tmp_path / "heard.raw", tmp_path / "player.py"
    player.write_text(PLAYER, encoding="utf-8")
    config = town.sandbox.config
    text = config.read_text(encoding="utf-8")
    config.write_text(f'{text}\n[voice]\nplayer = "{sys.executable} {player} {heard}"\n', encoding="utf-8")

    steps = walked(config, town, heard)

    assert [(step["step"], step["lights"]) for step in steps] == [
        ("ready", []),
        ("staff called", ["help"]),
        ("home", []),
        ("card asked for", ["card"]),
        ("card with a PIN", ["card"]),
        ("card read", []),
        ("paper asked for", ["camera"]),
        ("signature asked for", []),
        ("signed on the pad", []),
        ("handed in", ["printer"]),
        ("card left", ["card"]),
        ("over", []),
    ]
    assert heard.stat().st_size > 0, "the plug made the terminal speak"
    handed_in = next(step for step in steps if step["step"] == "handed in")
    assert handed_in["slip"] == "printed"
    assert len(list(town.bench.receipts.glob("*.png"))) == 1

    case = wait_for_city(town)
    assert (case["application_id"], case["number"]) == (handed_in["id"], handed_in["number"])
    (application,) = read_at_the_city(town)
    person = DEMO_CARDS["zhou-guilan"]
    assert (application["item"], application["applicant"]["card_kind"]) == ("social-card", "social_security")
    assert (application["applicant"]["name"], application["applicant"]["id_number"]) == (person["name"], person["id_number"])
    assert (application["answers"]["kind"], application["answers"]["mobile"]) == ("replace", "13800000000")
    assert [paper["material"] for paper in application["papers"]] == ["photo"]
    signature = application["signature"]
    assert (signature["width_mm"], signature["height_mm"], len(signature["strokes"])) == (100.0, 60.0, 2), "written on the pad"
