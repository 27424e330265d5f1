"""Photos in an S3-compatible store instead of files: the same answers, and an honest "later" while the store is away."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from city.folder import CityFolder, FolderError, Settings
from city.onewindow import photo_store
from city.onewindow.models import Case
from sync.contract import routes
from tests.city.terminal import JPEG, Terminal

BUCKET = "invented-photos"
BIG = JPEG + b"y" * 200_000


@pytest.fixture
def bucket(tmp_path: Path, settings: object) -> Iterator[ThreadedMotoServer]:
    """Let the city keep its photos in a bucket of a server of this test."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b").create_bucket(
        Bucket=BUCKET
    )
    folder = CityFolder(tmp_path / "city")
    folder.create()
    (folder.keys / "s3.toml").write_text('access_key = "a"\nsecret_key = "b"\n')
    (folder.keys / "s3.toml").chmod(0o600)
    entry = photo_store.storage_of(folder, Settings(s3_endpoint=url, s3_bucket=BUCKET, s3_region="us-east-1"))
    before = settings.STORAGES  # type: ignore[attr-defined]
    settings.STORAGES = {**before, "photos": entry}  # type: ignore[attr-defined]
    yield server
    settings.STORAGES = before  # type: ignore[attr-defined]
    server.stop()


@pytest.mark.django_db
def test_a_photo_goes_into_the_bucket_and_comes_out_whole(bucket: ThreadedMotoServer, terminal: Terminal, city_folder: CityFolder) -> None:
    sealed = terminal.application(photos=(BIG, JPEG))
    terminal.put(sealed)
    photo, digest = sealed.attachments[0], sealed.header.attachments[0].digest
    assert terminal.patch(sealed, 0, 0, photo[:50_000]).status_code == 204
    assert terminal.patch(sealed, 0, 50_000, photo[50_000:]).status_code == 204
    assert terminal.patch(sealed, 1, 0, sealed.attachments[1]).status_code == 204
    assert Case.objects.get().is_complete
    assert photo_store.read(digest) == photo
    assert storages["photos"].exists(photo_store.name_of(digest))
    assert not list(city_folder.uploads.glob("*.part"))
    assert not list(city_folder.blobs.rglob("*"))


@pytest.mark.django_db
def test_while_the_store_is_away_everything_waits_and_nothing_is_lost(bucket: ThreadedMotoServer, terminal: Terminal) -> None:
    sealed = terminal.application(photos=(JPEG,))
    terminal.put(sealed)
    bucket.stop()
    refused = terminal.patch(sealed, 0, 0, sealed.attachments[0])
    assert (refused.status_code, refused.json()["retry"]) == (503, "later")
    assert terminal.send("HEAD", routes.blob_path(sealed.header.attachments[0].digest)).status_code == 503
    assert terminal.put(terminal.application(photos=(BIG,))).status_code == 503
    assert Case.objects.count() == 1
    assert not Case.objects.get().is_complete


def test_a_bucket_without_its_address_or_key_is_said_at_the_start(tmp_path: Path) -> None:
    folder = CityFolder(tmp_path / "city")
    folder.create()
    with pytest.raises(FolderError, match="s3_endpoint is missing"):
        photo_store.storage_of(folder, Settings(s3_bucket=BUCKET))
    own = Settings(s3_bucket=BUCKET, s3_endpoint="https://s3.example")
    with pytest.raises(FolderError, match=r"s3\.toml"):
        photo_store.storage_of(folder, own)
    key = folder.keys / "s3.toml"
    key.write_text('access_key = "a"\n')
    key.chmod(0o600)
    with pytest.raises(FolderError, match="secret_key"):
        photo_store.storage_of(folder, own)
    key.chmod(0o644)
    with pytest.raises(FolderError, match="others may read it"):
        photo_store.storage_of(folder, own)
