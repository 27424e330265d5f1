"""Wires the terminal together: which process owns what, and how they meet; beside the command line, nothing else knows all parts."""

import contextlib
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from kiosk import assets
from kiosk.conductor import Conductor
from kiosk.config import Config, local_clock, places, sync_settings
from kiosk.devices import installed
from kiosk.flow.display import DarkHours
from kiosk.flow.events import Event
from kiosk.flow.state import Kiosk, Place
from kiosk.flow.views import Idle
from kiosk.machine.display import switch_held
from kiosk.machine.notify import Pulse, Service, Unwatched
from kiosk.machine.restarts import RESTARTS, RestartRequest, ask
from kiosk.maintenance.bundle import make_bundle
from kiosk.maintenance.stock import take_stock
from kiosk.maintenance.touch_file import kept_touch
from kiosk.own_outbox import open_outbox, sealing_key, send_again, stats_of
from kiosk.recording import RecordingError, record
from kiosk.runner import Devices, Runner
from kiosk.runner.health import count_slips, device_statuses
from kiosk.runner.outbox import Back
from kiosk.runner.steering import SteeringDesk, SteeringTools
from kiosk.sent_down import feeds_of, offered_items
from kiosk.supervisor import kiosk_command
from kiosk.uses import most_used_first
from kiosk.uses_file import UsesFile
from kiosk.voice.engine import Voice
from kiosk.voice.espeak import EspeakVoice, is_installed
from kiosk.voice.prompts import Recordings
from kiosk.workshop import devices_of, open_workshop, parts_of
from peripherals.document_camera import Preview
from peripherals.fittings import Contact
from sync.ask import City
from sync.contract.steering import RemoteDevice
from sync.device_health import DeviceBoard
from sync.line import LineState, line_state
from sync.slip_tally import SlipTally
from sync.wake import wake

_MADE_IN = 2026  # no earlier time is true
_CLOCKS_AGREE_S = 120.0
_PICTURE_WITHIN_S = 10.0


def clock_is_sure(city_is_ahead_s: float | None, now: datetime) -> bool:
    """Whether a printed time can be believed: the clock is not one that lost its battery, and agrees with the city's as last heard."""
    return now.year >= _MADE_IN and (city_is_ahead_s is None or abs(city_is_ahead_s) <= _CLOCKS_AGREE_S)


def terminal_commands(config: Config, config_file: Path) -> dict[str, list[str]]:
    """Return the command lines of the terminal's processes beside its screen."""
    commands = {kind.name: kiosk_command("device", kind.name, "--config", str(config_file)) for kind in installed(config)}
    beside = {"sync": ("sync",), "keeper": ("machine", "keep")}
    return {**commands, **{name: kiosk_command(*words, "--config", str(config_file)) for name, words in beside.items()}}


def place_of(config: Config) -> Place:
    """Return what the screens and slips say of this terminal."""
    terminal = config.terminal
    return Place(
        terminal.id,
        terminal.community,
        terminal.hotline,
        terminal.staff,
        pages=config.document_printer is not None,
        scans=config.code_scanner is not None,
        chips=config.chip_card_reader is not None,
        pad=config.signature_pad is not None,
        reads=config.document_camera.ocr != "none",
        dark=config.panel.dark_hours and DarkHours(*config.panel.dark_hours),
        off=config.panel.off_hours and DarkHours(*config.panel.off_hours),
    )


def back_of(config: Config) -> Back:
    """Return what lies behind the counter."""
    settings, uses = sync_settings(config), UsesFile(places(config).uses)
    return Back(
        terminal=settings.terminal,
        now=local_clock(config),
        clock_is_sure=lambda: clock_is_sure(line_state(settings.outbox).clock_offset_s, local_clock(config)()),
        open_outbox=lambda: open_outbox(config),
        sealing_key=lambda: sealing_key(config),
        wake=lambda: wake(settings.outbox),
        city=City(settings.ask_socket),
        line_up=lambda: line_state(settings.outbox).state is LineState.UP,
        items=lambda: most_used_first(offered_items(config), uses.on(local_clock(config)().date())),
        feeds=lambda: feeds_of(config),
        items_changed=lambda: _changed_at(settings.catalogue),
        count_use=lambda code: uses.add(code, local_clock(config)().date()),
    )


def _changed_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


@dataclass(slots=True)
class Counter:
    """The resident's side, running: what `kiosk screen` and the demo hold."""

    conductor: Conductor
    runner: Runner


def open_counter(
    config: Config,
    call_soon: Callable[[Callable[[], None]], None],
    show: Callable[[Kiosk], None],
    press: Callable[[Contact], None] = lambda _contact: None,
    *,
    speaks: bool = False,
    film: Callable[[], bytes] | None = None,
    devices: Devices | None = None,
) -> Counter:
    """Put flow, runner and ports together.

    Args:
        config: The terminal's configuration.
        call_soon: Hands a call over to the thread that draws.
        show: Draws a state, on that thread.
        press: Takes a button of the cabinet, on that thread.
        speaks: Whether there is a voice.
        film: Records an invented visit; comes on a desk's thread.
        devices: Other devices than those that the configuration names.
    """
    counter: Counter
    now = local_clock(config)

    board, tally = DeviceBoard(sync_settings(config).device_health), SlipTally(sync_settings(config).slips)

    def post(event: Event) -> None:
        board.note(device_statuses(event))
        count_slips(event, tally)
        call_soon(lambda: counter.conductor.happen(event))

    devices = devices or devices_of(config)
    cabinet = replace(devices.cabinet, speaks=speaks, pressed=lambda contact: call_soon(lambda: press(contact)))
    runner = Runner(
        replace(devices, cabinet=cabinet),
        back_of(config),
        place_of(config),
        assets.fonts(),
        post,
        now,
        fail,
        lambda: open_workshop(config, film),
    )
    asleep = Kiosk(place_of(config), now())
    counter = Counter(Conductor(replace(asleep, display=asleep.usual), runner.carry_out, show), runner)
    return counter


