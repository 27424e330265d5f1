"""`kiosk scan` with a scanner, a camera and pictures, and what it says when there is nothing to read."""

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kiosk.cli import main
from kiosk.commands.scan import _ADVICE
from peripherals.code_scanner import ScanStatus
from sync.contract.bills import PaymentId
from sync.contract.paid_bills import code_of
from tests.drivers.scanner_bench import SLIP, Pixels, camera_showing, on_desk, qr, scanner_bench


def run(capsys: pytest.CaptureFixture[str], source: Path | str, *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["scan", "--source", str(source), "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def saved(picture: Pixels, path: Path) -> Path:
    Image.fromarray(picture).save(path)
    return path


THE_SLIP = {
    "status": "scanned",
    "kind": "qr",
    "text": SLIP,
    "detail": None,
    "judgement": "slip",
    "receipt_number": "7F3K29Q8",
    "application_id": "01a20a0e-1344-7e62-a0a5-7e2a88722969",
}


@pytest.mark.parametrize("name", ["slip.png", "slip.jpg", "SLIP.JPEG"])
def test_a_slip_in_a_picture(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, saved(on_desk(qr(SLIP)), tmp_path / name)) == (0, THE_SLIP)
    assert main(["scan", "--source", str(tmp_path / name)]) == 0
    assert "7F3K29Q8" in capsys.readouterr().out


def test_an_appointment_s_code_is_known_and_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, saved(on_desk(qr("BA2:407155260182")), tmp_path / "slip.png"))
    assert (code, said["judgement"]) == (0, "appointment")
    assert main(["scan", "--source", str(tmp_path / "slip.png")]) == 0
    assert "4071" not in str(said) + capsys.readouterr().out


def test_the_proof_of_a_bill_is_told_from_other_slips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, code = tmp_path / "proof.png", code_of(PaymentId("0193582a-7b3c-7d4e-8f50-123456789abc"))
    ended, said = run(capsys, saved(on_desk(qr(f"BMP:{code}")), path))
    assert (ended, said["judgement"], said["application_id"]) == (0, "bill", None)
    assert main(["scan", "--source", str(path)]) == 0
    assert code in capsys.readouterr().out


def test_a_picture_is_known_by_its_bytes_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(qr(SLIP), tmp_path / "slip.png").rename(tmp_path / "slip")
    assert run(capsys, tmp_path / "slip") == (0, THE_SLIP)


def test_a_slip_before_a_camera(capsys: pytest.CaptureFixture[str]) -> None:
    with camera_showing(on_desk(qr(SLIP))) as url:
        assert run(capsys, url) == (0, THE_SLIP)


def test_a_slip_by_a_scanner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scanner_bench(tmp_path, "--aim", "]Q1") as bench:
        done = threading.Event()

        def show_until_done() -> None:
            while not done.wait(0.2):
                bench.do("scan", text=SLIP)

        showing = threading.Thread(target=show_until_done)
        showing.start()
        try:
            assert run(capsys, bench.port) == (0, THE_SLIP)
        finally:
            done.set()
            showing.join()


def test_chinese_of_another_office_is_shown_and_not_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, body = run(capsys, saved(qr("虚构区图书馆 0042".encode("gb18030")), tmp_path / "other.png"))
    assert (code, body["status"], body["text"], body["judgement"]) == (0, "scanned", "虚构区图书馆 0042", "not_ours")


def test_no_code_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, body = run(capsys, saved(np.full((400, 400), 255, np.uint8), tmp_path / "white.png"))
    assert (code, body["status"], body["text"]) == (1, "no_code", None)
    with scanner_bench(tmp_path) as bench:
        code, body = run(capsys, bench.port, "--timeout", "0.3")
        assert (code, body["status"]) == (1, "no_code")


def test_a_file_that_is_no_picture_is_refused_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.png"
    path.write_text("not a picture")
    code, body = run(capsys, path)
    assert (code, body["status"]) == (1, "not_an_image")
    assert body["detail"]


@pytest.mark.parametrize("source", ["/nowhere/slip.png", "/dev/ttyNOWHERE", "http://127.0.0.1:9/", "/dev/video97"])
def test_where_there_is_nothing_it_is_absent(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, body = run(capsys, source, "--timeout", "2")
    assert (code, body["status"]) == (1, "absent")
    assert set(body) == set(THE_SLIP)


@pytest.mark.parametrize("words", [["--source", "serial:///dev/ttyS1?baud=7"], ["--source", "x", "--timeout", "nan"], []])
def test_wrong_words_are_told_apart_from_a_failure(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["scan", *words])
    assert ended.value.code == 2


def test_every_failure_has_its_advice() -> None:
    assert set(_ADVICE) == set(ScanStatus) - {ScanStatus.SCANNED}
