"""The glass for ears: keys move from one thing to the next, and every step is said.

Up and down (or left and right) move, Enter or the middle key acts. F1, the help key, begins the audio mode and later tells where one is;
F2 says it again, F3 changes the speed, F4 the loudness, F5 darkens the screen, F6 ends the mode, F7 shows the page itself or the list of
it. Any key cuts short what is being said.
"""

from collections.abc import Callable
from dataclasses import replace

from kivy.uix.widget import Widget

from kiosk.flow.display import Audio
from kiosk.flow.events import Event
from kiosk.flow.events.glass import AudioChosen
from kiosk.flow.state import Kiosk
from kiosk.flow.views import CardLeft, Medium, StillThere
from kiosk.screens.audio_list import Keys
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.reading import Found, spots
from kiosk.texts import say
from kiosk.voice import guide
from kiosk.voice.engine import LOUDNESSES, SPEEDS, Manner, Voice
from kiosk.voice.guide import Utterance
from kiosk.voice.normal import spoken
from kiosk.voice.spot import Role, Spot
from peripherals.fittings import Contact
from sync.contract.words import Language

BACK = frozenset({273, 276})  # up, left
ON = frozenset({274, 275})  # down, right
ACT = frozenset({13, 271, 261})  # Enter, the number pad's Enter, its middle key
HELP, AGAIN, SPEED, LOUDNESS, DARK, END, PAGE = 282, 283, 284, 285, 286, 287, 288  # F1 to F7
KEY_OF_BUTTON = {Contact.HELP_BUTTON: HELP, Contact.BACK_BUTTON: 273, Contact.NEXT_BUTTON: 274, Contact.OK_BUTTON: 13}
"""The cabinet's buttons as keys of the keypad: four are enough to go through everything."""

AUDIO_KEYS = Keys(
    up=273, down=274, ok=13, where=HELP, again=AGAIN, speed=SPEED, loudness=LOUDNESS, dark=DARK, page=PAGE, end=END
)  # fmt: skip
"""The keypad as the list shows it."""

_SAID_AT_S = (30, 20, 10, 5)
_CALLING_OUT = Manner(loudness=2)
"""Louder than a page that somebody listens to: whoever is meant may be on the way out."""


