"""A whole visit by keys and ears alone: no picture, no finger, only what is said and what is pressed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kiosk.flow import advance
from kiosk.flow.display import Audio
from kiosk.flow.effects import AskCity, HandIn, OpenCamera, PrintSlip, ReadCard, SetTimer, TakePicture
from kiosk.flow.errands import FindCases, Following
from kiosk.flow.events import Event
from kiosk.flow.events.devices import CameraOpened, CardAnswered, CardFound, PictureTaken, SlipAnswered, SlotSeen
from kiosk.flow.events.glass import HeadphonesPlugged
from kiosk.flow.events.terminal import ItemsLoaded, Stored, Timer, TimerFired
from kiosk.flow.state import Kiosk, Place
from kiosk.flow.views import Capture, Done, Form, Guide, Home, Idle, StaffCalled, StillThere
from kiosk.voice import guide
from kiosk.voice.engine import SpeechLog
from kiosk.voice.guide import Utterance
from kiosk.voice.spot import Role, Spot
from peripherals.card_reader import SlotStatus
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.fittings import Contact
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.names import ApplicationId, ReceiptNumber
from sync.contract.words import Language
from tests.kiosk.flow.walk import card, item
from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kiosk.screens.app import Screens  # isort: skip
from kiosk.screens.audio_list import AudioList  # isort: skip
from kiosk.screens.audio_strip import AudioStrip  # isort: skip
from kiosk.screens.components.press import Pressable, walk  # isort: skip
from kiosk.screens.ears import ACT, AGAIN, DARK, END, HELP, LOUDNESS, ON, PAGE, SPEED  # isort: skip
from kiosk.screens.gallery import sheet_of_paper  # isort: skip
from kiosk.screens.tokens import REFERENCE  # isort: skip

DOWN, UP, ENTER = 274, 273, 13
NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
GOOD = PaperView(PaperHint.GOOD)


class Listener:
    """Somebody who hears and presses keys, and a terminal whose devices answer at once."""

    def __init__(self) -> None:
        self.voice = SpeechLog()
        self.state = Kiosk(Place("SY-0001", "晴岚社区", "12345", "1 号窗口"), NOW)
        self.timers: set[Timer] = set()
        self.screens = Screens(REFERENCE, FONTS, fullscreen=False, send=self.happen, preview=lambda: None, voice=self.voice)
        self.screens.show(self.state)

    def happen(self, event: Event) -> None:
        self.state, effects = advance(self.state, event)
        self.screens.show(self.state)
        for effect in effects:
            self._answer(effect)

    def _answer(self, effect: object) -> None:
        match effect:
            case ReadCard(token, _):
                self.happen(CardFound(token))
                self.happen(CardAnswered(token, CardReading(CardReadStatus.READ, card())))
            case SetTimer(Timer.CARD_SHOWN):
                self.happen(TimerFired(Timer.CARD_SHOWN))
            case OpenCamera(token):
                self.happen(CameraOpened(token, PaperHint.GOOD))
            case TakePicture(token):
                self.happen(PictureTaken(token, Picture(GOOD, sheet_of_paper(), 620, 877)))
            case HandIn(visit, _):
                number = ReceiptNumber("7F3K29QD")
                self.happen(Stored(visit.token, ApplicationId("0193582a-7b3c-7d4e-8f50-123456789abc"), number, NOW))
            case AskCity():
                self.happen(TimerFired(Timer.CITY))
            case PrintSlip(visit, _):
                self.happen(SlipAnswered(visit.token, Printing(printed=True, status=PrinterStatus.READY)))
            case _:
                pass

    def key(self, *keys: int) -> list[str]:
        """Press keys and return what was said to them."""
        before = len(self.voice.said)
        for key in keys:
            for part in walk(self.screens.root):
                part._acted_at = -1.0  # a person is slower than a test
            self.screens.press_key(key)
        return [utterance.text for utterance in self.voice.said[before:]]

    def go_to(self, label: str, role: str = "") -> None:
        """Press down until something is heard that begins with this label; from the top again when the end was reached."""
        for _ in range(2):
            for _ in range(120):
                said = self.key(DOWN)
                if said and said[0].startswith(label) and role in said[0]:
                    return
                if said == ["到头了"]:
                    break
            while self.key(UP) != ["这是第一项"]:
                pass
            said = self.key(HELP)
            if any(one.startswith(label) and role in one for one in said):
                return
        raise AssertionError(f"{label} is nowhere to be heard; last: {[one.text for one in self.voice.said[-12:]]}")

    def label_of(self, test_id: str) -> str:
        """Return what a thing is called: whoever listens knows it from having gone over the page."""
        return next(part.label for part in walk(self.screens.root) if part.test_id == test_id)

    def heard(self, words: str) -> bool:
        """Go down the page; tell whether these words are heard."""
        for _ in range(80):
            said = self.key(DOWN)
            if any(words in one for one in said):
                return True
            if said == ["到头了"]:
                break
        return any(words in utterance.text for utterance in self.voice.said)

    def choose(self, label: str, role: str = "") -> list[str]:
        self.go_to(label, role)
        return self.key(ENTER)


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    made.happen(ItemsLoaded((item(),)))
    yield made
    made.screens._window.remove_widget(made.screens.root)


def test_a_whole_application_by_keys_and_ears(listener: Listener) -> None:
    listener.happen(HeadphonesPlugged(plugged=True))
    assert isinstance(listener.state.view, Home)
    assert listener.voice.said[0].text.startswith("语音模式")
    listener.choose("流动人口居住登记")
    listener.choose(listener.label_of("leaf-on"))
    listener.choose(listener.label_of("consent"), "勾选框")
    listener.choose(listener.label_of("next"))
    assert isinstance(listener.state.view, Form)
    _fill(listener)
    _papers(listener)
    listener.choose("画押代签")
    listener.choose("签好了")
    listener.choose("旁边没有人，先这样交")
    said = listener.choose("提交申请")
    assert isinstance(listener.state.view, Done)
    assert "已收件" in "".join(said)
    assert listener.heard("七 F 三 K 二 九 Q D")


def test_who_puts_a_card_in_where_it_does_not_help_hears_so_once(listener: Listener) -> None:
    listener.happen(HeadphonesPlugged(plugged=True))
    place = replace(listener.state.place, chips=True)
    listener.state = replace(listener.state, place=place, view=FindCases(), visit=Following(1))
    listener.screens.show(listener.state)
    before = len(listener.voice.said)
    listener.happen(SlotSeen(SlotStatus.OCCUPIED))
    said = "".join(utterance.text for utterance in listener.voice.said[before:])
    assert "插的卡用不上" in said
    assert "请取出来" in said
    before = len(listener.voice.said)
    listener.happen(SlotSeen(SlotStatus.OCCUPIED))
    assert not listener.voice.said[before:]
    listener.happen(SlotSeen(SlotStatus.EMPTY))
    assert "用不上" not in "".join(utterance.text for utterance in listener.voice.said[before:])


def _fill(listener: Listener) -> None:
    """Answer by what is heard, page by page."""
    answers: dict[str, Any] = {}
    for _ in range(12):
        if not isinstance(listener.state.view, Form):
            return
        for part in list(walk(listener.screens.root)):
            if part.test_id.startswith("option-") and not part.is_on and part.test_id.split("-")[1] not in answers:
                answers[part.test_id.split("-")[1]] = True
                listener.choose(part.label, "选项")
        fields = [part for part in walk(listener.screens.root) if part.test_id.startswith("field-")]
        for field in fields:
            if field.value or field.test_id in answers:
                continue
            answers[field.test_id] = True
            _type_into(listener, field)
        listener.choose("下一步")


def _type_into(listener: Listener, field: Pressable) -> None:
    said = listener.choose(field.label, "输入框")
    del said
    names = {part.test_id for part in walk(listener.screens.root)}
    if "address-here" in names:
        for pick in ("address-here", "address-晴岚街", "door-1", "door-8", "door-号"):
            listener.choose(listener.label_of(pick))
    elif "key-a" in names:
        for _ in range(1 if "姓名" in field.label else 3):  # a place of work is longer
            for letter in "zhangwei":
                listener.choose(letter)
            listener.choose("张伟")
    elif "digit-1" in names:
        for figure in "13900000000":
            listener.choose(figure)
    listener.choose("填好了")


def _papers(listener: Listener) -> None:
    for _ in range(8):
        if not isinstance(listener.state.view, Capture):
            return
        names = [part.test_id for part in walk(listener.screens.root)]
        listener.choose(listener.label_of("capture" if "capture" in names else "next"))


def test_every_step_says_name_kind_and_place(listener: Listener) -> None:
    listener.key(HELP)
    assert listener.state.display.audio is Audio.SPEAKER
    listener.go_to("流动人口居住登记")
    said = [utterance.text for utterance in listener.voice.said[-2:]]
    assert said[0].endswith("，按钮")
    assert said[1].startswith("第 ")
    assert "，共 " in said[1]


def test_the_help_key_tells_where_one_is_and_again_says_it_again(listener: Listener) -> None:
    listener.key(HELP)
    said = listener.key(DOWN)
    assert listener.key(AGAIN) == said
    where = listener.key(HELP)
    assert where[-1] == said[-1]


def test_the_ends_of_the_list_are_said(listener: Listener) -> None:
    listener.key(HELP)
    assert listener.key(DOWN)
    assert listener.key(UP) == ["这是第一项"]


def test_speed_loudness_and_darkness_are_said_and_forgotten_with_the_visit(listener: Listener) -> None:
    listener.key(HELP)
    assert listener.key(SPEED) == ["语速 3"]
    assert listener.key(LOUDNESS) == ["音量 3"]
    assert listener.key(DARK) == ["画面关了"]
    assert listener.screens._layers._darkness.parent is not None
    listener.key(END)
    assert listener.screens._layers._darkness.parent is None
    listener.key(HELP)
    assert listener.key(SPEED) == ["语速 3"]


def test_a_key_cuts_short_what_is_said(listener: Listener) -> None:
    listener.key(HELP)
    before = listener.voice.cut_short
    listener.key(DOWN)
    assert listener.voice.cut_short > before


def test_taking_the_plug_out_is_silence_at_once(listener: Listener) -> None:
    listener.happen(HeadphonesPlugged(plugged=True))
    before = listener.voice.cut_short
    listener.happen(HeadphonesPlugged(plugged=False))
    assert listener.voice.cut_short > before
    assert listener.state.display.audio is Audio.OFF
    assert listener.key(DOWN) == []


def test_without_audio_mode_keys_say_nothing(listener: Listener) -> None:
    assert listener.key(DOWN, *ACT, *ON) == []
    assert isinstance(listener.state.view, Idle | Home)


def test_the_question_whether_somebody_is_there_is_spoken_and_any_key_answers(listener: Listener) -> None:
    listener.key(HELP)
    listener.choose("流动人口居住登记")
    listener.happen(TimerFired(Timer.IDLE))
    assert isinstance(listener.state.overlay, StillThere)
    assert listener.voice.said[-1].text.startswith("您还在吗？还有 30 秒")
    for _ in range(10):
        listener.happen(TimerFired(Timer.COUNTDOWN))
    assert listener.voice.said[-1].text.startswith("您还在吗？还有 20 秒")
    listener.key(DOWN)
    assert listener.state.overlay is None


def test_the_ring_is_around_what_is_heard(listener: Listener) -> None:
    listener.key(HELP)
    listener.go_to("流动人口居住登记")
    ring = listener.screens._layers._ring
    assert ring.parent is None, "in the list its line is marked"
    listener.key(PAGE)
    part = next(part for part in walk(listener.screens.root) if part.label.startswith("流动人口居住登记"))
    assert ring.parent is not None
    assert ring.x < part.x
    assert ring.right > part.right


def on_the_list(listener: Listener) -> AudioList:
    (made,) = [child for child in listener.screens.root.children if isinstance(child, AudioList)]
    return made


def test_one_touch_of_a_line_says_it_and_one_more_acts(listener: Listener) -> None:
    listener.key(HELP)
    listener.go_to("流动人口居住登记")
    listener.key(UP)
    line = next(line for line in on_the_list(listener).lines if line.label.startswith("流动人口居住登记"))
    before = len(listener.voice.said)
    line.press()
    assert listener.voice.said[before].text == "流动人口居住登记，按钮"
    assert isinstance(listener.state.view, Home)
    assert line.is_here
    line._acted_at = -1.0
    line.press()
    assert isinstance(listener.state.view, Guide)
    assert any(one.label == "流动人口居住登记" for one in on_the_list(listener).lines), "the list follows the page"


def test_the_list_s_keys_do_what_the_keypad_does_and_the_page_can_be_seen(listener: Listener) -> None:
    listener.key(HELP)
    assert listener.screens.tap("audio-down")
    assert on_the_list(listener).here is on_the_list(listener).lines[0]
    assert listener.screens.tap("audio-faster")
    assert listener.voice.said[-1].text == "语速 3"
    assert listener.screens.tap("audio-see-page")
    assert not [child for child in listener.screens.root.children if isinstance(child, AudioList)]
    listener.key(PAGE)
    assert on_the_list(listener).parent is not None
    assert listener.screens.tap("audio-end")
    assert listener.state.display.audio is Audio.OFF
    assert not [child for child in listener.screens.root.children if isinstance(child, AudioList)]


def on_the_glass(listener: Listener, kind: type[AudioList | AudioStrip]) -> bool:
    return any(isinstance(child, kind) for child in listener.screens.root.children)


def test_the_list_comes_back_by_itself_with_the_next_page_and_not_before(listener: Listener) -> None:
    listener.key(HELP)
    listener.go_to("流动人口居住登记")
    assert listener.screens.tap("audio-see-page")
    listener.screens.show(replace(listener.state, now=NOW.replace(minute=42)))
    assert on_the_glass(listener, AudioStrip), "the same page, a minute later"
    assert not on_the_glass(listener, AudioList)
    listener.key(ENTER)
    assert isinstance(listener.state.view, Guide)
    assert on_the_list(listener).parent is not None
    assert not on_the_glass(listener, AudioStrip)


def test_whoever_says_that_they_are_there_still_sees_the_page_that_they_were_at(listener: Listener) -> None:
    listener.key(HELP)
    listener.choose("流动人口居住登记")
    listener.key(PAGE)
    listener.happen(TimerFired(Timer.IDLE))
    assert not on_the_glass(listener, AudioStrip), "the question stands alone"
    listener.key(DOWN)
    assert listener.state.overlay is None
    assert on_the_glass(listener, AudioStrip)
    assert not on_the_glass(listener, AudioList)


def test_a_key_on_the_glass_brings_the_list_back_and_ears_pass_it_over(listener: Listener) -> None:
    listener.key(HELP)
    assert not listener.screens.tap("audio-see-list"), "there is none while the list is shown"
    listener.key(PAGE)
    assert "看列表" not in [spot.label for spot in listener.screens._ears.spots]  # type: ignore[union-attr]
    assert listener.screens.tap("audio-see-list")
    assert on_the_list(listener).parent is not None
    assert not on_the_glass(listener, AudioStrip)
    listener.key(PAGE, END)
    assert not on_the_glass(listener, AudioStrip), "the audio mode is over"


def test_in_the_dark_the_way_back_is_dark_too(listener: Listener) -> None:
    listener.key(HELP, DARK, PAGE)
    children = listener.screens.root.children
    strip = next(child for child in children if isinstance(child, AudioStrip))
    assert children.index(listener.screens._layers._darkness) < children.index(strip)


@pytest.mark.parametrize("language", Language)
def test_what_is_said_of_the_page_names_the_key_on_the_glass_and_none_that_a_cabinet_may_lack(
    listener: Listener, language: Language
) -> None:
    listener.key(HELP)
    listener.screens.show(replace(listener.state, display=replace(listener.state.display, language=language)))
    (said,) = listener.key(PAGE)
    key = listener.label_of("audio-see-list")
    assert key
    assert key in said
    assert not any(f"F{number}" in said for number in range(1, 13))


def test_the_question_whether_somebody_is_there_stands_alone(listener: Listener) -> None:
    listener.key(HELP)
    listener.choose("流动人口居住登记")
    listener.happen(TimerFired(Timer.IDLE))
    assert not [child for child in listener.screens.root.children if isinstance(child, AudioList)]
    listener.key(DOWN)
    assert on_the_list(listener).parent is not None


def test_what_a_caption_shows_is_no_secret(listener: Listener) -> None:
    listener.happen(HeadphonesPlugged(plugged=True))
    said = [Utterance("证件号码，输入框", Language.ZH), Utterance("一一零", Language.ZH)]
    others = guide.focus([Spot("field-a", "证件号码", Role.FIELD, "110", is_secret=True)], 0, Language.ZH, alone=False)
    assert guide.caption(said, Language.ZH) == "证件号码，输入框。一一零"
    assert "110" not in guide.caption(others, Language.ZH)


def test_the_page_is_read_aloud_without_audio_mode(listener: Listener) -> None:
    listener.happen(HeadphonesPlugged(plugged=False))
    listener.key(HELP)
    listener.choose("流动人口居住登记")
    listener.key(END)
    before = len(listener.voice.said)
    assert listener.screens.tap("read-aloud")
    said = [utterance.text for utterance in listener.voice.said[before:]]
    assert len(said) > 5
    assert any("流动人口居住登记" in one for one in said)


def test_nobody_is_timed_out_sooner_for_listening(listener: Listener) -> None:
    listener.key(HELP)
    listener.state = replace(listener.state)
    _, effects = advance(listener.state, HeadphonesPlugged(plugged=True))
    assert [effect.after_s for effect in effects if isinstance(effect, SetTimer)] == [180.0]


def test_the_cabinet_s_four_buttons_are_enough_to_choose_an_item(listener: Listener) -> None:
    listener.happen(ItemsLoaded((item(),)))
    before = len(listener.voice.said)
    listener.screens.press_button(Contact.HELP_BUTTON)
    assert listener.state.display.audio is Audio.SPEAKER
    assert len(listener.voice.said) > before
    for _ in range(30):
        listener.screens.press_button(Contact.NEXT_BUTTON)
        if item().name.zh in listener.voice.said[-2].text + listener.voice.said[-1].text:
            break
    listener.screens.press_button(Contact.NEXT_BUTTON)
    listener.screens.press_button(Contact.BACK_BUTTON)
    for part in walk(listener.screens.root):
        part._acted_at = -1.0
    listener.screens.press_button(Contact.OK_BUTTON)
    assert isinstance(listener.state.view, Guide)


def test_the_door_is_no_button(listener: Listener) -> None:
    listener.happen(ItemsLoaded((item(),)))
    before = listener.state
    listener.screens.press_button(Contact.DOOR)
    assert listener.state.view == Home() or listener.state.view == before.view
    assert listener.state.display.audio is Audio.OFF


def test_where_nothing_speaks_the_help_button_calls_a_person(listener: Listener) -> None:
    listener.happen(ItemsLoaded((item(),)))
    listener.screens._ears = None
    listener.screens.press_button(Contact.HELP_BUTTON)
    assert isinstance(listener.state.overlay, StaffCalled)
