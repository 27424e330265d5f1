"""A Raspberry Pi's card in QEMU, which has no whole Pi: loader and kernel on the board they are for, and on a board of QEMU's own.

`raspi3b` has the Pi's processor, serial line and card reader, and runs the very U-Boot of the card; it has no USB network and no graphics.
`virt` is faster and starts itself again; it runs U-Boot of the same source, built for it, with the same script and slots.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


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
