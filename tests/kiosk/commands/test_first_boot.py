"""The first-boot wizard from a bare machine to a terminal: a served city, virtual devices, and people who compare words."""

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.bench import Bench
from kiosk.config import load, sync_settings
from kiosk.first_boot import Tools, Wizard
from kiosk.flow.events import Event
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.setting_up import SettingUp, SetUpFieldOpened, SymbolTyped
from kiosk.flow.state import Kiosk
from kiosk.maintenance.finding import Verdict
from kiosk.maintenance.set_up import Answers, SetUpField, SetUpStep, SetUpTrouble
from kiosk.maintenance.set_up_files import SetUpPlace, read_answers
from kiosk.sandbox import ITEMS, write_config
from sync.own_certificate import certificate_until
from tests.city.test_command import city, said, serving
from tests.kiosk.commands.conftest import Run

NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
WITHIN_S = 240.0


class Glass:
    """A technician in front of the glass: what is shown last, and hands."""

    def __init__(self, place: SetUpPlace, answers: Answers, devices: Path) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.shown: list[Kiosk] = []
        self.wizard = Wizard(Tools(place, has_helper=False, devices=devices).all(), answers, NOW, self._calls.put, self.shown.append)
        self.wizard.start()

    def close(self) -> None:
        self.wizard.close()

    @property
    def at(self) -> SettingUp:
        assert isinstance(self.wizard.state.visit, SettingUp)
        return self.wizard.state.visit

    def press(self, *events: Event) -> None:
        for event in events:
            self.wizard.happen(event)

    def type(self, name: SetUpField, text: str) -> None:
        self.press(SetUpFieldOpened(name), *(SymbolTyped(symbol) for symbol in text), SetUpFieldOpened(None))

    def wait(self, until: Callable[[SettingUp], bool]) -> SettingUp:
        deadline = time.monotonic() + WITHIN_S
        while not until(self.at):
            self._calls.get(timeout=max(0.1, deadline - time.monotonic()))()
        return self.at


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    data = tmp_path_factory.mktemp("town") / "data"
    said(city("init", "--data", data, "--json"))
    said(city("publish-items", "--data", data, "--from", ITEMS, "--json"))
    with serving(data) as (url, _):
        yield data, url


@pytest.fixture
def place(town: tuple[Path, str], tmp_path: Path) -> SetUpPlace:
    template = write_config(tmp_path / "image", "https://never.example.org")
    (tmp_path / "data").mkdir()
    return SetUpPlace(tmp_path / "data" / "kiosk.toml", template, town[0] / "public")


def test_a_bare_machine_becomes_a_terminal(town: tuple[Path, str], place: SetUpPlace, tmp_path: Path) -> None:
    data, url = town
    opened = said(city("admission", "open", "--data", data, "--terminal", "SY-NEW-45", "--place", "松风社区", "--json"))
    template = load(place.template)
    with Bench(template), closing(Glass(place, Answers(), tmp_path / "no-devices")) as glass:
        glass.press(NextPressed(), NextPressed())
        glass.type(SetUpField.CITY, url.removeprefix("https://"))
        glass.press(NextPressed())
        tried = glass.wait(lambda at: not at.is_busy)
        assert tried.trouble is SetUpTrouble.NO_HELPER, "a developer's desk has no unit that sets networks"
        glass.press(NextPressed(), NextPressed())
        glass.type(SetUpField.TERMINAL, "SY-NEW-45")
        glass.type(SetUpField.CODE, opened["code"])
        glass.press(NextPressed())
        words = glass.wait(lambda at: bool(at.words)).words
        assert glass.wizard.state.place.community == "松风社区", "the city says where it stands"
        agreed = city("admission", "agree", "--data", data, "--terminal", "SY-NEW-45", "--words", "·".join(words), "--json")
        assert said(agreed)["status"] == "admitted"
        found = glass.wait(lambda at: at.answers.step is SetUpStep.DEVICES and not at.is_busy).findings
        assert [one.verdict for one in found] == [Verdict.GOOD] * 3
    assert read_answers(place).step is SetUpStep.DEVICES
    with Bench(template), closing(Glass(place, read_answers(place), tmp_path / "no-devices")) as glass:  # the plug was pulled
        glass.wait(lambda at: not at.is_busy)
        glass.press(NextPressed())
        tried = glass.wait(lambda at: not at.is_busy)
        assert (tried.is_proven, tried.failed_at, tried.trouble) == (True, "", None)
        assert not place.config.exists()
        glass.press(NextPressed())
        glass.wait(lambda at: at.is_over)
    config = load(place.config)
    assert (config.terminal.id, config.terminal.community) == ("SY-NEW-45", "松风社区")
    assert certificate_until(sync_settings(config).certificate) is not None
    assert not place.folder.exists()


def test_without_devices_each_is_named_and_none_is_bound(place: SetUpPlace, tmp_path: Path) -> None:
    answers = Answers(step=SetUpStep.DEVICES, city="city.example.org", terminal="SY-NEW-46", place="松风社区", is_admitted=True)
    with closing(Glass(place, answers, tmp_path / "no-devices")) as glass:
        found = glass.wait(lambda at: not at.is_busy)
    assert [one.verdict for one in found.findings] == [Verdict.FAULT] * 3
    assert found.answers.devices == {}


def test_a_wrong_code_is_refused(town: tuple[Path, str], place: SetUpPlace, tmp_path: Path) -> None:
    host = town[1].removeprefix("https://")
    answers = Answers(step=SetUpStep.ENROLMENT, city=host, terminal="SY-NEW-47", code="K7QM3D9XWV4F")
    with closing(Glass(place, answers, tmp_path)) as glass:
        glass.press(NextPressed())
        assert glass.wait(lambda at: not at.is_busy).trouble is SetUpTrouble.REFUSED


def test_somebody_else_at_the_city_s_address_is_not_asked(town: tuple[Path, str], place: SetUpPlace, tmp_path: Path) -> None:
    other = tmp_path / "other"
    said(city("init", "--data", other, "--json"))
    elsewhere = SetUpPlace(place.config, place.template, other / "public")
    answers = Answers(step=SetUpStep.ENROLMENT, city=town[1].removeprefix("https://"), terminal="SY-NEW-48", code="K7QM3D9XWV4F")
    with closing(Glass(elsewhere, answers, tmp_path)) as glass:
        glass.press(NextPressed())
        assert glass.wait(lambda at: not at.is_busy).trouble is SetUpTrouble.NOT_THE_CITY


def test_what_the_command_says_before_it_begins(kiosk: Run, place: SetUpPlace, tmp_path: Path) -> None:
    words = ("first-boot", "--template", place.template, "--city", place.city, "--json", "--config")
    (tmp_path / "there.toml").touch()
    assert kiosk(*words, tmp_path / "there.toml").body["status"] == "set_up_already"
    nowhere = ("first-boot", "--template", tmp_path / "none.toml", "--city", place.city, "--json", "--config", place.config)
    assert kiosk(*nowhere).body["status"] == "incomplete"
