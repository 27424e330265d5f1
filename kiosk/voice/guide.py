"""What ears are told: a page when it comes, a thing when it is gone to, and what changed. Pure."""

from collections.abc import Sequence

from kiosk.texts import say
from kiosk.voice.normal import spoken
from kiosk.voice.spot import Role, Spot
from peripherals.values import dataclass
from sync.contract.words import Language

_MOST_NEWS = 3
_ENDS = "。？！.?!…"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that is said to its end or cut short. With `tones` so many tones sound instead of words."""

    text: str
    language: Language
    tones: int = 0


def arrival(spots: Sequence[Spot], language: Language) -> tuple[Utterance, ...]:
    """Return what is said when a page comes: its title, the sentence under it, and how many things are on it."""
    title = next((place for place, spot in enumerate(spots) if spot.is_title), 0)
    texts = [spot.label for spot in spots[title : title + 2] if spot.role is Role.TEXT]
    return tuple(_said(text, language) for text in (*texts, say("voice.count", language, count=len(spots))))


def focus(spots: Sequence[Spot], place: int, language: Language, *, alone: bool) -> tuple[Utterance, ...]:
    """Return what is said of the thing at `place`: name, role, state, value, position. `alone` is whether nobody else can hear."""
    spot = spots[place]
    words = [spot.label]
    if spot.role is not Role.TEXT and spot.role is not Role.KEY:
        words.append(say(f"voice.role_{spot.role}", language))
    if spot.is_on is not None:
        words.append(say("voice.on" if spot.is_on else "voice.off", language))
    before, after = [_said("，".join(words), language)], []
    if spot.role is Role.FIELD:
        before += _value(spot, language, alone=alone)
    after.append(_said(say("voice.position", language, place=place + 1, count=len(spots)), language))
    return (*before, *after)


def where(spots: Sequence[Spot], place: int | None, language: Language, *, alone: bool) -> tuple[Utterance, ...]:
    """Return where the resident is: the page, then the thing."""
    title = next((spot.label for spot in spots if spot.is_title), "")
    here = focus(spots, place, language, alone=alone) if place is not None and place < len(spots) else ()
    return (*([_said(title, language)] if title else []), *here)


def news(before: Sequence[Spot], after: Sequence[Spot], language: Language) -> tuple[Utterance, ...]:
    """Return what a page says that it did not say before: a fault beside a field, a card that was read, a hint of the camera."""
    known = {spot.label for spot in before}
    fresh = [spot.label for spot in after if spot.role is Role.TEXT and spot.label not in known]
    return tuple(_said(label, language) for label in fresh[:_MOST_NEWS])


def aloud(spots: Sequence[Spot], language: Language) -> tuple[Utterance, ...]:
    """Return the whole page for those who listen beside looking: its texts and the names of what can be pressed, but no values."""
    return tuple(_said(spot.label, language) for spot in spots if spot.label and spot.role is not Role.KEY)


def caption(utterances: Sequence[Utterance], language: Language) -> str:
    """Return what is said as one line to read, for whoever hears little, or sits beside."""
    end, between = ("。", "") if language is Language.ZH else (".", " ")
    texts = [utterance.text for utterance in utterances]
    return between.join(text if place == len(texts) - 1 or text[-1:] in _ENDS else text + end for place, text in enumerate(texts))


def _value(spot: Spot, language: Language, *, alone: bool) -> list[Utterance]:
    if not spot.value:
        return [_said(say("voice.empty", language), language)]
    if spot.is_secret and not alone:
        figures = sum(letter.isalnum() for letter in spot.value)
        return [Utterance(say("voice.secret", language, count=figures), language, tones=figures)]
    return [_said(spot.value, language)]


def _said(text: str, language: Language) -> Utterance:
    return Utterance(spoken(text, language), language)
