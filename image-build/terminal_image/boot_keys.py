"""The keys by which a terminal's start is verified, and what they sign.

Two kinds, for there are two who verify. The firmware (Secure Boot) knows X.509 certificates and verifies the loader. The loader carries a
PGP key and verifies what lies on a slot's boot partition: kernel, RAM disk, and the hash of the root. The kernel verifies the root.
"""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from terminal_image.stage import run

BOOT_SECRET, BOOT_PUBLIC = "boot.asc", "boot.gpg"
_YEARS = 20
_FIRMWARE_KEYS = {"PK": "platform", "KEK": "key exchange", "db": "loader"}


@dataclass(frozen=True, slots=True)
class FirmwareKey:
    """By what a loader is signed for the firmware: a key, and the certificate that the firmware knows."""

    key: Path
    certificate: Path


def make_boot_key(folder: Path) -> None:
    """Make the key that signs what lies on boot partitions, unless it is there: `boot.asc`, and `boot.gpg` for the loader."""
    if (folder / BOOT_PUBLIC).exists():
        return
    with _pgp() as pgp:
        run(*pgp, "--quick-generate-key", "Bianmin Kiosk boot", "rsa3072", "sign", f"{_YEARS}y")
        run(*pgp, "--armor", "--output", folder / BOOT_SECRET, "--export-secret-keys")
        (folder / BOOT_SECRET).chmod(0o600)
        run(*pgp, "--output", folder / BOOT_PUBLIC, "--export")


def sign_for_loader(files: Iterable[Path], keys: Path, environment: Mapping[str, str]) -> None:
    """Put a signature beside each file, as the loader looks for it: the same bytes for the same file, for its time is the source's."""
    then = datetime.fromtimestamp(int(environment["SOURCE_DATE_EPOCH"]), UTC)
    with _pgp() as pgp:
        run(*pgp, "--import", keys / BOOT_SECRET)
        for file in files:
            run(
                *pgp, "--faked-system-time", f"{then:%Y%m%dT%H%M%S}!", "--ignore-time-conflict", "--ignore-valid-from", "--digest-algo",
                "SHA256", "--output", file.with_name(f"{file.name}.sig"), "--detach-sign", file,
            )  # fmt: skip


@contextmanager
def _pgp() -> Iterator[tuple[str, ...]]:
    """Give gpg's first words, with a keyring that is gone afterwards, its agent too."""
    with tempfile.TemporaryDirectory(prefix="boot-") as home:
        try:
            yield ("gpg", "--homedir", home, "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "")
        finally:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "gpg-agent"], check=False, capture_output=True)


def make_firmware_keys(folder: Path) -> FirmwareKey:
    """Make the three keys of Secure Boot, unless they are there, and return the one that signs loaders.

    PK owns the machine, KEK may change what it trusts, db is what it trusts. Firmware menus take the certificates as they are, `*.cer`.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, purpose in _FIRMWARE_KEYS.items():
        if (folder / f"{name}.cer").exists():
            continue
        run(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-keyout", folder / f"{name}.key", "-out",
            folder / f"{name}.pem", "-days", str(365 * _YEARS), "-subj", f"/CN=Bianmin Kiosk {purpose} ({name})",
        )  # fmt: skip
        run("openssl", "x509", "-in", folder / f"{name}.pem", "-outform", "DER", "-out", folder / f"{name}.cer")
    return FirmwareKey(folder / "db.key", folder / "db.pem")


def sign_for_firmware(program: Path, by: FirmwareKey, environment: Mapping[str, str], signed: Path) -> Path:
    """Sign a loader into another file; its time is the source's, so that it is the same bytes each time."""
    then = datetime.fromtimestamp(int(environment["SOURCE_DATE_EPOCH"]), UTC)
    run(
        "faketime", "-f", f"{then:%Y-%m-%d %H:%M:%S}", "sbsign", "--key", by.key, "--cert", by.certificate, "--output", signed, program,
        environment={**environment, "TZ": "UTC"},
    )  # fmt: skip
    return signed
