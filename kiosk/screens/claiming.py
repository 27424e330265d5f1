"""Without a card: the pad for a mobile number, and the pad for the code of a slip, which the scanner may read instead; and the reminder."""

from kiosk.flow.claiming import CODE, NUMBER
from kiosk.flow.desk_errands import Booking, CodeEntry, Holder, NumberEntry
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import RemindChosen
from kiosk.flow.state import Kiosk
from kiosk.input_method.editing import FigureKind
from kiosk.screens.components.cards import IconBox, PressCard, Tint
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.field import FieldBox, FieldLook, Filled, Question
from kiosk.screens.entry.figures import FigurePad
from kiosk.screens.entry.keys import Bed
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.wording import grouped, telephone
from sync.contract.booking_code import DIGITS

_MOBILE_DIGITS = 11


class _PadPage(Page):
    """One line of figures with the pad under it; figures change in place."""

    asks: str
    longest: int

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._question: Question | None = None

    def _shown(self, typed: str) -> str:
        """Return the figures as they are read."""
        raise NotImplementedError

    def _wrong(self, kiosk: Kiosk) -> str:
        """Return what is wrong with them, or nothing."""
        raise NotImplementedError

    def _head(self, kiosk: Kiosk) -> Head:
        """Return what the page is about."""
        raise NotImplementedError

    def facts(self, kiosk: Kiosk) -> object:
        return type(kiosk.view), kiosk.display

    def show(self, kiosk: Kiosk) -> None:
        """Show the page; figures change in place."""
        super().show(kiosk)
        if self._question is None or not isinstance(kiosk.visit, Booking):
            return
        wrong = self._wrong(kiosk)
        look = FieldLook.WRONG_FOCUS if wrong else FieldLook.FOCUS
        filled = Filled(look, self._shown(kiosk.visit.typed.reveal()), "", self.stage.say("form.tap"), wrong)
        if self._question.show(filled) and self.body is not None:
            self.body.arrange()  # the keys below make room for the line that says what is wrong

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand = self.stage, kiosk.visit
        if not isinstance(errand, Booking):
            return Sheet(())
        label = stage.say(f"appointments.{self.asks}")
        pad = FigurePad(stage, FigureKind.DIGITS, self.longest, lambda value: stage.send(AnswerGiven(self.asks, value)), None)
        pad.begin(errand.typed.reveal())
        self._question = Question(stage, label, FieldBox(stage, self.asks, label, lambda: None, pad.empty))
        head = self._head(kiosk)
        actions: list[Part] = [back_button(stage), next_button(stage, stage.say("glass.next"))]
        if stage.theme.panel.is_upright:
            return Sheet([self._question, pad], head=head, actions=actions)
        return Sheet([Beside(stage, Column(stage, [head, Gap(stage, 22), self._question]), pad, Bed.WIDTH * 0.8)], actions=actions)


class NumberPage(_PadPage):
    """The mobile number that a time is booked with."""

    asks, longest = NUMBER, _MOBILE_DIGITS

    def _shown(self, typed: str) -> str:
        return telephone(typed)

    def _wrong(self, kiosk: Kiosk) -> str:
        is_wrong = isinstance(kiosk.view, NumberEntry) and kiosk.view.asked
        return self.stage.say("appointments.mobile_wrong") if is_wrong else ""

    def _head(self, kiosk: Kiosk) -> Head:
        is_for_reminder = isinstance(kiosk.visit, Booking) and isinstance(kiosk.visit.holder, Holder)
        lead = "appointments.mobile_remind_lead" if is_for_reminder else "appointments.mobile_lead"
        return Head(self.stage, self.stage.say("appointments.mobile_title"), lead=self.stage.say(lead))


class CodePage(_PadPage):
    """The code of a slip."""

    asks, longest = CODE, DIGITS

    def _shown(self, typed: str) -> str:
        return grouped(typed, 4)

    def _wrong(self, kiosk: Kiosk) -> str:
        trouble = kiosk.view.trouble if isinstance(kiosk.view, CodeEntry) else None
        return "" if trouble is None else self.stage.say(f"appointments.code_{trouble}")

    def _head(self, kiosk: Kiosk) -> Head:
        lead = "appointments.code_lead_scan" if kiosk.place.scans else "appointments.code_lead"
        return Head(self.stage, self.stage.say("appointments.code_title"), lead=self.stage.say(lead))


class RemindAskPage(Page):
    """Yes or no, as large as each other: nothing is chosen beforehand."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        del kiosk
        stage = self.stage
        head = Head(stage, stage.say("appointments.remind_title"), lead=stage.say("appointments.remind_lead"))
        cards = [
            _choice(stage, "remind_yes", "notifications_active", Tint.PRI, RemindChosen(wanted=True)),
            _choice(stage, "remind_no", "event_available", Tint.SUNK, RemindChosen(wanted=False)),
        ]
        is_wide = not stage.theme.panel.is_upright and not stage.theme.is_large
        body: list[Part] = [Row(stage, cards, gap=20, even=True)] if is_wide else cards
        return Sheet(body, head=head, actions=[back_button(stage), awaiting(stage, "touch_app", stage.say("appointments.touch_remind"))])


def _choice(stage: Stage, name: str, icon: str, tint: Tint, act: RemindChosen) -> Part:
    said = stage.say(f"appointments.{name}")
    words = Text(stage, said, "item", grows=True)
    inside = Row(stage, [IconBox(stage, icon, tint, 92), words, Icon(stage, "chevron_right", 44)], gap=26, level=True)
    return PressCard(stage, inside, act, test_id=name.replace("_", "-"), label=said, down=28)
