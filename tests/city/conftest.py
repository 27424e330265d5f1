"""A city for the tests: its folder, its keys, one published item, and a private PostgreSQL for each test process."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import msgspec
import pytest
from django.conf import settings
from django.core.cache import cache

from city.certificates import make_authority
from city.folder import CityFolder, Settings
from city.keyring import make_keys, read_keys
from city.settings import database, page_secret, settings_for
from sync.contract.checking import STATEMENT_SUFFIX as SUFFIX
from sync.contract.item import PAYLOAD_TYPE, ItemPackage
from tests.city.cluster import Cluster

if TYPE_CHECKING:
    from city.grid.models import Area
    from tests.city.people import Person

PLACE = Path(tempfile.mkdtemp(prefix="city-"))
PLACE.chmod(0o755)
FOLDER = CityFolder(PLACE / "data")
POSTGRESQL = PLACE / "pg"


def pytest_configure() -> None:
    """Start Django on the test city; the database comes up with the first test that wants it."""
    if settings.configured:
        return
    FOLDER.create()
    make_keys(FOLDER)
    make_authority(FOLDER)
    own = settings_for(
        FOLDER,
        Settings(office="样例街道便民服务中心", hosts=("city.test",), free_space_floor_bytes=1, requests_per_second=100_000),
        page_secret(FOLDER),
    )
    own["DATABASES"] = {"default": database(FOLDER, "postgresql://city@/city") | {"HOST": str(POSTGRESQL), "CONN_MAX_AGE": 0}}
    settings.configure(**own)
    django.setup(set_prefix=False)

    from tests.city.terminal import ITEM

    statement = read_keys(FOLDER).catalogue.sign(msgspec.json.encode(ITEM), PAYLOAD_TYPE)
    (FOLDER.catalogue / f"{ITEM.code}.{ITEM.version}{SUFFIX}").write_bytes(statement)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(PLACE, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A private PostgreSQL cluster's address."""
    cluster = Cluster(POSTGRESQL)
    cluster.start()
    yield f"postgresql://city@/postgres?host={POSTGRESQL}"
    cluster.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgresql_url: str) -> None:
    """Bring the database up before Django makes its test database in it."""


@pytest.fixture(autouse=True)
def no_photos_left() -> Iterator[None]:
    """Every test begins with no photo stored."""
    yield
    for folder in (FOLDER.blobs, FOLDER.uploads):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Every test begins with an empty cache: the next test's people may have the same postings."""
    cache.clear()


@pytest.fixture(autouse=True)
def the_catalogue_as_it_was() -> Iterator[None]:
    """Every test begins with the one published item: what is published or withdrawn is in files, which no rollback takes back."""
    before = {path: path.read_bytes() for path in FOLDER.catalogue.iterdir() if path.is_file()}
    yield
    after = {path: path.read_bytes() for path in FOLDER.catalogue.iterdir() if path.is_file()}
    for path in after.keys() - before.keys():
        path.unlink()
    for path, content in before.items():
        if after.get(path) != content:
            path.unlink(missing_ok=True)  # so that the folder shows it, which is where the city looks first
            path.write_bytes(content)


@pytest.fixture
def city_folder() -> CityFolder:
    """The city's data directory."""
    return FOLDER


@pytest.fixture
def enrol(db: None) -> "Callable[[str], Terminal]":
    """Make and admit a terminal."""
    from city.fleet.models import Terminal as Row

    def admit(name: str = "SY-TEST-01") -> Terminal:
        (city_key,) = read_keys(FOLDER).opening.values()
        terminal = Terminal(name, city_key.public_key())
        Row.objects.create(id=name, public_key=terminal.key.public_key().public_bytes_raw(), place="样例社区")
        return terminal

    return admit


@pytest.fixture
def terminal(enrol: "Callable[[str], Terminal]") -> "Terminal":
    """An admitted terminal."""
    return enrol("SY-TEST-01")


@pytest.fixture
def person(db: None) -> "Callable[..., Person]":
    """Make somebody of a role, for an area, and sign them in."""
    from city.staff.models import Clerk, Posting
    from city.staff.roles import Role
    from tests.city.people import Person

    def make(role: Role, area: str = "") -> Person:
        number = Clerk.objects.count() + 1
        clerk = Clerk.objects.create(username=f"p{number}", staff_number=f"N{number}", full_name=f"样例{number}", office="样例社区居委会")
        Posting.objects.create(clerk=clerk, role=role, area=area)
        return Person(clerk)

    return make


@pytest.fixture
def areas(db: None) -> "dict[str, Area]":
    """Two communities of one street, and a grid in the first."""
    from city.grid.models import Area, Level

    district = Area.objects.create(code="990101", level=Level.DISTRICT, name="样例区")
    street = Area.objects.create(code="990101001", level=Level.STREET, name="样例街道", parent=district)
    here = Area.objects.create(code="990101001001", level=Level.COMMUNITY, name="样例社区", parent=street)
    there = Area.objects.create(code="990101001002", level=Level.COMMUNITY, name="别的社区", parent=street)
    grid = Area.objects.create(code="99010100100101", level=Level.GRID, name="01 网格", parent=here)
    return {"district": district, "street": street, "here": here, "there": there, "grid": grid}


from tests.city.terminal import Terminal  # noqa: E402  needs nothing of Django's models, but its settings


@pytest.fixture
def offer() -> Callable[[ItemPackage], None]:
    """Publish items for one test alone."""

    def publish(item: ItemPackage) -> None:
        path = FOLDER.catalogue / f"{item.code}.{item.version}{SUFFIX}"
        path.write_bytes(read_keys(FOLDER).catalogue.sign(msgspec.json.encode(item), PAYLOAD_TYPE))

    return publish
