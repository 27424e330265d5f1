"""The family of what goes wrong with devices and is nobody's everyday trouble; the everyday trouble is a status."""


class PeripheralError(Exception):
    """An assumption about a device or its setting does not hold."""
