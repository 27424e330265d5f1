"""The app of public utilities."""

from django.apps import AppConfig


class UtilitiesConfig(AppConfig):
    """Bills, payments, reconciliation."""

    name = "city.utilities"
    label = "utilities"

    def ready(self) -> None:
        """Say what this app sends down to terminals and answers them."""
        from city.utilities import answering  # noqa: F401, PLC0415  models exist only now
