"""Faults 1, 5 and 7 before the resident: what the page says of a card that was not read, or has run out, and that it goes on."""

from dataclasses import replace
from datetime import date
from typing import Literal

import pytest

from kiosk.flow.events.devices import CardAnswered, CardFound
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.views import CardStage, Form, LayCard
from peripherals.id_card_reader import CardReading, CardReadStatus
from tests.kiosk.flow.walk import Walk, card
from tests.kiosk.screens.desk import Desk  # sets Kivy up before its window is made

from kiosk.screens.lay_card import LayCardPage  # isort: skip
from tests.kiosk.screens.test_pages import texts  # isort: skip


EXPIRED = "身份证过了有效期，可以接着办"


def said(walk: Walk) -> str:
    view = walk.state.view
    assert isinstance(view, LayCard)
    desk = Desk(LayCardPage, view)
    desk.show(visit=walk.state.application)
    words = " ".join(text.plain for text in texts(desk.page))
    desk.close()
    return words


@pytest.mark.parametrize(
    ("status", "sentence", "way_on"),
    [
        (CardReadStatus.ABSENT, "读身份证的部件没有接好", "请呼叫工作人员，或到窗口办理"),
        (CardReadStatus.CARD_MOVED, "身份证动了，没有读完", "请再放一次"),
        (CardReadStatus.UNSUPPORTED_CARD, "这不是身份证，机器读不了", "请放身份证"),
    ],
)
def test_the_reason_stays_with_its_way_on_until_a_card_is_read(status: CardReadStatus, sentence: str, way_on: str) -> None:
    walk = Walk().at_card()
    assert sentence not in said(walk)
    walk.happen(CardFound(walk.token))
    assert sentence not in said(walk)
    walk.happen(CardAnswered(walk.token, CardReading(status)))
    for stage in (CardStage.REFUSED, CardStage.WAITING):
        assert isinstance(walk.state.view, LayCard)
        assert walk.state.view.stage is stage
        assert sentence in said(walk)
        assert way_on in said(walk)
        walk.happen(TimerFired(Timer.LOOK_AGAIN))
    assert walk.state.application is not None
    assert walk.state.application.card is None  # no part of a record
    walk.happen(CardFound(walk.token), CardAnswered(walk.token, CardReading(CardReadStatus.READ, card())))
    assert sentence not in said(walk)
    assert isinstance(walk.happen(TimerFired(Timer.CARD_SHOWN)).state.view, Form)


@pytest.mark.parametrize(("until", "is_said"), [(date(2020, 1, 1), True), ("long_term", False), (date(2099, 1, 1), False)])
def test_a_card_out_of_date_is_said_to_be_and_the_visit_goes_on(until: date | Literal["long_term"], is_said: bool) -> None:
    walk = Walk().at_card()
    read = replace(card(), valid_until=until)
    walk.happen(CardFound(walk.token), CardAnswered(walk.token, CardReading(CardReadStatus.READ, read)))
    assert (EXPIRED in said(walk)) is is_said
    assert isinstance(walk.happen(TimerFired(Timer.CARD_SHOWN)).state.view, Form)
