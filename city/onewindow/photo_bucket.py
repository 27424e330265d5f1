"""Photos in an S3-compatible store. Imported only where one is named, since its library is large."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage


class Bucket(S3Storage):  # type: ignore[misc]  # django-storages is not typed
    """A bucket of an S3-compatible store, such as Garage, SeaweedFS or Ceph RGW. What goes wrong is an OSError."""

    file_overwrite = True  # under the same digest there is the same content

    def exists(self, name: str) -> bool:
        """Ask the store."""
        with _as_os_error():
            found: bool = super().exists(name)
            return found

    def _save(self, name: str, content: "File[bytes]") -> str:
        with _as_os_error():
            saved: str = super()._save(name, content)
            return saved

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        with _as_os_error():
            return ContentFile(super()._open(name, mode).read(), name)


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OSError(f"the store of photos: {type(error).__name__}") from error
