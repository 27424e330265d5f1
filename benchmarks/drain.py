"""Draining the outbox over a line of 2 Mbit/s, 80 ms and 2 % loss, against what the line can carry.

Prints `drain_applications_over_line` (bytes that residents' answers have in clear, over what the line carries in the same time),
`drain_sealed_over_line` (the same for the sealed bytes) and `drain_photos_over_line`. Takes root: the line is a tunnel into a network
namespace with a relay in between.

    .venv/bin/python -m benchmarks.drain [--applications N] [--photos N]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sync import identity
from sync.outbox import Outbox
from sync.space import OutboxLimits
from tests.faults.bad_line import BadLine, Line
from tests.sync.counter import TERMINAL, Counter, photo
from tests.sync.standin import StandInCity

ROOT = Path(__file__).parents[1]
LIMITS = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=0, ballast_bytes=0)
CONTENT_BYTES = 2000
PHOTO_BYTES = 1_000_000


def main() -> int:
    """Measure both lanes, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applications", type=int, default=500)
    parser.add_argument("--photos", type=int, default=15)
    arguments = parser.parse_args()
    line = Line()
    with BadLine(line) as valley, tempfile.TemporaryDirectory() as scratch:
        clear, sealed, took_s = drained(valley, Path(scratch) / "answers", arguments.applications, 0)
        print(f"drain_applications_s {took_s:.1f}")
        print(f"drain_applications_over_line {clear / took_s / line.bytes_per_s:.2f}")
        print(f"drain_sealed_over_line {sealed / took_s / line.bytes_per_s:.2f}")
        _, sealed, took_s = drained(valley, Path(scratch) / "photos", 1, arguments.photos)
        print(f"drain_photos_s {took_s:.1f}")
        print(f"drain_photos_over_line {arguments.photos * PHOTO_BYTES / took_s / line.bytes_per_s:.2f}")
    return 0


def drained(valley: BadLine, folder: Path, applications: int, photos: int) -> tuple[int, int, float]:
    """Fill an outbox, let another process drain it, and return bytes in clear, sealed bytes, and seconds."""
    city = StandInCity(folder / "city", host=valley.near)
    keys = folder / "keys"
    city.terminals[TERMINAL] = identity.request_key(keys / "request.pem", TERMINAL).key.public_key()
    outbox = Outbox.open(folder / "outbox", identity.outbox_key(keys / "outbox.key"), {}, LIMITS)
    counter = Counter(outbox, city.city_key.public_key())
    for place in range(applications):
        counter.answers = {"phone": "00000000000", "story": invented(place)}
        counter.hand_in(*(photo(PHOTO_BYTES) for _ in range(photos)))
    given = (city.folder / "tls" / "ca.pem", city.folder / "receipt-keys", city.folder / "catalogue-keys", keys / "request.pem")
    program = [*valley.there, sys.executable, "-m", "tests.sync.send_program", city.url, *map(str, given)]
    began_s = time.monotonic()
    while outbox.stats()["complete"] < applications:
        subprocess.run([*program, str(folder / "outbox"), str(keys / "outbox.key")], check=True, cwd=ROOT)
    took_s = time.monotonic() - began_s
    city.stop()
    outbox.close()
    sealed = sum(len(case.body) for case in city.cases.values())
    return applications * CONTENT_BYTES, sealed, took_s


def invented(place: int) -> str:
    """Chinese sentences that fill an application up to two kilobytes in clear."""
    words = ("样本", "虚构", "街道", "登记", "材料", "房屋", "租赁", "合同", "申请", "说明", "居住", "联系", "办理", "事项", "情况", "演示")
    story = ""
    number = place * 2_654_435_761 + 1
    while len(story.encode()) < CONTENT_BYTES - 900:  # the rest is what every application has
        number = (number * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        story += words[number >> 60]
    return story


if __name__ == "__main__":
    sys.exit(main())
