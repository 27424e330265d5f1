"""A resident who taps, and a world that answers: the flow walked without a window, a device or a clock."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.flow import advance
from kiosk.flow.community import Community
from kiosk.flow.effects import Effect
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, CapturePressed, ConsentTicked, Inked
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import CameraOpened, CardAnswered, CardFound, PictureTaken
from kiosk.flow.events.glass import GlassTouched, NextPressed
from kiosk.flow.events.terminal import ItemsLoaded, Timer, TimerFired
from kiosk.flow.state import Kiosk, Place
from kiosk.flow.visit import Ink
from peripherals.card_reader import SocialSecurityCard
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.id_card_reader import CardKind, CardReading, CardReadStatus, IdCard, Sex
from peripherals.secret import Secret
from sync.contract.checking import check_source
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from sync.contract.notices import Notice, NoticeKind
from sync.contract.words import Words

ITEMS = Path(__file__).parents[3] / "city" / "items"
CODE = ItemCode("residence-registration")
NOW = datetime(2026, 11, 23, 9, 41, tzinfo=UTC)
GOOD = PaperView(PaperHint.GOOD)
INK = Ink(150.0, 60.0, (((10.0, 10.0, 0), (40.0, 30.0, 400), (80.0, 12.0, 900)),))


@cache
def item(code: str = CODE) -> ItemPackage:
    package = check_source(ITEMS / code / "item.json").package
    assert package is not None
    return package


def card(name: str = "样例甲", number: str = "110101199003078670") -> IdCard:
    return IdCard(
        kind=CardKind.RESIDENT,
        name=Secret(name),
        name_latin=None,
        sex=Sex.MALE,
        ethnic_code="01",
        ethnic_group="汉",
        birth_date=Secret(date(1990, 3, 7)),
        address=Secret("北京市东城区样例胡同12号院"),
        newest_address=None,
        id_number=Secret(number),
        issuer="北京市公安局东城分局",
        valid_from=date(2020, 1, 1),
        valid_until=date(2040, 1, 1),
        nationality=None,
        travel_permit_number=None,
        times_issued=None,
        earlier_number=None,
        has_photo=True,
    )


def social_card(number: str = "110101199003078670", **changes: Any) -> SocialSecurityCard:  # noqa: ANN401 - as the dataclass
    known = SocialSecurityCard(
        id_number=Secret(number),
        name=Secret("样例甲"),
        sex=Sex.MALE,
        birth_date=Secret(date(1990, 3, 7)),
        card_number=Secret("A12345678"),
        issuing_region="110100",
        issue_date=date(2018, 5, 1),
        valid_until=date(2038, 5, 1),
        spec_version="2.00",
    )
    return replace(known, **changes)


ANSWERS: dict[str, Any] = {
    "arrive_date": "2026-11-20",
    "reason": "work",
    "stay_plan": "over-one-year",
    "address": {"district": "和平区", "street": "晴岚街道", "community": "晴岚社区", "road": "晴岚街", "door": "18号3-5-1"},
    "housing": "rented",
    "landlord_name": "样例乙",
    "landlord_mobile": "13800000000",
    "employer": "样例修理铺",
    "job": "修理工",
    "mobile": "13900000000",
}
"""Enough for every question that the residence registration asks of somebody who works and rents."""


def notice(notice_id: str, *, since: timedelta = timedelta(days=1), urgent: bool = False) -> Notice:
    words = Words("样例通知")
    return Notice(notice_id, NoticeKind.OTHER, words, words, words, words, NOW - since, NOW + timedelta(days=1), urgent)


COMMUNITY = Community(notices=(notice("n1"), notice("n2")))


@dataclass
class Walk:
    """The terminal's state after a list of events, and every effect that it ordered on the way."""

    state: Kiosk = field(default_factory=lambda: Kiosk(Place("SY-TEST-0001", "样例社区", "12345", "1 号窗口"), NOW))
    effects: list[Effect] = field(default_factory=list)

    def happen(self, *events: Event) -> "Walk":
        for event in events:
            self.state, ordered = advance(self.state, event)
            self.effects.extend(ordered)
        return self

    def ordered(self, kind: type[Effect]) -> list[Effect]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def token(self) -> int:
        assert self.state.visit is not None
        return self.state.visit.token

    def at_home(self) -> "Walk":
        return self.happen(ItemsLoaded((item(),)), GlassTouched())

    def at_card(self) -> "Walk":
        return self.at_home().happen(ItemChosen(CODE), ConsentTicked(agreed=True), NextPressed())

    def at_form(self) -> "Walk":
        self.at_card()
        return self.happen(
            CardFound(self.token), CardAnswered(self.token, CardReading(CardReadStatus.READ, card())), TimerFired(Timer.CARD_SHOWN)
        )

    def at_papers(self) -> "Walk":
        self.at_form()
        for _ in range(8):
            if type(self.state.view).__name__ != "Form":
                break
            self.happen(*(AnswerGiven(name, value) for name, value in ANSWERS.items()), NextPressed())
        return self

    def take_picture(self) -> "Walk":
        token = self.token
        return self.happen(
            CameraOpened(token, PaperHint.GOOD), CapturePressed(), PictureTaken(token, Picture(GOOD, Secret(b"jpeg"), 1240, 1754))
        )

    def at_signature(self) -> "Walk":
        return self.at_papers().take_picture().happen(NextPressed())

    def at_review(self) -> "Walk":
        return self.at_signature().happen(Inked(INK), NextPressed())
