"""What the wizard leaves on the disk: answers through a pulled plug, and a configuration that the terminal itself accepts, whole."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from kiosk.config import ConfigError, load, sync_settings
from kiosk.machine.network import Network
from kiosk.maintenance.set_up import Answers, PanelForm, SetUpStep
from kiosk.maintenance.set_up_files import SetUpPlace, keep_answers, put_in_force, read_answers, toml, write_candidate
from sync.contract.words import Language
from sync.proxy import Proxy, proxy_at
from tests.kiosk.maintenance.set_up_ground import ground

ANSWERS = Answers(
    step=SetUpStep.TRIAL,
    language=Language.EN,
    form=PanelForm.ACROSS_15,
    bottom_mm=910,
    network=Network(has_backup=True),
    city="city.example.org:8443",
    terminal="SY-TEST-0001",
    place='样例"社区\\',
    is_admitted=True,
    devices={"document_camera": "/dev/video2"},
)


@pytest.fixture
def place(tmp_path: Path) -> SetUpPlace:
    return ground(tmp_path)


def test_answers_survive_a_pulled_plug(place: SetUpPlace) -> None:
    keep_answers(place, ANSWERS)
    assert read_answers(place) == ANSWERS
    assert place.answers.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b'{"step": "no such step"}', b'{"bottom_mm": 9}', b"\xff", b'{"step": "cl'])
def test_answers_that_cannot_be_read_are_asked_again(place: SetUpPlace, content: bytes) -> None:
    keep_answers(place, ANSWERS)
    place.answers.write_bytes(content)
    assert read_answers(place) == Answers()


def test_the_configuration_is_the_image_s_with_what_was_answered(place: SetUpPlace) -> None:
    config = write_candidate(place, ANSWERS)
    assert (config.terminal.id, config.terminal.community, config.terminal.hotline) == ("SY-TEST-0001", '样例"社区\\', "024-00000000")
    assert (config.panel.width_px, config.panel.pitch_mm, config.panel.bottom_mm) == (1920, 0.180, 910)
    assert config.city.url == "https://city.example.org:8443"
    assert config.city.ca_file.read_text() == "an invented authority\n"
    assert config.document_camera.source == "/dev/video2"
    assert config.id_card_reader.port == str(place.template.parent / "bench/reader"), "what was relative still means the same"
    assert config.fittings is not None
    assert not next(iter(config.fittings.contacts.values())).active_low
    assert not place.config.exists(), "nothing is in force yet"


def test_what_the_terminal_would_refuse_is_refused_here(place: SetUpPlace) -> None:
    place.template.write_text(place.template.read_text() + "\n[panel]\nno_such_key = 1\n")
    with pytest.raises(ConfigError, match="no_such_key"):
        write_candidate(place, ANSWERS)
    place.template.write_text("[terminal")
    with pytest.raises(ConfigError, match="template"):
        write_candidate(place, ANSWERS)
    place.template.unlink()
    with pytest.raises(ConfigError, match="template"):
        write_candidate(place, ANSWERS)


def test_put_in_force_every_process_may_read_what_is_public_and_nobody_the_keys(place: SetUpPlace) -> None:
    keep_answers(place, ANSWERS)
    write_candidate(place, ANSWERS)
    keys = place.folder / "terminal" / "keys"
    keys.mkdir(mode=0o700)
    (keys / "request.pem").touch(mode=0o600)
    (place.folder / "terminal" / "outbox").mkdir()
    put_in_force(place)
    base = place.config.parent
    assert load(place.config).terminal.folder == base / "terminal"
    assert place.config.stat().st_mode & 0o777 == 0o644
    assert (base / "terminal/city/ca.pem").stat().st_mode & 0o777 == 0o644
    assert (base / "terminal/keys/request.pem").stat().st_mode & 0o777 == 0o600
    assert not (base / "terminal/outbox").exists(), "what was tried is nobody's application"
    assert not place.folder.exists()


def test_a_cut_before_the_last_step_can_be_done_again(place: SetUpPlace) -> None:
    write_candidate(place, ANSWERS)
    place.config.with_name("kiosk.toml.ready").mkdir()  # nothing can be written there
    with pytest.raises(OSError, match="ready"):
        put_in_force(place)
    assert not place.config.exists()
    place.config.with_name("kiosk.toml.ready").rmdir()
    put_in_force(place)
    assert load(place.config).terminal.id == "SY-TEST-0001"


def test_toml_says_what_it_was_given() -> None:
    made = {"a": {"text": 'q"\\\n\t中', "number": 3, "share": 0.25, "yes": True, "inner": {"x": {"line": 1}}}}
    assert tomllib.loads(toml(made)) == made


PROXIED = Network(has_proxy=True, proxy="proxy.example.org:3128", proxy_user="kiosk-0173", proxy_password="sample")


def test_a_proxy_is_in_the_configuration_and_its_login_beside_the_keys(place: SetUpPlace) -> None:
    config = write_candidate(place, msgspec.structs.replace(ANSWERS, network=PROXIED))
    settings = sync_settings(config)
    assert proxy_at(settings.proxy, settings.proxy_login) == Proxy("proxy.example.org", 3128, "kiosk-0173:sample")
    assert settings.proxy_login.stat().st_mode & 0o077 == 0
    assert "sample" not in place.candidate.read_text(encoding="utf-8")


def test_a_proxy_that_was_switched_off_leaves_no_login(place: SetUpPlace) -> None:
    settings = sync_settings(write_candidate(place, msgspec.structs.replace(ANSWERS, network=PROXIED)))
    off = sync_settings(write_candidate(place, msgspec.structs.replace(ANSWERS, network=msgspec.structs.replace(PROXIED, has_proxy=False))))
    assert off.proxy == ""
    assert not settings.proxy_login.exists()
