"""What lies under a field while it is filled: the keyboard, the pad for figures, or the day's columns."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kiosk.input_method import address_steps, editing
from kiosk.input_method import day as days
from kiosk.input_method.composition import Composition
from kiosk.input_method.engine import Engine
from kiosk.input_method.handwriting import Recogniser
from kiosk.input_method.lexicon import WithLexicon, WordKind, words_of
from kiosk.input_method.opening import open_engine, open_recogniser
from kiosk.regions import shenyang
from kiosk.screens.components.part import Part
from kiosk.screens.entry.address import AddressDeck
from kiosk.screens.entry.days import DayPad
from kiosk.screens.entry.figures import FigurePad
from kiosk.screens.entry.keyboard import Keyboard, TextField
from kiosk.screens.entry.places import PlacePad
from kiosk.screens.stage import Stage
from peripherals.values import dataclass
from sync.contract.address import has_far_steps
from sync.contract.item import Control, Field
from sync.contract.places import GridMap

Given = Callable[[str, Any], None]
"""Told the field and its value, after every key."""


@dataclass(frozen=True, slots=True)
class Home:
    """What an address may begin with: this terminal's community, and the address on the card."""

    community: str
    card_address: str | None = None


_UNKNOWN = Home("")


def has_deck(field: Field) -> bool:
    """Whether a field is filled with keys."""
    return field.control not in (Control.SERVICE, Control.CHOICE, Control.CHOICES, Control.YES_NO, Control.ROWS, Control.DERIVED)


def is_in_steps(field: Field, schema: Mapping[str, Any]) -> bool:
    """Whether an address is chosen step by step."""
    return field.control is Control.ADDRESS and schema.get("type") == "object"


