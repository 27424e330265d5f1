"""The city's units: systemd's own tool finds nothing wrong with them, and each names a command that there is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from city.certificates import make_authority, make_server_certificate
from city.cli import main
from city.folder import CityFolder
from city.web.uploads import MOST_BYTES
from sync.contract.routes import BATCH_MAX_BYTES, MEASURE_MAX_BYTES, PIECE_MAX_BYTES, SEALED_MAX_BYTES

UNITS = Path(__file__).resolve().parents[2] / "systemd" / "city"
SERVICES = sorted(UNITS.glob("*.service"))
OURS = [unit for unit in SERVICES if "bin/city " in unit.read_text(encoding="utf-8")]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    units = [shutil.copy(path, tmp_path) for path in (*SERVICES, *UNITS.glob("*.timer"), *UNITS.glob("*.path"))]
    for unit in map(Path, units):
        unit.write_text(unit.read_text(encoding="utf-8").replace("/opt/bianmin-kiosk/.venv/bin/city", "/bin/true"), encoding="utf-8")
    judged = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    complaints = [line for line in judged.stderr.splitlines() if "bianmin-city" in line]
    assert complaints == []


@pytest.mark.parametrize("unit", OURS, ids=lambda path: path.name)
def test_each_starts_a_command_that_there_is(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = unit.read_text(encoding="utf-8").split("bin/city ", 1)[1].split()
    with pytest.raises(SystemExit) as ended:
        main([words[0], "--help"])
    assert ended.value.code == 0
    offered = capsys.readouterr().out
    assert all(word in offered for word in words if word.startswith("--"))


def test_the_example_for_nginx_takes_what_the_city_takes(tmp_path: Path) -> None:
    example = (UNITS / "nginx.conf").read_text(encoding="utf-8")
    wire, desk = (int(size) * 1024 * 1024 for size in re.findall(r"client_max_body_size +(\d+)m", example))
    assert max(SEALED_MAX_BYTES, PIECE_MAX_BYTES, BATCH_MAX_BYTES, MEASURE_MAX_BYTES) < wire
    assert desk == MOST_BYTES
    folder = CityFolder(tmp_path / "data")
    folder.create()
    make_authority(folder)
    make_server_certificate(folder)
    made = {str(path.relative_to(folder.root)) for path in folder.root.glob("*/*")} | {"public/terminals.crl.pem"}  # by the fleet
    watched = re.findall(
        r"^PathChanged=/var/lib/bianmin-city/(.+)$", (UNITS / "bianmin-city-proxy.path").read_text(encoding="utf-8"), re.MULTILINE
    )
    read = re.findall(r"/var/lib/bianmin-city/([\w./]+)", example)
    assert {*read, *watched} <= made
    assert set(watched) <= set(read)
    ports = re.findall(r"server 127\.0\.0\.1:(\d+)", example)
    assert all(f"--port {port}" in (UNITS / "bianmin-city.service").read_text(encoding="utf-8") for port in ports)
