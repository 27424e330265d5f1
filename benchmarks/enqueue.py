"""Handing in an application, sealed and encrypted, against a raw sqlite3 insert of the same bytes, both synced to the disk.

Prints `enqueue_over_raw_insert <ratio>`: commits per second of the outbox over those of the bare table, 1.0 being as fast. The two
take turns in small rounds within one run, so that a busy machine slows both; the ratio is the median of the rounds' ratios.

With `--slow-disk-ms` every sync of both takes that much longer, as on a memory card: then it shows what a terminal is like.

    .venv/bin/python -m benchmarks.enqueue [--folder DIR] [--rounds N] [--slow-disk-ms MS]
"""

import argparse
import random
import shutil
import sqlite3
import statistics
import string
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import uuid6

from benchmarks._slow_disk import add_slow_disk, on_a_slow_disk
from sync.contract.application import Header
from sync.contract.names import ApplicationId, InstallId, ItemCode, TerminalId, new_receipt_number
from sync.contract.suites import CityPublicKey, Sealed, Sealer, new_city_key
from sync.outbox import HandInStatus, Outbox

IN_A_ROUND = 48
IN_AN_HOUR = 6
"""So many come to a terminal in an hour, which is how long applications share an encapsulation."""

CONTENT_BYTES = 2000


def main() -> int:
    """Measure in a folder on the disk in question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path.cwd(), help="a folder on the disk to measure (a scratch folder is made in it)")
    parser.add_argument("--rounds", type=int, default=30)
    add_slow_disk(parser)
    arguments = parser.parse_args()
    if (code := on_a_slow_disk("benchmarks.enqueue", arguments.slow_disk_ms)) is not None:
        return code
    scratch = Path(tempfile.mkdtemp(prefix="enqueue-", dir=arguments.folder))
    try:
        ratios, raw_ms, ours_ms, seal_ms = measure(scratch, arguments.rounds)
    finally:
        shutil.rmtree(scratch)
    print(f"raw_insert_ms {raw_ms:.3f}")
    print(f"enqueue_ms {ours_ms:.3f}")
    print(f"seal_alone_ms {seal_ms:.3f}")
    print(f"enqueue_over_raw_insert {statistics.median(ratios):.2f}")
    return 0


def measure(scratch: Path, rounds: int) -> tuple[list[float], float, float, float]:
    """Return the ratio of each round, and the median milliseconds of a raw insert, of a hand-in, and of its sealing."""
    city_key = new_city_key(datetime.now(UTC)).public_key()
    outbox = Outbox.open(scratch / "outbox", b"b" * 32, {})
    contents = [invented_content() for _ in range(IN_A_ROUND)]
    sealers = [Sealer() for _ in range(IN_A_ROUND // IN_AN_HOUR)]
    bodies = [sealed(Sealer(), city_key, content, 1, InstallId("bench")).body for content in contents]
    raw = raw_table(scratch / "raw.db")
    ratios, raw_s, ours_s, seal_s = [], [], [], []
    for _ in range(rounds):
        sealers = [Sealer() for _ in sealers]
        raw_s.append(timed(lambda place: raw_insert(raw, bodies[place])))
        ours_s.append(timed(lambda place, by=sealers: hand_in(outbox, by[place // IN_AN_HOUR], city_key, contents[place])))
        seal_s.append(timed(lambda place, by=sealers: sealed(by[place // IN_AN_HOUR], city_key, contents[place], 1, InstallId("bench"))))
        ratios.append(raw_s[-1] / ours_s[-1])
    outbox.close()
    raw.close()
    raw_ms, ours_ms, seal_ms = (1000 * statistics.median(times) / IN_A_ROUND for times in (raw_s, ours_s, seal_s))
    return ratios, raw_ms, ours_ms, seal_ms


def timed(act: Callable[[int], object]) -> float:
    """Return how long a round takes."""
    began_s = time.perf_counter()
    for place in range(IN_A_ROUND):
        act(place)
    return time.perf_counter() - began_s


def invented_content() -> bytes:
    """Two kilobytes that compress about as much as an application does."""
    words = ["".join(random.choices(string.ascii_lowercase, k=random.randint(3, 9))) for _ in range(400)]
    return msgspec.json.encode({"answers": " ".join(words)})[:CONTENT_BYTES]


def sealed(sealer: Sealer, city_key: CityPublicKey, content: bytes, sequence: int, install: InstallId) -> Sealed:
    """Seal one application."""
    name, item = ApplicationId(str(uuid6.uuid7())), ItemCode("bench-item")
    header = Header(1, name, new_receipt_number(), TerminalId("SY-BENCH-01"), install, sequence, item, 1, datetime.now(UTC), ())
    return sealer.seal(header, content, (), city_key)


def hand_in(outbox: Outbox, sealer: Sealer, city_key: CityPublicKey, content: bytes) -> None:
    """Seal and put in."""
    outcome = outbox.hand_in(lambda sequence, install: sealed(sealer, city_key, content, sequence, install))
    if outcome.status is not HandInStatus.HANDED_IN:
        sys.exit(f"the outbox took nothing: {outcome.status}")


def raw_table(path: Path) -> sqlite3.Connection:
    """The bare minimum that survives a power cut."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = full")
    connection.execute("CREATE TABLE application (application_id TEXT PRIMARY KEY, body BLOB)")
    return connection


def raw_insert(connection: sqlite3.Connection, body: bytes) -> None:
    """One row, one commit."""
    connection.execute("INSERT INTO application VALUES (?, ?)", (str(uuid6.uuid7()), body))


if __name__ == "__main__":
    sys.exit(main())
