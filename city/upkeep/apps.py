"""The app of the technicians."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """Technicians and their acts."""

    name = "city.upkeep"
    label = "upkeep"

    def ready(self) -> None:
        """Say what this app sends down and what it answers."""
        from city.upkeep import acts, feeds  # noqa: F401, PLC0415  models exist only now
