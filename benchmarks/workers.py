"""What each device's worker costs while nobody wants anything of it, and how soon it notices a plug.

    python -m benchmarks.workers [--seconds S]

prints, for each worker of a terminal whose devices are virtual, `worker_idle_cpu_percent_of_a_core NAME VALUE` and
`worker_memory_mb NAME VALUE` (private memory, which no other process shares), over S seconds (20); and the longest of three
`plug_noticed_s NAME VALUE`, from the pulled or put plug to the changed status. A worker looks at its device all the time, so idle is
what it mostly is. The chip-card reader is among them where a card service of one's own can run.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from drivers.health import health_of
from kiosk.bench import CAMERA, FITTINGS, PAD, READER, SCANNER, SERVICE, Bench
from kiosk.config import Config, load, places
from kiosk.devices import installed, workers
from kiosk.sandbox import OWN_SERVICE, write_config
from peripherals.deadline import Deadline
from peripherals.virtual.own_pcscd import why_not

_PLUGS = 3
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure and print; 1 when a worker does not come up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        file = write_config(Path(folder, "terminal"), "https://127.0.0.1:9", vpcd=OWN_SERVICE if why_not() is None else None)
        config = load(file)
        places(config).sockets.mkdir(parents=True)
        with Bench(config) as bench, workers(config, file):
            pids = {kind.name: _pid(config, kind.name) for kind in installed(config)}
            time.sleep(3)  # past what coming up costs
            before = {name: _cpu_s(pid) for name, pid in pids.items()}
            time.sleep(seconds)
            for name, pid in pids.items():
                print(f"worker_idle_cpu_percent_of_a_core {name} {100 * (_cpu_s(pid) - before[name]) / seconds:.2f}")
                print(f"worker_memory_mb {name} {_private_mb(pid):.0f}")
            for name in (READER, CAMERA, SCANNER, PAD, FITTINGS):
                print(f"plug_noticed_s {name} {_plug_noticed_s(config, bench, name, name):.2f}")
            if bench.has(SERVICE):
                print(f"plug_noticed_s chip_card_reader {_plug_noticed_s(config, bench, 'chip_card_reader', SERVICE):.2f}")
    return 0


def _pid(config: Config, name: str) -> int:
    return _until(config, name, is_fit=True)


def _until(config: Config, name: str, *, is_fit: bool) -> int:
    deadline = Deadline.after(30)
    while not deadline.is_past:
        health = health_of(places(config).sockets, name)
        if health is not None and health.is_fit is is_fit:
            return health.worker
        time.sleep(0.005)
    sys.exit(f"{name}: its worker does not say {'well' if is_fit else 'gone'}")


def _plug_noticed_s(config: Config, bench: Bench, name: str, plug: str) -> float:
    took_s = []
    for turn in range(_PLUGS):
        is_in = turn % 2 == 1
        began_s = time.monotonic()
        bench.do(plug, "plug" if is_in else "unplug")
        _until(config, name, is_fit=is_in)
        took_s.append(time.monotonic() - began_s)
        time.sleep(10.5)  # slower than what counts as flapping
    bench.do(plug, "plug")
    return max(took_s)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _private_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty"))) / 1024


if __name__ == "__main__":
    sys.exit(main())
