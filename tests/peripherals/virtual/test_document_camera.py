"""The virtual camera's strings: what it obeys, what it refuses, and that it goes with its parent."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from peripherals.virtual.control import OrderRefusedError
from peripherals.virtual.papers import PAPERS
from tests.drivers.camera_bench import FONTS, CameraBench, camera_bench, paper

COMMAND = [sys.executable, "-m", "peripherals.virtual.document_camera"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraBench]:
    with camera_bench(tmp_path_factory.mktemp("camera")) as made:
        yield made


def test_orders_are_obeyed_and_the_state_says_so(bench: CameraBench) -> None:
    assert bench.do("state")["paper"] is None
    state = bench.do("lay", paper="tenancy-contract", page=2)
    assert (state["paper"], state["page"], state["fault"], state["plugged"]) == ("tenancy-contract", 2, "none", True)
    assert len(state["corners"]) == 4
    assert bench.do("fault", fault="glare")["fault"] == "glare"
    assert bench.do("fault", fault="none")["fault"] == "none"
    assert bench.do("unplug")["plugged"] is False
    assert bench.do("unplug")["plugged"] is False
    assert bench.do("plug")["plugged"] is True
    assert bench.do("take_away")["paper"] is None


@pytest.mark.parametrize(
    ("order", "details"),
    [
        ("lay", {"paper": "banknote"}),
        ("lay", {}),
        ("lay", {"paper": "household-book", "page": 2}),
        ("lay", {"paper": "household-book", "page": "1"}),
        ("lay", {"paper": "household-book", "page": True}),
        ("fault", {"fault": "fire"}),
        ("fault", {}),
        ("dance", {}),
    ],
)
def test_other_orders_are_refused_and_change_nothing(bench: CameraBench, order: str, details: dict[str, object]) -> None:
    before = bench.do("state")
    with pytest.raises(OrderRefusedError):
        bench.do(order, **details)
    assert bench.do("state") == before


def test_every_paper_is_drawn_and_marked_as_a_sample() -> None:
    for name, pages in PAPERS.items():
        for page in range(1, len(pages) + 1):
            drawn = paper(name, page)
            assert isinstance(drawn, Image.Image)
            assert min(drawn.size) >= 400
            assert len(drawn.getcolors(1 << 24) or []) > 20 or name == "calibration-chart", "which is black and white"


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "peripherals.virtual.document_camera", "--fonts", str(FONTS), "--control", str(tmp_path / "control")]
    starter = (
        f"import subprocess, sys; p = subprocess.Popen({command!r}, stdout=subprocess.PIPE); p.stdout.readline(); print(p.pid, flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.wait(20)
    ended = subprocess.run(["/usr/bin/tail", "--pid", str(pid), "-f", "/dev/null"], timeout=20, check=False)
    assert ended.returncode == 0


def test_without_fonts_it_says_so(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "peripherals.virtual.document_camera",
        "--fonts",
        str(tmp_path),
        "--control",
        str(tmp_path / "control"),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "no Noto Sans SC fonts" in ended.stderr
