"""What one city process takes in on PostgreSQL, on one connection, against the database alone; and what more terminals cost.

Prints, as medians of rounds in which all take turns: `batch_over_copy_of_its_rows`, rows per second of batches (each opened, checked, and
answered with a signed receipt) over COPY of the very rows that the batches left, into the same four tables with all their indexes and
constraints, in transactions of the same size; `batch_over_copy`, the same over COPY of the requests' bytes into a bare table with one
index, all in one transaction; `put_over_pgbench`, single PUTs per second over the transactions of PostgreSQL's own benchmark; the
processor's time for one application of a batch, and for opening and checking it alone. Then, with 1,000, 3,000 and 10,000 terminals,
what a heartbeat costs, and an application of each of them, as on a morning. PostgreSQL is as durable as it is by itself. Requests are
sealed and signed beforehand, and handed to Django without a network.

    .venv/bin/python -m benchmarks.ingest [--applications N] [--rounds N] [--terminals N ...] [--asking N] [--slow-disk-ms MS]
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import psycopg
import zstandard

from benchmarks._slow_disk import add_slow_disk, on_a_slow_disk
from city.commands.serve import settle_memory
from city.folder import CityFolder, Settings
from city.keyring import make_keys, read_keys
from city.settings import database, page_secret, settings_for
from sync.contract import routes
from sync.contract.batch import BatchItem, BatchRequest
from sync.contract.checking import STATEMENT_SUFFIX
from sync.contract.heartbeat import Heartbeat
from sync.contract.http_signature import RequestKey, sign_request
from sync.contract.item import PAYLOAD_TYPE
from sync.contract.names import InstallId, TerminalId
from tests.city.cluster import Cluster

if TYPE_CHECKING:
    from sync.contract.suites import Sealed
    from tests.city.terminal import Terminal

Request = Callable[[], None]
Database = psycopg.Connection[tuple[object, ...]]

ROWS = {"onewindow_case": "id", "onewindow_sealedbody": "case_id", "onewindow_attachment": "case_id", "onewindow_event": "case_id"}
"""Where an application leaves rows, and what of them names its case."""

BATCH = 100
PGBENCH_S = 2


def main() -> int:
    """Measure everything on a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applications", type=int, default=400, help="in each round, as batches; a quarter of that as single PUTs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--terminals", type=int, nargs="*", default=[1000, 3000, 10_000])
    parser.add_argument("--asking", type=int, default=10_000, help="how many of the terminals, spread evenly, really ask")
    add_slow_disk(parser)
    arguments = parser.parse_args()
    if (code := on_a_slow_disk("benchmarks.ingest", arguments.slow_disk_ms)) is not None:
        return code
    with _city() as (folder, cluster):
        terminal = _terminal(folder)
        _against_the_database(terminal, cluster, arguments.applications, arguments.rounds)
        for terminals in arguments.terminals:
            _morning(terminal, terminals, min(terminals, arguments.asking))
    return 0


