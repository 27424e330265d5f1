"""A terminal in QEMU: its power, its glass, its keys and fingers, and what stands in its sockets.

Always emulated (TCG): it needs no help of the host's processor, and the processor is one that QEMU emulates wholly.
"""

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from terminal_image.forgetful_disk import ForgetfulDisk
from terminal_image.stage import BuildError, run

CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
_FULL = 0x7FFF
_STARTS_WITHIN_S = 60.0
_DRAWS_S = 0.15


@dataclass(frozen=True, slots=True)
class Glass:
    """The panel."""

    width_px: int = 720
    height_px: int = 1280


@dataclass(frozen=True, slots=True)
class Firmware:
    """The board's own program, and what it remembers; a secure one starts only what the keys in its memory have signed."""

    code: Path = CODE
    variables: Path = VARIABLES
    is_secure: bool = False


SECURE = Firmware(Path("/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"), Path("/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd"), is_secure=True)
"""Secure Boot with the key that OVMF's package brings for trying it; everybody has that key."""


@dataclass(frozen=True, slots=True)
class Sockets:
    """What stands in the machine's sockets: a serial line's tty on this host, and systemd credentials by their names."""

    serial: Path | None = None
    credentials: Mapping[str, str] = field(default_factory=dict)
    display: str = "none"
    has_panel: bool = True
    has_touch: bool = True
    firmware: Firmware = Firmware()
    extra: Sequence[str] = ()


