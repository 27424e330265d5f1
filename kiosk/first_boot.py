"""Wires the first-boot wizard together: its flow, its desk, the glass, and what carries its orders out."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from kiosk import assets
from kiosk.config import sync_settings
from kiosk.devices import workers
from kiosk.failing import fail
from kiosk.flow import set_up
from kiosk.flow.events import Event
from kiosk.flow.events.terminal import MinutePassed
from kiosk.flow.setting_up import SettingUp, SetUpFact
from kiosk.flow.state import Kiosk
from kiosk.machine.network import Network
from kiosk.machine.notify import Pulse, Service, Unwatched
from kiosk.machine.set_up_helper import ClockRequest, Request, answer, ask
from kiosk.maintenance import checks
from kiosk.maintenance.finding import Check, Finding, Verdict
from kiosk.maintenance.set_up import GLASSES, Answers, SetUpTrouble
from kiosk.maintenance.set_up_files import SetUpPlace, keep_answers, put_in_force, read_answers, write_candidate
from kiosk.runner.set_up import Bound, SetUpDesk, SetUpTools, Told
from kiosk.workshop import parts_of
from peripherals.deadline import Deadline
from sync import identity, loop
from sync.contract.enrolment import read_code
from sync.enrolment import Admitted, Comparing, NotAdmitted, ask_admission
from sync.exchange import Exchange
from sync.offline import Offline, OfflineReason
from sync.proxy import proxy_at
from sync.settings import SyncSettings
from sync.way import walk
from sync.way_steps import Walked

_HELPED_WITHIN_S: Final = 30.0
_DEVICE_WITHIN_S: Final = 6.0


class Tools:
    """What carries the wizard's orders out on this machine.

    Args:
        place: Where the wizard works.
        has_helper: There is a unit of root's that sets networks and clocks; on a developer's desk there is none.
        devices: The folder of device nodes.
    """

    def __init__(self, place: SetUpPlace, *, has_helper: bool, devices: Path = Path("/dev")) -> None:
        self._place = place
        self._has_helper = has_helper
        self._devices = devices

    def all(self) -> SetUpTools:
        """Return them as the desk takes them."""
        return SetUpTools(
            keep=lambda answers: keep_answers(self._place, answers),
            set_network=lambda network: self._helped(Request.NETWORK, msgspec.json.encode(_whole(network))),
            set_clock=lambda to: self._helped(Request.CLOCK, msgspec.json.encode(ClockRequest(to))),
            walk=self._walk,
            ask=self._ask,
            bind=self._bind,
            visit=self._visit,
            finish=self._finish,
        )

    def _helped(self, request: Request, content: bytes, is_done: Callable[[], bool] = lambda: False) -> SetUpTrouble | None:
        if not self._has_helper:
            return SetUpTrouble.NO_HELPER
        ask(self._place.requests, request, content)
        done = answer(self._place.requests, request, _HELPED_WITHIN_S, is_done)
        if done is None:
            return SetUpTrouble.NO_HELPER
        return SetUpTrouble.NOT_SET if done.trouble else None

    def _settings(self, answers: Answers) -> SyncSettings:
        """Return what the sending side will know; before the terminal has a name it goes by none of its own."""
        named = answers if answers.terminal else msgspec.structs.replace(answers, terminal="-")
        told = named if named.place else msgspec.structs.replace(named, place="-")
        return sync_settings(write_candidate(self._place, told))

    def _walk(self, answers: Answers) -> Iterator[Walked]:
        return walk(self._settings(answers))

    def _ask(self, answers: Answers) -> Told:
        settings = self._settings(answers)
        signer = identity.request_key(settings.request_key, settings.terminal)
        proxy = proxy_at(settings.proxy, settings.proxy_login)
        with contextlib.closing(Exchange(settings.url, settings.ca_file, signer, settings.exchange_s, proxy)) as exchange:
            outcome = ask_admission(exchange, settings.terminal, read_code(answers.code), settings.certificate, settings.ca_file)
        match outcome:
            case Comparing(words, place):
                return Told(words, place)
            case Admitted(place=place):
                return Told(place=place, is_admitted=True)
            case NotAdmitted():
                return Told(trouble=SetUpTrouble.REFUSED)
            case Offline(OfflineReason.NO_LINE | OfflineReason.TOO_SLOW):
                return Told(trouble=SetUpTrouble.NO_LINE)
            case Offline():
                return Told(trouble=SetUpTrouble.NOT_THE_CITY)

    def _bind(self, answers: Answers) -> Iterator[Bound]:
        """Ask each device at the image's address, then wherever else one of its kind hangs; the first that answers is taken."""
        for check in (Check.ID_CARD_READER, Check.RECEIPT_PRINTER, Check.DOCUMENT_CAMERA):
            device = check.value
            yield self._bound(answers, device, check, self._found(device))

    def _bound(self, answers: Answers, device: str, check: Check, others: tuple[str, ...]) -> Bound:
        finding = self._asked(answers, check)
        for address in others:
            if finding.verdict is not Verdict.FAULT:
                break
            tried = msgspec.structs.replace(answers, devices={**answers.devices, device: address})
            if (better := self._asked(tried, check)).verdict is not Verdict.FAULT:
                return Bound(device, better, address)
        return Bound(device, finding)

    def _asked(self, answers: Answers, check: Check) -> Finding:
        config = write_candidate(self._place, answers)
        parts = parts_of(config)
        with workers(config, self._place.candidate):
            match check:
                case Check.ID_CARD_READER:
                    return checks.of_reader(parts.reader.module(Deadline.after(_DEVICE_WITHIN_S)))
                case Check.RECEIPT_PRINTER:
                    return checks.of_printer(parts.printer.status(Deadline.after(_DEVICE_WITHIN_S)))
                case _:
                    opened = parts.camera.open(Deadline.after(_DEVICE_WITHIN_S))
                    parts.camera.close()
                    return checks.of_camera(opened)

    def _found(self, device: str) -> tuple[str, ...]:
        """Return the addresses at which a device of this kind may hang; readers are found by asking every port."""
        match device:
            case "id_card_reader":
                return ("auto",)
            case "receipt_printer":
                return tuple(f"usblp://{node}" for node in sorted(self._devices.glob("usb/lp*")))
            case _:
                return tuple(str(node) for node in sorted(self._devices.glob("video*")))

    def _visit(self, answers: Answers) -> str:
        """Fetch what the city offers, then walk a visit of nobody's; return the stage at which it ended, if it did."""
        from kiosk.maintenance.visit import walk as walk_visit  # noqa: PLC0415 - brings the virtual devices

        loop.fetch(sync_settings(write_candidate(self._place, answers)))
        proof = walk_visit(self._place.candidate)
        return "" if proof.failed is None else proof.failed.value

    def _finish(self, answers: Answers) -> SetUpTrouble | None:
        write_candidate(self._place, answers)
        if self._has_helper:
            return self._helped(Request.FINISH, b"{}", self._place.config.exists)  # nothing of the wizard is left to hold an answer
        put_in_force(self._place)
        return None


