"""Where whole sealed photos are kept, each named by its SHA-256: behind Django's storage API, as files or in an S3-compatible store.

What goes wrong in a store leaves here as OSError; a photo that is kept is durable when `keep` returns.
"""

from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, storages

from city.folder import CityFolder, FolderError, Settings, keep_name, read_s3_key

ALIAS = "photos"


def storage_of(folder: CityFolder, own: Settings) -> dict[str, Any]:
    """Return Django's entry for the storage of photos.

    Raises:
        FolderError: `city.toml` names a bucket, and its key cannot be read.
    """
    if own.s3_bucket is None:
        return {"BACKEND": "city.onewindow.photo_store.KeptFiles", "OPTIONS": {"location": str(folder.blobs)}}
    if own.s3_endpoint is None:
        raise FolderError(f"{folder.toml}: [photos] s3_endpoint is missing beside s3_bucket; such as https://s3.example.org")
    name, secret = read_s3_key(folder)
    options = {
        "bucket_name": own.s3_bucket,
        "endpoint_url": own.s3_endpoint,
        "region_name": own.s3_region,
        "access_key": name,
        "secret_key": secret,
        "addressing_style": "path",
        "querystring_auth": True,
        "default_acl": None,
    }
    return {"BACKEND": "city.onewindow.photo_bucket.Bucket", "OPTIONS": options}


def name_of(digest: str) -> str:
    """Return the name under which a photo is kept."""
    return f"{digest[:2]}/{digest}"


def is_kept(digest: str) -> bool:
    """Tell whether all of a photo is here.

    Raises:
        OSError: The store does not answer.
    """
    return storages[ALIAS].exists(name_of(digest))


def keep(part: Path, digest: str) -> None:
    """Keep the whole photo that lies in `part`, whose bytes are on the disk; `part` is gone afterwards.

    Raises:
        OSError: The store did not take it; `part` is still there.
    """
    with part.open("rb") as file:
        storages[ALIAS].save(name_of(digest), File(file, name=str(part)))
    part.unlink(missing_ok=True)


def read(digest: str) -> bytes:
    """Return a sealed photo.

    Raises:
        OSError: It is not there, or the store does not answer.
    """
    with storages[ALIAS].open(name_of(digest)) as file:
        content: bytes = file.read()
        return content


class KeptFiles(FileSystemStorage):
    """Files below one folder; a photo is renamed into its place, and its name made durable."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002  Django names it
        """The name as it is: under the same digest there is the same content."""
        return name

    def exists(self, name: str) -> bool:
        """Tell whether it is there; `name` is one that `name_of` made, so it leads nowhere else."""
        return Path(self.location, name).exists()

    def _save(self, name: str, content: "File[bytes]") -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        Path(str(content.name)).rename(target)
        keep_name(target.parent)
        keep_name(target.parent.parent)
        return name
