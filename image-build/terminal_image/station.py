"""A terminal's disk with a loader for trials, and the machine that starts from it."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from terminal_image import build, grub
from terminal_image.boot_keys import FirmwareKey
from terminal_image.build import Parts
from terminal_image.qemu import TRIAL


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
    loader = build.loader(image, grub.script(f"{TRIAL} {extra}".strip()), environment, "esp-trial.img", signed_by)
    partition = build.data_partition(data, folder, build.epoch_of(project))
    return build.write_disk(replace(made, first={**made.first, "kiosk-esp": loader}), partition, folder / "trial.img")
