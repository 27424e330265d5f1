"""The fleet's first page with 10,000 terminals against the same with 100, and the look of `city watch` over all of them.

Prints `fleet_page_p95_ratio` (the aim is below 3), both p95 in milliseconds of the processor, and `watch_ms`.
Django in this process, on the SQLite file of a scratch city; PostgreSQL has indexes for the same queries.

    .venv/bin/python -m benchmarks.fleet_console [--rounds N]
"""

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from city.folder import CityFolder
from city.keyring import make_keys
from city.settings import use

FEW, MANY = 100, 10_000


def main() -> int:
    """Measure in a scratch city."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    place = Path(tempfile.mkdtemp(prefix="fleet-"))
    try:
        folder = CityFolder(place / "city")
        folder.create()
        make_keys(folder)
        use(folder)
        _measure(rounds)
    finally:
        shutil.rmtree(place)
    return 0


def _measure(rounds: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from city import here  # noqa: PLC0415
    from city.fleet.watch import sweep  # noqa: PLC0415
    from city.staff.models import Clerk, Posting  # noqa: PLC0415
    from city.staff.roles import Role  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    clerk = Clerk.objects.create(username="ops", staff_number="T1", full_name="样例", office="样例")
    Posting.objects.create(clerk=clerk, role=Role.FLEET_OPERATOR)
    client = Client(headers={"host": "localhost"})
    client.force_login(clerk)
    p95 = {}
    for count in (FEW, MANY):
        _fill(count)
        sweep(here.now())
        for _ in range(3):
            client.get("/fleet", secure=True)
        taken = []
        for _ in range(rounds):
            began = time.process_time()
            if client.get("/fleet", secure=True).status_code != 200:
                raise SystemExit("the page did not come")
            taken.append((time.process_time() - began) * 1000)
        p95[count] = statistics.quantiles(taken, n=20)[-1]
    began = time.perf_counter()
    sweep(here.now())
    watch_ms = (time.perf_counter() - began) * 1000
    print(f"fleet_page_p95_ms_{FEW} {p95[FEW]:.0f}")
    print(f"fleet_page_p95_ms_{MANY} {p95[MANY]:.0f}")
    print(f"fleet_page_p95_ratio {p95[MANY] / p95[FEW]:.2f}")
    print(f"watch_ms {watch_ms:.0f}")


def _fill(count: int) -> None:
    """Fill the fleet up to `count`: one in fifty silent, one in thirty with something wrong, in one community for each forty."""
    from city import here  # noqa: PLC0415
    from city.fleet.models import Cause, Heartbeat, Severity, Terminal  # noqa: PLC0415

    chance, now = random.Random(7), here.now()
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    have = Terminal.objects.count()
    rows = [Terminal(id=f"SY-{number:05}", public_key=key, place=f"样例{number // 40}社区") for number in range(have, count)]
    Terminal.objects.bulk_create(rows, batch_size=500)
    devices = [{"name": name, "status": "ready"} for name in ("id_card_reader", "document_camera", "receipt_printer")]
    beats = []
    for row in rows:
        is_ill, is_silent = chance.random() < 1 / 30, chance.random() < 1 / 50
        beats.append(
            Heartbeat(
                terminal=row,
                received_at=now - timedelta(hours=2 if is_silent else 0, minutes=1),
                release=chance.choice(("2.4.1", "2.4.2")),
                is_taking=True,
                waiting=0,
                quarantined=0,
                free_bytes=10**10,
                severity=Severity.FAULT if is_ill else Severity.WELL,
                cause=Cause.DEVICE if is_ill else "",
                body={"devices": devices, "uptime_s": 1000},
            )
        )
    Heartbeat.objects.bulk_create(beats, batch_size=500)


if __name__ == "__main__":
    sys.exit(main())
