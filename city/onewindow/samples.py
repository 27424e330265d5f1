"""Sample cases for training and pilots: invented people hand in at an invented terminal, and the city takes it all in as it would theirs.

Everything goes through the doors that terminals and clerks use: sealing, intake, uploads, decisions, steps. Nothing is written past them.
"""

import io
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import Q
from PIL import Image, ImageDraw
from uuid6 import uuid7

from city import here
from city.fleet.models import Terminal
from city.grid.models import Area, Level
from city.onewindow import blobs, front_desk
from city.onewindow.actions import Claim, Conclude
from city.onewindow.front_desk import Point
from city.onewindow.intake import take
from city.onewindow.models import Case, Step
from city.onewindow.papers import content_of
from city.onewindow.states import Conclusion, State, StepState
from city.onewindow.work import carry_out
from city.reconciliation.told import note_answer
from city.refused import Refused
from city.staff.models import Clerk
from city.staff.roles import Right
from sync.contract.answers import materials_asked
from sync.contract.application import Applicant, Application, Consent, Header, PaperPage, Signature
from sync.contract.derived import derived
from sync.contract.formats import ID_CHECKS, ID_WEIGHTS
from sync.contract.item import CardField, CheckKind, ItemPackage
from sync.contract.names import ApplicationId, InstallId, MaterialId, TerminalId, digest_of, new_receipt_number
from sync.contract.suites import seal

TERMINAL = TerminalId("SAMPLE-01")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = ("样例", "示例", "演示", "范例", "例甲", "例乙", "例丙")
_JPEG = "image/jpeg"
_INK = Signature(60.0, 30.0, (((5.0, 5.0, 0), (20.0, 22.5, 160), (40.0, 8.0, 340)), ((46.0, 12.0, 500), (52.0, 20.0, 700))))


@dataclass(frozen=True, slots=True)
class Made:
    """How many cases came to be, and which items take no example."""

    cases: int
    refused: tuple[str, ...]


def make_samples(source: Path, count: int, dice: random.Random) -> Made:
    """Hand in `count` applications for the published items that have an example in `source`, and let the people act on some."""
    terminal = _terminal()
    examples = list(_examples(source))
    dice.shuffle(examples)
    made: list[Case] = []
    refused: dict[str, str] = {}
    install = InstallId(str(uuid4()))
    for sequence in itertools.count(1):
        if not examples or len(made) >= count:
            break
        package, answers = examples[sequence % len(examples)]  # in turn, so that as many items are seen as there are cases
        case = _hand_in(terminal, install, sequence, package, answers, dice)
        if isinstance(case, Refused):
            refused[package.code] = case.detail or str(case.code)
            examples = [one for one in examples if one[0].code != package.code]
        else:
            made.append(case)
    if made:
        _hand_in(terminal, install, sequence, *_wanting(examples), dice)
    _act(made, dice)
    return Made(len(made), tuple(f"{code}: {why}" for code, why in sorted(refused.items())))


def _terminal() -> Terminal:
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()  # its secret half is thrown away: nobody can sign for it
    community = Area.objects.filter(level=Level.COMMUNITY).order_by("code").first()
    area = community.code if community else ""
    return Terminal.objects.get_or_create(id=TERMINAL, defaults={"public_key": key, "place": "样例社区", "area": area})[0]


def _examples(source: Path) -> Iterator[tuple[ItemPackage, dict[str, Any]]]:
    for published in here.catalogue().on_offer(here.today()):
        path = source / published.package.code / "example.json"
        if path.is_file():
            yield published.package, json.loads(path.read_text(encoding="utf-8"))


def _wanting(examples: list[tuple[ItemPackage, dict[str, Any]]]) -> tuple[ItemPackage, dict[str, Any]]:
    """An application without a single answer: the city refuses it for good, so that its shelf and the reconciliation show one too."""
    return examples[0][0], {}


def _hand_in(
    terminal: Terminal, install: InstallId, sequence: int, package: ItemPackage, answers: dict[str, Any], dice: random.Random
) -> Case | Refused:
    now = datetime.now(UTC)
    person = _person(package, dice) if package.by_card else None
    answers = _of_person(package, answers, person)
    photos, papers = _photos(package, answers)
    names: dict[str, Any] = {
        "format": 1,
        "application_id": ApplicationId(str(uuid7())),
        "number": new_receipt_number(),
        "terminal": TERMINAL,
        "item": package.code,
        "item_version": package.version,
    }
    content = Application(
        **names,
        language="zh",
        handed_in_at=now,
        applicant=person,
        consent=Consent(package.notice.version, now),
        answers=answers,
        papers=papers,
        signature=_INK if package.signed else None,
    )
    header = Header(**names, install=install, sequence=sequence, sealed_at=now, attachments=())
    sealed = seal(header, msgspec.json.encode(content), photos, here.keys().newest.public_key())
    taken = take(terminal, names["application_id"], sealed.body)
    note_answer(terminal, names["application_id"], sealed.body, taken)
    if isinstance(taken, Refused):
        return taken
    for photo, said in zip(sealed.attachments, sealed.header.attachments, strict=True):
        if said.digest in taken.answer.missing:
            blobs.append(terminal, said.digest, 0, said.size_bytes, photo)
    return Case.objects.get(terminal=terminal, application_id=names["application_id"])


