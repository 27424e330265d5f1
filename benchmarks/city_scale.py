"""The city's pages with 1,000,000 applications and 5,000,000 lines of history against the same with 10,000 and 50,000, on PostgreSQL.

Loads by COPY, then asks each page through Django in this process, the database in its own. Prints for each page the p95 with few and with
many, their ratio (the aim is at most 3), the same of the processor's time that both processes took (which a busy machine does not
stretch), and the number of queries with each (the aim is: the same), then 50 clerks who claim at once, and the memory that a streamed
export needs. People and numbers are invented; four cases in a hundred are open, as in a year of ten working
days each.

    .venv/bin/python -m benchmarks.city_scale [--few N] [--many N] [--rounds N] [--only PART]
"""

import argparse
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from city.folder import CityFolder, Settings
from city.keyring import make_keys, read_keys
from city.settings import database, page_secret, settings_for
from sync.contract.checking import STATEMENT_SUFFIX
from sync.contract.item import PAYLOAD_TYPE
from tests.city.cluster import Cluster

if TYPE_CHECKING:
    from django.test import Client

    from city.staff.models import Office

CLERKS = 50
EVENTS_A_CASE = 5
OPEN_SHARE = 0.04
AREAS = 40
OFFICES = 19  # a number that has nothing in common with the others
YEAR_S = 365 * 24 * 3600
POSTGRESQL = "-c max_connections=90 -c shared_buffers=512MB -c maintenance_work_mem=256MB -c max_wal_size=8GB"


