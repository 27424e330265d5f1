"""The built image, and a terminal that is booted from it with a town around it. One machine serves the tests that leave it as it was."""

import dataclasses
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal_image import build
from terminal_image.build import Parts
from terminal_image.qemu import Glass
from terminal_image.surroundings import Surroundings

from tests.image.channel import GOOD, Channel, opened, packed
from tests.image.terminal import HEARD, IMAGE, PROJECT, Fitted, Terminal, switched_on


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--visit-within", type=float, help="walk no visit where the terminal took longer to come home, in seconds")
    parser.addoption("--cuts", type=int, default=20, help="how often the plug is pulled")
    parser.addoption("--cuts-within", type=float, help="pull it no more after so many seconds; the last start takes its own time")


@pytest.fixture(scope="session")
def made() -> Parts:
    if shutil.which("qemu-system-x86_64") is None:
        pytest.skip("QEMU is not installed; run: make image-tools")
    return build.parts(PROJECT, IMAGE, quick=True)


@pytest.fixture(scope="session")
def pictures() -> Path:
    folder = IMAGE / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    with Surroundings(tmp_path_factory.mktemp("town") / "town", Glass()) as town:
        yield town


@pytest.fixture(scope="module")
def channel(town: Surroundings) -> Iterator[Channel]:
    with opened(town) as channel:
        yield channel


@pytest.fixture(scope="session")
def good_release(made: Parts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that is the image itself with another number, built once for all towns."""
    return packed(made, tmp_path_factory.mktemp("good"), GOOD)


def with_headphones(folder: Path) -> Fitted:
    """A sound card on USB; what is played on it is recorded."""
    return Fitted(extra=("-audiodev", f"wav,id=headphones,path={folder / HEARD}", "-device", "usb-audio,audiodev=headphones,bus=usb.0"))


@pytest.fixture(scope="module")
def terminal(made: Parts, town: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("terminal")
    with switched_on(made, town, folder, fitted=with_headphones(folder)) as terminal:
        began = time.monotonic()
        terminal.await_home()
        yield dataclasses.replace(terminal, came_home_after_s=time.monotonic() - began)
