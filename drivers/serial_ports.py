"""Which serial ports the machine has, whatever they are called."""

from serial.tools.list_ports import comports


def serial_ports() -> tuple[str, ...]:
    """Return the ports' names, adapters on USB first: readers are mostly there."""
    found = sorted(comports(), key=lambda port: (port.vid is None, port.device))
    return tuple(port.device for port in found)
