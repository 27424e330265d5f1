"""The terminal's keys are made or taken over, sealed, and never left lying about."""

from pathlib import Path

import pytest

from kiosk.machine.keys import OUTBOX, PROXY_LOGIN, PUBLIC, REQUEST, SealingError, check_keys, seal_keys
from sync import identity
from sync.contract.names import TerminalId
from sync.errors import SettingsError
from tests.kiosk.machine.test_permissions import config


def sealed_as_itself(plain: Path, name: str) -> bytes:
    return name.encode() + b"\0" + plain.read_bytes()


def test_a_new_terminal_makes_its_keys_and_publishes_one_half(tmp_path: Path) -> None:
    sealed, scratch = tmp_path / "credentials", tmp_path / "scratch"
    assert seal_keys(config(tmp_path), sealed, scratch, sealed_as_itself) == (REQUEST, OUTBOX, PROXY_LOGIN)
    assert {path.name for path in sealed.iterdir()} == {REQUEST, OUTBOX, PROXY_LOGIN}
    assert list(scratch.iterdir()) == []
    assert (tmp_path / PUBLIC).read_bytes().startswith(b"-----BEGIN PUBLIC KEY-----")


def test_keys_of_the_depot_are_taken_over_and_the_plain_ones_go(tmp_path: Path) -> None:
    terminal = config(tmp_path)
    keys = terminal.terminal.folder / "keys"
    identity.request_key(keys / REQUEST, TerminalId("SY-TEST-1"))
    laid_down = (keys / REQUEST).read_bytes()
    seal_keys(terminal, tmp_path / "credentials", tmp_path / "scratch", sealed_as_itself)
    assert (tmp_path / "credentials" / REQUEST).read_bytes() == REQUEST.encode() + b"\0" + laid_down
    assert list(keys.iterdir()) == []


def opens(sealed: Path, name: str) -> None:
    if not sealed.read_bytes().startswith(name.encode() + b"\0"):
        raise SealingError(f"{sealed}: sealed by another machine")


def test_what_is_sealed_stays_as_it_is(tmp_path: Path) -> None:
    terminal = config(tmp_path)
    seal_keys(terminal, tmp_path / "credentials", tmp_path / "scratch", sealed_as_itself)
    before = {path.name: path.read_bytes() for path in (tmp_path / "credentials").iterdir()}
    assert seal_keys(terminal, tmp_path / "credentials", tmp_path / "scratch", sealed_as_itself) == ()
    check_keys(tmp_path / "credentials", opens)
    assert {path.name: path.read_bytes() for path in (tmp_path / "credentials").iterdir()} == before


def test_what_another_machine_sealed_is_neither_used_nor_replaced(tmp_path: Path) -> None:
    terminal, sealed = config(tmp_path), tmp_path / "credentials"
    seal_keys(terminal, sealed, tmp_path / "scratch", sealed_as_itself)
    (sealed / OUTBOX).write_bytes(b"sealed elsewhere")
    assert seal_keys(terminal, sealed, tmp_path / "scratch", sealed_as_itself) == ()
    with pytest.raises(SealingError, match="another machine"):
        check_keys(sealed, opens)
    assert (sealed / OUTBOX).read_bytes() == b"sealed elsewhere"


@pytest.mark.parametrize("name", [REQUEST, OUTBOX, PROXY_LOGIN])
def test_a_key_that_was_never_sealed_is_said_and_where_to_look(tmp_path: Path, name: str) -> None:
    sealed = tmp_path / "credentials"
    seal_keys(config(tmp_path), sealed, tmp_path / "scratch", sealed_as_itself)
    (sealed / name).unlink()
    with pytest.raises(SealingError, match=rf"{name}: it was never sealed; the log of kiosk-keys says why"):
        check_keys(sealed, opens)


def test_a_key_that_cannot_be_sealed_is_not_lost(tmp_path: Path) -> None:
    terminal = config(tmp_path)
    keys = terminal.terminal.folder / "keys"
    identity.outbox_key(keys / OUTBOX)

    def fail(plain: Path, name: str) -> bytes:
        raise SealingError("systemd-creds: no")

    with pytest.raises(SealingError):
        seal_keys(terminal, tmp_path / "credentials", tmp_path / "scratch", fail)
    assert (keys / OUTBOX).exists()


def test_a_key_of_the_depot_that_is_none_is_refused(tmp_path: Path) -> None:
    terminal = config(tmp_path)
    keys = terminal.terminal.folder / "keys"
    keys.mkdir(parents=True)
    (keys / REQUEST).write_text("not a key", encoding="ascii")
    (keys / REQUEST).chmod(0o600)
    with pytest.raises(SettingsError):
        seal_keys(terminal, tmp_path / "credentials", tmp_path / "scratch", sealed_as_itself)
    assert (keys / REQUEST).exists()


def test_a_credential_may_be_read_by_its_units_access_list(tmp_path: Path) -> None:
    identity.outbox_key(tmp_path / OUTBOX)
    (tmp_path / OUTBOX).chmod(0o440)
    assert len(identity.outbox_key(tmp_path / OUTBOX)) == 32
    (tmp_path / OUTBOX).chmod(0o444)
    with pytest.raises(SettingsError, match="others may read it"):
        identity.outbox_key(tmp_path / OUTBOX)
