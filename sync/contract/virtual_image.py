"""What an image authority signs about an image for virtual slots."""

from typing import Final

import msgspec

IMAGE_TYPE: Final = "application/vnd.bianmin.virtual-image+json"


class ImageFacts(msgspec.Struct, frozen=True):
    """For which machines it is, which version, and its bytes."""

    board: str
    version: str
    size_bytes: int
    sha256: str
