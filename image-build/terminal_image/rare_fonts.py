"""The fonts of rare characters, without the sixty thousand letters in them that the everyday fonts draw anyway."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from kiosk.receipt.letters import Coverage
from terminal_image.stage import run

NAMES = ("HanaMinA.ttf", "HanaMinB.ttf")
_FOLDER = "./usr/share/fonts/truetype/hanazono"
_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def left_to(rare: Coverage, everyday: Sequence[Coverage]) -> tuple[int, ...]:
    """Return the characters that only the rare font has; an everyday one must have a character in every weight to count."""
    return tuple(
        code
        for code in range(_LAST + 1)
        if code not in _SURROGATES and chr(code) in rare and not all(chr(code) in coverage for coverage in everyday)
    )


def make(root_tar: Path, fonts: Path, environment: Mapping[str, str], folder: Path) -> None:
    """Take the fonts out of the tree of Debian packages, and keep of each what the everyday fonts lack.

    Args:
        root_tar: The tree of Debian packages.
        fonts: The folder of the everyday fonts.
        environment: For programs.
        folder: Is made.
    """
    folder.mkdir()
    whole = folder.with_suffix(".whole")
    shutil.rmtree(whole, ignore_errors=True)
    whole.mkdir()
    run("tar", "-xf", root_tar, "-C", whole, "--strip-components=6", *(f"{_FOLDER}/{name}" for name in NAMES))
    everyday = [Coverage(path) for path in sorted(fonts.glob("NotoSansSC_*.ttf"))]
    for name in NAMES:
        listed = whole / f"{name}.txt"
        listed.write_text("".join(f"{code:X}\n" for code in left_to(Coverage(whole / name), everyday)), encoding="ascii")
        run(
            "pyftsubset", whole / name, f"--unicodes-file={listed}", f"--output-file={folder / name}", "--layout-features=", "--no-hinting",
            "--name-IDs=*", "--no-glyph-names", "--drop-tables+=vhea,vmtx,VORG", environment=environment,
        )  # fmt: skip
    shutil.rmtree(whole)
