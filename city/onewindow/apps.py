"""The one window in front."""

from django.apps import AppConfig


class OneWindowConfig(AppConfig):
    """Applications, decisions and receipts."""

    name = "city.onewindow"
    label = "onewindow"

    def ready(self) -> None:
        """Say what this app sends down to terminals, and which of their questions it answers."""
        from city.onewindow import progress, sealing  # noqa: F401, PLC0415  models exist only now
