"""A virtual page printer, and CUPS itself before it: an independent reading of the protocol, as client and as printer."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.document_printer import IppDocumentPrinter
from drivers.presence import is_present
from peripherals.deadline import Deadline
from peripherals.virtual.control import ControlClient
from tests.drivers.printer_bench import soon


def pdf(pages: int = 1) -> bytes:
    """A document of empty pages, small and whole."""
    kids = " ".join(f"{3 + page} 0 R" for page in range(pages))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode()]
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages
    whole, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    whole += b"".join(b"%010d 00000 n \n" % place for place in places)
    whole += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(whole)


class DocumentPrinterBench:
    """The virtual printer's process, its port and its strings."""

    def __init__(self, folder: Path, port: int) -> None:
        self.out = folder / "out"
        self.url = f"ipp://127.0.0.1:{port}/ipp/print"
        self.printer = IppDocumentPrinter(self.url)
        self._control = ControlClient(folder / "control")

    def fault(self, name: str) -> dict[str, Any]:
        return self._control.do("fault", fault=name)

    @property
    def documents(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir())

    @property
    def jobs(self) -> list[dict[str, Any]]:
        jobs: list[dict[str, Any]] = self._control.do("state")["jobs"]
        return jobs


@contextmanager
def document_printer_bench(folder: Path, *words: str) -> Iterator[DocumentPrinterBench]:
    command = [sys.executable, "-m", "peripherals.virtual.document_printer", "--control", str(folder / "control")]
    command += ["--out", str(folder / "out"), *(words or ("--seconds-a-page", "0.05"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready, port = process.stdout.readline().split()
        assert ready == "ready"
        try:
            yield DocumentPrinterBench(folder, int(port))
        finally:
            process.kill()


_CUPSD = """\
Listen 127.0.0.1:{port}
Listen {folder}/cups.sock
Browsing Off
DefaultAuthType None
WebInterface No
MaxJobs 50
PreserveJobHistory Yes
ErrorPolicy stop-printer
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_FILES = """\
FileDevice Yes
SystemGroup root
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
CacheDir {folder}/cache
StateDir {folder}/state
ServerRoot {folder}
AccessLog {folder}/access_log
ErrorLog {folder}/error_log
PageLog {folder}/page_log
"""
_PRINTERS = """\
<Printer slips>
Info slips
DeviceURI {device}
State Idle
Accepting Yes
Shared No
JobSheets none none
ErrorPolicy abort-job
</Printer>
"""


@contextmanager
def cups(device: str) -> Iterator[str]:
    """CUPS itself with one raw queue, `slips`, before a device such as ipp://host:port/ipp/print; gives the queue's URL."""
    with tempfile.TemporaryDirectory(prefix="cups-") as folder:
        Path(folder).chmod(0o755)  # its backends run as another user
        yield from _cups(Path(folder), device)


def _cups(folder: Path, device: str) -> Iterator[str]:
    program = shutil.which("cupsd") or "/usr/sbin/cupsd"
    if os.geteuid() != 0 or not Path(program).exists():
        pytest.skip("cupsd is not installed, or cannot be started without being root")
    port = _free_port()
    for part in ("spool/tmp", "cache", "state"):
        (folder / part).mkdir(parents=True)
    for name, text in (("cupsd.conf", _CUPSD), ("cups-files.conf", _FILES), ("printers.conf", _PRINTERS)):
        (folder / name).write_text(text.format(port=port, folder=folder, device=device))
    command = [program, "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert soon(lambda: is_present(f"http://127.0.0.1:{port}", Deadline.after(1)))
            yield f"cups://127.0.0.1:{port}/slips"
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
