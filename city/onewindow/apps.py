"""The one window in front."""

from django.apps import AppConfig


class OneWindowConfig(AppConfig):
    """Applications, decisions and receipts."""

    name = "city.onewindow"
    label = "onewindow"
