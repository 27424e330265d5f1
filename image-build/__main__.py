"""`python image-build`: the terminal's disk image and its update; `run` starts it with virtual hardware. See docs/en/image.md."""

import argparse
import sys
from pathlib import Path

from terminal_image import build, changed
from terminal_image.board import BOARDS, X86_64
from terminal_image.boot_keys import make_firmware_keys
from terminal_image.stage import BuildError

PROJECT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Build or run what is asked for; 0 done, 1 not."""
    parser = argparse.ArgumentParser(prog="image-build", description="The terminal's disk image.")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("build", "run", "bench", "boot-if-changed"),
        default="build",
        help="or start it in QEMU, measure it, or boot it where it has changed",
    )
    parser.add_argument("--board", choices=BOARDS, default=X86_64.name)
    parser.add_argument("--out", type=Path, metavar="DIR", help="build/image, or build/image-BOARD")
    parser.add_argument("--data", type=Path, metavar="DIR", help="what the depot lays down on the data partition of this one terminal")
    parser.add_argument(
        "--template", type=Path, default=PROJECT / "image-build/template.toml", help="what every terminal of this image has"
    )
    parser.add_argument(
        "--city", type=Path, metavar="DIR", help="the city's public folder, by which a new terminal knows it at its first boot"
    )
    parser.add_argument(
        "--secure-boot", type=Path, metavar="DIR", help="sign the loader with the keys of this folder; they are made when it has none"
    )
    parser.add_argument("--visits", type=int, default=1, help="how many are walked on the glass when it is measured; 0 for none")
    parser.add_argument("--idle-s", type=float, default=600.0, help="how long what an idle terminal writes is watched")
    parser.add_argument("--quick", action="store_true", help="compress less: for trying things, not for the field")
    words = parser.parse_args()
    board = BOARDS[words.board]
    words.out = words.out or PROJECT / "build" / ("image" if board is X86_64 else f"image-{board.name}")
    if board is not X86_64 and (words.what != "build" or words.secure_boot):
        parser.error("run, bench and --secure-boot are of the x86-64 image")
    if words.what == "boot-if-changed":
        return changed.boot_if_changed(PROJECT)
    try:
        if words.what == "run":
            from terminal_image.play import play  # noqa: PLC0415 - brings the city and the bench, which building does not need

            play(PROJECT, words.out)
            return 0
        if words.what == "bench":
            from terminal_image.measure import measure  # noqa: PLC0415

            for line in measure(PROJECT, words.out, words.visits, words.idle_s):
                print(line, flush=True)
            return 0
        loader_key = make_firmware_keys(words.secure_boot) if words.secure_boot else None
        made = build.parts(PROJECT, words.out, build.Fleet(words.template, words.city, loader_key), board, quick=words.quick)
        data = build.data_partition(words.data, words.out, build.epoch_of(PROJECT))
        print(build.write_disk(made, data, words.out / "kiosk.img"))
        print(build.write_bundle(made, PROJECT, words.out))
    except BuildError as error:
        print(f"image: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
