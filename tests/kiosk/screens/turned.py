"""A program for `test_rotation`: a picture with a red corner on a display that stands on its side, and a finger on that corner.

    python -m tests.kiosk.screens.turned ROTATION

Prints JSON: where the corner is on the display, what colour the picture has there when it is turned upright, and where the finger was felt.
"""

import json
import os
import sys
import tempfile

os.environ["SDL_VIDEODRIVER"] = "offscreen"
os.environ["KIVY_HOME"] = tempfile.mkdtemp(prefix="kivy-test-")
os.environ.update(dict.fromkeys(("KIVY_NO_ARGS", "KIVY_NO_CONSOLELOG", "KIVY_NO_FILELOG"), "1"))

from kiosk.screens.tokens import Panel
from kiosk.screens.window import configure

PANEL = Panel(400, 700, 0.3, int(sys.argv[1]))
CORNER_PX = 100
RED = (255, 0, 0)


def main() -> None:
    """Draw, look, touch."""
    configure(PANEL, fullscreen=False)
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics import Color, Rectangle
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
    from kivy.input.providers.mouse import MouseMotionEventProvider
    from kivy.uix.widget import Widget
    from PIL import Image

    from kiosk.screens.pane import Pane

    pane, page, felt = Pane(PANEL.width_px, PANEL.height_px, keeps_frame=False), Widget(size_hint=(None, None)), []
    page.size = (PANEL.width_px, PANEL.height_px)
    with page.canvas:
        Color(1, 0, 0)
        Rectangle(pos=(0, PANEL.height_px - CORNER_PX), size=(CORNER_PX, CORNER_PX))
    pane.add_widget(page)
    pane.bind(on_touch_down=lambda _, touch: felt.append((touch.x, PANEL.height_px - touch.y)))
    Window.add_widget(pane)
    EventLoop.set_window(Window)
    provider = MouseMotionEventProvider("mouse", "disable_multitouch")
    EventLoop.add_input_provider(provider)
    provider.start()
    EventLoop.status = "started"
    pane.settle()
    Window.dispatch("on_draw")
    width, height = PANEL.display_px
    pixels = Image.frombytes("RGB", (width, height), glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE))
    picture = pixels.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    red = [(x, y) for x in range(0, width, 5) for y in range(0, height, 5) if picture.getpixel((x, y)) == RED]
    middle = [sum(places) / len(red) for places in zip(*red, strict=True)]
    Window.dispatch("on_mouse_down", *middle, "left", [])
    EventLoop.idle()
    upright = picture.rotate(-PANEL.rotation, expand=True)
    sys.stdout.write(json.dumps({"middle": middle, "upright": upright.getpixel((CORNER_PX // 2, CORNER_PX // 2)), "felt": felt}))


if __name__ == "__main__":
    main()
