"""The root tree: Debian packages, the program and its wheels, the units; then everything taken out that a terminal must not have."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from terminal_image import bytecode
from terminal_image.board import Board
from terminal_image.mirror import Mirror
from terminal_image.stage import run
from terminal_image.wheels import PYTHON

_SITE = f"usr/local/lib/python{PYTHON}/dist-packages"
_DEBIAN_SITE = "usr/lib/python3/dist-packages"
_SHARE = "usr/share/bianmin-kiosk"
_LIB = "usr/lib/bianmin-kiosk"

_NEVER_RUN = (
    "pip",
    "setuptools",
    "pkg_resources",
    "_distutils_hack",
    "pygments",
    "docutils",
    "tests",
    "numpy/f2py",
    "kivy/tools",
    "cv2/data",
)
"""Packages that others name as what they need, for building or for their documentation."""

_ONLY_FOR_BUILDING = ("tests", "test_data", "include")
"""Folders of packages, wherever they are."""

_NOT_RUN = ("*.pyi", "*.pxd", "*.pyx", "*.pxi", "*.a", "*.h", "*.c")

EMPTIED = ("kivy/data/style.kv",)
"""Rules for Kivy's own buttons, sliders and lists, parsed at each start: a fifth of what the screen imports. No page has any of them."""

_BLAS = "opencv_python_headless.libs/libopenblas*.so*"
_BLAS_FORTRAN = "opencv_python_headless.libs/lib[gq]*.so*"
_LAPACK = "lapack/liblapack.so.3"
"""OpenCV's wheel brings an OpenBLAS of 38 MB and its Fortran for nineteen functions; Debian's reference LAPACK has them in 3 MB."""

MANIFEST = "usr/share/bianmin-kiosk/debian-packages"
"""What apt says of each package that it installed, its archive's digest included; apt forgets that when the tree is done."""
_LISTED = (
    'chroot "$1" sh -c "mkdir -p /usr/share/bianmin-kiosk; '
    "dpkg-query -W -f='\\${Package}:\\${Architecture}=\\${Version}\\n' | sort | xargs apt-cache show --no-all-versions > /" + MANIFEST + '"'
)
_LOADER = "loader"
"""A folder of the tree for the packages of which the loader is made, as they are unpacked; no terminal has it."""

_SPOKEN = ("cmn_dict", "en_dict", "ko_dict")
"""What espeak-ng has of the languages that the terminal speaks; the other hundred are left out."""

_TAKEN_OUT = (
    # What installs and configures packages: nobody does that on a terminal
    "usr/bin/apt*", "usr/bin/dpkg*", "usr/bin/debconf*", "usr/bin/perl*", "usr/bin/sqv", "usr/sbin/dpkg-*", "usr/sbin/update-*",
    "usr/lib/*-linux-gnu/perl-base", "usr/lib/*-linux-gnu/libapt-*", "usr/share/perl5", "usr/share/debconf", "usr/lib/dpkg",
    "usr/share/initramfs-tools", "usr/sbin/mkinitramfs",
    # What makes loaders; the one that writes their block stays
    "usr/bin/grub-[!e]*", "usr/sbin/grub-*",
    # Who logs in, and as whom
    "usr/bin/su", "usr/bin/login", "usr/bin/passwd", "usr/bin/newgrp", "usr/bin/chsh", "usr/bin/chfn", "usr/bin/gpasswd", "usr/bin/run0",
    "usr/sbin/sulogin", "usr/sbin/agetty", "usr/sbin/getty", "usr/sbin/runuser", "usr/sbin/user*", "usr/sbin/group*", "usr/sbin/chpasswd",
    # Nothing here asks for it
    "usr/lib/*-linux-gnu/gconv", "usr/share/X11/locale", "usr/lib/python3.13/test", "usr/lib/python3.13/idlelib",
    "usr/lib/python3.13/ensurepip", "usr/lib/python3.13/pydoc_data", "usr/lib/python3.13/tkinter", "usr/lib/python3.13/turtledemo",
    "usr/lib/python3.13/config-*", "usr/share/pixmaps", "usr/share/icons", "usr/share/lintian", "usr/share/bug", "usr/share/sounds",
    "usr/share/fonts/truetype", "usr/share/zsh", "usr/share/fish", "usr/share/gdb", "usr/bin/localedef",
    "usr/lib/udev/hwdb.bin", "usr/bin/pzstd", "usr/bin/alsabat", "usr/lib/*-linux-gnu/libfftw3f*", "usr/sbin/arpd",
    "usr/lib/*-linux-gnu/libdb-5.3.so", "usr/lib/python3.13/lib-dynload/_dbm.*",
    "usr/local/lib/python3.13/dist-packages/PIL/_avif.*.so", "usr/local/lib/python3.13/dist-packages/pillow.libs/libavif-*",
)  # fmt: skip
"""Files and folders of Debian's packages that a terminal must not have, or has no use for."""