def main() -> int:
    """Measure on a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="only pages whose address has this in it, and no claims and no export")
    words = parser.parse_args()
    with _city():
        town = Town()
        figures: dict[str, list[Measured]] = {}
        for count in (words.few, words.many):
            began = time.perf_counter()
            town.grow_to(count)
            print(f"loaded_{count}_cases_s {time.perf_counter() - began:.0f}", flush=True)
            for who, path in (page for page in town.pages() if words.only in page[1]):
                figures.setdefault(f"{who} {path}", []).append(town.measured(who, path, words.rounds))
        for name, (few, many) in figures.items():
            verdict = "" if many.p95_ms <= 3 * few.p95_ms and few.queries == many.queries else "  <-- not within the aim"
            print(f"{name}: p95 {few.p95_ms:.0f} -> {many.p95_ms:.0f} ms, ratio {many.p95_ms / few.p95_ms:.1f}, "
                  f"median {few.median_ms:.0f} -> {many.median_ms:.0f} ms, processor {few.cpu_ms:.0f} -> {many.cpu_ms:.0f} ms, "
                  f"ratio {many.cpu_ms / few.cpu_ms:.1f}, queries {few.queries} -> {many.queries}{verdict}", flush=True)  # fmt: skip
        if not words.only:
            town.claim_at_once()
            town.export()
    return 0


@dataclass(frozen=True, slots=True)
class Measured:
    """A page: wall-clock p95 and median, the mean of the processor's time in this process and the database's, and its queries."""

    p95_ms: float
    median_ms: float
    cpu_ms: float
    queries: int


class Town:
    """The loaded city."""

    def __init__(self) -> None:
        from city.fleet.models import Terminal as Row  # noqa: PLC0415  models exist once Django is started
        from city.staff.models import Office  # noqa: PLC0415
        from tests.city.terminal import ITEM, Terminal  # noqa: PLC0415

        folder = _folder()
        keys = read_keys(folder)
        statement = keys.catalogue.sign(msgspec.json.encode(ITEM), PAYLOAD_TYPE)
        (folder.catalogue / f"{ITEM.code}.{ITEM.version}{STATEMENT_SUFFIX}").write_bytes(statement)
        (city_key,) = keys.opening.values()
        self.terminal = Terminal("SY-BENCH-0", city_key.public_key())
        public = self.terminal.key.public_key().public_bytes_raw()
        for number in range(AREAS):
            Row.objects.create(id=f"SY-BENCH-{number}", public_key=public, place=f"样例{number}社区", area=_area(number))
        self.offices = [Office.objects.create(code=f"decide-{number}", kind="decide", name=f"样例{number}科") for number in range(OFFICES)]
        roles = ("front_desk", "office_clerk", "office_head", "auditor", "administrator")
        self.clients = {role: _client(role) for role in roles}
        self.clients["head_of_one"] = _client("office_head", "head_of_one", self.offices[0])
        self.clients["clerk_of_one"] = _client("office_clerk", "clerk_of_one", self.offices[0])
        self.count = 0
        self.real = ""
        self.chance = random.Random(11)

    def grow_to(self, count: int) -> None:
        """Load up to so many cases; one of them came over the wire, so that it can be opened."""
        from django.core.cache import cache  # noqa: PLC0415

        from city import here  # noqa: PLC0415
        from city.figures.keeping import count_months  # noqa: PLC0415
        from city.onewindow.models import Case  # noqa: PLC0415
        from city.reconciliation.sequences import count_numbers  # noqa: PLC0415

        if not self.real:
            sealed = self.terminal.application()
            answer = self.terminal.put(sealed)
            if answer.status_code != 201:
                sys.exit(f"not taken: {answer.content!r}")
            self.terminal.upload(sealed)
            self.real = Case.objects.get().case_number
            self.count = 1
        first, numbers = 10 + self.count, range(self.count, count)
        _copy(
            "onewindow_case",
            CASE,
            (_case(first + place, number, self.offices[number % OFFICES].pk, self.chance) for place, number in enumerate(numbers)),
        )
        _copy("onewindow_event", EVENT, (line for place, number in enumerate(numbers) for line in _events(first + place, number)))
        _copy(
            "onewindow_step",
            STEP,
            (_step(first + place, number, self.offices[number % OFFICES].pk) for place, number in enumerate(numbers)),
        )
        _copy("onewindow_attachment", ATTACHMENT, (_attachment(first + place) for place, _ in enumerate(numbers)))
        _sql("SELECT setval(pg_get_serial_sequence('onewindow_case', 'id'), (SELECT max(id) FROM onewindow_case))")
        for table in ("case", "event", "step", "attachment"):
            _sql(f"VACUUM ANALYZE onewindow_{table}")
        self.count = count
        count_months(here.today())  # as the nightly timer does
        count_numbers()
        cache.clear()  # what the smaller city's days were

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield who opens what: the pages that people have open all day, and the ways to find a case."""
        for view in ("waiting", "overdue", "accepted", "late", "over"):
            yield "front_desk", f"/queue?view={view}"
        for search in (self.real[-9:], "7F3K29QD", "样例"):
            yield "front_desk", f"/queue?q={search}"
        yield "front_desk", f"/cases/{self.real}"
        for view in ("mine", "office", "others", "done"):
            yield "office_clerk", f"/steps?view={view}"
            yield "clerk_of_one", f"/steps?view={view}"
        yield "front_desk", "/dashboard"
        yield "head_of_one", "/dashboard"
        for page in ("/dashboard", "/assessment?by=item", "/reconciliation"):
            yield "office_head", page
        yield "auditor", "/assessment/export.csv?by=community"
        yield "auditor", "/audit"
        yield "administrator", "/partners"

    def measured(self, who: str, path: str, rounds: int) -> Measured:
        """Ask for a page again and again."""
        from django.db import connection  # noqa: PLC0415
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

        client, taken, busy = self.clients[who], [], []
        for _ in range(3):
            _good(client, path)
        with CaptureQueriesContext(connection) as asked:
            _good(client, path)
            queries = len(asked)
        server = int(connection.connection.info.backend_pid)
        for _ in range(rounds):
            began, worked = time.perf_counter(), time.process_time() + _processor_s(server)
            _good(client, path)
            taken.append((time.perf_counter() - began) * 1000)
            busy.append((time.process_time() + _processor_s(server) - worked) * 1000)
        return Measured(statistics.quantiles(taken, n=20)[-1], statistics.median(taken), statistics.mean(busy), queries)

    def claim_at_once(self) -> None:
        """Fifty clerks press 'the next one' at the same moment; each gets another step."""
        from django.db import connections  # noqa: PLC0415

        from city.onewindow.models import Step  # noqa: PLC0415

        clients = [_client("office_clerk", f"claimer{number}") for number in range(CLERKS)]
        began_at, taken, lock = threading.Barrier(CLERKS), [], threading.Lock()

        def claim(client: "Client") -> None:
            began_at.wait()
            began = time.perf_counter()
            status = client.post("/steps/next", secure=True).status_code
            with lock:
                taken.append((time.perf_counter() - began, status))
            connections.close_all()

        threads = [threading.Thread(target=claim, args=(client,)) for client in clients]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = time.perf_counter() - began
        held = Step.objects.filter(holder__username__startswith="claimer").values_list("holder", flat=True)
        alone = _client("office_clerk", "alone")
        began = time.perf_counter()
        alone.post("/steps/next", secure=True)
        single = time.perf_counter() - began
        statuses = sorted({status for _, status in taken})
        print(f"claims_at_once {CLERKS} in {whole:.2f} s: {len(set(held))} clerks hold {len(held)} steps, statuses {statuses}")
        print(f"claim_alone_ms {single * 1000:.0f}  claims_over_alone_each {whole / CLERKS / single:.1f}")

    def export(self) -> None:
        """Stream every case of the year as lines, and see what memory that needs beside what is in use."""
        from django.db.models import Q  # noqa: PLC0415

        from city.onewindow.export import Within, rows  # noqa: PLC0415

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began, count, size = time.perf_counter(), 0, 0
        for row in rows(Within(Q(), _NOW - timedelta(seconds=2 * YEAR_S), _NOW + timedelta(days=1))):
            count, size = count + 1, size + sum(len(str(cell)) + 1 for cell in row)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"export_rows {count}  export_mb {size / 1e6:.0f}  export_s {time.perf_counter() - began:.0f}  memory_grown_mb {grown:.0f}")


