"""Everything around a terminal in QEMU, on this host: its city, the line to it, and the virtual hardware in its sockets."""

from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from kiosk.bench import Bench
from kiosk.config import Config, load
from kiosk.demo.town import CityEnd
from terminal_image.depot import deliver
from terminal_image.qemu import Glass


class Surroundings(CityEnd):
    """A town with one terminal that is not of this host: `data` is what its depot lays down on it."""

    def __init__(self, folder: Path, glass: Glass) -> None:
        super().__init__(folder)
        self.glass = glass
        self.config: Config
        self.bench: Bench
        self.data: Path

    def __enter__(self) -> Self:
        delivery = deliver(self.folder, self.glass)
        self.sandbox, self.data = delivery.sandbox, delivery.data
        self.config = load(self.sandbox.config)
        self.bench = Bench(self.config, line_to=urlsplit(self.sandbox.city_url).port)
        try:
            self.start_city()
            self.bench.__enter__()
        except BaseException:
            self.stop_city()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.bench.__exit__(kind, error, trace)
        self.stop_city()

    @property
    def serial(self) -> Path:
        """The tty at which the identity-card reader answers."""
        return Path(self.config.id_card_reader.port)
