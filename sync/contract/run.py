"""A run: applications that follow each other on one terminal share one encapsulation, and none of their keys opens another.

The run's secret is wrapped to the city once; it moves one step with every application and forgets where it was, so what is read from
the memory of a terminal opens nothing that was sealed before. It never touches the disk: a process that starts begins a new run.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sync.contract.hkdf import expanded

STEPS_MAX: Final = 64
"""How many applications share one; it bounds what the city computes for a step that somebody made up."""

RUN_MAX_S: Final = 3600.0
"""A run ends after this time, so that memory that was read once opens no more than an hour of what follows."""

SECRET_BYTES: Final = 32
SALT_BYTES: Final = 16

_LABEL: Final = b"bianmin-kiosk/2/"


@dataclass(frozen=True, slots=True)
class Step:
    """What one application takes from a run: its place, what makes its key its own, and the key."""

    number: int
    salt: bytes
    content_key: bytes = field(repr=False)


class Run:
    """The terminal's side: gives each application a key that nobody can derive again who has not the city's."""

    def __init__(self, wrap: Callable[[bytes], bytes], clock_s: Callable[[], float] = time.monotonic) -> None:
        """Begin a run.

        Args:
            wrap: Wraps the run's secret to the city.
            clock_s: Monotonic seconds.
        """
        self._secret = os.urandom(SECRET_BYTES)
        self._number = 0
        self._clock_s = clock_s
        self._began_s = clock_s()
        self.wrapped = wrap(self._secret)

    @property
    def is_over(self) -> bool:
        """Whether the next application begins another one."""
        return self._number >= STEPS_MAX or not 0 <= self._clock_s() - self._began_s < RUN_MAX_S

    def step(self) -> Step:
        """Take the next step. Its salt is fresh, so that no copy of this memory ever makes the same key."""
        salt = os.urandom(SALT_BYTES)
        step = Step(self._number, salt, _key(self._secret, salt))
        self._secret = _next(self._secret)
        self._number += 1
        return step


class Steps:
    """The city's side: the steps of a run, each computed once, since a batch holds many of one run. For any thread."""

    def __init__(self, secret: bytes) -> None:
        """Begin with the secret that was unwrapped.

        Raises:
            ValueError: It is not one of a run.
        """
        if len(secret) != SECRET_BYTES:
            raise ValueError("not the secret of a run")
        self._secrets = [secret]
        self._lock = threading.Lock()

    def key_at(self, number: int, salt: bytes) -> bytes:
        """Return the key of the application at this step.

        Raises:
            ValueError: No terminal takes such a step.
        """
        if not 0 <= number < STEPS_MAX or len(salt) != SALT_BYTES:
            raise ValueError("not a step of a run")
        with self._lock:
            while len(self._secrets) <= number:
                self._secrets.append(_next(self._secrets[-1]))
        return _key(self._secrets[number], salt)


def _key(secret: bytes, salt: bytes) -> bytes:
    return expanded(secret, _LABEL + b"application/" + salt)


def _next(secret: bytes) -> bytes:
    return expanded(secret, _LABEL + b"next")
