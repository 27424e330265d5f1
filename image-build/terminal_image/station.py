"""A terminal's disk with a loader for trials, and the machine that starts from it."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from terminal_image import build, grub, raspberry
from terminal_image.board import RPI
from terminal_image.boot_keys import FirmwareKey
from terminal_image.build import Parts
from terminal_image.qemu import TRIAL
from terminal_image.qemu_arm import TRIAL_WORDS


def trial_disk(
    project: Path, image: Path, made: Parts, data: Path | None, folder: Path, extra: str = "", signed_by: FirmwareKey | None = None
) -> Path:
    """Put a disk together in `folder` from an image's own parts; only the loader differs: it lets credentials in.

    Never let the fleet's own key sign it for the firmware: it would open every terminal of the fleet.

    Args:
        project: The repository.
        image: The folder in which the image was built.
        made: The image's parts.
        data: What the depot lays down on the data partition; None for an empty one.
        folder: Where the disk goes.
        extra: More words for the kernel's command line.
        signed_by: A key for the firmware that is nobody's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment: Mapping[str, str] = {**os.environ, "SOURCE_DATE_EPOCH": str(build.epoch_of(project))}
    words = f"{TRIAL} {extra}".strip()
    if made.board is RPI:
        first = raspberry.partitions(image / "firmware", RPI, project, environment, folder, f"{words} {TRIAL_WORDS}")
    else:
        first = {"kiosk-esp": build.loader(image, grub.script(words), environment, "esp-trial.img", signed_by)}
    partition = build.data_partition(data, folder, build.epoch_of(project))
    return build.write_disk(replace(made, first={**made.first, **first}), partition, folder / "trial.img")
