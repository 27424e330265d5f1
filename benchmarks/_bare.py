"""A bare Kivy window with one button: what the home screen is compared with."""

from kivy.base import runTouchApp
from kivy.config import Config

from benchmarks._frames import take


def main() -> None:
    """Show it and take its figures."""
    for name, value in (("width", 1080), ("height", 1920), ("multisamples", 0)):
        Config.set("graphics", name, value)
    from kivy.core.window import Window  # noqa: PLC0415 - importing it makes the window, which must be configured first
    from kivy.uix.button import Button  # noqa: PLC0415 - it imports the window

    Window.add_widget(Button(text="hello"))
    take(Window, runTouchApp, (540, 960))


if __name__ == "__main__":
    main()
