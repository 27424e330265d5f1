"""The end of a terminal: keys and data gone, a proof on paper; and what a disk gives that was stolen before that: nothing."""

import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.bench import Bench
from kiosk.cli import main
from kiosk.config import load, places
from kiosk.machine.decommission import Proof, decommission, proof_blocks
from kiosk.receipt.sheet import Bar
from kiosk.sandbox import Sandbox, make_sandbox
from kiosk.uses_file import UsesFile
from sync.contract.names import ItemCode
from tests.city.test_command import city, said, serving

NOW = datetime(2026, 11, 23, 9, 41, tzinfo=UTC)
CANARY = "王样本样本"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return make_sandbox(tmp_path_factory.mktemp("end") / "sandbox")


@pytest.fixture
def terminal(made: Sandbox, tmp_path: Path) -> Path:
    """A terminal of its own for each test: the configuration's path."""
    shutil.copytree(made.config.parent, tmp_path / "terminal")
    return tmp_path / "terminal" / "kiosk.toml"


def run(*words: object) -> tuple[int, Any]:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        code = main([*map(str, words), "--json"])
    return code, json.loads(out.getvalue())


def hand_in(made: Sandbox, config: Path) -> None:
    answers = config.parent / "canary.json"
    told = json.loads(Path(made.example["answers"]).read_text())
    answers.write_text(json.dumps(told | {"employer": CANARY}))
    attached = [word for pair in made.example["attachments"].items() for word in ("--attach", "=".join(pair))]
    assert run("apply", "--config", config, "--item", made.example["item"], "--answers", answers, *attached)[0] == 0
    answers.unlink()


def end(config: Path, *more: object) -> tuple[int, Any]:
    return run("machine", "decommission", "--config", config, "--by", "E-02", "--terminal", "SY-DEMO-0001", *more)


def test_keys_and_data_go_and_the_proof_comes_out_on_paper(terminal: Path, tmp_path: Path) -> None:
    config = load(terminal)
    UsesFile(places(config).uses).add(ItemCode("elder-card"), NOW.date())
    with Bench(config):
        code, body = end(terminal, "--proof", tmp_path / "proof.json")
    assert (code, body["status"], body["printed"]) == (0, "destroyed", True)
    assert not places(config).folder.exists(), "with the counts of what its residents used"
    assert not terminal.exists()
    assert body["proof"]["keys"] >= 2
    assert len(body["proof"]["key"]) == 64
    assert json.loads((tmp_path / "proof.json").read_bytes())["terminal"] == "SY-DEMO-0001"


def test_what_waits_keeps_it_alive_unless_somebody_insists(made: Sandbox, terminal: Path) -> None:
    hand_in(made, terminal)
    code, body = end(terminal)
    assert (code, body["status"]) == (1, "waiting")
    assert terminal.exists()
    code, body = end(terminal, "--even-if-waiting")
    assert (code, body["proof"]["waiting"], body["printed"]) == (0, 1, False)


def test_no_other_terminal_is_meant(terminal: Path) -> None:
    code, body = run("machine", "decommission", "--config", terminal, "--by", "E-02", "--terminal", "SY-OTHER")
    assert (code, body["status"]) == (1, "other_terminal")
    assert places(load(terminal)).keys.exists()


def test_what_lies_behind_a_link_is_somebody_else_s(terminal: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("not the terminal's")
    (places(load(terminal)).folder / "link").symlink_to(outside)
    assert end(terminal)[1]["status"] == "destroyed"
    assert outside.read_text() == "not the terminal's"


def test_a_proof_that_leaves_something_says_that_it_is_none(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load(terminal)
    stays = places(config).keys / "request.pem"
    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", lambda path, *args, **facts: None if path == stays else unlink(path, *args, **facts))
    proof = decommission(config, terminal, "E-02", NOW, public_key=b"", waiting=0)
    assert proof.left == (str(stays),)
    assert Bar("销毁未完成") in proof_blocks(proof)


def test_no_two_proofs_have_one_name() -> None:
    one = Proof("SY-A", NOW, "E-02", "", 1, 2, 0)
    assert one.digest != Proof("SY-B", NOW, "E-02", "", 1, 2, 0).digest
    assert len(one.digest) == 16


def test_a_stolen_disk_gives_no_data_and_after_withdrawal_no_identity(made: Sandbox, terminal: Path, tmp_path: Path) -> None:
    hand_in(made, terminal)
    stolen = tmp_path / "stolen"
    shutil.copytree(terminal.parent, stolen)
    told = json.loads(Path(made.example["answers"]).read_text())
    secrets = [CANARY, *(value for value in told.values() if isinstance(value, str) and len(value) >= 8)]
    for path in places(load(stolen / "kiosk.toml")).folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret.encode() in content for secret in secrets), path
    with serving(made.city) as (url, _):
        thief = stolen / "kiosk.toml"
        thief.write_text(thief.read_text().replace(made.city_url, url))
        said(city("admission", "withdraw", "--data", made.city, "--terminal", "SY-DEMO-0001", "--why", "整机被盗", "--json"))
        code, body = run("sync", "--once", "--config", thief)
    assert code == 1
    assert body["status"] == "stopped"
    assert body["sent"] == 0
