"""What terminals speak to."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Feeds that go down, and questions that are answered once."""

    name = "city.api"
    label = "api"