def _whole(network: Network) -> Network:
    """Leave out what a switch has put out of use, and the proxy, which the machine's daemons have no use for."""
    replace_ = msgspec.structs.replace
    network = replace_(network, has_proxy=False, proxy="", proxy_user="", proxy_password="")
    network = network if network.is_fixed else replace_(network, address="", gateway="")
    return network if network.has_dot1x else replace_(network, identity="", password="")


class Wizard:
    """The flow and its desk; `call_soon` hands a call over to the thread that draws, `show` draws a state on it."""

    def __init__(
        self,
        tools: SetUpTools,
        answers: Answers,
        now: datetime,
        call_soon: Callable[[Callable[[], None]], None],
        show: Callable[[Kiosk], None],
    ) -> None:
        self._show = show
        self._desk = SetUpDesk(tools, lambda fact: call_soon(lambda: self.happen(fact)), fail)
        self.state, orders = set_up.begin(answers, now)
        self._orders = orders

    def start(self) -> None:
        """Show the first picture and begin what it begins."""
        self._show(self.state)
        for order in self._orders:
            self._desk.carry_out(order)

    def happen(self, event: Event | SetUpFact) -> None:
        """Take an event, on the thread that draws."""
        if not isinstance(self.state.visit, SettingUp):
            return
        self.state, orders = set_up.on_set_up(self.state, self.state.visit, event)
        self._show(self.state)
        for order in orders:
            self._desk.carry_out(order)

    def close(self) -> None:
        """Stop after what is under way."""
        self._desk.close()


class WizardSide:
    """The wizard's process: a window, and the wizard behind it. It ends by itself once the terminal is one."""

    def __init__(self, place: SetUpPlace, *, has_helper: bool, fullscreen: bool, zone: ZoneInfo, service: Service | None = None) -> None:
        from kiosk.screens.app import Screens  # noqa: PLC0415 - brings Kivy, which opens a window
        from kiosk.screens.tokens import Panel  # noqa: PLC0415

        answers = read_answers(place)
        glass = GLASSES[answers.form]
        self._zone = zone
        self.screens = Screens(
            Panel(glass.width_px, glass.height_px, glass.pitch_mm),
            assets.fonts(),
            fullscreen=fullscreen,
            send=self._happen,
            preview=lambda: None,
        )
        tools = Tools(place, has_helper=has_helper).all()
        self.wizard = Wizard(tools, answers, self._now(), self.screens.call_soon, self._show)
        self._pulse = Pulse(service or Unwatched(), self.screens.draw_anew)
        self.screens.on_frame = self._pulse.on_frame
        if self._pulse.every_s is not None:
            self.screens.call_every(self._pulse.every_s, self._pulse.ask)
        self.screens.call_every(20.0, lambda: self.wizard.happen(MinutePassed(self._now())))

    def run(self, began: Callable[[], None] = lambda: None) -> None:
        """Show the wizard until it is over, or the window is closed."""
        self.wizard.start()
        self.screens.call_soon(began)
        try:
            self.screens.run()
        finally:
            self.wizard.close()

    def stop(self) -> None:
        """Close the window; may be called on any thread."""
        self.screens.call_soon(self.screens.stop)

    def _happen(self, event: Event) -> None:
        self.wizard.happen(event)

    def _show(self, state: Kiosk) -> None:
        self.screens.show(replace(state, now=self._now()))
        if isinstance(state.visit, SettingUp) and state.visit.is_over:
            self.stop()

    def _now(self) -> datetime:
        return datetime.now(self._zone)
