"""A private PostgreSQL for the tests: its own files, a socket in its own folder, no TCP port."""

import os
import shutil
import subprocess
from pathlib import Path

_QUICK = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=40 -c shared_buffers=32MB"
)


def newest_programs() -> Path:
    """Return the folder of the newest PostgreSQL's programs."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))


class Cluster:
    """Runs as the user postgres where the tests run as root, as PostgreSQL demands."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._programs = newest_programs()

    def start(self) -> None:
        """Make the cluster and wait until it answers."""
        self.place.mkdir(mode=0o755)
        if os.geteuid() == 0:
            shutil.chown(self.place, "postgres", "postgres")
        self._run("initdb", "-D", self._data, "-U", "city", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("pg_ctl", "-D", self._data, "-w", "-s", "-l", str(self.place / "log"), "-o", f"{_QUICK} -k {self.place}", "start")

    def stop(self) -> None:
        """End it at once; nothing in it is kept."""
        self._run("pg_ctl", "-D", self._data, "-w", "-s", "-m", "immediate", "stop")

    @property
    def _data(self) -> str:
        return str(self.place / "data")

    def _run(self, program: str, *words: str) -> None:
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        done = subprocess.run([*become, self._programs / program, *words], cwd=self.place, check=False, timeout=60, **quiet)  # type: ignore[call-overload]
        assert done.returncode == 0, f"{program}: {done.stderr.decode(errors='replace')}"
