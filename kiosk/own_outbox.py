"""This terminal's outbox, as each of its processes opens it, and the city's key that is sealed to."""

from kiosk.config import Config, local_clock, sync_settings
from kiosk.sent_down import feeds_of
from sync import identity
from sync.contract.suites import CityPublicKey
from sync.outbox import Outbox
from sync.queue_look import QueueLook
from sync.reckoning import Stats, look_at
from sync.sealing import key_to_seal_to
from sync.set_aside import OutboxEvent
from sync.wake import wake


def open_outbox(config: Config) -> Outbox:
    """Open this terminal's outbox.

    Raises:
        SyncError: It cannot be opened; the message says why.
    """
    settings = sync_settings(config)
    key = identity.outbox_key(settings.outbox_key, of=settings.outbox)
    return Outbox.open(settings.outbox, key, identity.trusted_keys(settings.receipt_keys), settings.limits)


def sealing_key(config: Config) -> CityPublicKey:
    """Return the city's key to seal to.

    Raises:
        SettingsError: As `feeds_of`.
        SealError: There is none.
    """
    return key_to_seal_to(sync_settings(config).city_keys, feeds_of(config), local_clock(config)())


def stats_of(config: Config) -> Stats:
    """Return the outbox in figures.

    Raises:
        SyncError: It cannot be opened.
    """
    outbox = open_outbox(config)
    try:
        return outbox.stats()
    finally:
        outbox.close()


def queue_look(config: Config) -> QueueLook:
    """Return what of the outbox a technician may see.

    Raises:
        SyncError: It cannot be opened.
    """
    outbox = open_outbox(config)
    try:
        return look_at(outbox.stats(), outbox.list())
    finally:
        outbox.close()


def send_again(config: Config) -> int:
    """Have what the city had refused sent once more, with all that waits; return how many of the refused.

    Raises:
        SyncError: The outbox cannot be opened, or written.
    """
    outbox = open_outbox(config)
    try:
        is_a_copy = OutboxEvent.READ_ONLY in outbox.events  # of a disk that takes nothing: what is changed in it is gone with it
        count = 0 if is_a_copy else outbox.deliveries.take_up_again(None)
    finally:
        outbox.close()
    wake(sync_settings(config).outbox)
    return count
