"""The app of the grid."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    """Areas, records and events by grid."""

    name = "city.grid"
    label = "grid"
