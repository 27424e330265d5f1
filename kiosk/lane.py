"""A thread that does one thing after another, so that nothing on the glass ever waits for a device or a disk."""

import queue
import threading
from collections.abc import Callable
from typing import Self

Job = Callable[[], None]


class Lane:
    """Runs jobs in order on a thread of its own, and `meanwhile` whenever `every_s` passed without one.

    An exception in a job is unexpected: it ends the process through `failed`, and the supervisor starts it clean.
    """

    def __init__(self, name: str, failed: Callable[[BaseException], None], meanwhile: Job | None = None, every_s: float = 1.0) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._meanwhile = meanwhile
        self._every_s = every_s
        self._failed = failed
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> Self:
        """Begin to work."""
        self._thread.start()
        return self

    def do(self, job: Job) -> None:
        """Put a job in line."""
        self._jobs.put(job)

    def close(self, within_s: float = 2.0) -> None:
        """Stop after the job at hand."""
        self._jobs.put(None)
        self._thread.join(within_s)

    def _work(self) -> None:
        try:
            while True:
                try:
                    job = self._jobs.get(timeout=self._every_s if self._meanwhile else None)
                except queue.Empty:
                    job = self._meanwhile
                if job is None:
                    return
                job()
                del job  # what it was about is not held until the next one comes
        except BaseException as error:  # noqa: BLE001 - handed on whole; a thread must not die unnoticed
            self._failed(error)
