"""The one city that this process serves: its folder, settings, keys and catalogue, read once."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from city.catalogue import Catalogue
from city.folder import CityFolder, Settings
from city.keyring import Keyring, read_keys

CITY_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class _Read:
    """The keys as they were last read, and when their folder had changed: each application asks three times, so asking is one look."""

    last: "ClassVar[_Read | None]" = None

    place: CityFolder
    path: Path
    changed_ns: int
    keys: Keyring


def folder() -> CityFolder:
    """Return the data directory."""
    return settings.CITY_FOLDER


def own() -> Settings:
    """Return what `city.toml` says."""
    return settings.CITY


def keys() -> Keyring:
    """Return the city's keys; a sealing key that was made or retired meanwhile counts at once, in every process."""
    place, read = folder(), _Read.last
    if read is None or read.place is not place or read.path.stat().st_mtime_ns != read.changed_ns:
        changed_ns = place.keys.stat().st_mtime_ns
        _Read.last = read = _Read(place, place.keys, changed_ns, read_keys(place))
    return read.keys


def catalogue() -> Catalogue:
    """Return the published item packages."""
    return _catalogue_of(folder())


def now() -> datetime:
    """Return the city's time, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """Return the day on the city's wall calendar."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the day of `moment` on the city's wall calendar."""
    return moment.astimezone(CITY_TIME).date()


@lru_cache(maxsize=4)
def _catalogue_of(place: CityFolder) -> Catalogue:
    return Catalogue(place.catalogue, read_keys(place).catalogue.public)
