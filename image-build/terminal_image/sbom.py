"""What an image is made of: every Debian package and every wheel with version and digest, as a CycloneDX list."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZipFile

from terminal_image.stage import BuildError


@dataclass(frozen=True, slots=True)
class Part:
    """One package: `url` is its package URL, `digest` the SHA-256 of its archive."""

    name: str
    version: str
    url: str
    digest: str
    licence: str = ""


def debian_parts(shown: str) -> Iterator[Part]:
    """Yield the packages of what `apt-cache show` said.

    Raises:
        BuildError: One has no digest: it came from nowhere that apt knows.
    """
    for paragraph in filter(None, (part.strip() for part in shown.split("\n\n"))):
        facts = HeaderParser().parsestr(paragraph)
        name, version, digest = facts["Package"], facts["Version"], facts["SHA256"]
        if not name or not version or not digest:
            raise BuildError(f"apt knows no archive of {name or paragraph[:40]!r}")
        url = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={facts['Architecture']}"
        yield Part(name, version, url, digest)


def wheel_parts(wheels: Iterable[Path]) -> Iterator[Part]:
    """Yield the wheels by what they say of themselves."""
    for wheel in wheels:
        with ZipFile(wheel) as archive:
            told = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            facts = HeaderParser().parsestr(archive.read(told).decode("utf-8", errors="replace"))
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        name, version = facts["Name"], facts["Version"]
        licence = (facts["License-Expression"] or facts["License"] or "").splitlines()
        yield Part(name, version, f"pkg:pypi/{quote(name.lower())}@{quote(version)}", digest, licence[0][:80] if licence else "")


def cyclonedx(parts: Iterable[Part], version: str, epoch: int, root_hash: str) -> str:
    """Return the list in CycloneDX 1.6, the same text for the same parts."""
    listed = sorted(parts, key=lambda part: part.url)
    body: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, root_hash)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch, UTC).isoformat().replace("+00:00", "Z"),
            "component": {
                "type": "operating-system",
                "name": "bianmin-kiosk",
                "version": version,
                "properties": [{"name": "dm-verity:root-hash", "value": root_hash}],
            },
        },
        "components": [_component(part) for part in listed],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _component(part: Part) -> dict[str, Any]:
    licences = {"licenses": [{"license": {"name": part.licence}}]} if part.licence else {}
    return {
        "type": "library",
        "name": part.name,
        "version": part.version,
        "purl": part.url,
        "hashes": [{"alg": "SHA-256", "content": part.digest}],
        **licences,
    }


def manifest(parts: Iterable[Part]) -> str:
    """Return the same as lines for people and for `diff`: name, version, digest."""
    return "".join(f"{part.url} {part.digest}\n" for part in sorted(parts, key=lambda part: part.url))