_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/bash-completion/*")

_MASKED = (
    # No shell, no log-in, no console to switch to
    "getty.target", "getty@.service", "serial-getty@.service", "container-getty@.service", "console-getty.service", "autovt@.service",
    "debug-shell.service", "emergency.service", "rescue.service", "ctrl-alt-del.target", "systemd-user-sessions.service",
    "user@.service", "systemd-ask-password-console.path", "systemd-ask-password-wall.path",
    # No one changes the system but a signed bundle
    "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "systemd-sysext.service", "systemd-confext.service",
    # Nothing to swap to, to suspend, to hibernate, or to keep in a core file
    "suspend.target", "hibernate.target", "hybrid-sleep.target", "sleep.target", "systemd-coredump.socket", "swap.target",
    # Mounted by kiosk-data; and what is not there cannot be waited for
    "e2scrub_all.timer", "fstrim.timer", "systemd-networkd-wait-online.service", "systemd-machine-id-commit.service",
    "systemd-firstboot.service", "systemd-update-done.service", "systemd-hwdb-update.service", "systemd-journal-catalog-update.service",
    "ldconfig.service", "systemd-sysusers.service", "systemd-binfmt.service", "proc-sys-fs-binfmt_misc.automount", "dev-hugepages.mount",
    "systemd-networkd-persistent-storage.service",  # nothing of /var outlives a start, and no terminal hands out addresses
    "systemd-homed.service", "systemd-pcrphase.service", "systemd-pcrmachine.service", "systemd-tpm2-setup.service",
)  # fmt: skip

_ENABLED = {
    "sysinit.target": ("kiosk-data.service", "nftables.service"),
    "kiosk.target": ("systemd-networkd.service", "systemd-resolved.service"),
}

_KEPT_MODULES = (
    "arch/", "block/", "crypto/", "lib/", "mm/", "fs/squashfs", "fs/nls", "fs/fat", "fs/efivarfs", "fs/ext4", "fs/jbd2", "fs/mbcache",
    "fs/fuse", "net/netfilter", "net/ipv4", "net/ipv6", "net/packet", "net/unix", "net/8021q", "net/core",
    "drivers/acpi", "drivers/ata", "drivers/block", "drivers/bus", "drivers/char/", "drivers/crypto", "drivers/firmware", "drivers/gpio",
    "drivers/gpu/drm", "drivers/hid", "drivers/hwmon", "drivers/i2c", "drivers/input", "drivers/md", "drivers/media/common",
    "drivers/media/mc", "drivers/media/v4l2-core", "drivers/media/usb/uvc", "drivers/mfd", "drivers/mmc", "drivers/net/ethernet/intel",
    "drivers/net/ethernet/realtek", "drivers/net/phy", "drivers/net/mdio", "drivers/net/virtio_net", "drivers/net/net_failover",
    "net/802", "net/llc", "net/sched/sch_fq.", "drivers/nvme", "drivers/nvmem", "drivers/pci", "drivers/pinctrl", "drivers/platform",
    "drivers/power",
    "drivers/rtc", "drivers/scsi/sd_mod", "drivers/scsi/scsi_mod", "drivers/scsi/scsi_common", "drivers/scsi/virtio_scsi", "drivers/spi",
    "drivers/thermal", "drivers/tty", "drivers/usb/class/usblp", "drivers/usb/class/cdc-acm", "drivers/usb/common", "drivers/usb/core",
    "drivers/usb/host", "drivers/usb/serial", "drivers/usb/storage/usb-storage",
    "drivers/usb/storage/uas", "drivers/usb/typec", "drivers/usb/misc/usb_hub", "drivers/video", "drivers/virtio",
    "drivers/watchdog", "sound/core", "sound/hda", "sound/pci/hda", "sound/soundcore", "sound/pci/ac97", "sound/ac97_bus",
    "sound/usb/snd-usb", "drivers/dax",
)  # fmt: skip
"""Folders and files of kernel modules that stay, by the beginnings of their names.

No radio is among them, no foreign file system but FAT's, no USB network. USB storage is for a technician's stick: the menu lets it in.
"""

_DROPPED_MODULES = (
    # Graphics that show nothing without firmware, which the image does not carry; the firmware's own framebuffer stays for them
    "drivers/gpu/drm/amd/", "drivers/gpu/drm/radeon/", "drivers/gpu/drm/nouveau/", "drivers/gpu/drm/xe/", "drivers/gpu/drm/vmwgfx/",
    # Of servers
    "drivers/md/dm-vdo/", "drivers/block/drbd/", "drivers/crypto/intel/qat/", "drivers/net/ethernet/intel/ice/",
    "drivers/net/ethernet/intel/i40e/", "drivers/net/ethernet/intel/iavf/", "drivers/net/ethernet/intel/ixgbe/",
    "drivers/net/ethernet/intel/ixgbevf/", "drivers/net/ethernet/intel/fm10k/", "drivers/net/ethernet/intel/idpf/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the parts of an image are, in this repository."""

    project: Path
    board: Board

    @property
    def packages(self) -> tuple[Path, ...]:
        """Which Debian packages."""
        return self.project / "image-build/packages.txt", self.board.folder(self.project) / "packages.txt"

    @property
    def initramfs(self) -> tuple[Path, ...]:
        """What goes into the initial RAM disk."""
        return self.project / "image-build/initramfs", self.board.folder(self.project) / "initramfs"

    @property
    def overlays(self) -> tuple[Path, ...]:
        """Files of the root that no package has."""
        return self.project / "image-build/root", self.board.folder(self.project) / "root"

    @property
    def units(self) -> Path:
        """Units, users, folders, rules."""
        return self.project / "systemd"

    @property
    def requirements(self) -> Path:
        """Locked Python packages."""
        return self.project / "requirements/terminal.txt"


def packages_in(text: str) -> tuple[str, ...]:
    """Return the names of a package list."""
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def debian(sources: Sources, mirror: Mirror, environment: Mapping[str, str], target: Path) -> None:
    """Make the tree of Debian packages, as a tar; mmdebstrap runs everything in a namespace of its own."""
    board = sources.board
    wanted = [name for listed in sources.packages for name in packages_in(listed.read_text(encoding="utf-8"))]
    prepared = ('mkdir -p "$1/etc/initramfs-tools"', *(f"sync-in {folder} /etc/initramfs-tools" for folder in sources.initramfs))
    if board.is_this_machine:
        how = [
            "--variant=minbase", *(f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT),
            *(f"--essential-hook={hook}" for hook in prepared), f"--customize-hook={_LISTED}",
        ]  # fmt: skip
    else:
        hooks = (*_UNPACKED_HERE, *prepared, *_CONFIGURED_THERE, *_loader_hooks(board))
        how = ["--variant=extract", "--include=?essential", *(f"--extract-hook={hook}" for hook in hooks)]
    run(
        "mmdebstrap", "--mode=root", *how, f"--architectures={board.architecture}", f"--components={','.join(board.components)}",
        '--aptopt=Acquire::Languages "none"', '--aptopt=APT::Install-Recommends "false"',
        f"--include={','.join(wanted)}", "trixie", target, *mirror.sources(board.components), environment=environment,
    )  # fmt: skip


_EXCLUDES = " ".join(f"--path-exclude='{pattern}'" for pattern in _LEFT_OUT)
_UNPACKED_HERE = (
    f'cd "$1" && rm -rf {" ".join(pattern.strip("/*") for pattern in _LEFT_OUT)}',
    f'dpkg --root="$1" --force-architecture --force-depends --force-unsafe-io {_EXCLUDES} --unpack "$1"/var/cache/apt/archives/*.deb >&2',
)
"""Packages for another processor are unpacked by this machine's dpkg: under emulation that takes ten times as long."""
_COMPILERS = f"usr/lib/python{PYTHON}/py_compile.py usr/bin/py3compile"
"""Not by the packages' scripts, one after the other and emulated: everything is compiled together, and natively."""
_QUERIED = "dpkg-query --admindir=\"$1/var/lib/dpkg\" -W -f='${Package}:${Architecture}=${Version}\\n' | sort"
_CONFIGURED_THERE = (
    'sed -i "s/^update_initramfs=.*/update_initramfs=no/" "$1/etc/initramfs-tools/update-initramfs.conf"',  # once, by the kernel's own hook
    f'for it in {_COMPILERS}; do mv "$1/$it" "$1/$it.kept" && echo "#!/bin/sh" > "$1/$it" && chmod 755 "$1/$it"; done',  # nothing, to both
    'DEBIAN_FRONTEND=noninteractive chroot "$1" dpkg --force-confold --configure -a </dev/null >&2',
    f'for it in {_COMPILERS}; do mv "$1/$it.kept" "$1/$it"; done',
    f'mkdir -p "$1/{_SHARE}"; {_QUERIED} | APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" xargs apt-cache show --no-all-versions > "$1/{MANIFEST}"',
)
"""Only their own scripts run there."""


