"""What the print on a kept paper says to the form: offered beside the question, taken or left by the resident, and nothing more.

Only the values that the item names are kept of what was read, each with the page that says it; they go when the page goes.
"""

from dataclasses import replace
from datetime import date

from kiosk.flow.effects import ReadPrint
from kiosk.flow.events.devices import PrintRead
from kiosk.flow.questions import answered, with_derived
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, stay
from kiosk.flow.visit import PaperPicture, Said, Visit
from kiosk.paper_offers import is_same, read_off
from peripherals.paper_reader import PrintedLine
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.answers import fields_asked, fits_alone, materials_asked
from sync.contract.item import Field, ItemPackage, Reads


@dataclass(frozen=True, slots=True)
class PaperOffer:
    """What the papers say to one question. `differs` where something else was answered."""

    field: str
    value: Secret[str]
    differs: bool


def to_read(was: Kiosk, now: Kiosk) -> tuple[ReadPrint, ...]:
    """Return the orders to read the pages that were just kept: this follows from the visit, so no way of keeping one is missed."""
    visit = now.application
    if visit is None or not now.place.reads:
        return ()
    before = was.application
    if before is not None and before.papers is visit.papers:
        return ()  # as almost always
    known = () if before is None or before.token != visit.token else before.papers
    of_use = {material.id for material in visit.item.materials if material.reads}
    fresh = (paper for paper in visit.papers if paper.material in of_use and not any(paper.jpeg is old.jpeg for old in known))
    return tuple(ReadPrint(visit.token, paper.jpeg) for paper in fresh)


def on_print_read(state: Kiosk, event: PrintRead) -> Step:
    """Keep what the page says to the questions that its item names; all the rest of it is forgotten here."""
    visit = state.application
    if visit is None or visit.token != event.token or visit.handed_in is not None:
        return stay(state)
    papers = tuple(
        replace(paper, says=_says(visit, paper, event.lines, state.now.date())) if paper.jpeg is event.jpeg else paper
        for paper in visit.papers
    )
    return replace(state, visit=replace(visit, papers=papers)), ()


def offer_for(visit: Visit, field: str) -> PaperOffer | None:
    """Return what the papers say to a question, unless that is its answer already, was not wanted, or is not one and the same."""
    if field in visit.unwanted:
        return None
    asked = {material.id for material in materials_asked(visit.item, visit.answers)}
    said = {one.value.reveal() for paper in visit.papers if paper.material in asked for one in paper.says if one.field == field}
    if len(said) != 1:
        return None
    (value,) = said
    entered = visit.answers.get(field)
    return None if is_same(entered, value) else PaperOffer(field, Secret(value), differs=entered is not None)


def offers_on(visit: Visit, page: int) -> tuple[PaperOffer, ...]:
    """Return what is offered to the questions of one page, in their order."""
    asked = fields_asked(visit.item.pages[page], visit.answers)
    return tuple(offer for field in asked if (offer := offer_for(visit, field.name)) is not None)


def taken(visit: Visit, field: str, today: date) -> Visit:
    """Return the visit with what a paper says as the answer to a question that is put."""
    offer = offer_for(visit, field)
    if offer is None or not any(one.name == field for page in visit.item.pages for one in fields_asked(page, visit.answers)):
        return visit
    return with_derived(replace(visit, answers=answered(visit.answers, field, offer.value.reveal())), today)


def left(visit: Visit, field: str) -> Visit:
    """Return the visit in which nothing more is offered to this question."""
    return replace(visit, unwanted=visit.unwanted | {field}) if offer_for(visit, field) is not None else visit


def _says(visit: Visit, paper: PaperPicture, lines: tuple[PrintedLine, ...], today: date) -> tuple[Said, ...]:
    reads = next((material.reads for material in visit.item.materials if material.id == paper.material), ())
    found = ((one.field, _value(visit.item, one, lines)) for one in reads)
    return tuple(Said(name, Secret(value)) for name, value in found if value is not None and fits_alone(visit.item, name, value, today))


def _value(item: ItemPackage, reads: Reads, lines: tuple[PrintedLine, ...]) -> str | None:
    field: Field | None = next((one for page in item.pages for one in page.fields if one.name == reads.field), None)
    rule = item.schema.get("properties", {}).get(reads.field, {})
    form = rule.get("format") if isinstance(rule, dict) else None
    return None if field is None else read_off(lines, field.control, reads.labels, form)
