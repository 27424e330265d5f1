"""Another proxy in the terminal's own configuration, and its login beside the keys; through the keeper, for an engineer alone."""

from pathlib import Path

import pytest

from kiosk.config import ConfigError, load, sync_settings
from kiosk.keeping import rights_of
from kiosk.machine.keeper import Denied, Did, Granted, OpenGrant, SetProxy
from kiosk.machine.keeping import Keeping
from kiosk.machine.keys import NEW_PROXY_LOGIN, OUTBOX, PROXY_LOGIN, REQUEST, seal_keys
from kiosk.machine.proxy_file import keep_proxy, with_proxy
from peripherals.secret import Secret
from sync.proxy import proxy_at
from tests.kiosk.machine.keeper_ground import CARD, PIN, door
from tests.kiosk.machine.test_keys import sealed_as_itself
from tests.kiosk.machine.test_permissions import config
from tests.kiosk.test_config import GOOD

ADDRESS = "proxy.example.org:3128"


def test_one_line_is_put_in_exchanged_and_taken_out() -> None:
    commented = GOOD.replace("[city]", "# the city's own\n[city]  # here")
    once = with_proxy(commented, ADDRESS)
    assert once == commented.replace("[city]  # here\n", f'[city]  # here\nproxy = "http://{ADDRESS}"\n')
    assert with_proxy(once, "other:1") == once.replace(ADDRESS, "other:1")
    assert with_proxy(once, "") == commented
    assert with_proxy(commented, "") == commented


def test_a_line_of_another_table_is_left_alone() -> None:
    text = GOOD + '\n[bench]\nfolder = "bench"\n'
    assert with_proxy(text.replace("[bench]\n", '[bench]\nproxy = "x"\n'), "").count('proxy = "x"') == 1


@pytest.mark.parametrize("text", ["", "city = 1", "city = {}", GOOD.replace("[city]", "[[city]]")])
def test_where_it_cannot_be_put_in_nothing_is_written(text: str) -> None:
    with pytest.raises(ConfigError, match="by hand"):
        with_proxy(text, ADDRESS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    config(tmp_path)
    return tmp_path / "kiosk.toml"


def test_both_are_kept_and_used(file: Path) -> None:
    settings = sync_settings(load(file))
    file.chmod(0o644)
    keep_proxy(file, settings.proxy_login, ADDRESS, Secret("kiosk:In:vented1"))
    found = proxy_at(sync_settings(load(file)).proxy, settings.proxy_login)
    assert found is not None
    assert (found.host, found.port, found.login) == ("proxy.example.org", 3128, "kiosk:In:vented1")
    assert settings.proxy_login.stat().st_mode & 0o077 == 0
    assert file.stat().st_mode & 0o777 == 0o644
    keep_proxy(file, settings.proxy_login, "other:1", Secret(""))
    found = proxy_at(sync_settings(load(file)).proxy, settings.proxy_login)
    assert found is not None
    assert found.login == "", "the login was the other proxy's"
    keep_proxy(file, settings.proxy_login, "", Secret(""))
    assert load(file).city.proxy == ""
    assert not file.with_name("kiosk.toml.new").exists()


def test_what_the_terminal_would_not_take_is_not_put_in_force(file: Path) -> None:
    before = file.read_text(encoding="utf-8")
    with pytest.raises(ConfigError):
        keep_proxy(file, file.with_name("login"), "no port", Secret(""))
    assert file.read_text(encoding="utf-8") == before
    assert not file.with_name("login").exists()
    assert not file.with_name("kiosk.toml.new").exists()


def keeping(file: Path) -> Keeping:
    return Keeping(door(file.parent), rights_of(load(file), file))


def test_the_keeper_does_it_for_an_engineer_alone(file: Path) -> None:
    one = keeping(file)
    assert isinstance(one.answer(SetProxy("guessed", ADDRESS, "", "")), Denied)
    technician = one.answer(OpenGrant("04A1B2C3D4", "493817"))
    assert isinstance(technician, Granted)
    assert isinstance(one.answer(SetProxy(technician.grant, ADDRESS, "", "")), Denied)
    assert load(file).city.proxy == ""
    engineer = one.answer(OpenGrant(CARD.reveal(), PIN))
    assert isinstance(engineer, Granted)
    assert one.answer(SetProxy(engineer.grant, ADDRESS, "kiosk", "invented")) == Did("kept")
    assert load(file).city.proxy == f"http://{ADDRESS}"
    assert sync_settings(load(file)).proxy_login.read_text(encoding="utf-8") == "kiosk:invented\n"


@pytest.mark.parametrize(
    ("address", "user", "password"),
    [("proxy", "", ""), ('x:1"\nurl="y', "", ""), (ADDRESS, "a:b", "c"), (ADDRESS, "kiosk", ""), (ADDRESS, "kiosk", "two\nlines")],
)
def test_the_keeper_judges_for_itself(file: Path, address: str, user: str, password: str) -> None:
    one, before = keeping(file), file.read_bytes()
    granted = one.answer(OpenGrant(CARD.reveal(), PIN))
    assert isinstance(granted, Granted)
    assert one.answer(SetProxy(granted.grant, address, user, password)) == Did("refused")
    assert file.read_bytes() == before


def test_nothing_of_a_login_is_shown_by_an_order() -> None:
    assert "invented" not in repr(SetProxy("", ADDRESS, "kiosk", "invented"))


def test_a_login_that_was_typed_is_sealed_with_the_next_start(tmp_path: Path) -> None:
    terminal, sealed, scratch = config(tmp_path), tmp_path / "credentials", tmp_path / "scratch"
    seal_keys(terminal, sealed, scratch, sealed_as_itself)
    before = {name: (sealed / name).read_bytes() for name in (REQUEST, OUTBOX)}
    (sealed / NEW_PROXY_LOGIN).write_text("kiosk:invented\n", encoding="utf-8")
    assert seal_keys(terminal, sealed, scratch, sealed_as_itself) == (PROXY_LOGIN,)
    assert (sealed / PROXY_LOGIN).read_bytes() == PROXY_LOGIN.encode() + b"\0kiosk:invented\n"
    assert not (sealed / NEW_PROXY_LOGIN).exists()
    assert {name: (sealed / name).read_bytes() for name in before} == before
