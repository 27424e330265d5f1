"""The app of departments' own systems."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Webhooks and the pull API."""

    name = "city.partners"
    label = "partners"

    def ready(self) -> None:
        """Listen to the cases' history."""
        from city.partners import outbox  # noqa: F401, PLC0415  models exist only now
