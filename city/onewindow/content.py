"""What is inside an envelope: opened with the city's keys, checked against its header and its item, held in memory only."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from city import here
from city.refused import Refused
from sync.contract.answers import FieldProblem, materials_asked, problems
from sync.contract.application import FORMAT, SOCIAL_SECURITY, Applicant, Application, SealedApplication
from sync.contract.correction import part_of
from sync.contract.decoding import UNDECODABLE
from sync.contract.item import ItemPackage
from sync.contract.names import is_receipt_number
from sync.contract.problem import ProblemCode
from sync.contract.suites import Opened, SealError, open_sealed

JPEG = "image/jpeg"
_INSTALL = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_UNRESTRICTED = {"card_kind", "name_latin"}
_NAMED_BY = {"card_kind", "name", "name_latin", "id_number"}
"""What is read of the cards of a helper and of a witness."""


@dataclass(frozen=True, slots=True)
class Content:
    """An opened application, the package that it answers, and what opens its photos."""

    opened: Opened = field(repr=False)
    application: Application
    package: ItemPackage


def read_sealed(body: bytes) -> SealedApplication | Refused:
    """Read the body of a PUT without opening it."""
    try:
        sealed = msgspec.json.decode(body, type=SealedApplication)
    except UNDECODABLE as error:
        return Refused(ProblemCode.MALFORMED, f"not a sealed application{_place(error)}")
    if sealed.header.format != FORMAT:
        return Refused(ProblemCode.MALFORMED, f"format {sealed.header.format} is not known here")
    header = sealed.header
    if not 0 < header.sequence < 2**63 or not _INSTALL.fullmatch(header.install):
        return Refused(ProblemCode.MALFORMED, "a sequence number begins at 1, and an install id has 1 to 64 letters, digits and hyphens")
    if not is_receipt_number(header.number):
        return Refused(ProblemCode.MALFORMED, "the number is not one that a terminal makes")
    if not is_moment(header.sealed_at):
        return Refused(ProblemCode.MALFORMED, "sealed_at must name its time zone")
    return sealed


def is_moment(when: datetime) -> bool:
    """Tell whether `when` can be counted with: any year that a wrong clock may show, but with its time zone."""
    return when.tzinfo is not None and date.min.year < when.year < date.max.year


def open_content(body: bytes) -> Content | Refused:
    """Open the body of a PUT and check all of it that needs no photo."""
    try:
        opened = open_sealed(body, here.keys().opening)
    except SealError:
        return Refused(ProblemCode.CANNOT_OPEN, "sealed to a key that the city does not have, or changed on the way")
    try:
        application = msgspec.json.decode(opened.content, type=Application)
    except UNDECODABLE as error:
        return Refused(ProblemCode.INVALID, f"not an application{_place(error)}")
    package = here.catalogue().package(application.item, application.item_version)
    if package is None:
        return Refused(ProblemCode.INVALID, "the city has published no such version of this item")
    wrong = _against_header(opened, application) or _against_item(application, package)
    return Refused(ProblemCode.INVALID, wrong) if wrong else Content(opened, application, package)


def _against_header(opened: Opened, application: Application) -> str | None:
    header = opened.header
    same = ("format", "application_id", "number", "terminal", "item", "item_version")
    for name in same:
        if getattr(header, name) != getattr(application, name):
            return f"header and content differ in {name}"
    if not is_moment(application.handed_in_at):
        return "handed_in_at must name its time zone"
    if not is_moment(application.consent.agreed_at):
        return "agreed_at must name its time zone"
    places = sorted(paper.attachment for paper in application.papers)
    if places != list(range(len(header.attachments))):
        return "papers and attachments do not belong together"
    return None


def _against_item(application: Application, package: ItemPackage) -> str | None:
    if application.corrects is not None:
        package = part_of(package, application.answers.keys(), {paper.material for paper in application.papers})
    if application.applicant is not None:
        allowed = {str(field) for field in package.card_fields} | _UNRESTRICTED
        read = {name for name in application.applicant.__struct_fields__ if getattr(application.applicant, name) is not None}
        if not read <= allowed:
            return f"the item may not read {', '.join(sorted(read - allowed))}"
        if application.applicant.card_kind == SOCIAL_SECURITY and not package.by_social_card:
            return "the item does not take a social security card"
    wrong = _helper(application, package) or _family(application, package) or _witness(application)
    if wrong is not None:
        return wrong
    found = problems(package, application.answers, _their_day(application), application.applicant, with_card=True)
    if found:
        return "answers: " + ", ".join(f"{_which(one)} {one.problem}" for one in found[:20])
    return _papers(application, package)


def _helper(application: Application, package: ItemPackage) -> str | None:
    """Somebody hands in for the applicant exactly when the answers say so, with name and number of a card and a signature."""
    helped = package.helping is not None and package.helping.question.name in application.answers
    helper = application.helper
    if helper is None:
        return "a helper is named, but none laid a card" if helped else None
    if not helped:
        return "the item is not handed in by a helper"
    if _reads_too_much(helper.card):
        return "too much was read of the helper's card"
    return None if helper.signature is not None and helper.signature.strokes else "the helper has not signed"


def _reads_too_much(card: Applicant) -> bool:
    return not {name for name in card.__struct_fields__ if getattr(card, name) is not None} <= _NAMED_BY


def _family(application: Application, package: ItemPackage) -> str | None:
    """Signatures of the family belong to rows that there are; who is missing is for the clerk to see, not to refuse."""
    if not application.family:
        return None
    rows = None if package.family_signs is None else application.answers.get(package.family_signs.field)
    places = [one.row for one in application.family]
    if not isinstance(rows, list) or len(set(places)) < len(places) or not all(0 <= place < len(rows) for place in places):
        return "signatures of a family that the answers do not name"
    return None


def _witness(application: Application) -> str | None:
    witness = application.witness
    if witness is None:
        return None
    if _reads_too_much(witness):
        return "too much was read of the witness's card"
    signed = [application.signature, *(one.signature for one in application.family)]
    return None if any(one is not None and one.is_mark for one in signed) else "a witness of no mark"


def _which(problem: FieldProblem) -> str:
    """The question, in rows with the place from 1: family 2 id_no."""
    row = "" if problem.row is None else f" {problem.row + 1}"
    return f"{problem.field[:64]}{row}{f' {problem.part[:64]}' if problem.part else ''}"


def _papers(application: Application, package: ItemPackage) -> str | None:
    asked = {material.id: material for material in materials_asked(package, application.answers)}
    for paper in application.papers:
        if paper.material not in asked or not 1 <= paper.page <= asked[paper.material].pages_max:
            return "a paper that the item does not ask for"
        if paper.media_type != JPEG:
            return "a paper that is not a JPEG"
    if len({(paper.material, paper.page) for paper in application.papers}) != len(application.papers):
        return "a page of a paper is there twice"
    there = {paper.material for paper in application.papers}
    absent = [material.id for material in asked.values() if material.required and material.id not in there]
    return f"papers that are not there: {', '.join(absent)}" if absent else None


def _their_day(application: Application) -> date:
    """The day on which the resident answered, by the terminal's clock: what was right there stays right here."""
    return here.day_of(application.handed_in_at)


def _place(error: Exception) -> str:
    """Where in the message, and nothing of what stands there."""
    _, found, place = str(error).rpartition(" - at `")
    return f", at {place.rstrip('`')}" if found else ""
