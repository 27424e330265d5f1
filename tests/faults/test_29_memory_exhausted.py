"""Fault 29: memory runs out. The process that needed it ends, the outbox is whole, sending goes on, and no core file is left."""

import resource
import subprocess
import sys
from pathlib import Path

from sync.contract.city_keys import write_public
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import ROOT
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity

STARVED = (
    "import sys; sys.argv = ['x', *sys.argv[1:]]; import resource; from tests.sync import hand_in_program as program;"
    "import sync.loop; used = int(open('/proc/self/statm').read().split()[0]) * 4096;"
    "resource.setrlimit(resource.RLIMIT_AS, (used + 24_000_000,) * 2); hoard = [];"
    "photo = program.photo; program.photo = lambda size: hoard.append(bytearray(4_000_000)) or photo(size); program.main()"
)


def test_what_was_acknowledged_before_is_there_and_is_sent(settings: SyncSettings, city: StandInCity, tmp_path: Path) -> None:
    keys = tmp_path / "sealing"
    keys.mkdir()
    write_public(keys, city.city_key.public_key())
    folder = tmp_path / "starved"
    Outbox.open(folder, b"k" * 32, {}).close()
    command = [sys.executable, "-c", STARVED, str(folder), str(keys), "1"]
    starved = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert "MemoryError" in starved.stderr
    acknowledged = {line.split()[0] for line in starved.stdout.splitlines() if " " in line}
    assert acknowledged
    outbox = Outbox.open(folder, b"k" * 32, {})
    assert outbox.events == ()
    assert acknowledged <= {entry["application_id"] for entry in outbox.list()}
    assert len(list((folder / "photos").iterdir())) == len(outbox.list())
    outbox.close()


def test_another_process_starving_does_not_stop_the_sending(settings: SyncSettings, counter: Counter, city: StandInCity) -> None:
    for _ in range(3):
        counter.hand_in()
    hungry = "import resource; resource.setrlimit(resource.RLIMIT_AS, (200_000_000,) * 2); b = [bytearray(10_000_000) for _ in range(99)]"
    assert b"MemoryError" in subprocess.run([sys.executable, "-c", hungry], capture_output=True, check=False, timeout=60).stderr
    assert once(settings)["complete"] == 3


def test_no_process_of_the_terminal_leaves_a_core_file() -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    program = (
        "import resource, sys; from kiosk.cli import main;"
        "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2);"
        "sys.stderr = sys.stdout; done = main(['sync', '--once', '--config', '/nowhere']); print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert said.stdout.splitlines()[-1] == "(0, 0)", said.stderr
    assert resource.getrlimit(resource.RLIMIT_CORE) == before
