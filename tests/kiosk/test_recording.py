"""The film of an invented visit: that it is one, that nothing of anybody is in it, and when there is none."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageChops

from tests.kiosk.screens.desk import FONTS, NOW, item  # sets Kivy up before its window is made

from drivers.film import EACH_S, make_film  # isort: skip
from drivers.regions import region_name
from kiosk.config import Config, load
from kiosk.flow.display import Display
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Upkeep
from kiosk.flow.views import Capture, Done, Form, Home, Idle, LayCard, Review, Sign
from kiosk.flow.visit import Visit
from kiosk.machine.keeper import Keeper
from kiosk.main import ScreenSide
from kiosk.maintenance.bundle import write_film
from kiosk.maintenance.machine import MachineAct, MachineOutcome
from kiosk.maintenance.machine_work import MachineWork
from kiosk.recording import RecordingError, record
from kiosk.sandbox import write_config
from kiosk.screens.app import Screens
from kiosk.screens.darkroom import Darkroom
from kiosk.screens.gallery import base, visit_of
from kiosk.screens.invented import STATES_MOST, invented_visit
from kiosk.screens.invented_answers import ADDRESS, NAME, id_number
from kiosk.screens.tokens import REFERENCE
from kiosk.texts import say
from kiosk.workshop import machine_tools, parts_of
from sync.contract.item import Control, Door
from sync.contract.words import Language
from tests.drivers.test_film import frames

ITEM = item("residence-registration")
AT = replace(base((ITEM,), Display()), visit=Upkeep(1))
PICTURE = Image.new("RGB", (64, 96), "#336699")


class Room:
    """Keeps what was drawn, and draws nothing."""

    def __init__(self) -> None:
        self.drawn: list[Kiosk] = []

    def announcement(self, state: Kiosk) -> Image.Image:
        return self.draw(state)

    def draw(self, state: Kiosk) -> Image.Image:
        self.drawn.append(state)
        return PICTURE


def at_once(take: Callable[[], bytes | None]) -> bytes | None:
    return take()


def walked(at: Kiosk) -> tuple[Kiosk, ...]:
    return invented_visit(at, FONTS)


def everything_in(states: tuple[Kiosk, ...]) -> str:
    """Return every word of the states, secrets too."""
    return " ".join(
        repr(msgspec.to_builtins(visit.card.reveal() if visit.card else "", enc_hook=str)) + repr(dict(visit.answers))
        for state in states
        if isinstance(visit := state.visit, Visit)
    )


def test_it_is_walked_from_the_idle_screen_to_home_through_every_page() -> None:
    states = invented_visit(AT, FONTS)
    kinds = [type(state.view) for state in states]
    assert kinds[0] is Idle
    assert {LayCard, Form, Capture, Sign, Review, Done} <= set(kinds)
    assert kinds[-1] is Home
    assert states[-1].visit is None
    assert states[-1].overlay is None
    assert len(states) <= STATES_MOST


def test_the_card_and_the_answers_are_nobody_s() -> None:
    words = everything_in(invented_visit(AT, FONTS))
    assert NAME in words
    assert ADDRESS in words
    assert region_name(id_number()[:6]) is None, "no region has it, so nobody's number begins with it"


def test_what_a_resident_has_entered_is_not_used() -> None:
    live = visit_of(ITEM)
    assert live.card is not None
    person = live.card.reveal()
    states = invented_visit(replace(AT, visit=live, view=Review(), visits=7), FONTS)
    words = everything_in(states)
    assert str(person.name) not in words
    assert str(person.id_number) not in words
    assert str(live.answers["employer"]) not in words
    assert all(not isinstance(state.visit, Visit) or state.visit.papers != live.papers or not state.visit.papers for state in states)


def test_an_item_that_takes_no_invented_answer_is_passed_over() -> None:
    service = next(field for page in item("service-meals").pages for field in page.fields if field.control is Control.SERVICE)
    hard = msgspec.structs.replace(item("service-meals"), door=Door.CATALOGUE)
    assert service.name in hard.schema["required"]
    states = invented_visit(replace(AT, items=(hard, ITEM)), FONTS)
    assert {state.visit.item.code for state in states if isinstance(state.visit, Visit)} == {ITEM.code}
    assert invented_visit(replace(AT, items=(hard,)), FONTS) == ()


@pytest.mark.parametrize("items", [(), (item("grid-report"),)], ids=["no item", "only a report"])
def test_without_an_item_to_show_there_is_no_film(items: tuple[object, ...]) -> None:
    room = Room()
    with pytest.raises(RecordingError, match="no item"):
        record(lambda: replace(AT, items=items), walked, at_once, room, make_film)  # type: ignore[arg-type]
    assert room.drawn == []


@pytest.mark.parametrize("visit", [None, visit_of(ITEM)], ids=["nobody", "a resident"])
def test_nothing_is_recorded_while_no_technician_is_in(visit: Visit | None) -> None:
    room = Room()
    with pytest.raises(RecordingError, match="no technician"):
        record(lambda: replace(AT, visit=visit), walked, at_once, room, make_film)
    assert room.drawn == []


def test_it_ends_when_the_technician_leaves_on_the_way() -> None:
    room = Room()
    with pytest.raises(RecordingError, match="no technician"):
        record(lambda: AT if len(room.drawn) < 5 else replace(AT, visit=None), walked, at_once, room, make_film)
    assert len(room.drawn) == 5


def test_a_thread_that_draws_nothing_makes_no_film() -> None:
    with pytest.raises(RecordingError, match="did not draw"):
        record(lambda: AT, walked, lambda _: None, Room(), make_film)


def test_what_is_drawn_is_what_the_film_shows(tmp_path: Path) -> None:
    room = Room()
    seen = frames(record(lambda: AT, walked, at_once, room, make_film), tmp_path)
    assert len(seen) == EACH_S * len(room.drawn)
    assert len(room.drawn) == 1 + len(invented_visit(AT, FONTS))


@pytest.fixture
def screens() -> Iterator[Screens]:
    made = Screens(REFERENCE, FONTS, fullscreen=False, send=lambda _: None, preview=lambda: None)
    yield made
    made._window.remove_widget(made.root)


def test_pictures_are_drawn_beside_the_glass(screens: Screens, tmp_path: Path) -> None:
    screens.show(base((ITEM,), Display()))
    screens.screenshot(tmp_path / "before.png")
    room = Darkroom(REFERENCE, FONTS)
    states = invented_visit(AT, FONTS)
    announced, shown = room.announcement(states[0]), [room.draw(state) for state in (states[0], states[6], states[-4])]
    screens.screenshot(tmp_path / "after.png")
    with Image.open(tmp_path / "before.png") as before, Image.open(tmp_path / "after.png") as after:
        assert ImageChops.difference(before, after).getbbox() is None
    assert len({picture.tobytes() for picture in (announced, *shown)}) == 4
    strips = {picture.crop((0, REFERENCE.height_px, *picture.size)).tobytes() for picture in (announced, *shown)}
    assert len(strips) == 1, "each says that it is invented"
    strip = announced.crop((0, REFERENCE.height_px, *announced.size))
    assert strip.height > 20
    assert len(strip.getcolors(1 << 16) or ()) > 2, "there are words on it"


def test_the_announcement_says_so_in_every_language() -> None:
    for language in Language:
        assert say("recording.invented", language) != say("recording.nobody", language)


def test_the_screen_s_process_records_beside_what_it_shows(tmp_path: Path) -> None:

    side = ScreenSide(load(write_config(tmp_path / "terminal", "https://city.example.org")))
    try:
        side.screens.show(side.state)
        conductor = side._conductor
        conductor.state = replace(conductor.state, items=(ITEM,))
        with pytest.raises(RecordingError, match="no technician"):
            ticking(side._film)
        conductor.state = replace(conductor.state, visit=Upkeep(1))
        seen = frames(ticking(side._film), tmp_path)
    finally:
        side.screens._window.remove_widget(side.screens.root)
    assert len(seen) == EACH_S * (1 + len(invented_visit(conductor.state, FONTS)))


def ticking(film: Callable[[], bytes]) -> bytes:
    """Call it on a thread of its own while this one draws."""
    from kivy.clock import Clock

    made: list[bytes | BaseException] = []

    def desk() -> None:
        try:
            made.append(film())
        except RecordingError as error:
            made.append(error)

    thread = threading.Thread(target=desk)
    thread.start()
    while thread.is_alive():
        Clock.tick()
    if isinstance(made[0], BaseException):
        raise made[0]
    return made[0]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = load(write_config(tmp_path / "terminal", "https://city.example.org"))
    return msgspec.structs.replace(config, terminal=msgspec.structs.replace(config.terminal, stick=tmp_path / "stick"))


def work(config: Config, film: Callable[[], bytes] | None) -> MachineWork:
    tools = machine_tools(config, parts_of(config), Keeper(config.terminal.stick / "nobody"), film)
    return MachineWork(replace(tools, now=lambda: NOW))


def test_it_goes_onto_the_stick_whole(config: Config) -> None:
    stick = config.terminal.stick
    stick.mkdir()
    done = work(config, lambda: b"film").do(MachineAct.FILM)
    assert (done.outcome, done.fact) == (MachineOutcome.DONE, f"bianmin-{config.terminal.id}-20261123-094100.webm")
    assert [(file.name, file.read_bytes()) for file in stick.iterdir()] == [(done.fact, b"film")]


def test_without_a_stick_nothing_is_recorded(config: Config) -> None:
    asked: list[None] = []
    assert work(config, lambda: bytes(len(asked.append(None) or ()))).do(MachineAct.FILM).outcome is MachineOutcome.NO_STICK
    assert asked == []


def test_a_stick_that_is_pulled_meanwhile_is_told(config: Config) -> None:
    config.terminal.stick.mkdir()

    def pull() -> bytes:
        config.terminal.stick.rmdir()
        return b"film"

    assert work(config, pull).do(MachineAct.FILM).outcome is MachineOutcome.STICK_FAULT


def test_a_stick_that_is_full_is_told_and_not_left_with_half_a_film(config: Config, tmp_path: Path) -> None:
    stick = config.terminal.stick
    stick.mkdir()
    part = stick / f"bianmin-{config.terminal.id}-20261123-094100.webm.part"
    part.symlink_to("/dev/full")
    assert work(config, lambda: b"film").do(MachineAct.FILM).outcome is MachineOutcome.STICK_FAULT
    assert list(stick.iterdir()) == []
    with pytest.raises(OSError, match="nowhere"):
        write_film(tmp_path / "nowhere", config.terminal.id, NOW, b"film")


def test_no_film_is_told_and_nothing_is_written(config: Config) -> None:
    config.terminal.stick.mkdir()

    def fail() -> bytes:
        raise RecordingError

    for film in (fail, None):
        assert work(config, film).do(MachineAct.FILM).outcome is MachineOutcome.NO_FILM
    assert list(config.terminal.stick.iterdir()) == []