def fail(error: BaseException) -> NoReturn:
    """End the process on what nobody expected, so that it is started clean; the trace says where, its locals are not shown."""
    sys.stderr.write(
        "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__name__}\n"
    )  # its text may hold what a resident typed
    sys.stderr.flush()
    os._exit(70)


def fail_on_the_unexpected() -> None:
    """Let whatever is not caught anywhere end the process as `fail` says, on every thread: no message of it is shown."""
    sys.excepthook = lambda _kind, error, _trace: fail(error)
    threading.excepthook = lambda told: fail(told.exc_value or told.exc_type())


def _voice_of(config: Config) -> Voice | None:
    """Return what speaks, or None where nothing does: then nothing offers to."""
    if config.voice.engine != "espeak" or not is_installed():
        return None
    return EspeakVoice(config.voice.player.split(), Recordings(config.voice.recordings))


class ScreenSide:
    """The screen's process: a window, the flow behind it, and the desks."""

    def __init__(self, config: Config, service: Service | None = None, devices: Devices | None = None) -> None:
        from kiosk.screens.app import Screens  # noqa: PLC0415 - brings Kivy, which opens a window
        from kiosk.screens.tokens import Panel  # noqa: PLC0415

        voice = _voice_of(config)
        self._panel = Panel(config.panel.width_px, config.panel.height_px, config.panel.pitch_mm, config.panel.rotation)
        self.screens = Screens(
            self._panel,
            assets.fonts(),
            fullscreen=config.panel.fullscreen,
            send=self._send,
            preview=self._preview,
            voice=voice,
            touch=kept_touch(places(config).maintenance),
            switch=switch_held,
        )
        self._occupied = places(config).occupied
        self._counter = open_counter(
            config,
            self.screens.call_soon,
            self._show,
            self.screens.press_button,
            speaks=voice is not None,
            film=self._film,
            devices=devices,
        )
        self._steering = SteeringDesk(self._steering_tools(config, service), self._post, fail)
        self._pulse = Pulse(service or Unwatched(), self.screens.draw_anew)
        self.screens.on_frame = self._pulse.on_frame
        if self._pulse.every_s is not None:
            self.screens.call_every(self._pulse.every_s, self._pulse.ask)

    @property
    def state(self) -> Kiosk:
        """What is shown and held now."""
        return self._counter.conductor.state

    def run(self, began: Callable[[], None] = lambda: None) -> None:
        """Show the screens until the window is closed or `stop` is called; `began` is called once they are there."""
        self._show(self.state)
        self.screens.call_soon(began)
        try:
            self.screens.run()
        finally:
            self._steering.close()
            self._counter.runner.close()

    def stop(self) -> None:
        """Close the window; may be called on any thread."""
        self.screens.call_soon(self.screens.stop)

    def _show(self, state: Kiosk) -> None:
        """Draw a state; the update agent sees from a file whether somebody stands there."""
        is_occupied = not isinstance(state.view, Idle)
        if is_occupied != self._occupied.exists():
            with contextlib.suppress(OSError):
                self._occupied.touch() if is_occupied else self._occupied.unlink()
        self.screens.show(state)

    def _send(self, event: Event) -> None:
        self._counter.conductor.happen(event)

    def _post(self, event: Event) -> None:
        self.screens.call_soon(lambda: self._send(event))

    def _steering_tools(self, config: Config, service: Service | None) -> SteeringTools:
        settings, now, here = sync_settings(config), local_clock(config), {kind.name for kind in installed(config)}
        return SteeringTools(
            open_feeds=lambda: feeds_of(config),
            city=City(settings.ask_socket),
            folder=places(config).maintenance,
            applied_file=settings.applied_settings,
            now=lambda: now() + timedelta(seconds=line_state(settings.outbox).clock_offset_s or 0.0),
            is_occupied=self._occupied.exists,
            bundle=lambda: make_bundle(config, now(), take_stock(parts_of(config), now()), lambda: stats_of(config)),
            screenshot=self._idle_picture,
            restart=None if service is None or isinstance(service, Unwatched) else self.stop,
            send_again=lambda: send_again(config),
            start_anew=(lambda device: ask(RESTARTS, RestartRequest(device))) if RESTARTS.is_dir() else None,
            devices=frozenset(device for device in RemoteDevice if device in here),
        )

    def _idle_picture(self) -> bytes | None:
        """Return what the idle screen shows, as JPEG; whatever else is shown is nobody's business afar."""
        return self._drawing(lambda: self.screens.picture() if isinstance(self.state.view, Idle) and self.state.overlay is None else None)

    def _film(self) -> bytes:
        """Record an invented visit on screens beside the glass; comes on the technician's desk's thread."""
        from drivers.film import FilmError, make_film  # noqa: PLC0415 - only a recording pays for them
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
        return self._counter.runner.preview()
