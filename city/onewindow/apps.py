"""The one window in front."""

from django.apps import AppConfig


class OneWindowConfig(AppConfig):
    """Applications, decisions and receipts."""

    name = "city.onewindow"
    label = "onewindow"

    def ready(self) -> None:
        """Say what this app sends down to terminals."""
        from city.onewindow import sealing  # noqa: F401, PLC0415  models exist only now
