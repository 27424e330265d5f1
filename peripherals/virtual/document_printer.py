"""A virtual page printer: IPP over HTTP, with paper, toner and their faults; each document that came out is kept as it was sent.

    python -m peripherals.virtual.document_printer --port 0 --control PATH --out DIR

It says `ready PORT` on standard output, and is then ipp://127.0.0.1:PORT/ipp/print. Orders on the control socket:

    {"do": "fault", "fault": NAME}   until {"do": "fault", "fault": "none"}, which puts everything right
    {"do": "state"}                  what is armed, how the jobs are

A document of several pages comes out page by page, so trouble may come in its middle.
"""

import argparse
import itertools
import os
import re
import signal
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from peripherals.virtual.control import ControlServer, FaultTable, Order, OrderRefusedError, end_with_parent

_STOPPING = {
    "paper_out": "media-empty-error",
    "paper_jam": "media-jam-error",
    "cover_open": "cover-open-error",
    "toner_out": "toner-empty-error",
    "tray_full": "output-area-full-error",
    "overheated": "fuser-over-temp-error",
    "paused": "paused",
    "unplugged": "offline-report",  # as a queue says it whose printer is gone
}
_SAID = {"paper_low": "media-low-warning", "toner_low": "toner-low-warning"}
FAULTS = (
    *_STOPPING,
    *_SAID,
    "paper_out_mid_print",
    "abort_mid_print",
    "cancel_mid_print",
    "refuse",  # takes no PDF
    "not_accepting",
    "mute",  # takes the call, and answers nothing
    "half_an_answer",
    "nonsense",  # HTTP, and then no IPP
    "power_off",  # nobody takes the call
    "forgetful",  # knows no job a moment after it began
)
_POLL_S = 0.02
_BODY_LIMIT_BYTES = 64 * 1024 * 1024
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")

_JOB_GROUP = 0x02
_PENDING, _PROCESSING, _STOPPED, _CANCELED, _ABORTED, _COMPLETED = 3, 5, 6, 7, 8, 9
_ENDED = (_CANCELED, _ABORTED, _COMPLETED)
_OK, _NOT_FOUND, _BAD_FORMAT, _UNKNOWN_OPERATION, _BUSY = 0x0000, 0x0406, 0x040A, 0x0501, 0x0506
_INTEGER, _BOOLEAN, _ENUM, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MIME_TYPE = 0x21, 0x22, 0x23, 0x44, 0x45, 0x47, 0x48, 0x49


@dataclass
class Job:
    """One document on its way."""

    number: int
    document: bytes
    user: bytes = b""
    state: int = _PENDING
    sheets: int = 0
    reason: str = "none"

    @property
    def pages(self) -> int:
        """How many sheets it will take."""
        return max(1, len(_PAGE.findall(self.document)))


class Printer:
    """Paper, toner and jobs, one at a time."""

    def __init__(self, out: Path, seconds_a_page: float) -> None:
        self.faults = FaultTable(FAULTS)
        self._out = out
        self._seconds_a_page = seconds_a_page
        self._jobs: dict[int, Job] = {}
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        threading.Thread(target=self._work, daemon=True).start()

    @property
    def reasons(self) -> list[str]:
        """What it says of itself, in IPP's keywords."""
        table = {**_STOPPING, **_SAID}
        return [table[fault] for fault in table if self.faults.is_armed(fault)] or ["none"]

    @property
    def is_stopped(self) -> bool:
        """Whether nothing can come out now."""
        return any(self.faults.is_armed(fault) for fault in _STOPPING)

    @property
    def state(self) -> int:
        """Idle, processing or stopped, in IPP's numbers."""
        if self.is_stopped:
            return 5
        return 4 if any(job.state not in _ENDED for job in self._jobs.values()) else 3

    def take(self, document: bytes, user: bytes) -> Job:
        """Take a document."""
        with self._changed:
            job = Job(next(self._numbers), document, user)
            self._jobs[job.number] = job
            self._changed.notify_all()
            return job

    def job(self, number: int) -> Job | None:
        """Return a job that it knows."""
        return None if self.faults.is_armed("forgetful") else self._jobs.get(number)

    @property
    def open_jobs(self) -> tuple[Job, ...]:
        """The jobs that have not ended."""
        return tuple(job for job in self._jobs.values() if job.state not in _ENDED)

    def cancel(self, job: Job) -> None:
        """Take a job back; what lies in the tray lies there."""
        with self._changed:
            if job.state not in _ENDED:
                job.state, job.reason = _CANCELED, "job-canceled-by-user"

    def told(self) -> list[dict[str, Any]]:
        """Return the jobs as the control socket shows them."""
        return [{"job": job.number, "state": job.state, "sheets": job.sheets, "pages": job.pages} for job in self._jobs.values()]

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: any(job.state == _PENDING for job in self._jobs.values()))
                job = next(job for job in self._jobs.values() if job.state == _PENDING)
                job.state = _PROCESSING
            self._print(job)

    def _print(self, job: Job) -> None:
        for _ in range(job.pages):
            time.sleep(self._seconds_a_page)
            if self.faults.take("paper_out_mid_print"):
                self.faults.arm("paper_out", FaultTable.FOR_EVER)
            while self.is_stopped and job.state not in _ENDED:
                job.state = _STOPPED
                time.sleep(_POLL_S)
            with self._changed:
                if job.state in _ENDED:
                    return
                job.state = _PROCESSING
                if self.faults.take("abort_mid_print"):
                    job.state, job.reason = _ABORTED, "aborted-by-system"
                    return
                if self.faults.take("cancel_mid_print"):
                    job.state, job.reason = _CANCELED, "job-canceled-at-device"
                    return
                job.sheets += 1
        suffix = "pdf" if job.document.startswith(b"%PDF") else "raw"
        (self._out / f"document-{job.number:03}.{suffix}").write_bytes(job.document)
        with self._changed:
            job.state, job.reason = _COMPLETED, "job-completed-successfully"


