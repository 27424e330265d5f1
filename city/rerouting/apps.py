"""The app of moved cases."""

from django.apps import AppConfig


class ReroutingConfig(AppConfig):
    """Runs that move open cases to a newer route."""

    name = "city.rerouting"
    label = "rerouting"
