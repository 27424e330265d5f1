"""Under the filter of its own unit, as its own user, the sending process still hears that a cable was put in."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.systemd.link_watch import allowed_calls
from tests.systemd.test_units import UNITS

UNIT = UNITS / "kiosk-sync.service"
Ip = Callable[..., None]

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("systemd-analyze", "ip"))),
    reason="a network of its own takes root, ip and systemd's tools",
)


@pytest.fixture
def network() -> Iterator[str]:
    """A network namespace with a card whose cable is out: its other end is down."""
    name = f"link-{uuid.uuid4().hex[:8]}"
    if subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True).returncode:
        pytest.skip("a network namespace cannot be made here")
    try:
        inside("ip", "link", "add", "card", "type", "veth", "peer", "name", "socket", network=name)
        inside("ip", "address", "add", "192.0.2.7/24", "dev", "card", network=name)
        inside("ip", "link", "set", "card", "up", network=name)
        yield name
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def inside(*words: str, network: str) -> None:
    subprocess.run(["ip", "netns", "exec", network, *words], check=True, capture_output=True)


def waiting(network: str, outbox: Path, *less: str) -> subprocess.Popen[str]:
    """Start the wait in its sandbox, and return once it waits."""
    outbox.mkdir(mode=0o777)
    outbox.chmod(0o777)
    words = ["ip", "netns", "exec", network, sys.executable, "-m", "tests.systemd.link_watch", str(UNIT), str(outbox), *less]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "waiting\n"
    return child


def test_a_cable_that_is_put_in_is_heard_in_the_sandbox(network: str, tmp_path: Path) -> None:
    with waiting(network, tmp_path / "outbox") as child:
        inside("ip", "link", "set", "socket", "up", network=network)
        said, _ = child.communicate(timeout=120)
    assert said == "link\n"


def test_without_the_kernels_family_nothing_is_heard_and_the_timer_is_enough(network: str, tmp_path: Path) -> None:
    with waiting(network, tmp_path / "outbox", "AF_NETLINK") as child:
        inside("ip", "link", "set", "socket", "up", network=network)
        said, _ = child.communicate(timeout=120)
    assert said == "nothing\n"


def test_the_filter_is_one() -> None:
    calls = allowed_calls(UNIT)
    assert {"socket", "bind", "recvfrom", "poll", "openat"} <= calls
    assert not {"reboot", "mount", "ptrace", "init_module", "setpriority"} & calls
