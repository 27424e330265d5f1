"""What one serving process of the city keeps in memory, as a city of its own that terminals reach over HTTPS.

Prints the memory of a fresh worker, and of the same one after it has taken in applications with photos over the wire, in batches and in
pieces: what is resident, and what no other process shares.

    .venv/bin/python -m benchmarks.city_memory [--applications N] [--photos N]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from sync import identity
from sync.contract.city_keys import newest_public_key
from sync.contract.signing_keys import public_pem
from sync.outbox import Outbox
from sync.space import OutboxLimits
from tests.sync.counter import TERMINAL, Counter, photo

ROOT = Path(__file__).parents[1]
ITEM = ROOT / "city" / "items" / "residence-registration"
PHOTO_BYTES = 1_000_000
LIMITS = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=0, ballast_bytes=0)


def main() -> int:
    """Start a city with one worker, and send to it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applications", type=int, default=500)
    parser.add_argument("--photos", type=int, default=20, help="of them with a photo of 1 MB")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(Path(scratch), arguments.applications, arguments.photos)
    return 0


def measure(folder: Path, applications: int, photos: int) -> None:
    """Print both figures before and after."""
    data, here = folder / "city", folder / "terminal"
    key = identity.request_key(here / "request.pem", TERMINAL).key.public_key()
    (folder / "terminal.pem").write_bytes(public_pem(key))
    for words in (
        ("init", "--data", str(data)),
        ("publish-items", "--data", str(data), "--from", str(ITEM)),
        ("enrol", "--data", str(data), "--terminal", TERMINAL, "--public-key", str(folder / "terminal.pem")),
    ):
        subprocess.run(_city(*words), check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    serve = _city("serve", "--data", str(data), "--port", "0", "--workers", "1", "--json")
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as arbiter:
        try:
            url = json.loads(arbiter.stdout.readline())["url"] if arbiter.stdout else ""
            given = [data / "public" / name for name in ("ca.pem", "receipt-keys", "catalogue-keys")]
            own = [here / name for name in ("request.pem", "outbox", "outbox.key")]
            send = [sys.executable, "-m", "tests.sync.send_program", url, *map(str, [*given, *own])]
            outbox = _filled(here, data / "public/sealing-keys", applications, photos)
            _say("before", _worker(arbiter.pid))
            while outbox.stats()["complete"] < applications:
                subprocess.run(send, check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
            outbox.close()
            _say("after", _worker(arbiter.pid))
        finally:
            arbiter.terminate()


def _filled(here: Path, keys: Path, applications: int, photos: int) -> Outbox:
    outbox = Outbox.open(here / "outbox", identity.outbox_key(here / "outbox.key"), {}, LIMITS)
    counter = Counter(outbox, newest_public_key(keys))
    counter.take_up(ITEM)
    for place in range(applications):
        counter.hand_in(photo(PHOTO_BYTES if place < photos else 1000))
    return outbox


def _worker(arbiter: int) -> int:
    (worker,) = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text().split()
    return int(worker)


def _say(when: str, pid: int) -> None:
    found = dict(line.split(":") for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    resident, dirty, clean = (int(found[name].split()[0]) / 1024 for name in ("Rss", "Private_Dirty", "Private_Clean"))
    print(f"resident_mb_{when} {resident:.0f}")
    print(f"unshared_mb_{when} {dirty + clean:.0f}")


def _city(*words: str) -> list[str]:
    return [sys.executable, "-m", "city.cli", *words]


if __name__ == "__main__":
    sys.exit(main())
