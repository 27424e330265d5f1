"""Wires the terminal together: which process owns what, and how they meet; beside the command line, nothing else knows all parts."""

import contextlib
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import assets
from kiosk.conductor import Conductor
from kiosk.config import Config, places
from kiosk.devices import installed
from kiosk.failing import fail
from kiosk.flow.events import Event
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Idle
from kiosk.machine.display import switch_held
from kiosk.machine.glass import LOOK_EVERY_S, PanelWatch, is_bare
from kiosk.machine.notify import Pulse, Service, Unwatched
from kiosk.maintenance.touch_file import kept_touch
from kiosk.place import at_rest
from kiosk.supervisor import kiosk_command
from kiosk.voice.engine import Voice
from kiosk.voice.espeak import EspeakVoice, is_installed
from kiosk.voice.prompts import Recordings
from peripherals.document_camera import Preview

if TYPE_CHECKING:
    from kiosk.runner import Devices, Runner
    from kiosk.runner.steering import SteeringDesk

_PICTURE_WITHIN_S = 10.0


def terminal_commands(config: Config, config_file: Path) -> dict[str, list[str]]:
    """Return the command lines of the terminal's processes beside its screen."""
    commands = {kind.name: kiosk_command("device", kind.name, "--config", str(config_file)) for kind in installed(config)}
    beside = {"sync": ("sync",), "keeper": ("machine", "keep")}
    return {**commands, **{name: kiosk_command(*words, "--config", str(config_file)) for name, words in beside.items()}}


def read_in_pages() -> None:
    """Read in what the pages are made of; no window is opened yet."""
    import kiosk.screens.app  # noqa: F401, PLC0415 - brings Kivy


def _voice_of(config: Config) -> Voice | None:
    """Return what speaks, or None where nothing does: then nothing offers to."""
    if config.voice.engine != "espeak" or not is_installed():
        return None
    return EspeakVoice(config.voice.player.split(), Recordings(config.voice.recordings))


class ScreenSide:
    """The screen's process: a window, the flow behind it, and the desks behind that.

    The desks bring most of the program's libraries, so the first picture comes before them. What the flow orders meanwhile waits for them.
    """

    def __init__(self, config: Config, service: Service | None = None, devices: "Devices | None" = None) -> None:
        from kiosk.screens.app import Screens  # noqa: PLC0415 - brings Kivy
        from kiosk.screens.tokens import Panel  # noqa: PLC0415

        self._config = config
        self._devices = devices
        self._voice = _voice_of(config)
        self._panel = Panel(config.panel.width_px, config.panel.height_px, config.panel.pitch_mm, config.panel.rotation)
        self.screens = Screens(
            self._panel,
            assets.fonts(),
            fullscreen=config.panel.fullscreen,
            send=self._send,
            preview=self._preview,
            voice=self._voice,
            touch=kept_touch(places(config).maintenance),
            switch=switch_held,
        )
        self._occupied = places(config).occupied
        self._conductor = Conductor(at_rest(config), self._show)
        self._desks: threading.Thread | None = None
        self._runner: Runner | None = None
        self._steering: SteeringDesk | None = None
        self._restart = None if service is None or isinstance(service, Unwatched) else self.stop
        self._pulse = Pulse(service or Unwatched(), self.screens.draw_anew)
        self.screens.on_frame = self._on_frame
        if self._pulse.every_s is not None:
            self.screens.call_every(self._pulse.every_s, self._pulse.ask)
        if is_bare():
            panel = PanelWatch()
            self.screens.call_every(LOOK_EVERY_S, lambda: self._end_without(panel))

    @property
    def state(self) -> Kiosk:
        """What is shown and held now."""
        return self._conductor.state

    def run(self, began: Callable[[], None] = lambda: None) -> None:
        """Show the screens until the window is closed or `stop` is called; `began` is called once they are there."""
        self._show(self.state)
        self.screens.call_soon(began)
        try:
            self.screens.run()
        finally:
            if self._steering is not None:
                self._steering.close()
            if self._runner is not None:
                self._runner.close()

    def stop(self) -> None:
        """Close the window; may be called on any thread."""
        self.screens.call_soon(self.screens.stop)

    def _end_without(self, panel: PanelWatch) -> None:
        """End when nobody can touch the glass any more, for the next start to say so on it; not while somebody goes on by keys."""
        if panel.is_gone() and isinstance(self.state.view, Idle):
            print("the touch panel is gone", file=sys.stderr, flush=True)  # noqa: T201 - the journal
            self.screens.stop()

    def _show(self, state: Kiosk) -> None:
        """Draw a state; the update agent sees from a file whether somebody stands there."""
        is_occupied = not isinstance(state.view, Idle)
        if is_occupied != self._occupied.exists():
            with contextlib.suppress(OSError):
                self._occupied.touch() if is_occupied else self._occupied.unlink()
        self.screens.show(state)

    def _send(self, event: Event) -> None:
        self._conductor.happen(event)

    def _post(self, event: Event) -> None:
        self.screens.call_soon(lambda: self._send(event))

    def _on_frame(self) -> None:
        self._pulse.on_frame()
        if self._desks is None:
            self._desks = threading.Thread(target=self._bring_desks, name="desks", daemon=True)
            self._desks.start()

    def _bring_desks(self) -> None:
        """Read in what the desks need, beside the thread that draws, and have that one open them."""
        from kiosk import counter  # noqa: PLC0415 - after the first picture
        from kiosk.runner.steering import SteeringDesk  # noqa: PLC0415
        from kiosk.workshop import devices_of  # noqa: PLC0415

        devices = self._devices or devices_of(self._config)

        def open_them() -> None:
            self._runner = counter.open_counter(
                self._config,
                self._conductor,
                self.screens.call_soon,
                self.screens.press_button,
                speaks=self._voice is not None,
                film=self._film,
                devices=devices,
            )
            tools = counter.steering_tools(
                self._config, is_occupied=self._occupied.exists, screenshot=self._idle_picture, restart=self._restart
            )
            self._steering = SteeringDesk(tools, self._post, fail)

        self.screens.call_soon(open_them)

    def _idle_picture(self) -> bytes | None:
        """Return what the idle screen shows, as JPEG; whatever else is shown is nobody's business afar."""
        return self._drawing(lambda: self.screens.picture() if isinstance(self.state.view, Idle) and self.state.overlay is None else None)

    def _film(self) -> bytes:
        """Record an invented visit on screens beside the glass; comes on the technician's desk's thread."""
        from drivers.film import FilmError, make_film  # noqa: PLC0415 - only a recording pays for them
        from kiosk.recording import RecordingError, record  # noqa: PLC0415
        from kiosk.screens.darkroom import Darkroom  # noqa: PLC0415
        from kiosk.screens.invented import invented_visit  # noqa: PLC0415

        fonts = assets.fonts()
        room = Darkroom(self._panel, fonts)
        try:
            return record(lambda: self.state, lambda at: invented_visit(at, fonts), self._drawing, room, make_film)
        except FilmError as error:
            raise RecordingError(str(error)) from error

    def _drawing(self, take: Callable[[], bytes | None]) -> bytes | None:
        """Call something on the thread that draws and return what it returned, or None when that thread did not get to it."""
        taken: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.screens.call_soon(lambda: taken.put(take()))
        try:
            return taken.get(timeout=_PICTURE_WITHIN_S)
        except queue.Empty:
            return None

    def _preview(self) -> Preview | None:
        return None if self._runner is None else self._runner.preview()
