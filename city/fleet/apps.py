"""Which terminals the city admits."""

from django.apps import AppConfig


class FleetConfig(AppConfig):
    """The terminals."""

    name = "city.fleet"
    label = "fleet"