def _loader_hooks(board: Board) -> tuple[str, ...]:
    """Return what fetches the loader's packages, lists and unpacks them: installed, they would write to a card that is not there."""
    apt, loader = 'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"', " ".join(board.loader_packages)
    return (
        f'mkdir "$1/{_LOADER}" && cd "$1/{_LOADER}" && {apt} apt-get -qq download {loader} {" ".join(board.trial_packages)}',
        f'{apt} apt-cache show --no-all-versions {loader} >> "$1/{MANIFEST}"',
        f'for archive in "$1"/{_LOADER}/*.deb; do dpkg-deb -x "$archive" "$1/{_LOADER}" && rm "$archive"; done',
    )


def furnish(
    root_tar: Path, sources: Sources, wheels: Iterable[Path], environment: Mapping[str, str], native: Path | None, tree: Path
) -> None:
    """Unpack the tree and make it a terminal's; `native` is a Python that compiles here what runs on another processor."""
    tree.mkdir()
    run("tar", "-xf", root_tar, "-C", tree, f"--exclude=./{_LOADER}")
    _program(sources, wheels, tree)
    for overlay in sources.overlays:
        _copy(overlay, tree)
    _units(sources.units, tree)
    run("chroot", tree, "/usr/bin/systemd-sysusers", environment=environment)
    _enable(tree)
    _strip(tree, sources.board)
    run("chroot", tree, "/sbin/ldconfig", environment=environment)
    shutil.rmtree(tree / "var/cache/ldconfig")  # it notes by inode and time what was looked at
    compiled = (_SITE, f"usr/lib/python{PYTHON}", *([_DEBIAN_SITE] if sources.board.from_debian else []))
    if native is None:
        bytecode.compile_there(tree, compiled, environment)
    else:
        bytecode.compile_here(tree, compiled, native, environment)


