"""The app of the grid."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    """Areas, records and events by grid."""

    name = "city.grid"
    label = "grid"

    def ready(self) -> None:
        """Say what this app sends down to terminals."""
        from city.grid import events, feeds  # noqa: F401, PLC0415  models exist only now
