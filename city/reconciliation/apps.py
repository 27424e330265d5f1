"""The app of the reconciliation."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Counts of terminals, the shelf, and what was settled."""

    name = "city.reconciliation"
    label = "reconciliation"

    def ready(self) -> None:
        """Listen to heartbeats."""
        from city.reconciliation import told  # noqa: F401, PLC0415  models exist only now
