"""The same benchmark once more, on a disk whose syncs take longer: this machine's may have a quick cache, a memory card has none."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_TOLD = "SLOW_DISK_US"


def add_slow_disk(parser: argparse.ArgumentParser) -> None:
    """Add the option that asks for it."""
    parser.add_argument("--slow-disk-ms", type=float, default=0.0, help="every sync of this process and its children takes so much longer")


def on_a_slow_disk(module: str, slower_ms: float) -> int | None:
    """Run the module again with slower syncs, if they were asked for and this is not that run yet; returns its exit code."""
    if not slower_ms or _TOLD in os.environ:
        return None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user and loads it too
        library = Path(folder) / "slow_disk.so"
        source = Path(__file__).with_name("slow_disk.c")
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        environment = {**os.environ, "LD_PRELOAD": str(library), _TOLD: str(int(1000 * slower_ms))}
        return subprocess.run([sys.executable, "-m", module, *sys.argv[1:]], env=environment, check=False).returncode
