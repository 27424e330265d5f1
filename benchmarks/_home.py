"""The home screen as a terminal shows it, with the items of this repository, whole as the city publishes them."""

import os
from datetime import UTC, datetime
from pathlib import Path

from kiosk.staying import staying

with staying():  # as `kiosk screen` begins
    import msgspec

    from kiosk import assets
    from kiosk.flow import advance
    from kiosk.flow.events.glass import GlassTouched
    from kiosk.flow.events.terminal import ItemsLoaded
    from kiosk.flow.state import Kiosk, Place
    from kiosk.screens.app import Screens
    from kiosk.screens.tokens import Panel
    from sync.contract.item import ItemPackage

from benchmarks._frames import take

PANEL = Panel(1080, 1920, 0.248)


def main() -> None:
    """Show it and take its figures. BENCH_ITEMS names a JSON list of item packages."""
    from kivy.base import EventLoop  # noqa: PLC0415 - after kiosk.screens has set Kivy up

    with staying():
        items = tuple(msgspec.json.decode(Path(os.environ["BENCH_ITEMS"]).read_bytes(), type=list[ItemPackage]))
        state = Kiosk(Place("SY-BENCH-0001", "样例社区", "12345", "1 号窗口"), datetime.now(UTC))
        for event in (ItemsLoaded(items), GlassTouched()):
            state, _ = advance(state, event)
        screens = Screens(PANEL, assets.fonts(), fullscreen=False, send=lambda _: None, preview=lambda: None)
        screens.show(state)
    x, y = next(target.centre for target in screens.targets() if target.test_id.startswith(("category", "item")))
    take(EventLoop.window, screens.run, (x, PANEL.height_px - y))


if __name__ == "__main__":
    main()