Attributes = Iterable[tuple[int, str, tuple[Any, ...]]]


def message(status: int, request_id: int, group: int, attributes: Attributes) -> bytes:
    """Write an answer (RFC 8010). Written apart from the driver's own code, so that a slip in one shows in the other."""
    whole = struct.pack(">BBHI", 1, 1, status, request_id) + b"\x01"
    said: Attributes = ((_CHARSET, "attributes-charset", ("utf-8",)), (_LANGUAGE, "attributes-natural-language", ("en",)))
    for tag, name, values in (*said, *(((0, "", ()),) if group else ()), *attributes):
        if not tag:  # a group of the same kind begins
            whole += bytes((group or _JOB_GROUP,))
            continue
        for place, value in enumerate(values):
            key = b"" if place else name.encode()
            raw = _raw(tag, value)
            whole += struct.pack(">BH", tag, len(key)) + key + struct.pack(">H", len(raw)) + raw
    return whole + b"\x03"


def _raw(tag: int, value: Any) -> bytes:  # noqa: ANN401 - what the tag says
    match tag:
        case 0x21 | 0x23:
            return struct.pack(">i", value)
        case 0x22:
            return b"\x01" if value else b"\x00"
        case _:
            return str(value).encode()


@dataclass(frozen=True)
class Asked:
    """A request: what for, its attributes' first values, and the document behind it."""

    operation: int
    request_id: int
    attributes: dict[str, bytes]
    document: bytes

    @classmethod
    def of(cls, data: bytes) -> "Asked":
        """Read a request; struct.error or IndexError when it is none."""
        _, _, operation, request_id = struct.unpack_from(">BBHI", data)
        at, attributes = 8, {}
        while (tag := data[at]) != 0x03:
            at += 1
            if tag < 0x10:
                continue
            name, at = cls._field(data, at)
            value, at = cls._field(data, at)
            if name:
                attributes[name.decode()] = value
        return cls(operation, request_id, attributes, data[at + 1 :])

    @staticmethod
    def _field(data: bytes, at: int) -> tuple[bytes, int]:
        (length,) = struct.unpack_from(">H", data, at)
        return data[at + 2 : at + 2 + length], at + 2 + length

    @property
    def user(self) -> bytes:
        """Who asks."""
        return self.attributes.get("requesting-user-name", b"")

    @property
    def is_about_own(self) -> bool:
        """Whether only the asker's jobs are meant."""
        return self.attributes.get("my-jobs") == b"\x01"

    @property
    def job(self) -> int:
        """The job it is about; 0 when it names none."""
        return int.from_bytes(self.attributes.get("job-id", b""), "big")


def answered(printer: Printer, asked: Asked, uri: str) -> bytes:
    """Carry out a request and return the answer to it."""
    match asked.operation:
        case 0x0002:
            if printer.faults.is_armed("refuse"):
                return message(_BAD_FORMAT, asked.request_id, 0, ())
            if printer.faults.is_armed("not_accepting"):
                return message(_BUSY, asked.request_id, 0, ())
            job = printer.take(asked.document, asked.user)
            return message(_OK, asked.request_id, 2, _of_job(job, uri))
        case 0x0008 | 0x0009:
            known = printer.job(asked.job)
            if known is None:
                return message(_NOT_FOUND, asked.request_id, 0, ())
            if asked.operation == 0x0008:
                printer.cancel(known)
                return message(_OK, asked.request_id, 0, ())
            return message(_OK, asked.request_id, 2, _of_job(known, uri))
        case 0x0004:
            return message(_BAD_FORMAT if printer.faults.is_armed("refuse") else _OK, asked.request_id, 0, ())
        case 0x000A:
            jobs = tuple(
                part
                for job in printer.open_jobs
                if job.user == asked.user or not asked.is_about_own
                for part in ((0, "", ()), *_of_job(job, uri))
            )
            return message(_OK, asked.request_id, 0, jobs)
        case 0x000B:
            said: Attributes = (
                (_URI, "printer-uri-supported", (uri,)),
                (_ENUM, "printer-state", (printer.state,)),
                (_KEYWORD, "printer-state-reasons", tuple(printer.reasons)),
                (_BOOLEAN, "printer-is-accepting-jobs", (not printer.faults.is_armed("not_accepting"),)),
                (_KEYWORD, "ipp-versions-supported", ("1.1", "2.0")),
                (_ENUM, "operations-supported", (0x0002, 0x0004, 0x0008, 0x0009, 0x000A, 0x000B)),
                (_MIME_TYPE, "document-format-supported", ("application/pdf", "application/octet-stream")),
            )
            return message(_OK, asked.request_id, 4, said)
        case _:
            return message(_UNKNOWN_OPERATION, asked.request_id, 0, ())


