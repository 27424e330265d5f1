"""Item packages on the terminal: only what the city signed, valid today, never an older version; fetched by ETag, usable offline."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync import identity
from sync.catalogue import FetchStatus, PackageFault, fetch_catalogue, load_catalogue
from sync.client import CityClient
from sync.contract.item import PAYLOAD_TYPE, Category, Control, Field, ItemPackage, Limit, Notice, Page
from sync.contract.names import ItemCode
from sync.contract.signed import sign
from sync.contract.signing_keys import key_id_of
from sync.contract.words import Words
from sync.exchange import Exchange
from sync.settings import SyncSettings
from tests.sync.standin import StandInCity

TODAY = date(2026, 11, 23)


def package(code: str = "sample-item", version: int = 1, popularity: int = 0, **changes: object) -> ItemPackage:
    words = Words("样本", "Sample", "예시")
    made = ItemPackage(
        format=1,
        code=ItemCode(code),
        version=version,
        valid_from=TODAY - timedelta(days=30),
        valid_until=TODAY + timedelta(days=300),
        name=words,
        short=words,
        purpose=words,
        category=Category.RESIDENCE,
        icon="home",
        department=words,
        fee_fen=0,
        limit=Limit(5),
        bring=(words,),
        notice=Notice("2026-1", (words,)),
        declaration=words,
        card_fields=(),
        schema={
            "type": "object",
            "properties": {"phone": {"type": "string", "maxLength": 11}},
            "required": ["phone"],
            "additionalProperties": False,
        },
        pages=(Page(words, (Field("phone", Control.DIGITS, words),)),),
        materials=(),
        popularity=popularity,
    )
    return msgspec.structs.replace(made, **changes)


Publish = Callable[[ItemPackage], bytes]


@pytest.fixture
def publish(city: StandInCity) -> Publish:
    key = city.catalogue_key
    return lambda item: sign(msgspec.json.encode(item), PAYLOAD_TYPE, key_id_of(key.public_key()), key)


@pytest.fixture
def client(settings: SyncSettings) -> Iterator[CityClient]:
    exchange = Exchange(settings.url, settings.ca_file, identity.request_key(settings.request_key, settings.terminal), 5)
    yield CityClient(exchange, settings.terminal, identity.trusted_keys(settings.receipt_keys))
    exchange.close()


def offered(settings: SyncSettings, today: date = TODAY) -> list[tuple[str, int]]:
    return [(i.code, i.version) for i in load_catalogue(settings.catalogue, identity.trusted_keys(settings.catalogue_keys), today).items]


def test_packages_are_fetched_once_used_offline_and_most_used_first(
    settings: SyncSettings, city: StandInCity, client: CityClient, publish: Publish
) -> None:
    city.catalogue = (publish(package("rare-item")), publish(package("common-item", popularity=9)))
    keys = identity.trusted_keys(settings.catalogue_keys)
    assert fetch_catalogue(client, settings.catalogue, keys) is FetchStatus.REPLACED
    assert fetch_catalogue(client, settings.catalogue, keys) is FetchStatus.UNCHANGED
    city.stop()
    assert fetch_catalogue(client, settings.catalogue, keys) is FetchStatus.OFFLINE
    assert offered(settings) == [("common-item", 1), ("rare-item", 1)]


def test_a_withdrawn_item_goes_and_a_lower_version_does_not_come(
    settings: SyncSettings, city: StandInCity, client: CityClient, publish: Publish
) -> None:
    keys = identity.trusted_keys(settings.catalogue_keys)
    city.catalogue = (publish(package("one-item", 5)), publish(package("other-item", 2)))
    fetch_catalogue(client, settings.catalogue, keys)
    city.catalogue = (publish(package("one-item", 4)),)
    assert fetch_catalogue(client, settings.catalogue, keys) is FetchStatus.REPLACED
    assert offered(settings) == [("one-item", 5)]
    city.catalogue = (publish(package("one-item", 6)),)
    fetch_catalogue(client, settings.catalogue, keys)
    assert offered(settings) == [("one-item", 6)]


def test_a_package_that_the_disk_damaged_is_fetched_anew_although_the_city_changed_nothing(
    settings: SyncSettings, city: StandInCity, client: CityClient, publish: Publish
) -> None:
    city.catalogue = (publish(package()), publish(package("other-item")))
    keys = identity.trusted_keys(settings.catalogue_keys)
    assert fetch_catalogue(client, settings.catalogue, keys) is FetchStatus.REPLACED
    damaged = settings.catalogue / "other-item.item.json"
    damaged.write_bytes(damaged.read_bytes()[:100])
    assert offered(settings) == [("sample-item", 1)]
    assert fetch_catalogue(client, settings.catalogue, keys) is FetchStatus.REPLACED
    assert sorted(offered(settings)) == [("other-item", 1), ("sample-item", 1)]
    assert fetch_catalogue(client, settings.catalogue, keys) is FetchStatus.UNCHANGED


def test_a_catalogue_that_nobody_signed_throws_nothing_away(
    settings: SyncSettings, city: StandInCity, client: CityClient, publish: Publish
) -> None:
    keys = identity.trusted_keys(settings.catalogue_keys)
    city.catalogue = (publish(package()),)
    fetch_catalogue(client, settings.catalogue, keys)
    stranger = Ed25519PrivateKey.generate()
    city.catalogue = (sign(msgspec.json.encode(package(version=9)), PAYLOAD_TYPE, key_id_of(stranger.public_key()), stranger),)
    assert fetch_catalogue(client, settings.catalogue, keys) is FetchStatus.REFUSED
    assert offered(settings) == [("sample-item", 1)]


def test_each_unusable_package_is_named_with_its_reason(settings: SyncSettings, publish: Publish) -> None:
    folder = settings.catalogue
    folder.mkdir(parents=True)
    broken = msgspec.json.encode(package("broken-item")).replace(b'"type":"object"', b'"type":"objekt"')
    stranger = Ed25519PrivateKey.generate()
    good = publish(package("good-item", 2))
    files: dict[str, bytes] = {
        "good.item.json": good,
        "good-old.item.json": publish(package("good-item", 1)),
        "future.item.json": publish(package("future-item", valid_from=TODAY + timedelta(days=1))),
        "past.item.json": publish(package("past-item", valid_until=TODAY - timedelta(days=1))),
        "changed.item.json": good[:-30] + (b"y" if good[-30:-29] == b"x" else b"x") + good[-29:],
        "stranger.item.json": sign(msgspec.json.encode(package()), PAYLOAD_TYPE, key_id_of(stranger.public_key()), stranger),
        "rubbish.item.json": b"\xff\xfe{}",
    }
    files["broken.item.json"] = publish_raw(broken, publish)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    loaded = load_catalogue(folder, identity.trusted_keys(settings.catalogue_keys), TODAY)
    assert [(item.code, item.version) for item in loaded.items] == [("good-item", 2)]
    assert {refused.file: refused.fault for refused in loaded.refused} == {
        "good-old.item.json": PackageFault.SUPERSEDED,
        "future.item.json": PackageFault.NOT_YET_VALID,
        "past.item.json": PackageFault.EXPIRED,
        "changed.item.json": PackageFault.UNSIGNED,
        "stranger.item.json": PackageFault.UNSIGNED,
        "rubbish.item.json": PackageFault.UNSIGNED,
        "broken.item.json": PackageFault.MALFORMED,
    }
    assert all(refused.detail for refused in loaded.refused)


def publish_raw(payload: bytes, publish: Publish) -> bytes:
    """Sign what no decoder would produce, with the city's own key."""
    city = next(cell.cell_contents for cell in (publish.__closure__ or ()) if isinstance(cell.cell_contents, Ed25519PrivateKey))
    return sign(payload, PAYLOAD_TYPE, key_id_of(city.public_key()), city)


def test_a_folder_that_is_not_there_offers_nothing(tmp_path: Path) -> None:
    assert load_catalogue(tmp_path / "none", {}, TODAY).items == ()
