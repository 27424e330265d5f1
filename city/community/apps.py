"""The app of community information."""

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    """Notices and services."""

    name = "city.community"
    label = "community"
