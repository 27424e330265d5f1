"""The app of community information."""

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    """Notices and services."""

    name = "city.community"
    label = "community"

    def ready(self) -> None:
        """Say what this app sends down to terminals."""
        from city.community import calls, feeds  # noqa: F401, PLC0415  models exist only now