def _program(sources: Sources, wheels: Iterable[Path], tree: Path) -> None:
    site = tree / _SITE
    site.mkdir(parents=True, exist_ok=True)
    for wheel in sorted(wheels):
        run("unzip", "-q", "-o", wheel, "-d", site)  # a wheel is a zip that is laid down as it is
    shutil.rmtree(site / "city", ignore_errors=True)  # the other end's
    for left_over in (
        *site.glob("*.data"),
        site / "distutils-precedence.pth",
        *(site / name for name in _NEVER_RUN),
    ):  # *.data are Kivy's examples
        left_over.unlink() if left_over.is_file() else shutil.rmtree(left_over, ignore_errors=True)
    _slim(site, f"/usr/lib/{sources.board.libraries}/{_LAPACK}")
    for part in (path for path in site.rglob("*.so*") if path.is_file()):
        run(sources.board.strip, "--strip-unneeded", part)
    share = tree / _SHARE
    (share / "fonts").mkdir(parents=True)
    for font in sorted((sources.project / "assets/fonts").glob("*.ttf")):
        if not font.name.startswith("HanaMin"):
            shutil.copyfile(font, share / "fonts" / font.name)


def _slim(site: Path, lapack: str) -> None:
    for name in _ONLY_FOR_BUILDING:
        for folder in [path for path in site.rglob(name) if path.is_dir()]:
            shutil.rmtree(folder, ignore_errors=True)
    for pattern in _NOT_RUN:
        for path in site.rglob(pattern):
            path.unlink()
    for name in EMPTIED:
        (site / name).write_bytes(b"")
    for path in site.glob(_BLAS):
        path.unlink()
        path.symlink_to(lapack)
    for path in site.glob(_BLAS_FORTRAN):
        path.unlink()


