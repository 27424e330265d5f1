"""What stands behind the glass: the desks that carry out what the flow orders, put together from the configuration.

They bring most of the program's libraries, for sealing, storing and drawing slips; the first picture needs none of them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from kiosk import assets
from kiosk.conductor import Conductor
from kiosk.config import Config, local_clock, places, sync_settings
from kiosk.devices import installed
from kiosk.failing import fail
from kiosk.flow.events import Event
from kiosk.machine.restarts import RESTARTS, RestartRequest, ask
from kiosk.maintenance.bundle import make_bundle
from kiosk.maintenance.stock import take_stock
from kiosk.own_outbox import open_outbox, sealing_key, send_again, stats_of
from kiosk.place import place_of
from kiosk.runner import Devices, Runner
from kiosk.runner.health import count_slips, device_statuses
from kiosk.runner.outbox import Back
from kiosk.runner.steering import SteeringTools
from kiosk.sent_down import feeds_of, offered_items
from kiosk.uses import most_used_first
from kiosk.uses_file import UsesFile
from kiosk.workshop import devices_of, open_workshop, parts_of
from peripherals.fittings import Contact
from sync.ask import City
from sync.contract.steering import RemoteDevice
from sync.device_health import DeviceBoard
from sync.line import LineState, line_state
from sync.slip_tally import SlipTally
from sync.wake import wake

_MADE_IN = 2026  # no earlier time is true
_CLOCKS_AGREE_S = 120.0


def clock_is_sure(city_is_ahead_s: float | None, now: datetime) -> bool:
    """Whether a printed time can be believed: the clock is not one that lost its battery, and agrees with the city's as last heard."""
    return now.year >= _MADE_IN and (city_is_ahead_s is None or abs(city_is_ahead_s) <= _CLOCKS_AGREE_S)


def open_counter(
    config: Config,
    conductor: Conductor,
    call_soon: Callable[[Callable[[], None]], None],
    press: Callable[[Contact], None] = lambda _contact: None,
    *,
    speaks: bool = False,
    film: Callable[[], bytes] | None = None,
    devices: Devices | None = None,
) -> Runner:
    """Open the desks and have the conductor order from them; for the conductor's thread.

    Args:
        config: The terminal's configuration.
        conductor: Whose events the desks answer with.
        call_soon: Hands a call over to the thread that draws.
        press: Takes a button of the cabinet, on that thread.
        speaks: Whether there is a voice.
        film: Records an invented visit; comes on a desk's thread.
        devices: Other devices than those that the configuration names.
    """
    board, tally = DeviceBoard(sync_settings(config).device_health), SlipTally(sync_settings(config).slips)

    def post(event: Event) -> None:
        board.note(device_statuses(event))
        count_slips(event, tally)
        call_soon(lambda: conductor.happen(event))

    devices = devices or devices_of(config)
    cabinet = replace(devices.cabinet, speaks=speaks, pressed=lambda contact: call_soon(lambda: press(contact)))
    runner = Runner(
        replace(devices, cabinet=cabinet),
        back_of(config),
        place_of(config),
        assets.fonts(),
        post,
        local_clock(config),
        fail,
        lambda: open_workshop(config, film),
    )
    conductor.order_from(runner.carry_out)
    return runner


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


def steering_tools(
    config: Config, *, is_occupied: Callable[[], bool], screenshot: Callable[[], bytes | None], restart: Callable[[], None] | None
) -> SteeringTools:
    """Return what is asked of this terminal from afar is done with."""
    settings, now, here = sync_settings(config), local_clock(config), {kind.name for kind in installed(config)}
    return SteeringTools(
        open_feeds=lambda: feeds_of(config),
        city=City(settings.ask_socket),
        folder=places(config).maintenance,
        applied_file=settings.applied_settings,
        now=lambda: now() + timedelta(seconds=line_state(settings.outbox).clock_offset_s or 0.0),
        is_occupied=is_occupied,
        bundle=lambda: make_bundle(config, now(), take_stock(parts_of(config), now()), lambda: stats_of(config)),
        screenshot=screenshot,
        restart=restart,
        send_again=lambda: send_again(config),
        start_anew=(lambda device: ask(RESTARTS, RestartRequest(device))) if RESTARTS.is_dir() else None,
        devices=frozenset(device for device in RemoteDevice if device in here),
    )
