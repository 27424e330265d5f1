"""Which terminals the city admits."""

from django.apps import AppConfig


class FleetConfig(AppConfig):
    """The terminals."""

    name = "city.fleet"
    label = "fleet"

    def ready(self) -> None:
        """Say what this app sends down and what it answers."""
        from city.fleet import steering  # noqa: F401, PLC0415  models exist only now
