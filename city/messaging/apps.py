"""The app of the messages."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Text messages, and the printed notice as the other way."""

    name = "city.messaging"
    label = "messaging"

    def ready(self) -> None:
        """Write a message down when something happened that a resident should know."""
        from city.messaging import outbox  # noqa: F401, PLC0415  models exist only now