CASE = (
    "id", "terminal_id", "application_id", "number", "case_number", "install", "sequence", "item", "item_version", "digest", "person",
    "masked_name", "masked_id_number", "area", "papers_wanted", "state", "version", "sealed_at", "received_at", "completed_at",
    "precheck_by", "decided_at", "accepted_at", "decide_by", "closed_at", "receipt", "offices",
)  # fmt: skip
EVENT = ("case_id", "at", "kind", "detail")
STEP = ("case_id", "step", "place", "office_id", "state", "version", "round", "ready_at", "due_on", "done_at")
ATTACHMENT = ("case_id", "place", "digest", "size_bytes", "stored_at")
_NOW = datetime.now(UTC).replace(microsecond=0)
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _processor_s(process: int) -> float:
    """Return the seconds of processor that a process has taken, from the system's own books (in ticks of a hundredth)."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _area(number: int) -> str:
    return f"9901010{number % 4:02d}{number:03d}"


def _is_open(number: int) -> bool:
    return number % 100 < 100 * OPEN_SHARE


def _age_s(number: int) -> int:
    """Open cases are young, the others lie over the year."""
    spread = (number * 7919) % 1_000_003 / 1_000_003
    return int(spread * (14 * 24 * 3600 if _is_open(number) else YEAR_S)) + 60


def _case(key: int, number: int, office: int, chance: random.Random) -> tuple[object, ...]:
    at = _NOW - timedelta(seconds=_age_s(number))
    waits, over = _is_open(number) and number % 2 == 0, not _is_open(number)
    state = 90 if over else 26 if waits else 30
    code = "".join(chance.choices(_SYMBOLS, k=8))
    accepted, closed = None if waits else at + timedelta(hours=5), at + timedelta(days=6) if over else None
    day = (at + timedelta(days=5)).date()
    return (
        key, f"SY-BENCH-{number % AREAS}", uuid.uuid4(), code, f"2101{number:09d}", "bench", number // AREAS + 1,
        "sample-registration", 3, f"{key:064x}",
        f"{number % 300_000:064x}", "样*", "2101**********0000", _area(number % AREAS), 1, state, 3, at, at, at, day, accepted, accepted,
        None if waits else (at + timedelta(days=14)).date(), closed, b"{}", f",{office},",
    )  # fmt: skip


def _events(key: int, number: int) -> Iterator[tuple[object, ...]]:
    at = _NOW - timedelta(seconds=_age_s(number))
    step = '{"step": "decide", "round": 1, "conclusion": "agreed", "reason": "样例"}'
    told = (("received", "{}"), ("completed", '{"papers": 1}'), ("accepted", '{"left_out": []}'), ("concluded", step), ("closed", "{}"))
    most = EVENTS_A_CASE if not _is_open(number) else 2 if number % 2 == 0 else 3
    for place, (kind, detail) in enumerate(told[:most]):
        yield key, at + timedelta(hours=place), kind, detail
    if most < EVENTS_A_CASE and number % 2 == 0:
        for place in range(EVENTS_A_CASE - most):  # so that there are five for each
            yield key, at + timedelta(hours=5 + place), "added", '{"terminal": "SY-BENCH-0"}'


def _step(key: int, number: int, office: int) -> tuple[object, ...]:
    at = _NOW - timedelta(seconds=_age_s(number))
    waits, over = _is_open(number) and number % 2 == 0, not _is_open(number)
    state = "done" if over else "waiting" if waits else "ready"
    due = None if waits else (at + timedelta(days=10)).date()
    return key, "decide", 0, office, state, 1, 0 if waits else 1, None if waits else at, due, at + timedelta(days=6) if over else None


def _attachment(key: int) -> tuple[object, ...]:
    return key, 0, f"{key:064x}", 250_000, _NOW


def _copy(table: str, columns: Sequence[str], rows: Iterator[tuple[object, ...]]) -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        # A case's nullable columns and the like keep their defaults; the others are all named.
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with cursor.connection.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def _sql(statement: str) -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(statement)


def _client(role: str, name: str | None = None, office: "Office | None" = None) -> "Client":
    from django.test import Client  # noqa: PLC0415

    from city.staff.models import Clerk, Posting  # noqa: PLC0415
    from tests.city.terminal import HOST  # noqa: PLC0415

    name = name or role
    clerk = Clerk.objects.create(username=name, staff_number=f"N{Clerk.objects.count()}", full_name="样例", office="样例")
    Posting.objects.create(clerk=clerk, role=role, office=office)
    client = Client(headers={"host": HOST})
    client.force_login(clerk)
    return client


def _good(client: "Client", path: str) -> None:
    answer = client.get(path, secure=True)
    if answer.status_code != 200:
        sys.exit(f"{path}: {answer.status_code}")
    if answer.streaming:
        for _ in answer:  # a table is made as it is sent
            pass


def _folder() -> CityFolder:
    from city import here  # noqa: PLC0415

    return here.folder()


@contextmanager
def _city() -> Iterator[None]:
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    root = Path(tempfile.mkdtemp(prefix="scale-"))
    root.chmod(0o755)
    cluster = Cluster(root / "pg", more=POSTGRESQL)
    cluster.start()
    try:
        folder = CityFolder(root / "data")
        folder.create()
        make_keys(folder)
        limits = Settings(hosts=("city.test",), free_space_floor_bytes=1, requests_per_second=1_000_000)
        own: dict[str, Any] = settings_for(folder, limits, page_secret(folder))
        own["DATABASES"] = {"default": database(folder, "postgresql://city@/postgres") | {"HOST": str(cluster.place)}}
        settings.configure(**own)
        django.setup(set_prefix=False)
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        yield
    finally:
        cluster.stop()
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
