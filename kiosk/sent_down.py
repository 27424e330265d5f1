"""What the city has sent down to this terminal, as its processes read it."""

from kiosk.config import Config, sync_settings
from sync import identity
from sync.feeds import Feeds


def feeds_of(config: Config) -> Feeds:
    """Return what the city has sent down.

    Raises:
        SettingsError: The keys by which the city signs it are missing or malformed.
    """
    settings = sync_settings(config)
    return Feeds(settings.feeds, settings.terminal, identity.trusted_keys(settings.receipt_keys))
