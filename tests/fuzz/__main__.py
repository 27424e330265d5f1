"""Coverage-guided fuzzing of one target after another: `python -m tests.fuzz [--runs N] [TARGET ...]`.

Each target runs in a process of its own. What it found is kept as `tests/fuzz/finds/TARGET/crash-...` and is replayed by every
`make test` from then on.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.corpus import FINDS, SEEDS
from tests.fuzz.targets import TARGETS

_LONGEST_BYTES = {"id_data": 2400, "id_frames": 600, "camera_stream": 512}  # an ID reader's longest answer has 2321
_LONG_ENOUGH_BYTES = 260


def main() -> int:
    """Run them all; 1 when one of them found something."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=list(TARGETS), metavar="TARGET", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--runs", type=int, default=1_000_000)
    words = parser.parse_args()
    return max(_fuzz(name, words.runs) for name in words.targets)


def _fuzz(name: str, runs: int) -> int:
    FINDS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS[name]):
            Path(corpus, f"seed-{number}").write_bytes(seed)
        (FINDS / name).mkdir(exist_ok=True)
        began_s = time.monotonic()
        longest = _LONGEST_BYTES.get(name, _LONG_ENOUGH_BYTES)
        command = [
            sys.executable,
            "-m",
            "tests.fuzz.inside",
            name,
            corpus,
            f"-atheris_runs={runs}",
            f"-max_len={longest}",
        ]
        ended = subprocess.run(
            [*command, f"-artifact_prefix={FINDS / name}/", "-verbosity=0", "-timeout=10"], check=False, stderr=subprocess.PIPE, text=True
        )
        took_s = time.monotonic() - began_s
    is_found = bool(list((FINDS / name).iterdir()))
    if not is_found:
        (FINDS / name).rmdir()
    print(f"{name}: {'a find' if ended.returncode else 'nothing'} in {runs} executions or fewer, {took_s:.0f} s", flush=True)
    if ended.returncode:
        print("\n".join(ended.stderr.splitlines()[-25:]))
    return min(1, abs(ended.returncode))


if __name__ == "__main__":
    sys.exit(main())
