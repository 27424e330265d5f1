"""Kivy's settings, all in code and before its window is made."""

from kivy.config import Config

from kiosk.screens.tokens import Panel

FULL_SPEED = 120  # how often a second fingers are looked for while somebody is there
IDLE_SPEED = 10


def configure(panel: Panel, *, fullscreen: bool) -> None:
    """Set up the window for this panel. One provider of touches only: two would make one finger two touches."""
    width, height = panel.display_px
    settings: dict[str, dict[str, object]] = {
        "kivy": {
            "exit_on_escape": 0, "log_enable": 0, "log_level": "critical", "keyboard_mode": "", "desktop": 0, "window_icon": "",
            "pause_on_minimize": 0,
        },
        "graphics": {
            "width": width, "height": height, "rotation": panel.rotation, "multisamples": 0, "maxfps": FULL_SPEED, "resizable": 0,
            "fullscreen": "auto" if fullscreen else 0, "borderless": 0, "show_cursor": 0 if fullscreen else 1, "vsync": "none",
            "min_state_time": 0.0, "allow_screensaver": 0,
        },
        "postproc": {"double_tap_time": 1, "triple_tap_time": 1, "retain_time": 0, "jitter_distance": 0, "ignore": "[]"},
    }  # fmt: skip
    for section, values in settings.items():
        for key, value in values.items():
            Config.set(section, key, str(value))
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.remove_section("modules")
    Config.add_section("modules")
