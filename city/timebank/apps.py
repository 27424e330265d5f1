"""The app of the time bank."""

from django.apps import AppConfig


class TimeBankConfig(AppConfig):
    """Accounts, entries and limits of mutual help."""

    name = "city.timebank"
    label = "timebank"

    def ready(self) -> None:
        """Listen to what residents say of a finished service."""
        from city.timebank import rated  # noqa: F401, PLC0415  models exist only now
