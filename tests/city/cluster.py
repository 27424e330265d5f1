"""A private PostgreSQL for the tests: its own files, a socket in its own folder, no TCP port."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_ALONE = "-c listen_addresses='' -c max_connections=40 -c shared_buffers=32MB"
_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def newest_programs() -> Path:
    """Return the folder of the newest PostgreSQL's programs."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))


class Cluster:
    """Runs as the user postgres where the tests run as root, as PostgreSQL demands."""

    def __init__(self, place: Path, *, is_durable: bool = False, more: str = "") -> None:
        self.place = place
        self._options = f"{_ALONE} {'' if is_durable else _QUICK} {more}"  # `more` counts more, such as -c max_connections=80
        self._programs = newest_programs()
        self._has_pgbench = False

    def start(self) -> None:
        """Make the cluster and wait until it answers."""
        self.place.mkdir(mode=0o755)
        if os.geteuid() == 0:
            shutil.chown(self.place, "postgres", "postgres")
        self._run("initdb", "-D", self._data, "-U", "city", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("pg_ctl", "-D", self._data, "-w", "-s", "-l", str(self.place / "log"), "-o", f"{self._options} -k {self.place}", "start")

    def stop(self) -> None:
        """End it at once; nothing in it is kept."""
        self._run("pg_ctl", "-D", self._data, "-w", "-s", "-m", "immediate", "stop")

    def pgbench(self, seconds: int) -> float:
        """Return what PostgreSQL's own benchmark does in a second on one connection, with its usual transaction."""
        place = ["-h", str(self.place), "-U", "city"]
        if not self._has_pgbench:
            self._run("pgbench", *place, "-q", "-i", "postgres")
            self._has_pgbench = True
        said = self._run("pgbench", *place, "-c", "1", "-T", str(seconds), "postgres")
        return next(float(line.split()[2]) for line in said.splitlines() if line.startswith("tps = "))

    @property
    def _data(self) -> str:
        return str(self.place / "data")

    def _run(self, program: str, *words: str) -> str:
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        with tempfile.TemporaryFile("w+") as said:  # no pipe: the server inherits it and would keep it open
            done = subprocess.run(
                [*become, self._programs / program, *words],
                cwd=self.place,
                check=False,
                timeout=60,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.PIPE,
            )
            assert done.returncode == 0, f"{program}: {done.stderr.decode(errors='replace')}"
            said.seek(0)
            return said.read()
