"""`city serve`: answers terminals and clerks over TLS."""

import argparse
import gc
import json
import socket
import ssl
import sys
from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config

from city.certificates import server_certificate_days_left
from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.keyring import read_keys
from city.settings import use
from city.wsgi import application

GRACE_S = 10
GARBAGE_FROM = 20_000
HIGHEST_PORT = 65_535


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "serve",
        run,
        "answer terminals and clerks over TLS until SIGTERM; says `ready` with its address once it listens",
        "city serve --data ./city-data --port 8443",
    )
    parser.add_argument("--port", type=_port, required=True, metavar="P", help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes (2), each with 4 threads")


def run(words: argparse.Namespace) -> Answer:
    """Serve until told to stop."""
    folder = CityFolder(words.data.resolve())
    folder.settings()  # or it is no city at all, and that is to be said first
    if (why := _taken(words.host, words.port)) is not None:
        return failed("cannot_listen", f"{words.host} port {words.port}: {why}; choose another --port, or end what listens there")
    if server_certificate_days_left(folder) == 0:
        return failed("certificate_expired", f"the server's certificate is over or absent; run `city init --data {words.data}`")
    read_keys(folder)
    use(folder)
    waiting = _waiting_migrations()
    if waiting:
        return failed("not_migrated", f"the database is behind by {waiting} changes; run `city init --data {words.data}`")
    _Server(folder, words).run()
    return Answer({"status": "stopped"}, "stopped")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= HIGHEST_PORT:
        raise ValueError
    return port


def _taken(host: str, port: int) -> str | None:
    """Return why nobody can listen there; the server itself would try five times, and say it to its log only."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _waiting_migrations() -> int:
    from django.db import connection  # noqa: PLC0415  Django is started by then
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    connection.close()  # the workers open their own
    return waiting


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
    """Gunicorn, set up from the command's words alone: none of its environment or files is read."""

    def __init__(self, folder: CityFolder, words: argparse.Namespace) -> None:
        self._folder = folder
        self._words = words
        super().__init__()

    def load_config(self) -> None:
        words, settings = self._words, self.cfg
        chosen: dict[str, Any] = {
            "bind": f"{'[' + words.host + ']' if ':' in words.host else words.host}:{words.port}",
            "certfile": str(self._folder.keys / "server.pem"),
            "keyfile": str(self._folder.keys / "server.key"),
            "ssl_context": _modern,
            "worker_class": "gthread",
            "workers": words.workers,
            "threads": 4,
            "timeout": 60,
            "graceful_timeout": GRACE_S,
            "keepalive": 30,
            "preload_app": True,
            "proc_name": "bianmin-city",
            "loglevel": "warning",
            "control_socket_disable": True,
            "limit_request_line": 2048,
            "when_ready": _announce(as_json=words.json),
        }
        for name, value in chosen.items():
            settings.set(name, value)

    def load(self) -> WSGIHandler:
        return application()


def settle_memory() -> None:
    """Before the workers are forked: what was loaded lives as long as they do, so the collector need not walk through it for ever.

    The pages also stay shared. A batch of 250 makes some ten thousand objects that all go with their request, hence the larger first step.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_FROM, 20, 20)


def _modern(_config: Config, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _announce(*, as_json: bool) -> Callable[[Arbiter], None]:
    def ready(server: Arbiter) -> None:
        host, port = server.LISTENERS[0].sock.getsockname()[:2]
        address = f"https://{'[' + host + ']' if ':' in host else host}:{port}"
        sys.stdout.write((json.dumps({"status": "ready", "url": address}) if as_json else f"ready {address}") + "\n")
        sys.stdout.flush()
        settle_memory()

    return ready
