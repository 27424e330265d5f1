"""The app of the grid's records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """People, places, things and organisations by grid."""

    name = "city.records"
    label = "records"

    def ready(self) -> None:
        """Listen to what is accepted."""
        from city.records import collecting  # noqa: F401, PLC0415  models exist only now