def _of_person(package: ItemPackage, answers: dict[str, Any], person: Applicant | None) -> dict[str, Any]:
    """The example's answers as this person would give them: what follows from the card, and account and disability card as their own."""
    own = answers | ({"bank_holder": person.name} if "bank_holder" in answers and person is not None and person.name else {})
    if person is not None and person.id_number:
        # A disability card's number is its holder's identity number and what follows it.
        numbers = [check.field for check in package.checks if check.kind is CheckKind.DISABILITY and check.field in answers]
        own |= {field: person.id_number + answers[field][len(person.id_number) :] for field in numbers}
    return own | derived(package, own, person, here.today())


def _photos(package: ItemPackage, answers: dict[str, Any]) -> tuple[tuple[bytes, ...], tuple[PaperPage, ...]]:
    asked = [material for material in materials_asked(package, answers) if material.required]
    photos = tuple(_photo(place) for place in range(len(asked)))
    papers = tuple(
        PaperPage(MaterialId(material.id), 1, place, _JPEG, digest_of(photo), len(photo))
        for place, (material, photo) in enumerate(zip(asked, photos, strict=True))
    )
    return photos, papers


def _photo(place: int) -> bytes:
    """A sheet with lines that say nothing."""
    sheet = Image.new("RGB", (620, 877), "#FBFAF5")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((180, 70, 440, 98), fill="#333333")
    for line in range(14):
        draw.rectangle((80, 160 + 42 * line, 540 - ((line + place) * 37 % 180), 170 + 42 * line), fill="#8A8A8A")
    draw.ellipse((420, 720, 540, 840), outline="#B03028", width=8)
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=70)
    return file.getvalue()


def _person(package: ItemPackage, dice: random.Random) -> Applicant:
    """Somebody who looks invented, with a number that is formally right, of which only what the item may read is kept."""
    birthday = date(1940, 1, 1) + timedelta(days=dice.randrange(50 * 365))
    number = _number(birthday, dice)
    known = {
        CardField.NAME: dice.choice(_SURNAMES) + dice.choice(_GIVEN),
        CardField.SEX: "male" if int(number[16]) % 2 else "female",
        CardField.ETHNIC_GROUP: "汉",
        CardField.BIRTH_DATE: birthday,
        CardField.ADDRESS: f"沈阳市和平区晴岚街{dice.randrange(1, 90)}号{dice.randrange(1, 6)}-{dice.randrange(1, 7)}-1",
        CardField.ID_NUMBER: number,
        CardField.ISSUER: "沈阳市公安局和平分局",
        CardField.VALID_UNTIL: "2038-01-01",
        CardField.NATIONALITY: None,
    }
    fields: dict[str, Any] = {field.value: known[field] for field in package.card_fields}
    return Applicant("resident", **fields)


def _number(birthday: date, dice: random.Random) -> str:
    """A number of Heping district whose check character is right."""
    body = f"210102{birthday:%Y%m%d}{dice.randrange(900, 1000)}"
    return body + ID_CHECKS[sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, body, strict=True)) % 11]


def _act(cases: list[Case], dice: random.Random) -> None:
    """Let the front desk and the offices get on with most of them, so that every list has something on it."""
    clerk = next((one for one in Clerk.objects.order_by("pk") if one.may(Right.DECIDE_CASES)), None)
    if clerk is None:
        return
    for place, case in enumerate(cases):
        case.refresh_from_db()
        if case.state != State.RECEIVED:
            continue
        match place % 6:
            case 0:
                front_desk.notify_once(case, case.version, clerk, _points(case))
            case 1:
                front_desk.refuse(case, case.version, clerk, "样例：不属于本社区受理范围，请到户籍所在地办理。")
            case 2 | 3 | 4:
                front_desk.accept(case, case.version, clerk, content_of(case))
                _steps(case, dice)
            case _:
                pass  # waits for somebody to look at it


def _points(case: Case) -> tuple[Point, ...]:
    package = content_of(case).package
    if package.materials:
        material = package.materials[0]
        return (Point(material.id, material.name.zh, "照片看不清，请重新拍", "请把纸放平，拍清四个角。"),)
    field = package.pages[0].fields[0]
    return (Point("", field.label.zh, "地址不完整，请写到房号", "请重新填写这一栏。", field.name),)


def _steps(case: Case, dice: random.Random) -> None:
    """Some offices do some of their steps."""
    for _ in range(dice.randrange(5)):
        step = Step.objects.filter(case=case, state=StepState.READY).select_related("office").first()
        if step is None:
            return
        here_posted = Q(postings__office=step.office) | Q(postings__office=None)
        people = [one for one in Clerk.objects.filter(here_posted).distinct() if one.may(Right.HANDLE_STEPS)]
        if not people:
            return
        who = dice.choice(people)
        carry_out(case, step.version, Claim(who.pk, step.step), step=step)
        step.refresh_from_db()
        carry_out(case, step.version, Conclude(who.pk, step.step, Conclusion.AGREED, "样例：材料齐全，情况属实。"), step=step)
