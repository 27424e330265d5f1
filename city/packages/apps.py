"""The app of item packages."""

from django.apps import AppConfig


class PackagesConfig(AppConfig):
    """Drafts of items and what became of them."""

    name = "city.packages"
    label = "packages"
