"""The slip of a booked time (预约单): the number that is called out, when, where, for what, and what to bring."""

from datetime import datetime

from kiosk.receipt.content import day_and_time, day_with_weekday, grouped
from kiosk.receipt.sheet import HEADING, NUMBER, SMALL, TEXT, Bar, Block, Box, Code, Line, Row, Rule
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract import booking_code
from sync.contract.appointments import QR_FORMAT, Appointment
from sync.contract.words import Language

_WORDS = {
    Language.EN: ("Appointment", "Bring", "Come to the window a few minutes early and say your number."),
    Language.KO: ("예약", "준비물", "몇 분 일찍 창구로 와서 번호를 말해 주세요."),
}
_REMINDED = {
    Language.EN: "A text message reminds you the day before.",
    Language.KO: "전날 문자로 알려 드립니다.",
}
_KEY_WORDS = {
    Language.EN: "Booked without a card: only this code moves it or gives it back. Please keep it.",
    Language.KO: "신분증 없이 예약했습니다. 변경과 취소는 이 번호로만 됩니다. 잘 보관하세요.",
}


@dataclass(frozen=True, slots=True)
class AppointmentSlip:
    """The facts of one slip. `holder` is masked already; times are the city's. `code` is the only key of whoever booked without a card."""

    terminal_name: str
    terminal_id: str
    appointment: Appointment
    printed_at: datetime
    holder: str | None = None
    hotline: str = "12345"
    language: Language = Language.ZH
    code: Secret[str] | None = None

    @property
    def qr_payload(self) -> str:
        """What the window's scanner finds the booking by, and a terminal's where it is a key; it says nothing of a person."""
        if self.code is not None:
            return booking_code.qr_payload(self.code.reveal())
        return f"{QR_FORMAT}:{self.appointment.id}".upper()


def appointment_sheet(slip: AppointmentSlip) -> tuple[Block, ...]:
    """Return what stands on the paper."""
    one = slip.appointment
    rows = [("事项", one.matter.zh), ("窗口", one.window_name.zh), ("预约人", slip.holder or "")]
    bring: list[Line] = [Line(f"带上 {thing.zh}", TEXT, is_centred=False, mark="· ") for thing in one.bring]
    return (
        Line(slip.terminal_name, HEADING, is_bold=True),
        Line(slip.terminal_id, SMALL),
        Bar("预约单"),
        Line("市里已经记下", HEADING, is_bold=True),
        Rule(),
        Line(one.call, NUMBER, is_bold=True, fit=True),
        Line(f"{day_with_weekday(one.day)} {one.begins:%H:%M}–{one.ends:%H:%M}", NUMBER - 20, is_bold=True, fit=True),
        Rule(is_dashed=True),
        *(Row(name, value) for name, value in rows if value),
        Line(one.place.zh, TEXT, is_bold=True, is_centred=False),
        *((Rule(is_dashed=True), Box(tuple(bring))) if bring else ()),
        *([Line("前一天会发短信提醒您", TEXT, is_centred=False)] if one.reminded else []),
        *_other_language(slip),
        *_key(slip),
        Code(slip.qr_payload, "到窗口", f"早到几分钟，给窗口扫码或报号。来不了，请在任一终端取消，或打 {slip.hotline}"),
        Rule(),
        Line(f"{day_and_time(slip.printed_at)} 打印", SMALL),
    )


def _key(slip: AppointmentSlip) -> tuple[Block, ...]:
    """Return the code, in fours as it is typed, and that there is no other key."""
    if slip.code is None:
        return ()
    lines = [Line("预约码", TEXT, is_bold=True), Line(grouped(slip.code.reveal()), NUMBER - 20, is_bold=True, fit=True)]
    lines.append(Line("没放身份证约的，改时间、取消只认这个码，请收好。", TEXT))
    if slip.language is not Language.ZH:
        lines.append(Line(_KEY_WORDS[slip.language], TEXT, language=slip.language))
    return (Box(tuple(lines)),)


def _other_language(slip: AppointmentSlip) -> tuple[Block, ...]:
    if slip.language is Language.ZH:
        return ()
    language, one = slip.language, slip.appointment
    title, bring, come = _WORDS[language]
    lines = [
        f"{title} · {one.matter.said_in(language)}",
        f"{day_with_weekday(one.day, language)} {one.begins:%H:%M}",
        one.place.said_in(language),
        *([f"{bring}: {', '.join(thing.said_in(language) for thing in one.bring)}"] if one.bring else []),
        come,
        *([_REMINDED[language]] if one.reminded else []),
    ]
    return (
        Rule(is_dashed=True),
        *(Line(text, TEXT, is_bold=place == 0, is_centred=False, language=language) for place, text in enumerate(lines)),
        Rule(is_dashed=True),
    )
