"""A Raspberry Pi's card in QEMU, which has no whole Pi: loader and kernel on their own board, and all of it on one of QEMU's own.

`raspi3b` has the Pi's processor, serial line and card reader, and runs the very U-Boot of the card; it has no USB network and no graphics.
`virt` is faster and starts itself again; it runs U-Boot of the same source, built for it, with the same script and slots.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from terminal_image.qemu import Machine


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


class ArmMachine(Machine):
    """The whole card on `virt`: kernel, root and programs, started by U-Boot and its script; panel, touch and network are QEMU's own."""

    panel = "virtio-gpu-pci"
    reader_words = ("-device", "pci-serial,chardev=reader")

    def board(self) -> list[str]:
        """Return QEMU's words for the board, and U-Boot for it as the firmware's program."""
        return [
            "qemu-system-aarch64", "-M", Where.VIRT.value, "-cpu", "cortex-a72", "-bios", str(self._sockets.firmware.code),
            "-serial", f"file:{self.folder / 'loader.log'}",
        ]  # fmt: skip

    def handed_over(self, credentials: Mapping[str, str]) -> list[str]:
        """Return QEMU's words for one unit that lays down all the others: names in this board's tables are too short for theirs."""
        path = self.folder / "unit"
        path.write_text(_unit(credentials), encoding="ascii")
        return ["-fw_cfg", f"name=opt/io.systemd.credentials/systemd.extra-unit.{_ONE_FOR_ALL},file={path}"]


_ONE_FOR_ALL = "t.service"
TRIAL_WORDS = f"systemd.wants={_ONE_FOR_ALL}"
"""What the kernel of a trial is told besides what every trial's is."""


def _unit(credentials: Mapping[str, str]) -> str:
    place, lines = "/run/systemd/system", []
    for name, text in credentials.items():
        kind, _, unit = name.removeprefix("systemd.").partition(".")
        path = f"{place}/{unit}.d/trial.conf" if kind == "unit-dropin" else f"{place}/{unit}"
        lines += [f"mkdir -p {Path(path).parent}", f"echo {_base64(text)} | base64 -d > {path}"]
    started = " ".join(name.removeprefix("systemd.extra-unit.") for name in credentials if name.startswith("systemd.extra-unit."))
    lines += ["systemctl daemon-reload", f"systemctl --no-block start {started}"]
    script = _base64("\n".join(lines))
    return (
        "[Unit]\nDefaultDependencies=no\nAfter=systemd-udev-trigger.service\n"
        f"[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo {script} | base64 -d | sh'\n"
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
