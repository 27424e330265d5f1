"""A line as it is in a valley: slow, far, lossy, and cut now and then. Two ends of a tunnel, and a relay between them.

The far end is in a network namespace of its own, so everything that a program there sends goes through the relay. Takes root.
"""

import fcntl
import heapq
import itertools
import multiprocessing
import os
import random
import select
import struct
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x0001 | 0x1000
_MTU = 1500


@dataclass(frozen=True, slots=True)
class Line:
    """What a line is like, in each direction."""

    bytes_per_s: float = 2_000_000 / 8
    delay_s: float = 0.040
    loss: float = 0.02
    queue_s: float = 0.2
    """What waits for longer is dropped, as in a router."""


class BadLine:
    """Brings the line up, and takes it away again.

    `near` is the address of this end, where a server may listen; a program started with `there` is at the other one.
    """

    def __init__(self, line: Line | None = None, seed: int = 7) -> None:
        self.line = line or Line()
        number = os.getpid() % 60_000
        self.namespace = f"valley-{number}"
        self.near, self._far = (f"10.{64 + number % 128}.{number // 256}.{last}" for last in (1, 2))
        self._chance = random.Random(seed)
        self._forked = multiprocessing.get_context("fork")  # it inherits the tunnels, and the city here does not hold it up
        self._is_cut = self._forked.Value("b", False)
        self._is_over = self._forked.Value("b", False)
        self.carried = self._forked.Array("q", [0, 0])
        """Bytes that came in so far: at this end, and at the far one."""
        self._ends: list[int] = []
        self._far_card = ""
        self._process = self._forked.Process(target=self._relay, daemon=True)

    def __enter__(self) -> Self:
        if os.geteuid() != 0 or not Path("/dev/net/tun").exists():
            pytest.skip("a line of its own takes root and /dev/net/tun")
        names = [f"tun{os.getpid() % 100_000}{side}" for side in "ab"]
        self._far_card = names[1]
        self._ends = [_tunnel(name) for name in names]
        _ip("netns", "add", self.namespace)
        _ip("link", "set", names[1], "netns", self.namespace)
        for place, address in ((), self.near), (("-n", self.namespace), self._far):
            name = names[bool(place)]
            _ip(*place, "addr", "add", f"{address}/30", "dev", name)
            _ip(*place, "link", "set", name, "up", "mtu", str(_MTU))
        _ip("-n", self.namespace, "link", "set", "lo", "up")
        self._process.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._is_over.value = True
        self._process.join(10)
        for end in self._ends:
            os.close(end)
        subprocess.run(["ip", "netns", "del", self.namespace], check=False)

    @property
    def there(self) -> list[str]:
        """What stands before a command that is to run at the far end."""
        return ["ip", "netns", "exec", self.namespace]

    def plug(self, *, is_in: bool) -> None:
        """Pull the cable at the far end, or put it in: its kernel notices."""
        _ip("-n", self.namespace, "link", "set", self._far_card, "up" if is_in else "down")

    def cut(self) -> None:
        """Let nothing through, in silence: neither end is told."""
        self._is_cut.value = True

    def mend(self) -> None:
        """Let everything through again."""
        self._is_cut.value = False

    def _relay(self) -> None:
        under_way: list[tuple[float, int, int, bytes]] = []
        order = itertools.count()
        free_at_s = dict.fromkeys(self._ends, 0.0)
        other = {self._ends[0]: self._ends[1], self._ends[1]: self._ends[0]}
        while not self._is_over.value:
            now_s = time.monotonic()
            while under_way and under_way[0][0] <= now_s:
                _, _, to, packet = heapq.heappop(under_way)
                if not self._is_cut.value:
                    with suppress(OSError):  # a card that is down takes nothing
                        os.write(to, packet)
            wait_s = max(0.0, min(0.05, under_way[0][0] - time.monotonic())) if under_way else 0.05
            for end in select.select(self._ends, [], [], wait_s)[0]:
                packet = os.read(end, 2 * _MTU)
                self.carried[self._ends.index(end)] += len(packet)
                now_s = time.monotonic()
                begins_s = max(now_s, free_at_s[end])
                if self._is_cut.value or begins_s - now_s > self.line.queue_s:
                    continue
                free_at_s[end] = begins_s + len(packet) / self.line.bytes_per_s
                if self._chance.random() >= self.line.loss:
                    heapq.heappush(under_way, (free_at_s[end] + self.line.delay_s, next(order), other[end], packet))


def _tunnel(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN_NO_PI))
    except OSError:
        os.close(end)
        pytest.skip("tunnels cannot be made here")
    return end


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