class Machine:
    """One terminal that is switched on while the context is open."""

    def __init__(self, disk: Path | ForgetfulDisk, folder: Path, glass: Glass, sockets: Sockets) -> None:
        """Prepare the machine; the disk is an overlay that `overlay` made, or one that forgets."""
        self.folder = folder
        self.glass = glass
        self._disk = disk
        self._sockets = sockets
        self._process: subprocess.Popen[bytes] | None = None
        self._monitor: _Monitor | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("monitor", "shell"):
            (self.folder / name).unlink(missing_ok=True)
        log = (self.folder / "qemu.log").open("ab")
        with log:
            self._process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._monitor = self._connected()
        except BaseException:
            self.cut_power()
            raise
        return self

    def _connected(self) -> "_Monitor":
        until = time.monotonic() + _STARTS_WITHIN_S
        while self.is_on and time.monotonic() < until:
            with contextlib.suppress(OSError):  # its socket has a name before anyone listens
                return _Monitor(self.folder / "monitor")
            time.sleep(0.05)
        raise BuildError(f"QEMU did not start; see {self.folder / 'qemu.log'}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cut_power()

    def command(self) -> list[str]:
        """Return QEMU's command line."""
        words = [
            "nice", "-n", "5", *self.board(), "-name", "bianmin-kiosk", "-accel", "tcg,thread=multi",
            "-smp", "2", "-m", "1536", "-nodefaults", "-no-user-config", "-display", self._sockets.display,
            "-blockdev", _block_device(self._disk),
            "-device", "virtio-blk-pci,drive=disk,serial=kiosk", "-device", "virtio-rng-pci",
            "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net", "-device", "qemu-xhci,id=usb",
            "-qmp", f"unix:{self.folder / 'monitor'},server=on,wait=off",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=shell,path={self.folder / 'shell'},server=on,wait=off",
            "-device", "virtconsole,chardev=shell",
        ]  # fmt: skip
        if self._sockets.has_panel:
            words += ["-device", f"{self.panel},xres={self.glass.width_px},yres={self.glass.height_px}"]
        if self._sockets.has_touch:
            words += ["-device", "virtio-tablet-pci"]
        if self._sockets.serial is not None:
            words += ["-chardev", f"serial,id=reader,path={self._sockets.serial.resolve()}", *self.reader_words]
        return [*words, *self.handed_over(self._sockets.credentials), *self._sockets.extra]

    panel = "virtio-vga"
    reader_words: tuple[str, ...] = ("-serial", "chardev:reader")

    def board(self) -> list[str]:
        """Return QEMU's words for the board, its processor and its firmware; what that remembers is kept in the machine's folder."""
        firmware, variables = self._sockets.firmware, self.folder / "firmware-variables.fd"
        if not variables.exists():
            shutil.copyfile(firmware.variables, variables)
        words = [
            "qemu-system-x86_64", "-machine", f"q35,smm={'on' if firmware.is_secure else 'auto'}", "-cpu", "Nehalem",
            "-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={firmware.code}",
            "-drive", f"if=pflash,format=raw,unit=1,file={variables}",
            "-device", "i6300esb", "-action", "watchdog=reset",
        ]  # fmt: skip
        if firmware.is_secure:  # what it remembers is written by the firmware alone
            words += ["-global", "driver=cfi.pflash01,property=secure,value=on", "-global", "ICH9-LPC.disable_s3=1"]
        return words

    def handed_over(self, credentials: Mapping[str, str]) -> list[str]:
        """Return QEMU's words by which systemd finds credentials in the board's own tables."""
        return [
            word
            for name, text in credentials.items()
            for word in ("-smbios", f"type=11,value=io.systemd.credential.binary:{name}={base64.b64encode(text.encode()).decode()}")
        ]

    @property
    def is_on(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def cut_power(self) -> None:
        """Pull the plug."""
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def do(self, order: str, **facts: Any) -> Any:  # noqa: ANN401 - QMP
        """Give QEMU an order of its machine protocol."""
        if self._monitor is None:
            raise BuildError("the machine is off")
        return self._monitor.do(order, facts)

    def picture(self, path: Path) -> Path:
        """Save what is on the glass as a PNG."""
        self.do("screendump", filename=str(path.resolve()), format="png")
        return path

    def touch(self, x: float, y: float, held_s: float = 0.15) -> None:
        """Lay a finger on a point of the glass, in pixels, and lift it."""
        self._point(x, y)
        self._finger(down=True)
        time.sleep(held_s)
        self._finger(down=False)

    def draw(self, points: Sequence[tuple[float, float]]) -> None:
        """Draw a line with a finger, through points in pixels."""
        self._point(*points[0])
        self._finger(down=True)
        for point in points[1:]:
            time.sleep(_DRAWS_S)
            self._point(*point)
        time.sleep(_DRAWS_S)
        self._finger(down=False)

    def _point(self, x: float, y: float) -> None:
        places = (("x", x, self.glass.width_px), ("y", y, self.glass.height_px))
        self.do(
            "input-send-event",
            events=[{"type": "abs", "data": {"axis": axis, "value": round(at / size * _FULL)}} for axis, at, size in places],
        )

    def _finger(self, *, down: bool) -> None:
        self.do("input-send-event", events=[{"type": "btn", "data": {"button": "left", "down": down}}])


def _block_device(disk: Path | ForgetfulDisk) -> str:
    if isinstance(disk, ForgetfulDisk):
        return f"driver=raw,node-name=disk,file.driver=nbd,file.server.type=unix,file.server.path={disk.path}"
    return f"driver=qcow2,node-name=disk,cache.direct=off,file.driver=file,file.filename={disk}"


class _Monitor:
    """QEMU's machine protocol (QMP): a line of JSON each way; events are passed over."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self._lines.readline()
        self.do("qmp_capabilities", {})

    def do(self, order: str, facts: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        self._socket.sendall(json.dumps({"execute": order, "arguments": facts}).encode() + b"\n")
        while True:
            line = self._lines.readline()
            if not line:
                raise BuildError("QEMU has ended")
            answer = json.loads(line)
            if "error" in answer:
                raise BuildError(f"QEMU: {order}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


PATIENCE: Mapping[str, str] = {
    "systemd.unit-dropin.kiosk-ui.service": "[Service]\nWatchdogSec=120s\nTimeoutStartSec=400s\nTimeoutStopSec=120s\n",
    "systemd.unit-dropin.kiosk-device@.service": "[Service]\nWatchdogSec=90s\nTimeoutStartSec=400s\n",
    "systemd.unit-dropin.kiosk-sync.service": "[Service]\nWatchdogSec=120s\nTimeoutStartSec=400s\n",
    "systemd.unit-dropin.kiosk-health.service": "[Service]\nTimeoutStartSec=60min\n",
    "systemd.unit-dropin.kiosk-unproven.timer": "[Timer]\nOnBootSec=\nOnBootSec=60min\n",
}
"""An emulated processor on a busy machine is several times slower than any terminal. Only the loader of a trial lets these in."""

TRIAL = "systemd.import_credentials=yes systemd.watchdog_sec=1800"
"""What a trial's loader adds to the kernel's command line: credentials are let in, and the watchdog has patience, too."""


class Shell:
    """A root shell in a machine that was started with a test's loader and `CREDENTIALS`; no image has one by itself."""

    UNIT = (
        "[Unit]\nDefaultDependencies=no\nAfter=systemd-udev-trigger.service\n[Service]\nType=simple\n"
        "ExecStart=/bin/sh -c 'while :; do /bin/sh </dev/hvc0 >/dev/hvc0 2>&1; sleep 1; done'\nRestart=always\n"
    )
    CREDENTIALS: Mapping[str, str] = {
        **PATIENCE,
        "systemd.extra-unit.test-shell.service": UNIT,
        "systemd.unit-dropin.sysinit.target": "[Unit]\nWants=test-shell.service\n",
    }

    def __init__(self, machine: Machine) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(machine.folder / "shell"))
        self._said = b""
        self._count = 0

    def run(self, command: str, patience_s: float = 60.0) -> str:
        """Run a command in the machine and return what it wrote.

        Raises:
            TimeoutError: It did not end in time, or nobody is there yet.
            BuildError: The machine is off.
        """
        self._count += 1
        mark = f"=={self._count}=="
        self._socket.sendall(f"stty -echo -onlcr 2>/dev/null; PS1= PS2=; {command}\nprintf '\\n=%s\\n' '={self._count}=='\n".encode())
        until = time.monotonic() + patience_s
        while mark.encode() not in self._said:
            self._socket.settimeout(max(0.01, until - time.monotonic()))
            got = self._socket.recv(65536)
            if not got:
                raise BuildError("QEMU has ended")
            self._said += got
        text, _, self._said = self._said.partition(mark.encode())
        return text.decode(errors="replace").replace("\r", "").strip()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def overlay(base: Path, target: Path, gib: int = 4) -> Path:
    """Make a disk that starts as `base` and keeps its own changes; larger than the image, as real disks are."""
    target.unlink(missing_ok=True)
    run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", base.resolve(), target, f"{gib}G")
    return target
