"""A Raspberry Pi's card in QEMU, which has no whole Pi: its loader on the board it is for, its kernel and root on a board of QEMU's own.

`raspi3b` has the Pi's processor, serial line and card reader, and runs the very U-Boot of the card; it has no USB network and no graphics.
`virt` has a display, a touch panel and a network, and runs U-Boot of the same source, built for it; it starts the same script and slots.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from terminal_image.qemu import Glass, Machine, Sockets


class Where(Enum):
    """The board that QEMU has."""

    PI_3B = "raspi3b"
    VIRT = "virt"


@dataclass(frozen=True, slots=True)
class Loader:
    """U-Boot, and on a Pi the description of the board, which there the firmware hands over."""

    where: Where
    program: Path
    description: Path | None = None


def loader_words(loader: Loader, card: Path) -> list[str]:
    """Return QEMU's words for a board with a card, its serial line on the standard output, and nothing else."""
    words = ["nice", "-n", "5", "qemu-system-aarch64", "-M", loader.where.value, "-nodefaults", "-display", "none"]
    if loader.where is Where.PI_3B:  # it speaks on the second, as the board's description says
        return [
            *words, "-serial", "null", "-serial", "stdio", "-kernel", str(loader.program), "-dtb", str(loader.description),
            "-drive", f"if=sd,format=raw,file={card}",
        ]  # fmt: skip
    return [
        *words, "-serial", "stdio", "-cpu", "cortex-a72", "-m", "1024", "-bios", str(loader.program),
        "-drive", f"if=none,id=card,format=raw,file={card}", "-device", "virtio-blk-device,drive=card",
    ]  # fmt: skip


class VirtMachine(Machine):
    """A terminal for 64-bit ARM that is switched on while the context is open; what is said on its serial line is in `serial.log`."""

    def __init__(self, disk: Path, loader: Path, folder: Path, glass: Glass) -> None:
        super().__init__(disk, folder, glass, Sockets())
        self._card = disk
        self._loader = loader

    def command(self) -> list[str]:
        """Return QEMU's command line."""
        return [
            "nice", "-n", "5", "qemu-system-aarch64", "-name", "bianmin-kiosk-rpi", "-machine", "virt", "-accel", "tcg,thread=multi",
            "-cpu", "cortex-a72", "-smp", "2", "-m", "1536", "-nodefaults", "-no-user-config", "-display", "none",
            "-bios", str(self._loader), "-serial", f"file:{self.folder / 'serial.log'}",
            "-blockdev", f"driver=qcow2,node-name=disk,file.driver=file,file.filename={self._card}",
            "-device", "virtio-blk-device,drive=disk", "-device", "virtio-rng-pci",
            "-device", f"virtio-gpu-pci,xres={self.glass.width_px},yres={self.glass.height_px}", "-device", "virtio-tablet-pci",
            "-netdev", "user,id=net,restrict=on", "-device", "virtio-net-pci,netdev=net", "-device", "qemu-xhci,id=usb",
            "-qmp", f"unix:{self.folder / 'monitor'},server=on,wait=off",
        ]  # fmt: skip


def said(folder: Path) -> str:
    """Return what a machine has said on its serial line so far."""
    path = folder / "serial.log"
    return path.read_bytes().decode("utf-8", errors="replace") if path.exists() else ""


def extra_words(credentials: Mapping[str, str]) -> str:
    """Return credentials of systemd as words for the kernel's command line: this board hands over none in its firmware's tables."""
    return " ".join(f"systemd.set_credential_binary={name}:{b64encode(text.encode()).decode()}" for name, text in credentials.items())