def _against_the_database(terminal: "Terminal", cluster: Cluster, count: int, rounds: int) -> None:
    found: dict[str, list[float]] = {}
    with psycopg.connect(f"postgresql://city@/postgres?host={cluster.place}", autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea)")
        for table in ROWS:
            _same_table(connection, table)
        for _ in range(rounds):
            sealed = [terminal.application() for _ in range(count + count // 4)]
            batches, singles = _batches(terminal, sealed[:count]), [_put(terminal, one) for one in sealed[count:]]
            opened_ms = _opening_ms(sealed[:count])
            first = _last_case(connection) + 1
            worked_s = time.process_time()
            batched = count * _rate(batches) / len(batches)
            worked_s = time.process_time() - worked_s
            chunks = [_rows(connection, start, start + BATCH) for start in range(first, first + count, BATCH)]
            same = count * _rate([partial(_copy_same, connection, rows) for rows in chunks]) / len(chunks)
            copied = count * _rate([partial(_copy, connection, sealed[:count])])
            puts = _rate(singles)
            tps = cluster.pgbench(PGBENCH_S)
            figures = {
                "batch_rows_per_s": batched,
                "copy_rows_per_s": copied,
                "batch_over_copy": batched / copied,
                "copy_of_its_rows_per_s": same,
                "batch_over_copy_of_its_rows": batched / same,
                "batch_processor_ms": 1000 * worked_s / count,
                "of_which_opening_and_checking_ms": opened_ms,
                "put_per_s": puts,
                "pgbench_tps": tps,
                "put_over_pgbench": puts / tps,
            }
            for name, figure in figures.items():
                found.setdefault(name, []).append(figure)
    for name, values in found.items():
        _say(name, statistics.median(values))


def _same_table(connection: Database, table: str) -> None:
    """Make a table with everything that `table` has: LIKE leaves foreign keys out."""
    connection.execute(f"CREATE TABLE same_{table} (LIKE {table} INCLUDING ALL)")
    keys = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
    for (definition,) in connection.execute(keys, (table,)).fetchall():
        connection.execute(f"ALTER TABLE same_{table} ADD {definition}")


@contextmanager
def _city() -> Iterator[tuple[CityFolder, Cluster]]:
    import django  # noqa: PLC0415  nothing of it before it is configured
    from django.conf import settings  # noqa: PLC0415

    root = Path(tempfile.mkdtemp(prefix="ingest-"))
    root.chmod(0o755)
    cluster = Cluster(root / "pg", is_durable=True)
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
        settle_memory()
        yield folder, cluster
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


def _request(terminal: "Terminal", method: str, path: str, body: bytes, kind: str, *, is_packed: bool = False) -> Request:
    """Sign a request now, to be delivered later; it must be taken."""
    from tests.city.terminal import HOST  # noqa: PLC0415

    plain = {"Content-Type": kind} | ({"Content-Encoding": "zstd"} if is_packed else {})
    signed = sign_request(method, f"https://{HOST}{path}", plain, body, RequestKey(terminal.id, terminal.key))

    def deliver() -> None:
        answer = terminal.deliver(method, path, body, signed)
        if answer.status_code not in (200, 201, 204):
            sys.exit(f"answered {answer.status_code}")
        if is_packed and any(result["status"] != 201 for result in msgspec.json.decode(answer.content)["results"]):
            sys.exit(f"not taken: {answer.content[:300]!r}")

    return deliver


def _put(terminal: "Terminal", one: "Sealed") -> Request:
    return _request(terminal, "PUT", terminal.path(one), one.body, routes.SEALED_TYPE)


def _batches(terminal: "Terminal", sealed: "list[Sealed]") -> list[Request]:
    requests = []
    for first in range(0, len(sealed), BATCH):
        items = tuple(BatchItem(one.header.application_id, msgspec.Raw(one.body)) for one in sealed[first : first + BATCH])
        body = zstandard.compress(msgspec.json.encode(BatchRequest(items)))
        requests.append(_request(terminal, "POST", routes.BATCH_PATH, body, routes.BATCH_TYPE, is_packed=True))
    return requests


def _morning(terminal: "Terminal", terminals: int, asking: int) -> None:
    """Print what a heartbeat and an application of each of so many terminals cost; they share a key, which costs the city the same."""
    from city.fleet.models import Terminal as Row  # noqa: PLC0415

    key = terminal.key.public_key().public_bytes_raw()
    names = [TerminalId(f"SY-{place:06}") for place in range(terminals)]
    Row.objects.bulk_create([Row(id=name, public_key=key, heard_at=datetime.now(UTC)) for name in names], ignore_conflicts=True)
    own = terminal.id
    requests: dict[str, list[Request]] = {"heartbeat": [], "application": []}
    for name in names[:: terminals // asking]:
        terminal.id = name
        said = Heartbeat(1, name, InstallId("i"), datetime.now(UTC), "0.1.0", True, 3, 0, 9_000_000_000, 17)
        requests["heartbeat"].append(_request(terminal, "PUT", routes.heartbeat_path(name), msgspec.json.encode(said), routes.JSON_TYPE))
        requests["application"].append(_put(terminal, terminal.application()))
    for what, all_of_them in requests.items():
        worked_s = time.process_time()
        rate = _rate(all_of_them)
        worked_s = time.process_time() - worked_s
        _say(f"{what}s_per_s_with_{terminals}_terminals", rate)
        _say(f"{what}_processor_ms_with_{terminals}_terminals", 1000 * worked_s / len(all_of_them))
    terminal.id = own


def _copy(connection: Database, sealed: "list[Sealed]") -> None:
    with connection.cursor() as cursor, cursor.copy("COPY bare (body) FROM STDIN") as rows:
        for one in sealed:
            rows.write_row((one.body,))


def _opening_ms(sealed: "list[Sealed]") -> float:
    """Return the processor's time for opening one and checking it against its item, without any database."""
    from city.onewindow.content import Content, open_content  # noqa: PLC0415

    began_s = time.process_time()
    if not all(isinstance(open_content(one.body), Content) for one in sealed):
        sys.exit("not opened")
    return 1000 * (time.process_time() - began_s) / len(sealed)


def _last_case(connection: Database) -> int:
    found = connection.execute("SELECT coalesce(max(id), 0) FROM onewindow_case").fetchone()
    return int(str(found[0])) if found else 0


def _rows(connection: Database, first: int, end: int) -> dict[str, bytes]:
    """Return every row of the cases from `first` to before `end`, as COPY writes them."""
    rows = {}
    for table, key in ROWS.items():
        with (
            connection.cursor() as cursor,
            cursor.copy(
                f"COPY (SELECT * FROM {table} WHERE {key} >= %s AND {key} < %s) TO STDOUT (FORMAT binary)",  # noqa: S608  both from ROWS
                (first, end),
            ) as out,
        ):
            rows[table] = b"".join(bytes(part) for part in out)
    return rows


def _copy_same(connection: Database, rows: dict[str, bytes]) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for table, content in rows.items():
            with cursor.copy(f"COPY same_{table} FROM STDIN (FORMAT binary)") as into:
                into.write(content)


def _rate(acts: Sequence[Request]) -> float:
    began_s = time.perf_counter()
    for act in acts:
        act()
    return len(acts) / (time.perf_counter() - began_s)


def _say(name: str, figure: float) -> None:
    print(f"{name} {figure:.2f}" if figure < 10 else f"{name} {figure:.0f}")


if __name__ == "__main__":
    sys.exit(main())
