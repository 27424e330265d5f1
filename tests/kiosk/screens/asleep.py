"""A program for `test_waking`: a glass that looks for fingers twice an hour.

Says `asleep` once its loop sleeps, and `touched` when a finger was felt; a line on its input is a call from another thread: `called`.
"""

import sys
import threading

from kiosk.screens.waking import Waker  # before Kivy's clock is made
from kiosk.screens.window import configure

from kivy.cache import Cache  # isort: skip
from kivy.clock import Clock  # isort: skip
from kiosk.screens.tokens import Panel

LOOKS_S = 1800.0


def say(word: str) -> None:
    """Tell whoever started this program."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main() -> None:
    """Sleep, be touched, end."""
    configure(Panel(400, 300, 0.3), fullscreen=False)
    from kivy.base import runTouchApp
    from kivy.core.window import Window

    def fall_asleep(_: float) -> None:
        Clock._max_fps = 1 / LOOKS_S
        say("asleep")

    def called_from_outside() -> None:
        for _ in sys.stdin:
            Clock.schedule_once(lambda _: say("called"), 0)

    Window.bind(on_touch_down=lambda *_: say("touched"))
    Clock.unschedule(Cache._purge_by_timeout)  # once a second; and with a frame that long, whatever is planned sooner keeps Kivy spinning
    Clock.schedule_once(fall_asleep, 1.0)
    threading.Thread(target=called_from_outside, daemon=True).start()
    if "--deaf" not in sys.argv:
        Waker().begin()
    runTouchApp()


if __name__ == "__main__":
    main()
