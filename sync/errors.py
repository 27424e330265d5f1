"""What goes wrong in here that nobody could have expected; expected trouble is a value."""


class SyncError(Exception):
    """Something on the way between terminal and city is not as it must be."""


class LedgerFaultError(SyncError):
    """The disk did not do what it was asked: nothing was stored."""


class LedgerFullError(LedgerFaultError):
    """The disk is full: nothing was stored."""


class LedgerDoubtError(LedgerFaultError):
    """The last step of storing failed, so it has to be looked at again before anything is said."""


class LedgerDamagedError(SyncError):
    """The outbox's database cannot be read with its key."""


class LedgerVersionError(SyncError):
    """The outbox was written by a newer version; this one leaves it as it is."""


class SettingsError(SyncError):
    """A key, a certificate or a folder that the settings name is missing or malformed."""
