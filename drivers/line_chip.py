"""A board of digital lines: the kernel's GPIO character device through libgpiod, or a virtual one at a unix socket."""

import contextlib
import json
import select
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from peripherals.deadline import Deadline
from peripherals.unix_address import unix_address
from peripherals.values import dataclass

_LINE_LIMIT_BYTES = 65536
_CONSUMER = "kiosk"


class BoardGoneError(OSError):
    """The board is not there, or not any more; the text is for staff."""


@dataclass(frozen=True, slots=True)
class Wire:
    """One line: its offset on the chip, and whether low means on, as with a contact to ground."""

    offset: int
    is_active_low: bool = False


class LineChip(Protocol):
    """Lines that were asked for, as on or off. Every method raises BoardGoneError when the board is lost."""

    def values(self) -> dict[int, bool]:
        """Return which inputs are on."""

    def set(self, offset: int, *, is_on: bool) -> None:
        """Switch an output."""

    def wait(self, deadline: Deadline) -> None:
        """Return when an input may have changed, or at the deadline."""

    def close(self) -> None:
        """Let the lines go; outputs go dark."""


class GpiodChip:
    """Lines of /dev/gpiochipN."""

    def __init__(self, path: str, inputs: Iterable[Wire], outputs: Iterable[Wire]) -> None:
        """Ask the kernel for the lines; raises BoardGoneError when it does not give them."""
        import gpiod  # noqa: PLC0415 - a shared library that only terminals with a board need
        from gpiod.line import Bias, Direction, Edge, Value  # noqa: PLC0415

        self._on, self._off = Value.ACTIVE, Value.INACTIVE
        self._inputs = [wire.offset for wire in inputs]
        settings: dict[Iterable[int | str] | int | str, gpiod.LineSettings | None] = {}
        for wire in inputs:
            settings[wire.offset] = gpiod.LineSettings(
                direction=Direction.INPUT,
                edge_detection=Edge.BOTH,
                bias=Bias.PULL_UP if wire.is_active_low else Bias.PULL_DOWN,
                active_low=wire.is_active_low,
            )
        for wire in outputs:
            settings[wire.offset] = gpiod.LineSettings(direction=Direction.OUTPUT, active_low=wire.is_active_low, output_value=self._off)
        self._outputs = [wire.offset for wire in outputs]
        try:
            self._request = gpiod.request_lines(path, consumer=_CONSUMER, config=settings)
        except (OSError, ValueError) as error:
            raise BoardGoneError(str(error)) from None

    def values(self) -> dict[int, bool]:
        """See LineChip.values."""
        if not self._inputs:
            return {}
        with _gone_named():
            values = self._request.get_values(self._inputs)
        return {offset: value is self._on for offset, value in zip(self._inputs, values, strict=True)}

    def set(self, offset: int, *, is_on: bool) -> None:
        """See LineChip.set."""
        with _gone_named():
            self._request.set_value(offset, self._on if is_on else self._off)

    def wait(self, deadline: Deadline) -> None:
        """See LineChip.wait."""
        with _gone_named():
            if self._request.wait_edge_events(deadline.remaining_s):
                self._request.read_edge_events()

    def close(self) -> None:
        """See LineChip.close."""
        with contextlib.suppress(OSError, BoardGoneError):
            for offset in self._outputs:
                self.set(offset, is_on=False)
            self._request.release()


@contextlib.contextmanager
def _gone_named() -> Any:  # noqa: ANN401 - a context manager
    try:
        yield
    except OSError as error:
        raise BoardGoneError(error.strerror or str(error)) from None


class SocketChip:
    """Lines of a virtual board (`peripherals.virtual.fittings`): JSON lines, `{"set": offset, "on": bool}` out, `{"lines": {...}}` in."""

    _PATIENCE_S = 2.0

    def __init__(self, path: Path, inputs: Iterable[Wire], outputs: Iterable[Wire]) -> None:
        """Connect and take the lines over; raises BoardGoneError when nobody is there."""
        self._inputs = [wire.offset for wire in inputs]
        self._low = {wire.offset for wire in (*inputs, *outputs) if wire.is_active_low}
        self._levels: dict[int, bool] = {}
        self._rest = b""
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._line.settimeout(self._PATIENCE_S)
        try:
            with unix_address(path) as address:
                self._line.connect(address)
            for wire in outputs:
                self.set(wire.offset, is_on=False)
            self._until_told(Deadline.after(self._PATIENCE_S))
        except OSError as error:
            self._line.close()
            raise BoardGoneError(error.strerror or str(error)) from None

    def values(self) -> dict[int, bool]:
        """See LineChip.values."""
        while self._has_more():
            self._take()
        return {offset: self._levels.get(offset, False) != (offset in self._low) for offset in self._inputs}

    def set(self, offset: int, *, is_on: bool) -> None:
        """See LineChip.set."""
        level = is_on != (offset in self._low)
        with _gone_named():
            self._line.sendall(json.dumps({"set": offset, "high": level}).encode() + b"\n")

    def wait(self, deadline: Deadline) -> None:
        """See LineChip.wait."""
        if select.select([self._line], [], [], deadline.remaining_s)[0]:
            self._take()

    def close(self) -> None:
        """See LineChip.close."""
        self._line.close()

    def _until_told(self, deadline: Deadline) -> None:
        while not self._levels:
            if deadline.is_past:
                raise BoardGoneError("the board does not say how its lines are")
            self.wait(deadline)

    def _has_more(self) -> bool:
        return bool(select.select([self._line], [], [], 0)[0])

    def _take(self) -> None:
        with _gone_named():
            came = self._line.recv(4096)
        if not came or len(self._rest) > _LINE_LIMIT_BYTES:
            raise BoardGoneError("the board hung up")
        *whole, self._rest = (self._rest + came).split(b"\n")
        for line in whole:
            self._levels = _levels(line)


def _levels(line: bytes) -> dict[int, bool]:
    try:
        told = json.loads(line)["lines"]
        return {int(offset): bool(level) for offset, level in told.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BoardGoneError("the board does not speak of lines") from None


def chip_at(address: str, inputs: Mapping[str, Wire], outputs: Mapping[str, Wire]) -> LineChip:
    """Return the chip at an address: /dev/gpiochipN, or unix:PATH. Raises BoardGoneError when it is not there."""
    if address.startswith("unix:"):
        return SocketChip(Path(address.removeprefix("unix:")), inputs.values(), outputs.values())
    return GpiodChip(address, inputs.values(), outputs.values())
