"""Measures the line to the city with bytes that mean nothing, within a limit of bytes and of time.

A small piece goes first each way. Only where that was quick a large one follows, so that a narrow or paid-for line is spared: at most
2 x (64 KiB + 1 MiB) in all. What is counted is the whole request, there and back, for that is what an application waits for.
"""

import os
import time
from collections.abc import Callable
from typing import Final

from sync import identity
from sync.certificate_time import CertificateTime
from sync.client import CityClient
from sync.contract import routes
from sync.exchange import BY_THE_CLOCK, Exchange
from sync.line_speed import LineSpeed, SpeedOutcome
from sync.offline import Offline, OfflineReason, Refused
from sync.proxy import proxy_at
from sync.settings import SyncSettings

SMALL_BYTES: Final = 64 * 1024
LARGE_BYTES: Final = routes.MEASURE_MAX_BYTES
WITHIN_S: Final = 30.0
"""For everything together."""

_LARGE_IF_UNDER_S: Final = 0.5  # then the large piece takes eight seconds at most, if the line stays as it is

Tried = Refused | Offline | None


def measure(settings: SyncSettings, judged_by: CertificateTime = BY_THE_CLOCK, within_s: float = WITHIN_S) -> LineSpeed:
    """Measure the line, on a connection of its own; what is being sent meanwhile makes it seem slower, as it is.

    Args:
        settings: The terminal's.
        judged_by: As for sending.
        within_s: How long it may take.
    """
    signer = identity.request_key(settings.request_key, settings.terminal)
    proxy = proxy_at(settings.proxy, settings.proxy_login)
    line = Exchange(settings.url, settings.ca_file, signer, within_s, proxy, judged_by)
    line.show_certificate(settings.certificate, settings.request_key)
    try:
        return _measured(CityClient(line, settings.terminal, {}), time.monotonic() + within_s)
    finally:
        line.close()


def _measured(client: CityClient, until_s: float) -> LineSpeed:
    there = client.is_there()  # opens the connection, which is no part of the speed
    if isinstance(there, Offline):
        return LineSpeed(_outcome(there))
    back_s, answer = _timed(lambda: client.fetch_nothing(0, _left_s(until_s)))
    if answer is not None:
        return LineSpeed(_outcome(answer))
    down = _kbit_s(lambda size: client.fetch_nothing(size, _left_s(until_s)))
    if isinstance(down, Refused | Offline):
        return LineSpeed(_outcome(down))
    up = _kbit_s(lambda size: client.send_nothing(os.urandom(size), _left_s(until_s)))
    if isinstance(up, Refused | Offline):
        return LineSpeed(_outcome(up))
    return LineSpeed(SpeedOutcome.MEASURED, round(1000 * back_s), down, up)


def _kbit_s(move: Callable[[int], Tried]) -> int | Refused | Offline:
    """Return kbit/s of the small piece, or of the large one where the small one was quick and the large one came through."""
    small_s, answer = _timed(lambda: move(SMALL_BYTES))
    if answer is not None:
        return answer
    if small_s < _LARGE_IF_UNDER_S:
        large_s, answer = _timed(lambda: move(LARGE_BYTES))
        if answer is None:
            return _rate(LARGE_BYTES, large_s)
        if answer != Offline(OfflineReason.TOO_SLOW):
            return answer
    return _rate(SMALL_BYTES, small_s)


def _timed(do: Callable[[], Tried]) -> tuple[float, Tried]:
    began_s = time.monotonic()
    answer = do()
    return time.monotonic() - began_s, answer


def _rate(size_bytes: int, took_s: float) -> int:
    return max(1, round(size_bytes * 8 / 1000 / max(took_s, 1e-6)))


def _left_s(until_s: float) -> float:
    return max(0.05, until_s - time.monotonic())


def _outcome(answer: Refused | Offline) -> SpeedOutcome:
    if isinstance(answer, Refused):
        return SpeedOutcome.NOT_OFFERED
    return SpeedOutcome.TOO_SLOW if answer.reason is OfflineReason.TOO_SLOW else SpeedOutcome.NO_LINE
