"""A terminal driven by gooseBit, an independent server of hawkBit's protocol, run for real in its own environment (`make goosebit`)."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.update.agent import Restarting
from sync.update.channel import Unreachable
from sync.update.decide import Keep
from sync.update.driven import DdiServer
from sync.update.line import LineTrouble
from sync.update.staging import FetchStatus
from tests.sync.update.channel_server import Published
from tests.sync.update.test_driven import DrivenMachine

ROOT = Path(__file__).parents[3]
TOKEN = "an invented token"

pytestmark = pytest.mark.slow


class GooseBit:
    """Its web interface, as an operator's script uses it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False
        who = {"username": "operator@example.org", "password": "an invented password"}
        token = self._session.post(f"{url}/setup", data=who, timeout=60).json()["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, **words: Any) -> Any:  # noqa: ANN401
        answer = self._session.request(method, f"{self.url}/api/v1/{path}", timeout=60, **words)
        answer.raise_for_status()
        return answer.json()

    def upload(self, bundle: Path) -> int:
        with bundle.open("rb") as file:
            return int(self.ask("PUT", "software", files={"file": (bundle.name, file)})["id"])

    def device(self, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.ask("GET", "devices")["devices"] if one["id"] == name]
        return dict(found)


@pytest.fixture(scope="module")
def goosebit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GooseBit]:
    subprocess.run(["make", "-s", "goosebit"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    place = tmp_path_factory.mktemp("goosebit")
    environment = os.environ | {
        "GOOSEBIT_DB_URI": f"sqlite://{place}/db.sqlite3",
        "GOOSEBIT_ARTIFACTS_DIR": str(place / "artifacts"),
        "GOOSEBIT_DEVICE_AUTH__ENABLE": "true",
        "GOOSEBIT_DEVICE_AUTH__MODE": "strict",
        "GOOSEBIT_POLL_TIME": "00:02:00",
        "OTEL_SDK_DISABLED": "true",
    }
    words = [str(ROOT / ".state" / "goosebit-venv" / "bin" / "python"), str(Path(__file__).with_name("goosebit_program.py"))]
    log = (place / "log").open("wb+")
    with subprocess.Popen(words, cwd=place, env=environment, stdout=log, stderr=subprocess.STDOUT) as server:
        try:
            yield GooseBit(f"http://127.0.0.1:{_port(server, place / 'log')}")
        finally:
            server.terminate()
            server.wait(30)
            log.close()


def _port(server: "subprocess.Popen[bytes]", log: Path) -> int:
    for _ in range(1200):
        found = re.search(r"running on http://127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return int(found[1])
        try:
            server.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace")[-4000:])


def rauc_bundle(folder: Path, version: str, board: str) -> Path:
    """Return what gooseBit takes for a bundle: it reads version and board of the manifest in it."""
    (folder / "tree").mkdir()
    (folder / "tree" / "manifest.raucm").write_text(f"[update]\ncompatible={board}\nversion={version}\n", encoding="ascii")
    bundle = folder / f"kiosk-{version}.raucb"
    subprocess.run(["mksquashfs", folder / "tree", bundle, "-noappend", "-quiet", "-no-progress"], check=True, stdout=subprocess.DEVNULL)
    return bundle


@pytest.fixture
def driven(tmp_path: Path, published: Published, goosebit: GooseBit, request: pytest.FixtureRequest) -> DrivenMachine:
    machine = DrivenMachine(tmp_path / "terminal", published, f"SY-GB-{abs(hash(request.node.name)) % 10**6}")
    goosebit.ask("PUT", "devices", json={"devices": [machine.name], "auth_token": TOKEN})
    machine.server = DdiServer(f"{goosebit.url}/DEFAULT", machine.name, TOKEN)
    return machine


def test_it_registers_is_assigned_a_release_proves_it_and_is_seen_as_finished(
    tmp_path: Path, published: Published, goosebit: GooseBit, driven: DrivenMachine
) -> None:
    published.release("2.0.0")
    assert driven.poll() is Keep.NO_ROLLOUT
    assert goosebit.device(driven.name)["sw_version"] == "1.0.0", "it said what it is when it was asked"
    software = goosebit.upload(rauc_bundle(tmp_path, "2.0.0", driven.board))
    goosebit.ask("PATCH", "devices", json={"devices": [driven.name], "software": str(software)})
    steps = [driven.poll() for _ in range(4)]
    assert steps == [FetchStatus.WHOLE, Restarting("2.0.0"), Keep.UP_TO_DATE, Keep.NO_ROLLOUT]
    seen = goosebit.device(driven.name)
    assert (seen["last_state"], seen["sw_version"], seen["progress"]) == ("Finished", "2.0.0", 100)
    assert driven.running == "2.0.0"
    assert driven.driven.poll_s == 120


def test_a_release_that_fails_its_visit_is_seen_as_an_error_and_left_alone(
    tmp_path: Path, published: Published, goosebit: GooseBit, driven: DrivenMachine
) -> None:
    published.release("2.0.1")
    driven.visit_fails["2.0.1"] = "papers"
    driven.poll()
    software = goosebit.upload(rauc_bundle(tmp_path, "2.0.1", driven.board))
    goosebit.ask("PATCH", "devices", json={"devices": [driven.name], "software": str(software)})
    steps = [driven.poll() for _ in range(6)]
    assert steps[-2:] == [Keep.GIVEN_UP, Keep.NO_ROLLOUT]
    assert goosebit.device(driven.name)["last_state"] == "Error"
    assert "papers" in goosebit.ask("GET", f"devices/{driven.name}/log")["log"]
    assert driven.running == "1.0.0"


def test_what_was_never_signed_is_seen_as_an_error(tmp_path: Path, published: Published, goosebit: GooseBit, driven: DrivenMachine) -> None:
    driven.poll()
    software = goosebit.upload(rauc_bundle(tmp_path, "6.6.6", driven.board))
    goosebit.ask("PATCH", "devices", json={"devices": [driven.name], "software": str(software)})
    assert driven.poll() is Keep.NO_BUNDLE
    assert goosebit.device(driven.name)["last_state"] == "Error"


def test_a_wrong_token_gets_nothing(goosebit: GooseBit, driven: DrivenMachine) -> None:
    driven.server = DdiServer(f"{goosebit.url}/DEFAULT", driven.name, "another token")
    assert driven.poll() == Unreachable(LineTrouble.MISSING)
