"""What the city has sent down to this terminal, as its processes read it."""

from kiosk.config import Config, local_clock, sync_settings
from sync import identity
from sync.catalogue import load_catalogue
from sync.contract.item import ItemPackage
from sync.feeds import Feeds


def feeds_of(config: Config) -> Feeds:
    """Return what the city has sent down.

    Raises:
        SettingsError: The keys by which the city signs it are missing or malformed.
    """
    settings = sync_settings(config)
    return Feeds(settings.feeds, settings.terminal, identity.trusted_keys(settings.receipt_keys))


def offered_items(config: Config) -> tuple[ItemPackage, ...]:
    """Return the items that may be offered today: admitted, signed, valid, each in its highest version.

    Raises:
        SettingsError: The keys by which the city signs packages are missing or malformed.
    """
    settings = sync_settings(config)
    return load_catalogue(settings.catalogue, identity.trusted_keys(settings.catalogue_keys), local_clock(config)().date()).items
