"""The update channel: what asking costs a terminal, and how many polls one core of a static server answers.

Prints `refresh_cold_ms` (from the root that the image brings), `refresh_warm_ms` (nothing has changed), `refresh_warm_cpu_ms`,
`warm_bytes`, and `static_polls_per_cpu_s`: timestamp files fetched over a kept connection from Python's own file server, the slowest that
would be used, with client and server sharing the second.

    .venv/bin/python -m benchmarks.updates [--rounds N]
"""

import argparse
import functools
import http.client
import http.server
import shutil
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from city.channel.keys import KeyFolder
from city.channel.repository import Repository
from sync.contract.rollout import Rollout, RolloutState
from sync.update.channel import Channel, Offer
from sync.update.known_time import KnownTime
from sync.update.line import Line

POLLS = 2000


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A static server that keeps connections and says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    sent_bytes = 0

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def copyfile(self, source: object, outputfile: object) -> None:
        """Count what is sent."""
        content = source.read()
        Quiet.sent_bytes += len(content)
        outputfile.write(content)


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    place = Path(tempfile.mkdtemp(prefix="updates-"))
    now = datetime.now(UTC)
    try:
        _publish(place, now)
        handler = functools.partial(Quiet, directory=str(place / "updates"))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _refreshes(place, server.server_port, now, rounds)
        _polls(server.server_port)
        server.shutdown()
    finally:
        shutil.rmtree(place)
    return 0


def _publish(place: Path, now: datetime) -> None:
    files = Repository(place / "updates", KeyFolder(place / "online"), KeyFolder(place / "offline"), now)
    files.make()
    (place / "bundle").write_bytes(b"an invented release")
    files.add_release("stable", "2.4.2", "x86-64", place / "bundle")
    ends = now + timedelta(days=9)
    rollout = Rollout(1, "2.4.2-1", 1, "stable", "2.4.2", RolloutState.RUNNING, 100, starts_at=now, expires_at=ends, widened_at=now)
    files.put_rollout("stable", msgspec.json.encode(rollout))


def _refreshes(place: Path, port: int, now: datetime, rounds: int) -> None:
    cold, warm, cpu, sizes = [], [], [], []
    line = Line()
    for number in range(rounds):
        folder = place / f"terminal-{number}"
        folder.mkdir()
        shutil.copyfile(place / "updates" / "metadata" / "1.root.json", folder / "root.json")
        clock = KnownTime(folder / "time", now - timedelta(days=1), lambda: datetime.now(UTC))
        channel = Channel(f"http://127.0.0.1:{port}", "stable", "x86-64", folder, line, clock)
        for taken in (cold, warm):
            began, began_cpu, before = time.perf_counter(), time.thread_time(), Quiet.sent_bytes
            if not isinstance(channel.offer(), Offer):
                raise SystemExit("the channel did not answer")
            taken.append((time.perf_counter() - began) * 1000)
        cpu.append((time.thread_time() - began_cpu) * 1000)
        sizes.append(Quiet.sent_bytes - before)
    print(f"refresh_cold_ms {statistics.median(cold):.1f}")
    print(f"refresh_warm_ms {statistics.median(warm):.1f}")
    print(f"refresh_warm_cpu_ms {statistics.median(cpu):.1f}")
    print(f"warm_bytes {statistics.median(sizes):.0f}")


def _polls(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.process_time()
    for _ in range(POLLS):
        connection.request("GET", "/metadata/timestamp.json")
        connection.getresponse().read()
    print(f"static_polls_per_cpu_s {POLLS / (time.process_time() - began):.0f}")  # client and server together


if __name__ == "__main__":
    sys.exit(main())