def _of_job(job: Job, uri: str) -> Attributes:
    return (
        (_URI, "job-uri", (f"{uri}/{job.number}",)),
        (_INTEGER, "job-id", (job.number,)),
        (_ENUM, "job-state", (job.state,)),
        (_KEYWORD, "job-state-reasons", (job.reason,)),
        (_INTEGER, "job-media-sheets-completed", (job.sheets,)),
    )


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        """Answer one request."""
        data = self._sent()
        faults = self.server.printer.faults
        if faults.is_armed("mute"):
            self.server.until_right()
            self.close_connection = True
            return
        try:
            reply = answered(self.server.printer, Asked.of(data), self.server.uri)
        except (struct.error, IndexError, ValueError):
            self.send_error(400)
            return
        if faults.is_armed("nonsense"):
            reply = b"<html>not a printer</html>"
        self.send_response(200)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        if faults.is_armed("half_an_answer"):
            self.wfile.write(reply[: len(reply) // 2])
            self.server.until_right()
            self.close_connection = True
            return
        self.wfile.write(reply)

    def _sent(self) -> bytes:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _BODY_LIMIT_BYTES))
        whole = bytearray()
        while length := int(self.rfile.readline(64).split(b";")[0], 16):
            whole += self.rfile.read(length)
            self.rfile.readline(8)
        self.rfile.readline(8)
        return bytes(whole)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing: documents are somebody's."""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, port: int, printer: Printer, wait: Callable[[], None]) -> None:
        self.printer = printer
        self.until_right = wait
        super().__init__(("127.0.0.1", port), _Conversation)
        self.uri = f"ipp://127.0.0.1:{self.server_address[1]}/ipp/print"


class VirtualDocumentPrinter:
    """The whole device: the port, which closes when the power is off, and the orders on the control socket."""

    def __init__(self, printer: Printer, port: int) -> None:
        self._printer = printer
        self._server: _Server | None = _Server(port, printer, self._until_right)
        self.port: int = self._server.server_address[1]
        self._right = threading.Event()
        self._serve()

    def obey(self, order: Order) -> dict[str, Any]:
        """Carry out an order of the control socket."""
        match order:
            case {"do": "fault", "fault": "none"}:
                self._printer.faults.clear()
                self._right.set()
            case {"do": "fault", "fault": str(fault)}:
                self._right.clear()
                self._printer.faults.arm(fault, order.get("times", 1 if fault.endswith("_mid_print") else FaultTable.FOR_EVER))
            case {"do": "state"}:
                pass
            case _:
                raise OrderRefusedError(f"no order {order.get('do')!r}; known: fault, state")
        self._follow_power()
        return {"faults": self._printer.faults.state(), "jobs": self._printer.told(), "port": self.port}

    def _until_right(self) -> None:
        self._right.wait(60)

    def _follow_power(self) -> None:
        is_off = self._printer.faults.is_armed("power_off")
        if is_off and self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        elif not is_off and self._server is None:
            self._server = _Server(self.port, self._printer, self._until_right)
            self._serve()

    def _serve(self) -> None:
        server = self._server
        if server is not None:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL_S}, daemon=True).start()


def main() -> None:
    """Run until the starting process ends or SIGTERM comes."""
    parser = argparse.ArgumentParser(prog="python -m peripherals.virtual.document_printer", description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--control", type=Path, required=True, help="unix socket for orders")
    parser.add_argument("--out", type=Path, required=True, help="folder for the documents that came out")
    parser.add_argument("--seconds-a-page", type=float, default=0.4)
    words = parser.parse_args()
    words.out.mkdir(parents=True, exist_ok=True)
    end_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    device = VirtualDocumentPrinter(Printer(words.out, words.seconds_a_page), words.port)
    with ControlServer(words.control, device.obey):
        print(f"ready {device.port}", flush=True)  # noqa: T201 - the starter waits for this line
        signal.pause()


if __name__ == "__main__":
    main()
