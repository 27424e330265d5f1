"""Carries out the flow's effects: each goes to the desk it concerns, whose thread answers with events."""

from kiosk.runner.runner import Devices as Devices
from kiosk.runner.runner import Runner as Runner
