"""`kiosk camera capture` against the virtual camera, and what it says when there is nothing to take."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.cli import main
from kiosk.commands.camera import _ADVICE
from peripherals.document_camera import PaperHint
from tests.drivers.camera_bench import CameraBench, camera_bench, paper, scene


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraBench]:
    with camera_bench(tmp_path_factory.mktemp("camera"), "--paper", "tenancy-contract") as made:
        yield made


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main(["camera", "capture", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_a_paper_is_written_flat(bench: CameraBench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.jpg"
    code, body = run(capsys, "--source", bench.url, "--out", str(out), "--timeout", "30")
    assert (code, body["status"], body["out"]) == (0, "good", str(out))
    assert len(body["corners"]) == 4
    assert body["sharpness"] > 1000
    assert 150 < body["exposure"] < 245
    assert Image.open(out).size == (body["width"], body["height"])
    assert out.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [out]


def test_a_refusal_writes_nothing(bench: CameraBench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench.do("take_away")
    code, body = run(capsys, "--source", bench.url, "--out", str(tmp_path / "page.jpg"), "--timeout", "30")
    assert code == 1
    assert body == {"status": "no_paper", "corners": None, "sharpness": None, "exposure": None, "width": None, "height": None, "out": None}
    assert list(tmp_path.iterdir()) == []
    bench.do("lay", paper="tenancy-contract")


def test_no_camera_is_said_and_advised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, body = run(capsys, "--source", "http://127.0.0.1:9/", "--out", str(tmp_path / "page.jpg"))
    assert (code, body["status"]) == (1, "camera_absent")
    assert main(["camera", "capture", "--source", "/dev/video99", "--out", "x.jpg"]) == 1
    assert "cable" in capsys.readouterr().err


def test_where_nothing_can_be_written_it_says_so(bench: CameraBench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, body = run(capsys, "--source", bench.url, "--out", str(tmp_path / "missing" / "page.jpg"), "--timeout", "30")
    assert (code, body["status"]) == (1, "not_written")


def test_a_photo_is_a_source_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "page.jpg"
    scene("household-book").image.save(photo)
    code, body = run(capsys, "--source", str(photo), "--out", str(out))
    assert (code, body["status"]) == (0, "good")
    whole = io.BytesIO()
    paper("bank-card").save(whole, "JPEG")
    photo.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    code, body = run(capsys, "--source", str(photo), "--out", str(out))
    assert (code, body["status"]) == (1, "truncated")
    assert "half" in body["detail"]
    code, body = run(capsys, "--source", str(tmp_path / "nowhere.jpg"), "--out", str(out))
    assert (code, body["status"]) == (1, "camera_absent")


@pytest.mark.parametrize(
    "words", [["--out", "x.jpg"], ["--source", "http://127.0.0.1:9/"], ["--source", "x", "--out", "y", "--timeout", "-1"]]
)
def test_wrong_usage_is_told_apart(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["camera", "capture", *words])
    assert ending.value.code == 2


def test_each_hint_has_its_own_advice() -> None:
    assert set(_ADVICE) == set(PaperHint)
    assert len(set(_ADVICE.values())) == len(_ADVICE)


def test_the_chart_is_written_for_printing_or_it_is_said_why_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "chart.pdf"
    assert main(["camera", "chart", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"status": "written", "out": str(out)}
    assert out.read_bytes().startswith(b"%PDF-")
    assert main(["camera", "chart", "--out", str(tmp_path / "missing" / "chart.pdf"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["status"] == "not_written"
