"""What terminals speak to."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Feeds that go down, and questions that are answered once."""

    name = "city.api"
    label = "api"

    def ready(self) -> None:
        """Answer what this app answers."""
        from city.api import city_time  # noqa: F401, PLC0415  it registers itself, and needs the models
