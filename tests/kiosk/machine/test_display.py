"""The display is switched by the kernel's own structures: a card answers as `drm_mode.h` lays them out, with lists by their addresses."""

import ctypes
import os
from pathlib import Path

import pytest

from kiosk.machine.display import (
    CONNECTOR,
    GET_CONNECTOR,
    GET_PROPERTY,
    GET_RESOURCES,
    PROPERTY,
    RESOURCES,
    SET_PROPERTY,
    SETTING,
    held_display,
    switch,
)

NAMES = {1: b"EDID", 2: b"DPMS", 7: b"link-status"}
DISPLAY = 9


class Card:
    """A card in the kernel, as far as a display is switched by it. Each connector has properties; the card has a master, or none."""

    def __init__(self, connectors: dict[int, list[int]], *, is_master: bool = True) -> None:
        self.connectors = connectors
        self.is_master = is_master
        self.were_probed = False
        self.power: dict[int, int] = {}

    def ioctl(self, display: int, order: int, memory: bytearray) -> int:
        assert display == DISPLAY
        assert len(memory) == order >> 16 & 0x3FFF, "the order's number says how long its structure is"
        match order:
            case _ if order == GET_RESOURCES:
                _, _, at, _, _, _, room, *rest = RESOURCES.unpack(memory)
                self._list(ctypes.c_uint32, at, room, list(self.connectors))
                memory[:] = RESOURCES.pack(0, 0, at, 0, 0, 0, len(self.connectors), *rest)
            case _ if order == GET_CONNECTOR:
                encoders, modes, names, values, mode_count, room, encoder_count, encoder, connector, *rest = CONNECTOR.unpack(memory)
                self.were_probed |= mode_count == 0
                known = self.connectors[connector]
                self._list(ctypes.c_uint32, names, room, known)
                self._list(ctypes.c_uint64, values, room, [0] * len(known))
                memory[:] = CONNECTOR.pack(encoders, modes, names, values, 24, len(known), encoder_count, encoder, connector, *rest)
            case _ if order == GET_PROPERTY:
                _, _, number, *_ = PROPERTY.unpack(memory)
                memory[:] = PROPERTY.pack(0, 0, number, 0, NAMES[number], 0, 0)
            case _ if order == SET_PROPERTY:
                if not self.is_master:
                    raise PermissionError
                value, number, connector = SETTING.unpack(memory)
                assert NAMES[number] == b"DPMS"
                self.power[connector] = value
            case _:
                raise OSError(order)
        return 0

    @staticmethod
    def _list(kind: type, at: int, room: int, values: list[int]) -> None:
        fitting = values[:room]
        (kind * len(fitting)).from_address(at)[:] = fitting


@pytest.mark.parametrize(("on", "said"), [(False, 3), (True, 0)])
def test_every_connector_is_switched_and_none_is_looked_at_anew(on: bool, said: int) -> None:
    card = Card({31: [1, 2, 7], 40: [2]})
    assert switch(DISPLAY, on=on, ioctl=card.ioctl) == 2
    assert card.power == {31: said, 40: said}
    assert not card.were_probed


@pytest.mark.parametrize("connectors", [{}, {31: []}, {31: [1, 7]}])
def test_a_card_with_nothing_to_switch_is_left_alone(connectors: dict[int, list[int]]) -> None:
    card = Card(connectors)
    assert switch(DISPLAY, on=False, ioctl=card.ioctl) == 0
    assert card.power == {}


@pytest.mark.parametrize(("properties", "switched"), [([2] + [1] * 70, 1), ([1] * 70 + [2], 0)])
def test_of_more_properties_than_there_is_room_for_those_that_fit_are_read(properties: list[int], switched: int) -> None:
    assert switch(DISPLAY, on=False, ioctl=Card({31: properties}).ioctl) == switched


def test_who_does_not_hold_the_display_is_refused() -> None:
    with pytest.raises(PermissionError):
        switch(DISPLAY, on=False, ioctl=Card({31: [2]}, is_master=False).ioctl)


def test_what_is_no_display_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w", encoding="ascii") as file, pytest.raises(OSError, match="ioctl"):
        switch(file.fileno(), on=False)


def test_the_display_is_found_among_the_files_that_are_open(tmp_path: Path) -> None:
    for name, target in (("0", "/dev/null"), ("5", "/dev/dri/renderD128"), ("11", "/dev/dri/card0"), ("12", "/run/x")):
        (tmp_path / name).symlink_to(target)
    assert held_display(tmp_path) == 11
    (tmp_path / "11").unlink()
    assert held_display(tmp_path) is None
    assert held_display() is None, os.getpid()
