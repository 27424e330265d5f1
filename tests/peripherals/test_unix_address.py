"""Sockets in deep folders."""

import socket
from pathlib import Path

import pytest

from peripherals.unix_address import unix_address


def test_a_socket_in_a_folder_deeper_than_an_address_is_long_is_bound_and_reached(tmp_path: Path) -> None:
    folder = tmp_path / ("deep-" * 20) / ("deeper-" * 20)
    folder.mkdir(parents=True)
    path = folder / "device.sock"
    assert len(str(path)) > 107
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as caller:
        with unix_address(path) as address:
            listener.bind(address)
        listener.listen()
        with unix_address(path) as address:
            caller.connect(address)
        assert path.is_socket()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), unix_address(tmp_path / "none" / "device.sock"):
        pass
