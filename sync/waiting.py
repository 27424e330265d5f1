"""How long the oldest application has waited, also where the clock on the wall was put right, or wrong, meanwhile.

An application carries the wall's time of its sealing, and nothing better: what is written down with it outlives restarts. But whoever looks
again and again knows from the kernel's clock between which two looks it came, and no jump of the wall's clock can say otherwise.
"""

from collections.abc import Callable


class WaitWatch:
    """The looks of one process at one outbox. Threads may share it: a look that is lost makes the bounds wider, and never wrong."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """`now_s` is a clock that nobody sets, and that goes on while the machine sleeps; see `BootClock`."""
        self._now_s = now_s
        self._looks: list[tuple[float, int]] = []
        self._install = ""

    def age_s(self, oldest: int | None, last: int, by_the_wall_s: float, install: str = "") -> float | None:
        """Look, and return how long the oldest one has waited; None when nothing waits.

        Args:
            oldest: The place of the one that has waited longest; places grow with each application.
            last: The place of the newest application, whether it waits or not; 0 when there was none.
            by_the_wall_s: How long it has waited by the wall's clock, which may have jumped.
            install: Which database it is; places begin again in another one, as when a damaged one was set aside by another process.
        """
        now_s = self._now_s()
        looks = self._looks
        if install != self._install or (looks and last < looks[-1][1]):
            looks = []  # the same place is another application now
        self._install = install
        if len(looks) > 1 and looks[-1][1] == looks[-2][1] == last:
            looks = looks[:-1]  # of looks that found nothing new, the first and the last one tell all
        before = [look for look in looks if look[1] < (oldest or last)][-1:]
        since = [*(look for look in looks if look[1] >= (oldest or last)), (now_s, last)]
        self._looks = [*before, *since]
        if oldest is None:
            return None
        least_s = now_s - since[0][0]
        most_s = now_s - before[0][0] if before else max(least_s, by_the_wall_s)
        return min(max(by_the_wall_s, least_s), most_s)
