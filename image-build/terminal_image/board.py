"""What differs between the boards that an image is built for; everything else of an image is the same."""

import platform
from dataclasses import dataclass
from pathlib import Path

from terminal_image.disk import ESP, FIRMWARE, LINUX, Partition

_SLOTS = (
    Partition("kiosk-boot-a", LINUX, 64),
    Partition("kiosk-boot-b", LINUX, 64),
    Partition("kiosk-root-a", LINUX, 512),
    Partition("kiosk-root-b", LINUX, 512),
    Partition("kiosk-data", LINUX, 256),  # grown to the disk's end at first boot
)


@dataclass(frozen=True, slots=True)
class Board:
    """One kind of computer.

    Attributes:
        name: How it is called, in `--board`, in folders and in what a bundle is compatible with.
        architecture: Debian's word for its processor.
        machine: The kernel's and the wheels' word for it.
        layout: Its partitions; the firmware reads the first.
        components: Of Debian's archive.
        loader_packages: What the loader consists of; it is unpacked, listed, and no part of the root.
        trial_packages: What only a trial under emulation needs, unpacked like them and in no list.
        kept_modules: Beginnings of names of kernel modules that only this board needs.
        dropped_modules: The same of those that it never needs, though others do.
        from_debian: Locked Python packages without wheels that are Debian's here; elsewhere they are built in a copy of the root.
        strip: The program that strips its programs.
    """

    name: str
    architecture: str
    machine: str
    layout: tuple[Partition, ...]
    components: tuple[str, ...] = ("main",)
    loader_packages: tuple[str, ...] = ()
    trial_packages: tuple[str, ...] = ()
    kept_modules: tuple[str, ...] = ()
    dropped_modules: tuple[str, ...] = ()
    from_debian: tuple[str, ...] = ()
    strip: str = "strip"

    @property
    def libraries(self) -> str:
        """The folder of its libraries, below /usr/lib."""
        return f"{self.machine}-linux-gnu"

    @property
    def compatible(self) -> str:
        """By which a terminal knows a bundle to be for it."""
        return f"bianmin-kiosk-{self.name}"

    @property
    def is_this_machine(self) -> bool:
        """Whether its programs run here as they are."""
        return platform.machine() == self.machine

    def folder(self, project: Path) -> Path:
        """Return where its own parts are."""
        return project / "image-build/boards" / self.name


X86_64 = Board(
    name="x86-64",
    architecture="amd64",
    machine="x86_64",
    layout=(Partition("kiosk-esp", ESP, 16), *_SLOTS),
    dropped_modules=("arch/x86/kvm/",),
)

RPI = Board(
    name="rpi",
    architecture="arm64",
    machine="aarch64",
    layout=(Partition("kiosk-firmware", FIRMWARE, 64), Partition("kiosk-env", LINUX, 1), *_SLOTS),
    components=("main", "non-free-firmware"),
    loader_packages=("raspi-firmware", "u-boot-rpi"),
    trial_packages=("u-boot-qemu",),
    kept_modules=(
        "drivers/clk/bcm/", "drivers/dma/", "drivers/mailbox/", "drivers/pwm/", "drivers/regulator/", "drivers/reset/", "drivers/soc/bcm/",
        "drivers/pmdomain/bcm/", "drivers/phy/broadcom/", "drivers/staging/vc04_services/", "sound/soc/bcm/",
        "sound/soc/codecs/snd-soc-hdmi", "sound/soc/snd-soc-core", "drivers/net/ethernet/broadcom/genet/", "drivers/net/mii",
        "drivers/net/usb/usbnet", "drivers/net/usb/smsc95xx", "drivers/net/usb/lan78xx", "drivers/usb/dwc2/", "drivers/usb/phy/",
        "drivers/usb/roles/", "drivers/usb/gadget/udc/udc-core", "drivers/cpufreq/",
    ),
    dropped_modules=(
        "drivers/gpu/drm/msm/", "drivers/gpu/drm/etnaviv/", "drivers/gpu/drm/rockchip/", "drivers/gpu/drm/sun4i/", "drivers/gpu/drm/tegra/",
        "drivers/gpu/drm/mediatek/", "drivers/gpu/drm/meson/", "drivers/gpu/drm/hisilicon/", "drivers/gpu/drm/imx/",
        "drivers/gpu/drm/lima/", "drivers/gpu/drm/panfrost/", "drivers/gpu/drm/panthor/", "drivers/gpu/drm/nouveau/",
        "drivers/gpu/drm/panel/", "drivers/acpi/", "drivers/scsi/", "drivers/ata/", "drivers/nvme/", "drivers/dma/qcom/",
        "drivers/dma/ti/", "drivers/net/ethernet/intel/", "sound/pci/", "sound/hda/",
    ),
    from_debian=("pyscard",),
    strip="aarch64-linux-gnu-strip",
)  # fmt: skip
"""Raspberry Pi 3 B, 3 B+ and 4 B. Their wired network is on the board: on a Pi 3 it hangs on the USB hub that is soldered to it."""

BOARDS = {board.name: board for board in (X86_64, RPI)}
