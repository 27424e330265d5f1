"""What a paper says to a question, under it: the value, and two buttons. It fills nothing in by itself."""

from kiosk.flow.events.applying import OfferLeft, OfferTaken
from kiosk.flow.offering import PaperOffer
from kiosk.screens.components.buttons import PRIMARY, SECONDARY, Button, Kind
from kiosk.screens.components.cards import Card, Tint
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span


def offer_strip(stage: Stage, offer: PaperOffer, shown: str) -> Part:
    """Return the strip, with the value as it is to be `shown`; a paper that says something else is a question, no complaint."""
    tint = Tint.WARN if offer.differs else Tint.PRI
    key = "form.offer_differs" if offer.differs else "form.offer"
    words = Text(stage, [Span(stage.say(key)), Span(shown, strong=True)], "body", ink=tint.ink, grows=True)
    mark = Icon(stage, "document_scanner", 44, ink=tint.ink)
    take, leave = ("form.offer_change", "form.offer_keep") if offer.differs else ("form.offer_take", "form.offer_leave")
    buttons: list[Part] = [
        _button(stage, take, OfferTaken(offer.field), f"offer-{offer.field}-take", SECONDARY if offer.differs else PRIMARY),
        _button(stage, leave, OfferLeft(offer.field), f"offer-{offer.field}-leave", SECONDARY),
    ]
    if stage.theme.is_large or offer.differs:
        below = Row(stage, buttons, gap=18, even=True)
        inside: Part = Column(stage, [Row(stage, [mark, words], gap=18, level=True), below], gap=16)
    else:
        inside = Row(stage, [mark, words, *buttons], gap=18, level=True)
    return Card(stage, inside, look=Look(tint.fill), across=24, down=18, radius=26)


def _button(stage: Stage, key: str, event: OfferTaken | OfferLeft, test_id: str, kind: Kind) -> Button:
    return Button(stage, stage.say(key), event, test_id=test_id, kind=kind, role="toggle", height=88, across=26, radius=24)
