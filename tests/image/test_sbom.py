"""The list of what an image is made of."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from terminal_image.sbom import cyclonedx, debian_parts, manifest, wheel_parts
from terminal_image.stage import BuildError

SHOWN = """\
Package: example-tools
Version: 1:2.0-3+b1
Architecture: amd64
Filename: pool/main/e/example.deb
SHA256: 1111111111111111111111111111111111111111111111111111111111111111
Description: an example
 of two lines

Package: other
Version: 5
Architecture: all
SHA256: 2222222222222222222222222222222222222222222222222222222222222222
"""


def wheel(folder: Path) -> Path:
    path = folder / "example-1.0-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr(
            "example-1.0.dist-info/METADATA", "Metadata-Version: 2.4\nName: Example\nVersion: 1.0\nLicense-Expression: MIT\n\nText"
        )
    return path


def test_every_package_has_a_version_and_a_digest(tmp_path: Path) -> None:
    parts = [*debian_parts(SHOWN), *wheel_parts([wheel(tmp_path)])]
    body = json.loads(cyclonedx(parts, "0.1.0", 0, "ab" * 32))
    assert [part["purl"] for part in body["components"]] == [
        "pkg:deb/debian/example-tools@1%3A2.0-3%2Bb1?arch=amd64",
        "pkg:deb/debian/other@5?arch=all",
        "pkg:pypi/example@1.0",
    ]
    assert all(len(part["hashes"][0]["content"]) == 64 for part in body["components"])
    assert body["components"][2]["licenses"] == [{"license": {"name": "MIT"}}]
    assert manifest(parts).count("\n") == 3


def test_the_same_parts_give_the_same_text(tmp_path: Path) -> None:
    parts = list(debian_parts(SHOWN))
    assert cyclonedx(parts, "1", 7, "cd") == cyclonedx(reversed(parts), "1", 7, "cd")


def test_a_package_that_came_from_nowhere_is_refused() -> None:
    with pytest.raises(BuildError, match="apt knows no archive of 'stray'"):
        list(debian_parts("Package: stray\nVersion: 1\nArchitecture: amd64\n"))
