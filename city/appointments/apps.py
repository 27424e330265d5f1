"""The app of appointments."""

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Windows, their times, and who has booked which."""

    name = "city.appointments"
    label = "appointments"

    def ready(self) -> None:
        """Say what this app sends down to terminals and answers them."""
        from city.appointments import answering  # noqa: F401, PLC0415  models exist only now
