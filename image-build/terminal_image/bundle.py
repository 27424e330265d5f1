"""What an update is: one file with both parts of a slot, signed by the fleet's release key, in RAUC's verity format."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from terminal_image.board import X86_64
from terminal_image.stage import run

COMPATIBLE = X86_64.compatible
_YEARS_AUTHORITY, _YEARS_RELEASE = 20, 2


def make_authority(folder: Path) -> None:
    """Make a fleet's keys, unless they are there: the authority that terminals know, and a release key that it vouches for.

    The authority's key belongs offline, and both belong into a token in production; see docs/en/image.md.
    """
    if (folder / "authority.pem").exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run(
        "openssl", "req", "-x509", *key, "-keyout", folder / "authority.key", "-out", folder / "authority.pem",
        "-days", str(365 * _YEARS_AUTHORITY),
        "-subj", "/CN=Bianmin Kiosk fleet authority", "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )  # fmt: skip
    run("openssl", "req", *key, "-keyout", folder / "release.key", "-out", folder / "release.csr", "-subj", "/CN=Bianmin Kiosk release")
    purpose = folder / "release.ext"
    purpose.write_text(
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,codeSigning\n", encoding="ascii"
    )
    run(
        "openssl", "x509", "-req", "-in", folder / "release.csr", "-CA", folder / "authority.pem", "-CAkey", folder / "authority.key",
        "-CAcreateserial", "-days", str(365 * _YEARS_RELEASE), "-extfile", purpose, "-out", folder / "release.pem",
    )  # fmt: skip


def manifest(version: str, compatible: str = COMPATIBLE) -> str:
    """Return RAUC's manifest."""
    return (
        f"[update]\ncompatible={compatible}\nversion={version}\n\n[bundle]\nformat=verity\n\n"
        "[image.rootfs]\nfilename=root.img\nadaptive=block-hash-index\n\n[image.boot]\nfilename=boot.img\n"
    )


def bundle(parts: Mapping[str, Path], version: str, keys: Path, target: Path, compatible: str = COMPATIBLE) -> Path:
    """Make and sign a bundle of `root.img` and `boot.img`.

    Raises:
        BuildError: RAUC refuses; it says why.
    """
    folder = target.with_suffix(".folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, part in parts.items():
        shutil.copyfile(part, folder / name)
    (folder / "manifest.raucm").write_text(manifest(version, compatible), encoding="ascii")
    target.unlink(missing_ok=True)
    run("rauc", "bundle", f"--cert={keys / 'release.pem'}", f"--key={keys / 'release.key'}", folder, target)
    shutil.rmtree(folder)
    return target
