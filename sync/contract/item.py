"""A service item as data: what a resident may apply for, what is asked, and what the card may be read for.

A package is published by the city as a signed statement (see `signed`); its `version` only ever grows. `schema` is JSON Schema
2020-12 for the answers and decides what is valid; `pages` says how the questions are laid out and decides nothing.
"""

from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from sync.contract.condition import Condition
from sync.contract.names import ItemCode, MaterialId
from sync.contract.office_route import Route
from sync.contract.words import Words

PAYLOAD_TYPE = "application/vnd.bianmin.item+json"


class CardField(StrEnum):
    """The fields of an identity card that an item may be allowed to read."""

    NAME = "name"
    SEX = "sex"
    ETHNIC_GROUP = "ethnic_group"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    ID_NUMBER = "id_number"
    ISSUER = "issuer"
    VALID_UNTIL = "valid_until"
    NATIONALITY = "nationality"


class Control(StrEnum):
    """How a question is put on the glass."""

    TEXT = "text"
    DIGITS = "digits"
    ID_NUMBER = "id_number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    MONEY = "money"
    ADDRESS = "address"


class Category(StrEnum):
    """The eight drawers of the home screen."""

    RESIDENCE = "residence"
    INSURANCE = "insurance"
    ELDERLY = "elderly"
    DISABILITY = "disability"
    RELIEF = "relief"
    WORK = "work"
    FAMILY = "family"
    HOUSING = "housing"


class Option(msgspec.Struct, frozen=True):
    """One answer to a choice."""

    value: str
    label: Words


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question. `name` is a property of the item's schema."""

    name: str
    control: Control
    label: Words
    help: Words | None = None
    hint: Words | None = None  # stands in the empty field, such as an example
    options: tuple[Option, ...] = ()
    when: Condition | None = None


class Page(msgspec.Struct, frozen=True, omit_defaults=True):
    """At most five questions that are put together."""

    title: Words
    fields: tuple[Field, ...]
    help: Words | None = None


class Material(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paper that is photographed."""

    id: MaterialId
    name: Words
    help: Words | None = None
    pages_max: int = 1
    required: bool = True
    when: Condition | None = None


class Limit(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long the city may take after acceptance; no working days means on the spot. `sample` marks an unconfirmed figure."""

    working_days: int
    sample: bool = True


class Notice(msgspec.Struct, frozen=True):
    """What is collected and why; `version` is kept with each application that agreed to it."""

    version: str
    points: tuple[Words, ...]


class ItemPackage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything the terminal knows of one service item."""

    format: int
    code: ItemCode
    version: int
    valid_from: date
    valid_until: date
    name: Words
    short: Words  # one line under the name: for whom it is
    purpose: Words
    category: Category
    icon: str  # a Material Symbols name
    department: Words
    fee_fen: int
    limit: Limit
    bring: tuple[Words, ...]  # what to have at hand, in the order of the visit
    notice: Notice
    declaration: Words  # what the signature stands under
    card_fields: tuple[CardField, ...]
    schema: dict[str, Any]
    pages: tuple[Page, ...]
    materials: tuple[Material, ...]
    result: Words | None = None  # what the resident gets in the end, and where
    popularity: int = 0  # most used first; set by the city
    route: Route | None = None  # through the offices, once it is accepted
    issued_at_once: bool = False  # the result can be printed in the same visit: a paper with a code to verify it
    appointment: bool = False  # what is handed in is a wish for a time at a window

    def __hash__(self) -> int:
        return hash((self.code, self.version))
