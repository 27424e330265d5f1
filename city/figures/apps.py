"""The app of the figures."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Dashboard and yearly assessment."""

    name = "city.figures"
    label = "figures"
