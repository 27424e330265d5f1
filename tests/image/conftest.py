"""The built image, and a terminal that is booted from it with a town around it. One machine serves the tests that leave it as it was."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal_image import build
from terminal_image.build import Parts
from terminal_image.qemu import Glass
from terminal_image.surroundings import Surroundings

from tests.image.terminal import IMAGE, PROJECT, Terminal, switched_on


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
def terminal(made: Parts, town: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    with switched_on(made, town, tmp_path_factory.mktemp("terminal")) as terminal:
        terminal.await_home()
        yield terminal
