"""Who works here."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """The people behind the counter, their sign-ins, and the record of what they looked at."""

    name = "city.staff"
    label = "staff"
