"""What one city process takes in on PostgreSQL, on one connection, against the database alone; and what more terminals cost.

Prints rows per second of batches and of single PUTs (each opened, checked, and answered with a signed receipt), of COPY and of single
commits of the same bytes into a bare table, their ratios, heartbeats per second with 1,000, 3,000 and 10,000 terminals, and the memory of
the process. Client and server are one process here, so the terminals' signatures are part of the time; their sealing is not.

    .venv/bin/python -m benchmarks.ingest [--applications N]
"""

import argparse
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import psycopg
import zstandard

from city.folder import CityFolder, Settings
from city.keyring import make_keys, read_keys
from city.settings import database, page_secret, settings_for
from sync.contract import routes
from sync.contract.batch import BatchItem, BatchRequest
from sync.contract.checking import STATEMENT_SUFFIX
from sync.contract.heartbeat import Heartbeat
from sync.contract.item import PAYLOAD_TYPE
from sync.contract.names import InstallId, TerminalId
from tests.city.cluster import Cluster

if TYPE_CHECKING:
    from sync.contract.suites import Sealed
    from tests.city.terminal import Terminal

BATCH = 50


def main() -> int:
    """Measure everything on a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applications", type=int, default=1000)
    count = parser.parse_args().applications
    with _city() as (folder, place):
        terminal = _terminal(folder)
        sealed = [terminal.application() for _ in range(2 * count)]
        batched = _rate(count, lambda: _send_batches(terminal, sealed[:count]))
        single = _rate(count, lambda: [_checked(terminal.put(one).status_code) for one in sealed[count:]])
        bodies = [one.body for one in sealed]
        copied, committed = _bare(place, bodies)
        _say("batch_rows_per_s", batched)
        _say("copy_rows_per_s", copied)
        _say("batch_over_copy", batched / copied)
        _say("put_per_s", single)
        _say("single_commits_per_s", committed)
        _say("put_over_single_commit", single / committed)
        for terminals in (1000, 3000, 10_000):
            _say(f"heartbeats_per_s_with_{terminals}_terminals", _heartbeats(terminal, terminals))
        _say("process_memory_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return 0


@contextmanager
def _city() -> Iterator[tuple[CityFolder, Path]]:
    import django  # noqa: PLC0415  nothing of it before it is configured
    from django.conf import settings  # noqa: PLC0415

    root = Path(tempfile.mkdtemp(prefix="ingest-"))
    root.chmod(0o755)
    cluster = Cluster(root / "pg")
    cluster.start()
    try:
        folder = CityFolder(root / "data")
        folder.create()
        make_keys(folder)
        own = settings_for(
            folder, Settings(hosts=("city.test",), free_space_floor_bytes=1, requests_per_second=1_000_000), page_secret(folder)
        )
        own["DATABASES"] = {"default": database(folder, "postgresql://city@/postgres") | {"HOST": str(cluster.place)}}
        settings.configure(**own)
        django.setup(set_prefix=False)
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        yield folder, cluster.place
    finally:
        cluster.stop()
        shutil.rmtree(root, ignore_errors=True)


def _terminal(folder: CityFolder) -> "Terminal":
    from city.fleet.models import Terminal as Row  # noqa: PLC0415
    from tests.city.terminal import ITEM, Terminal  # noqa: PLC0415

    keys = read_keys(folder)
    statement = keys.catalogue.sign(msgspec.json.encode(ITEM), PAYLOAD_TYPE)
    (folder.catalogue / f"{ITEM.code}.{ITEM.version}{STATEMENT_SUFFIX}").write_bytes(statement)
    (city_key,) = keys.opening.values()
    terminal = Terminal("SY-BENCH-0", city_key.public_key())
    Row.objects.create(id=terminal.id, public_key=terminal.key.public_key().public_bytes_raw())
    return terminal


def _send_batches(terminal: "Terminal", sealed: "list[Sealed]") -> None:
    for first in range(0, len(sealed), BATCH):
        items = tuple(BatchItem(one.header.application_id, msgspec.Raw(one.body)) for one in sealed[first : first + BATCH])
        body = zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(BatchRequest(items)))
        answer = terminal.send("POST", routes.BATCH_PATH, body, routes.BATCH_TYPE, {"Content-Encoding": "zstd"})
        results = msgspec.json.decode(answer.content)["results"]
        if any(result["status"] != 201 for result in results):
            sys.exit(f"not taken: {results[0]}")


def _heartbeats(terminal: "Terminal", terminals: int) -> float:
    """Return the heartbeats of so many terminals that are taken in a second; they share a key, which costs the city the same."""
    from city.fleet.models import Terminal as Row  # noqa: PLC0415

    key = terminal.key.public_key().public_bytes_raw()
    names = [TerminalId(f"SY-{place:06}") for place in range(terminals)]
    Row.objects.bulk_create([Row(id=name, public_key=key, heard_at=datetime.now(UTC)) for name in names], ignore_conflicts=True)
    own = terminal.id

    def beat() -> None:
        for name in names:
            terminal.id = name
            said = Heartbeat(1, name, InstallId("i"), datetime.now(UTC), "0.1.0", True, 3, 0, 9_000_000_000, 17)
            _checked(terminal.send("PUT", routes.heartbeat_path(name), msgspec.json.encode(said), routes.JSON_TYPE).status_code)

    rate = _rate(terminals, beat)
    terminal.id = own
    return rate


def _bare(place: Path, bodies: list[bytes]) -> tuple[float, float]:
    """Return rows per second of COPY, and of a commit for each row, on one connection."""
    with psycopg.connect(f"postgresql://city@/postgres?host={place}", autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (id bigint PRIMARY KEY, body bytea)")

        def copy() -> None:
            with connection.cursor() as cursor, cursor.copy("COPY bare (id, body) FROM STDIN") as rows:
                for number, body in enumerate(bodies):
                    rows.write_row((number, body))

        def commit() -> None:
            for number, body in enumerate(bodies):
                connection.execute("INSERT INTO bare (id, body) VALUES (%s, %s)", (10**9 + number, body))

        return _rate(len(bodies), copy), _rate(len(bodies), commit)


def _rate(count: int, act: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    act()
    return count / (time.perf_counter() - began_s)


def _checked(status: int) -> None:
    if status not in (201, 204):
        sys.exit(f"answered {status}")


def _say(name: str, figure: float) -> None:
    print(f"{name} {figure:.2f}" if figure < 10 else f"{name} {figure:.0f}")


if __name__ == "__main__":
    sys.exit(main())
