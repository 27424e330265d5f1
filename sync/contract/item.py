"""A service item as data: what a resident may apply for, what is asked, and what the card may be read for.

A package is published by the city as a signed statement (see `signed`); its `version` only ever grows. `schema` is JSON Schema
2020-12 for the answers and decides what one answer may be; `checks` says what several have to do with each other; `pages` says how the
questions are laid out and decides nothing. What people write is shorter and refers to shared parts: see `written`.
"""

from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from sync.contract.condition import Condition
from sync.contract.directory import ServiceKind
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
    SERVICE = "service"  # chosen in the directory before: shown, not asked
    PLACE = "place"  # on the community's map, see `places`
    MONEY = "money"
    ADDRESS = "address"  # text, or in steps when its schema is an object (see `address`)
    ROWS = "rows"  # the same questions for each of several: family members, incomes, homes
    DERIVED = "derived"  # not asked: follows from the card and other answers, is shown, and kept with them


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


class Door(StrEnum):
    """Where an item is chosen on the home screen."""

    CATALOGUE = "catalogue"
    GRID = "grid"  # 随手报: what is handed in goes to the grid and not to the front desk
    DIRECTORY = "directory"  # from a service of the directory: it goes to the provider


class Option(msgspec.Struct, frozen=True):
    """One answer to a choice."""

    value: str
    label: Words


class DeriveKind(StrEnum):
    """How an answer follows from others."""

    AGE = "age"  # whole years on the day of handing in, of the first of `of` that is known: card.birth_date, a day, an identity number
    SUM = "sum"  # yuan of every amount in `of`; in rows each amount times `times`, less `less`
    PER_HEAD = "per_head"  # SUM over everybody in the rows of `heads`, and the applicant
    NOES = "noes"  # how many of `of` were answered with no
    KNOWN = "known"  # 1 when everything in `of` is known, such as a field of the card, else 0


class Band(msgspec.Struct, frozen=True, omit_defaults=True):
    """From `at_least` up to but without `below` the derived answer is `value`."""

    value: str
    at_least: int = 0
    below: int | None = None


class Derive(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rule of a derived answer. Names with a dot are a column of rows, as in `incomes.month`. Without bands it is the figure itself."""

    kind: DeriveKind
    of: tuple[str, ...]
    times: str | None = None
    less: str | None = None
    heads: str | None = None
    bands: tuple[Band, ...] = ()


class Rows(msgspec.Struct, frozen=True, omit_defaults=True):
    """The questions that are put for each of several. Conditions of its fields look at the same row."""

    one: Words  # what one of them is called: a family member, an income
    fields: tuple["Field", ...]
    title: str  # the field that names a row
    least: int = 0
    most: int = 10
    by_card: bool = False  # each person may lay a card: fields with `card` are filled from it
    distinct: str | None = None  # the field in which no two rows may agree


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question. `name` is a property of the item's schema."""

    name: str
    control: Control
    label: Words
    help: Words | None = None
    hint: Words | None = None  # stands in the empty field, such as an example
    options: tuple[Option, ...] = ()
    when: Condition | None = None
    rows: Rows | None = None
    derive: Derive | None = None
    card: CardField | None = None  # in a row that is read from a card: which of its fields


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why these answers lead no further, and where to go instead: another item, or a place in words."""

    is_one_of: tuple[str | bool, ...]
    reason: Words
    instead: ItemCode | None = None
    where: Words | None = None


class Eligibility(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question before the form: a choice, yes or no, or one that the card answers. Its answer is not handed in."""

    question: Field
    refusals: tuple[Refusal, ...]


class CheckKind(StrEnum):
    """What several answers have to do with each other. Each looks at `field`, and complains there."""

    NOT_BEFORE = "not_before"  # a day that is not before the day `other`
    DAYS_AGO = "days_ago"  # at least and at most so many days before today
    DAYS_AHEAD = "days_ahead"  # at least and at most so many days after today
    AMOUNT = "amount"  # a figure between at_least and at_most
    AGE = "age"  # of the person by card, identity number or birthday, in whole years today
    TOTAL = "total"  # the sum of all in `other`, to the fen
    YEARLY = "yearly"  # twelve times `other`, within one percent
    SAME = "same"  # as `other`
    DIFFERENT = "different"  # from `other`
    DISABILITY = "disability"  # a disability card's number that begins with the identity number `other`
    AGREED = "agreed"  # yes


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule between answers. `other` names answers or fields of the card, as in `card.name`; what is unknown is not judged.

    A `field` with a dot is a column of rows: the rule holds for each row, and its names are looked for in the row first.
    """

    kind: CheckKind
    field: str
    said: Words  # what the resident reads when it does not hold
    other: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    when: Condition | None = None


class Helping(msgspec.Struct, frozen=True, omit_defaults=True):
    """Handing in for somebody else (代办): the helper lays a card as well, and signs.

    `question` asks for whom, and has an answer only then. Who the helper is to the applicant, why, and how far the authorisation goes,
    are questions of the form, under a condition on that answer.
    """

    question: Field
    authorisation: Words  # what both sign
    cardless: tuple[str, ...] = ()  # for these the applicant may have no card with them; the form then asks for name and number
    present: str | None = None  # the yes-or-no question whether the applicant is there; only then does the applicant sign on the glass


class FamilySigns(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose signatures the item wants beside the applicant's: everybody in the rows of `field` who is of age by their identity number."""

    field: str
    name: str  # questions of a row
    id_number: str
    statement: Words  # what they sign
    from_age: int = 18


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """A figure that departments set: which one was written into this package. `sample` marks that nobody has confirmed it."""

    name: str
    value: str
    meaning: Words
    sample: bool = True


class Page(msgspec.Struct, frozen=True, omit_defaults=True):
    """At most five questions that are put together."""

    title: Words
    fields: tuple[Field, ...]
    help: Words | None = None


class Reads(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question that the print on a paper may help to answer: what stands behind one of these `labels`.

    Without labels it is the one value of that kind on the paper, which only kinds with a check of their own allow.
    """

    field: str
    labels: tuple[str, ...] = ()  # as printed in Chinese, without blanks and colons


class Material(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paper that is photographed."""

    id: MaterialId
    name: Words
    help: Words | None = None
    pages_max: int = 1
    required: bool = True
    when: Condition | None = None
    first: bool = False  # photographed before the form, which it helps to fill; such a paper is always asked for
    reads: tuple[Reads, ...] = ()


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
    door: Door = Door.CATALOGUE
    serves: tuple[ServiceKind, ...] = ()  # at the directory's door: for which kinds; none is for all without an item of their own
    by_card: bool = True  # an identity card is laid; without it nobody is asked who they are
    by_social_card: bool = False  # a social security card may be put in instead: name, number, sex and birth date, and nothing proven
    signed: bool = True  # a signature is asked for
    result: Words | None = None  # what the resident gets in the end, and where
    popularity: int = 0  # most used first; set by the city
    route: Route | None = None  # through the offices, once it is accepted
    issued_at_once: bool = False  # the result can be printed in the same visit: a paper with a code to verify it
    appointment: bool = False  # what is handed in is a wish for a time at a window
    eligibility: tuple[Eligibility, ...] = ()  # put one by one, before the form
    checks: tuple[Check, ...] = ()
    helping: Helping | None = None  # without it nobody hands in for somebody else
    parameters: tuple[Parameter, ...] = ()
    family_signs: FamilySigns | None = None

    def __hash__(self) -> int:
        return hash((self.code, self.version))