class Decks:
    """At most one deck at a time. The engines are opened with the first field that needs them, and closed with the page."""

    def __init__(
        self, stage: Stage, given: Given, changed: Callable[[], None], done: Callable[[], None], reshaped: Callable[[], None] = lambda: None
    ) -> None:
        self._stage = stage
        self._reshaped = reshaped
        self._given = given
        self._changed = changed
        self._done = done
        self._engine: Engine | None = None
        self._recogniser: Recogniser | None = None
        self._keyboard: Keyboard | None = None
        self._field: str | None = None
        self._value: Any = ""
        self.plan: GridMap | None = None  # the map on which places are chosen
        self.deck: Keyboard | FigurePad | DayPad | PlacePad | AddressDeck | None = None

    @property
    def composition(self) -> Composition | None:
        """What the keyboard holds, while there is one."""
        typing = self.deck.keyboard if isinstance(self.deck, AddressDeck) else self.deck
        return typing.composition if isinstance(typing, Keyboard) else None

    @property
    def before(self) -> str:
        """What stands before what is typed: the steps of an address that are chosen."""
        return self.deck.before if isinstance(self.deck, AddressDeck) else ""

    def show(
        self, field: Field, schema: Mapping[str, Any], value: object, today: date, *, built_in: bool = False, home: Home = _UNKNOWN
    ) -> Part:
        """Return the deck of a field, made when the field was not the one before."""
        if self._field != field.name or self.deck is None:
            self._field, self._value = field.name, value
            if is_in_steps(field, schema):
                self.deck = self._address(value, home, reaches_far=has_far_steps(schema))
            else:
                self.deck = self._make(field, schema, value if isinstance(value, str) else "", today, built_in=built_in)
        if self.deck.parent is not None:
            self.deck.parent.remove_widget(self.deck)
        return self.deck

    def drop(self) -> None:
        """Take the deck away."""
        self.deck = self._field = None

    def settle(self, *, take_shown: bool) -> None:
        """Leave the field: letters become their first word; with `take_shown` a day counts that was shown and never turned."""
        typing = self.deck.keyboard if isinstance(self.deck, AddressDeck) else self.deck
        if isinstance(typing, Keyboard):
            typing.settle()
        elif isinstance(self.deck, DayPad) and take_shown and self._field is not None:
            self._given(self._field, self.deck.value)

    def empty(self) -> None:
        """Clear the field."""
        if isinstance(self.deck, (Keyboard, FigurePad, AddressDeck)):
            self.deck.empty()
        elif self._field is not None:
            self._value = ""
            self._given(self._field, "")

    def close(self) -> None:
        """Nothing of what was typed outlives the page."""
        self.drop()
        self._keyboard = None
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        if self._recogniser is not None:
            self._recogniser.close()
            self._recogniser = None

    def _make(
        self, field: Field, schema: Mapping[str, Any], value: str, today: date, *, built_in: bool
    ) -> Keyboard | FigurePad | DayPad | PlacePad:
        done = None if built_in else self._done
        if field.control is Control.DATE:
            return DayPad(self._stage, days.choice(schema, today, value), today, self._on_value, self._done)
        if field.control is Control.PLACE:
            return PlacePad(self._stage, self.plan, value, self._on_value, self._done)
        if field.control in (Control.TEXT, Control.ADDRESS):
            return self._begin(field, schema, value)
        kind = editing.figure_kind(field.control, schema)
        pad = FigurePad(self._stage, kind, editing.longest(kind, schema), self._on_value, done)
        pad.begin(value)
        return pad

    def _address(self, value: object, home: Home, *, reaches_far: bool) -> AddressDeck:
        return AddressDeck(
            self._stage,
            shenyang(),
            address_steps.plain(value),
            here=home.community,
            reaches_far=reaches_far,
            card_address=home.card_address,
            typing=self._typing,
            changed=self._on_value,
            reshaped=self._reshaped,
            done=self._done,
        )

    def _typing(self, text: str, longest: int) -> Keyboard:
        keyboard = self._open()
        kinds = (WordKind.PLACES, WordKind.HOMES)
        words = tuple(word.text for kind in kinds for word in words_of(kind))
        if self._engine is not None:
            engine = WithLexicon(self._engine, kinds)
            keyboard.begin(TextField(engine, engine, longest, words), text)
        return keyboard

    def _typed(self) -> None:
        """The keyboard is done: a road leads to the door, everything else is whole."""
        if isinstance(self.deck, AddressDeck) and self.deck.goes_on():
            return
        self._done()

    def _open(self) -> Keyboard:
        self._engine = self._engine or open_engine()
        self._recogniser = self._recogniser or open_recogniser()
        self._keyboard = self._keyboard or Keyboard(self._stage, self._on_composed, self._typed, self._recogniser)
        return self._keyboard

    def _begin(self, field: Field, schema: Mapping[str, Any], value: str) -> Keyboard:
        keyboard = self._open()
        if self._engine is None:
            raise RuntimeError("the keyboard is open without its engine")
        is_name = schema.get("format") == "person-name"
        kinds = _kinds(field, is_name=is_name)
        words = tuple(word.text for kind in kinds for word in words_of(kind))
        longest = int(schema.get("maxLength", editing.LONGEST_TEXT))
        first = WithLexicon(self._engine, kinds)
        keyboard.begin(TextField(first, self._engine if is_name else first, longest, words, is_name=is_name), value)
        return keyboard

    def _on_composed(self, composition: Composition) -> None:
        if isinstance(self.deck, AddressDeck):
            self.deck.typed(composition.text)
        else:
            self._on_value(composition.text)
        self._changed()

    def _on_value(self, value: object) -> None:
        if self._field is not None and value != self._value:
            self._value = value
            self._given(self._field, value)


def _kinds(field: Field, *, is_name: bool) -> tuple[WordKind, ...]:
    if is_name:
        return (WordKind.SURNAMES,)
    if field.control is Control.ADDRESS:
        return WordKind.PLACES, WordKind.HOMES
    return WordKind.COUNTER, WordKind.PLACES
