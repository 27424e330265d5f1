"""The app of the desk's own tools."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Saved filters, bulk actions, entry at the desk."""

    name = "city.desk"
    label = "desk"
