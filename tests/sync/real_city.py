"""The real city, as a process of its own, and terminals that it has admitted."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync import identity
from sync.contract.names import TerminalId
from sync.contract.signing_keys import public_pem
from sync.settings import SyncSettings
from tests.sync.conftest import SMALL

ROOT = Path(__file__).parents[2]
ITEM = ROOT / "city" / "items" / "residence-registration"


def city_command(*words: str) -> list[str]:
    return [sys.executable, "-m", "city.cli", *words]


@contextmanager
def serving(folder: Path, *terminals: TerminalId) -> Iterator[dict[TerminalId, SyncSettings]]:
    """Serve a city that has these terminals and one item; each terminal has a folder of its own."""
    data = folder / "city"
    for command in (
        city_command("init", "--data", str(data)),
        city_command("publish-items", "--data", str(data), "--from", str(ITEM)),
    ):
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    for terminal in terminals:
        public = folder / f"{terminal}.pem"
        public.write_bytes(public_pem(identity.request_key(folder / terminal / "keys" / "request.pem", terminal).key.public_key()))
        enrol = city_command("enrol", "--data", str(data), "--terminal", terminal, "--public-key", str(public))
        subprocess.run(enrol, check=True, cwd=ROOT, capture_output=True)
    serve = city_command("serve", "--data", str(data), "--port", "0", "--workers", "1", "--json")
    process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        url = json.loads(ready)["url"] if ready.startswith("{") else ready.split()[-1]
        yield {terminal: settings_at(url, data / "public", folder / terminal, terminal) for terminal in terminals}
    finally:
        process.terminate()
        process.wait(90)


def settings_at(url: str, given: Path, folder: Path, terminal: TerminalId) -> SyncSettings:
    """Settings of a terminal in `folder`, with what the city gives out in `given`."""
    return SyncSettings(
        url=url,
        terminal=terminal,
        ca_file=given / "ca.pem",
        city_keys=given / "sealing-keys",
        receipt_keys=given / "receipt-keys",
        catalogue_keys=given / "catalogue-keys",
        request_key=folder / "keys" / "request.pem",
        outbox=folder / "outbox",
        outbox_key=folder / "keys" / "outbox.key",
        catalogue=folder / "catalogue",
        feeds=folder / "feeds",
        ask_socket=folder / "run" / "ask.sock",
        stick=folder / "stick",
        limits=SMALL,
    )
