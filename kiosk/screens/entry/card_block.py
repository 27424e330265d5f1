"""What the card says already: shown, not asked."""

from datetime import date

from kiosk.screens.components.cards import SUNKEN, Card
from kiosk.screens.components.lists import KeyValue
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from kiosk.screens.wording import masked_id
from peripherals.id_card_reader import Sex
from sync.contract.application import Applicant
from sync.contract.formats import read_date
from sync.contract.words import Language


def card_block(stage: Stage, card: Applicant, today: date) -> Card:
    """Return the block of those fields that the item may read; the number is masked."""
    title = Row(
        stage,
        [
            Icon(stage, "verified_user", 44, ink="onprisoft"),
            Text(stage, stage.say("form.from_card"), "lead", ink="onprisoft", weight=Weight.BOLD),
            Gap(stage, grows=True), Icon(stage, "lock", 36, ink="ink2"), Text(stage, stage.say("form.fixed"), "caption", ink="ink2"),
        ],
        gap=16, level=True,
    )  # fmt: skip
    rows: list[Part] = [title, Gap(stage, 6)]
    rows += [KeyValue(stage, stage.say(f"form.{key}"), [Span(value)]) for key, value in _rows(stage, card, today)]
    return Card(stage, Column(stage, rows), look=SUNKEN, across=34, down=26)


def _rows(stage: Stage, card: Applicant, today: date) -> list[tuple[str, str]]:
    who = (card.name or card.name_latin or "", _sex(stage, card), _ethnic(stage, card))
    rows = [
        ("name", "\u3000".join(part for part in who if part)),
        ("birth_date", born(stage, card.birth_date, today) if card.birth_date else ""),
        ("id_number", masked_id(card.id_number) if card.id_number else ""),
        ("address", card.address or ""),
        ("issuer", card.issuer or ""),
        ("valid_until", _until(stage, str(card.valid_until or ""))),
        ("nationality", card.nationality or ""),
    ]
    return [(key, value) for key, value in rows if value]


def born(stage: Stage, day: date, today: date) -> str:
    """Return a date of birth with the age."""
    age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return stage.say("form.born", year=day.year, month=day.month, day=day.day, age=age)


def _sex(stage: Stage, card: Applicant) -> str:
    return stage.say(f"form.sex_{card.sex}") if card.sex in (Sex.MALE, Sex.FEMALE) else ""


def _ethnic(stage: Stage, card: Applicant) -> str:
    group = card.ethnic_group or ""
    return group if not group or stage.theme.language is not Language.ZH or group.endswith("族") else f"{group}族"


def _until(stage: Stage, until: str) -> str:
    day = read_date(until)
    if day is not None:
        return stage.say("form.day", year=day.year, month=day.month, day=day.day)
    return stage.say("form.valid_for_ever") if until == "long_term" else ""
