"""The app of the bridge to an existing platform."""

from django.apps import AppConfig


class BridgeConfig(AppConfig):
    """What was handed over, and how far its answers were read."""

    name = "city.bridge"
    label = "bridge"
