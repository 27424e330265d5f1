"""The terminal's Python packages, by the locked hashes, for the image's Python; those without wheels are built in a copy of the image."""

import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from terminal_image.stage import BuildError, run

PYTHON = "3.13"
_GLIBCS = ("manylinux2014", "manylinux_2_27", "manylinux_2_28", "manylinux_2_34")
FROM_SOURCE = ("pyscard",)
_TOOLS = ("gcc", "libc6-dev", "python3-dev", "libpcsclite-dev", "python3-setuptools", "python3-wheel", "python3-pip", "swig", "pkg-config")
_PIP = ("-q", "--disable-pip-version-check", "--no-deps")


def parted(requirements: str) -> tuple[str, str]:
    """Part a locked list into what has wheels and what is built from source."""
    parts = re.split(r"(?m)^(?=[A-Za-z0-9_.-]+==)", requirements)
    source = [part for part in parts if part.startswith(tuple(f"{name}==" for name in FROM_SOURCE))]
    return "".join(part for part in parts if part not in source), "".join(source)


def fetch(requirements: Path, machine: str, folder: Path) -> None:
    """Fetch the wheels for a processor (x86_64, aarch64) into `folder`, each by its locked hash."""
    folder.mkdir()
    listed = folder.with_suffix(".txt")
    listed.write_text(parted(requirements.read_text(encoding="utf-8"))[0], encoding="utf-8")
    abis = ("cp313", "abi3", "none")
    platforms = (*(f"{glibc}_{machine}" for glibc in _GLIBCS), "any")
    run(
        sys.executable, "-m", "pip", "download", *_PIP, "--require-hashes", "--only-binary=:all:", "--implementation=cp",
        f"--python-version={PYTHON}", *(f"--abi={abi}" for abi in abis), *(f"--platform={name}" for name in platforms),
        "-r", listed, "-d", folder,
    )  # fmt: skip


def build_from_source(requirements: Path, root_tar: Path, environment: Mapping[str, str], folder: Path) -> None:
    """Build the rest in a workshop: the image's own root, and a compiler in it, which is thrown away afterwards."""
    folder.mkdir()
    workshop = folder.with_suffix(".workshop")
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir()
    try:
        run("tar", "-xf", root_tar, "-C", workshop)
        for name in ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt"):
            _lend(Path(name), workshop)
        _lend(Path.home() / ".config/pip/pip.conf", workshop, as_name="/etc/pip.conf")
        quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        run("chroot", workshop, "apt-get", "update", "-qq", environment=quiet)
        run("chroot", workshop, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *_TOOLS, environment=quiet)
        (workshop / "wanted.txt").write_text(parted(requirements.read_text(encoding="utf-8"))[1], encoding="utf-8")
        run(
            "chroot", workshop, "python3", "-m", "pip", "wheel", *_PIP, "--require-hashes", "--no-build-isolation", "-r", "/wanted.txt",
            "-w", "/made", environment=quiet,
        )  # fmt: skip
        for wheel in (workshop / "made").glob("*.whl"):
            shutil.copy(wheel, folder)
        if len(list(folder.glob("*.whl"))) != len(FROM_SOURCE):
            raise BuildError(f"not every one of {', '.join(FROM_SOURCE)} was built")
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _lend(path: Path, workshop: Path, as_name: str | None = None) -> None:
    if path.is_file():
        target = workshop / (as_name or str(path)).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copyfile(path, target)
