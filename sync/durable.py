"""Files that are there after a power cut, whole, or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART_SUFFIX = ".part"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENFILE, errno.EMFILE})


def write_durably(path: Path, content: bytes) -> None:
    """Write a file whole: under another name, synced, renamed; `sync_folder` then makes the name durable too."""
    part = path.with_name(path.name + PART_SUFFIX)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]  # a nearly full disk takes less than it is given
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.replace(path)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    with folder_descriptor(folder) as descriptor:
        os.fsync(descriptor)


@contextmanager
def folder_descriptor(folder: Path) -> Iterator[int]:
    """Open a folder itself."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def is_full(error: OSError) -> bool:
    """Whether `error` says that there is no room, rather than that something is broken."""
    return error.errno in _FULL
