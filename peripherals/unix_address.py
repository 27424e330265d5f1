"""Unix sockets in folders of any depth: the kernel takes 107 bytes of an address, a folder's path may be longer."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def unix_address(path: Path) -> Iterator[str]:
    """Give an address by which the socket at `path` can be bound or reached while the block lasts; its folder is named by a descriptor.

    Raises:
        OSError: The folder cannot be opened.
    """
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
