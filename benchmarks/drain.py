"""Draining the outbox over a line of 2 Mbit/s, 80 ms and 2 % loss, against what the line can carry.

Prints `drain_applications_over_line` (bytes that residents' answers have in clear, over what the line carries in the same time),
`drain_photos_over_line`, and for comparison `plain_tcp_over_line`: how much of the line one ordinary connection fills that does nothing
but send. The time runs from the first connection to the end of the sending process. Takes root: the line is a tunnel into a network
namespace with a relay in between.

    .venv/bin/python -m benchmarks.drain [--applications N] [--photos N] [--rounds N]
"""

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sync import identity
from sync.contract.suites import Sealer
from sync.outbox import Outbox
from sync.space import OutboxLimits
from tests.faults.bad_line import BadLine, Line
from tests.sync.counter import TERMINAL, Counter, photo
from tests.sync.standin import StandInCity

ROOT = Path(__file__).parents[1]
LIMITS = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=0, ballast_bytes=0)
CONTENT_BYTES = 2000
PHOTO_BYTES = 1_000_000
PLAIN_BYTES = 1_000_000
IN_AN_HOUR = 6
"""A run of applications that share an encapsulation ends after an hour; so many come to a terminal in one."""

_SEND = "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2]))); s.sendall(bytes(int(sys.argv[3]))); s.close()"


def main() -> int:
    """Measure in turns, so that a busy machine slows everything alike; what is printed is the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applications", type=int, default=500)
    parser.add_argument("--photos", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    line = Line()
    found: dict[str, list[float]] = {"drain_applications_over_line": [], "drain_photos_over_line": [], "plain_tcp_over_line": []}
    with BadLine(line) as valley, tempfile.TemporaryDirectory() as scratch:
        for number in range(arguments.rounds):
            up, down = valley.carried[1], valley.carried[0]
            took_s = drained(valley, Path(scratch) / f"answers-{number}", arguments.applications, 0)
            print(f"drain_applications_s {took_s:.1f}")
            print(f"bytes_up_and_down_each {(valley.carried[1] - up) / arguments.applications:.0f} ", end="")
            print(f"{(valley.carried[0] - down) / arguments.applications:.0f}")
            found["drain_applications_over_line"].append(arguments.applications * CONTENT_BYTES / took_s / line.bytes_per_s)
            took_s = drained(valley, Path(scratch) / f"photos-{number}", 1, arguments.photos)
            print(f"drain_photos_s {took_s:.1f}")
            found["drain_photos_over_line"].append(arguments.photos * PHOTO_BYTES / took_s / line.bytes_per_s)
            found["plain_tcp_over_line"].append(PLAIN_BYTES / plain_tcp_s(valley) / line.bytes_per_s)
    for name, ratios in found.items():
        print(f"{name} {statistics.median(ratios):.2f}")
    return 0


def drained(valley: BadLine, folder: Path, applications: int, photos: int) -> float:
    """Fill an outbox, let another process drain it, and return the seconds."""
    city = StandInCity(folder / "city", host=valley.near)
    keys = folder / "keys"
    city.terminals[TERMINAL] = identity.request_key(keys / "request.pem", TERMINAL).key.public_key()
    outbox = Outbox.open(folder / "outbox", identity.outbox_key(keys / "outbox.key"), {}, LIMITS)
    counter = Counter(outbox, city.city_key.public_key())
    for place in range(applications):
        if place % IN_AN_HOUR == 0:
            counter.sealer = Sealer()
        counter.answers = {"phone": "00000000000", "story": invented(place)}
        counter.hand_in(*(photo(PHOTO_BYTES) for _ in range(photos)))
    given = (city.folder / "tls" / "ca.pem", city.folder / "receipt-keys", city.folder / "catalogue-keys", keys / "request.pem")
    program = [*valley.there, sys.executable, "-m", "tests.sync.send_program", city.url, *map(str, given)]
    while outbox.stats()["complete"] < applications:
        subprocess.run([*program, str(folder / "outbox"), str(keys / "outbox.key")], check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
    ended_s = time.monotonic()
    began_s = city.first_called_s
    city.stop()
    outbox.close()
    if began_s is None:
        sys.exit("nobody called")
    return ended_s - began_s


def plain_tcp_s(valley: BadLine) -> float:
    """Return how long one connection takes that only sends."""
    with socket.create_server((valley.near, 0)) as server:
        port = str(server.getsockname()[1])
        with subprocess.Popen([*valley.there, sys.executable, "-c", _SEND, valley.near, port, str(PLAIN_BYTES)]):
            connection, _ = server.accept()
            began_s = time.monotonic()
            with connection:
                while connection.recv(65536):
                    pass
            return time.monotonic() - began_s


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
