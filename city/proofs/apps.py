"""The app of certificates issued at once."""

from django.apps import AppConfig


class ProofsConfig(AppConfig):
    """Kinds, issued certificates, checking them."""

    name = "city.proofs"
    label = "proofs"

    def ready(self) -> None:
        """Say what this app sends down to terminals and answers them."""
        from city.proofs import answering  # noqa: F401, PLC0415  models exist only now
