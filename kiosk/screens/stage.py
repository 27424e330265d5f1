"""What every screen is given: the theme, the way to send events, and the camera's newest frame."""

from collections.abc import Callable

from kiosk.flow.events import Event
from kiosk.screens.theme import Theme
from kiosk.texts import say
from peripherals.document_camera import Preview
from peripherals.values import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One for all screens. `send` takes what the resident did; `preview` gives the newest frame, if any, without waiting."""

    theme: Theme
    send: Callable[[Event], None]
    preview: Callable[[], Preview | None]
    open_display: Callable[[], None]  # size of type, colours and language lie over the page
    read_aloud: Callable[[], None] | None = None  # where the terminal has a voice

    def say(self, key: str, **facts: object) -> str:
        """Return a text of the table in the resident's language."""
        return say(key, self.theme.language, **facts)

    @property
    def call(self) -> str:
        """What stands on the button to a person: in large type, and in the elder mode, it asks for help. Sentences name it by this."""
        return self.say("glass.staff_elder" if self.theme.is_large else "glass.staff")

    def px(self, units: float) -> int:
        """Return whole pixels of a length in units of the drawings (0.248 mm)."""
        return self.theme.px(units)