class Ears:
    """Knows where the resident is on the page.

    `top` gives what lies uppermost, `moved` is told the part to ring, or None, and `listed` that the page's list may have changed.
    """

    def __init__(
        self,
        voice: Voice,
        top: Callable[[], Widget],
        send: Callable[[Event], None],
        moved: Callable[[Widget | None], None],
        darken: Callable[[bool], None],
        listed: Callable[[], None] = lambda: None,
    ) -> None:
        self._voice = voice
        self._top = top
        self._send = send
        self._moved = moved
        self._darken = darken
        self._listed = listed
        self._manner = Manner()
        self._language = Language.ZH
        self._audio = Audio.OFF
        self._state: Kiosk | None = None
        self._looked = 0
        self._page: object = None
        self._found: list[Found] = []
        self._at: int | None = None
        self._again: tuple[Utterance, ...] = ()
        self._is_dark = False
        self._called_out: CardLeft | StillThere | None = None  # what is being called out to whoever does not listen
        self._shown_page: object = None  # which page is shown itself, not as a list; the next has its list again
        self.caption = ""  # what is being said, as others may read it

    @property
    def has_list(self) -> bool:
        """Whether the page is shown as a list; the question whether somebody is there stands alone."""
        return self.is_on and self._shown_page is None and not self._is_asked

    @property
    def offers_list(self) -> bool:
        """Whether the page itself is shown, and the list is one touch away."""
        return self.is_on and self._shown_page is not None and not self._is_asked

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Everything on the page, in the order of reading."""
        return tuple(one.spot for one in self._found)

    @property
    def at(self) -> int | None:
        """Where the resident is among them."""
        return self._at

    @property
    def is_on(self) -> bool:
        """Whether the visit is for ears."""
        return self._audio is not Audio.OFF

    @property
    def is_speaking(self) -> bool:
        """Whether something is being said: nobody is asked whether they are there while they listen."""
        return self._voice.is_speaking

    # What the terminal shows

    def look(self, state: Kiosk) -> None:
        """Take over what is shown now, and say what is new of it."""
        began = state.display.audio is not Audio.OFF and not self.is_on
        ended = state.display.audio is Audio.OFF and self.is_on
        self._state = state
        self._looked += 1
        self._audio, self._language = state.display.audio, state.display.language
        if ended:
            self._end()
        if not self.is_on:
            self._call_out(state)
            return
        before, self._found = self._found, spots(self._top())
        page = self._page_of(state)
        if not self._is_asked and page != self._shown_page:
            self._shown_page = None
        if isinstance(state.overlay, StillThere):
            self._page = page
            self._at = None
            if state.overlay.seconds_left in _SAID_AT_S:
                self._say(self._sentence("voice.still_there", seconds=state.overlay.seconds_left))
        elif page != self._page or began:
            self._page, self._at = page, None
            start = self._sentence("voice.started") if began else ()
            self._say((*start, *guide.arrival([one.spot for one in self._found], self._language)))
        else:
            self._keep_place(before)
            news = guide.news([one.spot for one in before], [one.spot for one in self._found], self._language)
            if news:
                self._say(news)
        self._ring()
        self._listed()

    def read_aloud(self) -> None:
        """Say the whole page once, or be silent when it is just being said."""
        if self._voice.is_speaking:
            self._voice.hush()
        else:
            self._say(guide.aloud([one.spot for one in spots(self._top())], self._language))

    def _call_out(self, state: Kiosk) -> None:
        """Say aloud to whoever may not be looking that a card is forgotten, or that time runs out."""
        overlay = state.overlay if isinstance(state.overlay, CardLeft | StillThere) else None
        before, self._called_out = self._called_out, overlay
        if overlay is None:
            if before is not None:
                self._voice.hush()
            return
        if isinstance(overlay, StillThere) and isinstance(before, StillThere) and overlay.seconds_left not in _SAID_AT_S:
            return
        if overlay != before:
            words = [spoken(one, self._language) for one in _written(overlay, self._language)]
            self._voice.speak(tuple(Utterance(one, self._language) for one in words), _CALLING_OUT)

    def hush(self) -> None:
        """A finger is on the glass: whoever touches has heard enough."""
        self._voice.hush()

    # Keys

    def press(self, key: int) -> None:
        """Take a key."""
        self._voice.hush()
        if not self.is_on:
            if key == HELP:
                self._send(AudioChosen(on=True))
            return
        self._found = spots(self._top())
        self._take(key)
        if self.is_on:
            self._listed()

    def touch(self, place: int) -> None:
        """Take a finger on a line of the list: the first says it, one more acts."""
        self._voice.hush()
        self._found = spots(self._top())
        if place == self._at:
            self._act()
        elif place < len(self._found):
            self._at = place
            self._focus()
        self._listed()

    def _take(self, key: int) -> None:
        if key in ON or key in BACK:
            self._step(1 if key in ON else -1)
        elif key in ACT:
            self._act()
        elif key == HELP:
            self._where()
        elif key == AGAIN:
            self._voice.speak(self._again, self._manner)
        else:
            self._set(key)

    def _step(self, by: int) -> None:
        at = (-1 if self._at is None and by > 0 else self._at or 0) + by
        if not 0 <= at < len(self._found):
            self._say(self._sentence("voice.last" if by > 0 else "voice.first"))
            return
        self._at = at
        self._focus()

    def _focus(self) -> None:
        """Say where the resident is now; a caption may be read by others, and shows no value that tones stand for."""
        if self._at is None:
            return
        others = guide.focus(self.spots, self._at, self._language, alone=False)
        self._say(guide.focus(self.spots, self._at, self._language, alone=self._alone), shown=others)
        self._ring()

    def _where(self) -> None:
        others = guide.where(self.spots, self._at, self._language, alone=False)
        self._say(guide.where(self.spots, self._at, self._language, alone=self._alone), shown=others)

    def _act(self) -> None:
        part = self._found[self._at].part if self._at is not None and self._at < len(self._found) else None
        if not isinstance(part, Pressable):
            self._where()
            return
        if part.spoken is Role.KEY:
            self._say(guide.news((), [replace(self._found[self._at or 0].spot, role=Role.TEXT)], self._language))
        looked = self._looked
        part.press()
        if self._looked == looked and self._state is not None:
            self.look(self._state)  # only the page itself changed, as when a leaf is turned

    def _set(self, key: int) -> None:
        match key:
            case 284:
                self._manner = replace(self._manner, speed=(self._manner.speed + 1) % len(SPEEDS))
                self._say(self._sentence("voice.speed", level=self._manner.speed + 1))
            case 285:
                self._manner = replace(self._manner, loudness=(self._manner.loudness + 1) % len(LOUDNESSES))
                self._say(self._sentence("voice.volume", level=self._manner.loudness + 1))
            case 286:
                self._is_dark = not self._is_dark
                self._darken(self._is_dark)
                self._say(self._sentence("voice.dark" if self._is_dark else "voice.bright"))
            case 287:
                self._send(AudioChosen(on=False))
            case 288:
                self._turn_list()
            case _:
                pass  # no other key does anything

    def _turn_list(self) -> None:
        """Show the page itself, until it is over or the list is asked for. The sentence names the glass's key: not every cabinet has F7."""
        if self._shown_page is None and self._state is not None:
            self._shown_page = self._page_of(self._state)
            self._say(self._sentence("voice.page_shown", button=say("voice.see_list", self._language)))
        else:
            self._shown_page = None
            self._say(self._sentence("voice.list_shown"))
        self._ring()

    # Inside

    @property
    def _is_asked(self) -> bool:
        return self._state is not None and isinstance(self._state.overlay, StillThere)

    def _page_of(self, state: Kiosk) -> object:
        return type(state.view), type(state.overlay), getattr(state.view, "page", None), self._top()

    @property
    def _alone(self) -> bool:
        return self._audio is Audio.HEADPHONES

    def _keep_place(self, before: list[Found]) -> None:
        """Stay at the thing where the resident was, when it is still there."""
        name = before[self._at].spot.name if self._at is not None and self._at < len(before) else None
        self._at = next((place for place, one in enumerate(self._found) if one.spot.name == name), None)

    def _ring(self) -> None:
        self._moved(self._found[self._at].part if self._at is not None and self._at < len(self._found) else None)

    def _sentence(self, key: str, **facts: object) -> tuple[Utterance, ...]:
        return (Utterance(say(key, self._language, **facts), self._language),)

    def _say(self, utterances: tuple[Utterance, ...], *, shown: tuple[Utterance, ...] | None = None) -> None:
        self._again = utterances
        self.caption = guide.caption(utterances if shown is None else shown, self._language)
        self._voice.speak(utterances, self._manner)

    def _end(self) -> None:
        """The next resident begins with the usual speed, loudness and a bright screen, and hears nothing of this one."""
        self._voice.hush()
        self._found, self._at, self._page, self._again = [], None, None, ()
        self._state = None
        self._manner = Manner()
        self._shown_page, self.caption = None, ""
        if self._is_dark:
            self._is_dark = False
            self._darken(False)
        self._moved(None)
        self._listed()


def _written(overlay: CardLeft | StillThere, language: Language) -> tuple[str, str]:
    """Return what is called out: nothing that is not on the glass as well, for those who cannot hear it."""
    match overlay:
        case StillThere(left):
            return say("overlay.still_there", language), say("overlay.seconds_said", language, seconds=left)
        case CardLeft(Medium.SOCIAL):
            return say("overlay.chip_left", language), say("overlay.chip_left_more", language)
        case CardLeft():
            return say("overlay.card_left", language), say("overlay.card_left_more", language)