def _copy(folder: Path, tree: Path) -> None:
    for path in sorted(folder.rglob("*")):
        target = tree / path.relative_to(folder)
        if path.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            target.symlink_to(path.readlink())
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copyfile(path, target)
            target.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _units(units: Path, tree: Path) -> None:
    _copy(units / "system", tree / "usr/lib/systemd/system")
    _copy(units / "sysusers.d", tree / "usr/lib/sysusers.d")
    _copy(units / "modules-load.d", tree / "usr/lib/modules-load.d")
    _copy(units / "udev", tree / "usr/lib/udev/rules.d")
    _copy(units / "lib", tree / _LIB)
    shutil.copyfile(units / "tmpfiles.d/kiosk.conf", tree / "usr/lib/tmpfiles.d/kiosk.conf")
    shutil.copyfile(units / "tmpfiles.d/kiosk-data.conf", tree / _LIB / "data.conf")


def _enable(tree: Path) -> None:
    system = tree / "etc/systemd/system"
    for unit in _MASKED:
        (system / unit).unlink(missing_ok=True)
        (system / unit).symlink_to("/dev/null")
    for target, units in _ENABLED.items():
        wants = system / f"{target}.wants"
        wants.mkdir(exist_ok=True)
        for unit in units:
            (wants / unit).unlink(missing_ok=True)
            (wants / unit).symlink_to(f"/usr/lib/systemd/system/{unit}")
    (system / "default.target").unlink(missing_ok=True)
    (system / "default.target").symlink_to("/usr/lib/systemd/system/kiosk.target")


def _strip(tree: Path, board: Board) -> None:
    """Take out what only building needs, and what differs from one build to the next."""
    for name in ("data", "boot/grub"):
        (tree / name).mkdir(parents=True, exist_ok=True)
    (tree / "etc/machine-id").write_text("")
    (tree / "etc/hostname").write_text("kiosk\n", encoding="ascii")
    (tree / "etc/resolv.conf").unlink(missing_ok=True)
    (tree / "etc/resolv.conf").symlink_to("/run/systemd/resolve/stub-resolv.conf")
    for name in (
        "var/cache",
        "var/lib/apt",
        "var/log",
        "var/lib/dpkg",
        "usr/lib/apt",
        "etc/apt",
        "usr/lib/udev/hwdb.d",
        "usr/lib/grub",
        "usr/share/grub",
        "etc/initramfs-tools",
    ):
        shutil.rmtree(tree / name, ignore_errors=True)
    for name in ("var/cache", "var/log", "var/lib/systemd", "var/lib/dpkg"):
        (tree / name).mkdir(parents=True, exist_ok=True)
    for path in (*(tree / "boot").glob("*"), *tree.glob("initrd.img*"), *tree.glob("vmlinuz*")):
        if path.is_symlink() or path.is_file():
            path.unlink()
    for path in (tree / "usr/lib/python3").rglob("__pycache__"):
        shutil.rmtree(path)
    for pattern in _TAKEN_OUT:
        for path in tree.glob(pattern):
            path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
    for path in (tree / _SITE / "espeakng_loader/espeak-ng-data").glob("*_dict"):
        if path.name not in _SPOKEN:
            path.unlink()
    _disarm(tree)
    _prune_modules(tree, board)


def _disarm(tree: Path) -> None:
    """Let no program lend another user's rights to whoever starts it."""
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink() and (mode := path.stat().st_mode) & 0o6000:
            path.chmod(mode & 0o1777)


def _prune_modules(tree: Path, board: Board) -> None:
    kept, dropped = (*_KEPT_MODULES, *board.kept_modules), (*_DROPPED_MODULES, *board.dropped_modules)
    for kernel in (tree / "usr/lib/modules").iterdir():
        for module in (kernel / "kernel").rglob("*.ko*"):
            name = str(module.relative_to(kernel / "kernel"))
            if not name.startswith(kept) or name.startswith(dropped):
                module.unlink()
        for folder in sorted((path for path in (kernel / "kernel").rglob("*") if path.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
        run("depmod", "-b", tree, kernel.name)
