"""Another matter in the same visit: card and papers go on with the same resident, for a while, and with nobody else."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from kiosk.flow.carried import Carried, Continuing, EarlierPaper, NextMatter
from kiosk.flow.effects import CancelTimer, Forget
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import CategoryOpened, ItemChosen
from kiosk.flow.events.glass import BackPressed
from kiosk.flow.events.terminal import Timer
from kiosk.flow.questions import with_derived
from kiosk.flow.route import paper_of
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, go_home, show, stay, with_visit
from kiosk.flow.views import Capture, CaptureStage, Guide
from kiosk.flow.visit import PaperPicture, Visit
from peripherals.document_camera import PaperHint, PaperView
from peripherals.secret import Secret
from sync.contract.application import SOCIAL_SECURITY, Applicant
from sync.contract.item import CardField, Door, ItemPackage

GOES_ON_FOR = timedelta(minutes=10)


def carried_from(state: Kiosk, visit: Visit) -> Carried | None:
    """Return what a finished application leaves to the next; None where nobody's card was laid, or somebody else handed in."""
    if visit.card is None or visit.is_helped or visit.handed_in is None:
        return None
    known = () if visit.carried is None else visit.carried.papers
    used = {paper.jpeg.reveal() for paper in visit.papers if paper.earlier is not None}
    names = {material.id: material.name for material in visit.item.materials}
    fresh = tuple(
        EarlierPaper(names[material.id], visit.handed_in.application_id, pages)
        for material in visit.item.materials
        if (pages := tuple(page.jpeg for page in visit.pages_of(material) if page.jpeg.reveal() not in used))
    )
    card = visit.card if visit.carried is None else Secret(_merged(visit.carried.card.reveal(), visit.card.reveal()))
    return Carried(card, (*fresh, *known), state.now + GOES_ON_FOR)


def go_on(state: Kiosk, visit: Visit) -> Step:
    """Leave a finished application for the next one; what is under way of it is not waited for any more."""
    carried = carried_from(state, visit)
    if carried is None:
        return stay(state)
    token = state.visits + 1
    return replace(state, visits=token, visit=Continuing(token, carried), view=NextMatter(), overlay=None), (Forget(),)


def on_continuing(state: Kiosk, errand: Continuing, event: Event) -> Step:
    """Choose the next matter."""
    match event:
        case _ if state.now > errand.carried.until:
            return go_home(state)
        case CategoryOpened(category):
            return show(state, NextMatter(category))
        case BackPressed():
            return show(state, NextMatter())
        case ItemChosen(code) if (item := state.item(code)) is not None and item.door is Door.CATALOGUE:
            return with_visit(state, Visit(errand.token, item, carried=errand.carried), Guide())
        case _:
            return stay(state)


def back(state: Kiosk, visit: Visit, carried: Carried) -> Step:
    """Return from the first page of the next application to choosing."""
    return replace(state, visit=Continuing(visit.token, carried), view=NextMatter()), ()


def with_card(state: Kiosk, visit: Visit) -> Visit:
    """Return the visit with the card's fields that the item may read, where the earlier card told them all."""
    carried = visit.carried
    if carried is None:
        return visit
    if state.now > carried.until:
        return replace(visit, carried=None)
    known = _allowed(carried.card.reveal(), visit.item)
    if known is None or not visit.item.by_card:
        return visit
    return with_derived(replace(visit, card=Secret(known)), state.now.date())


def still_theirs(visit: Visit, laid: Applicant) -> Carried | None:
    """Return what goes on after a card was laid anew: nothing, unless it is the same person's."""
    if visit.carried is None:
        return None
    earlier = visit.carried.card.reveal().id_number
    return visit.carried if earlier is not None and earlier == laid.id_number else None


def offered(state: Kiosk, visit: Visit) -> tuple[EarlierPaper, ...]:
    """Return the papers of earlier applications that may stand for the one that is asked for now."""
    carried = visit.carried
    return () if carried is None or state.now > carried.until else carried.papers


def use(state: Kiosk, visit: Visit, view: Capture, place: int) -> Step:
    """Take an earlier paper's pages for the one that is asked for."""
    papers = offered(state, visit)
    if not 0 <= place < len(papers):
        return stay(state)
    earlier, wanted = papers[place], paper_of(visit, view)
    pages = tuple(
        PaperPicture(view.material, number, jpeg, earlier.application_id)
        for number, jpeg in enumerate(earlier.pages[: wanted.pages_max], start=1)
    )
    others = tuple(paper for paper in visit.papers if paper.material != view.material)
    seen = PaperView(PaperHint.GOOD)
    taken = Capture(view.material, pages[-1].page, CaptureStage.TAKEN, seen, pages[-1].jpeg, lying=view.view, is_fresh=view.is_fresh)
    return with_visit(state, replace(visit, papers=(*others, *pages)), taken, CancelTimer(Timer.STEADY))


def _allowed(card: Applicant, item: ItemPackage) -> Applicant | None:
    """Return the fields of the card that the item may read, and nothing else; None where some were never read, or it takes no such card."""
    if card.card_kind == SOCIAL_SECURITY and not item.by_social_card:
        return None
    fields = {field.value: getattr(card, field.value) for field in item.card_fields}
    if any(value is None and CardField(name) is not CardField.NATIONALITY for name, value in fields.items()):
        return None
    latin = card.name_latin if CardField.NAME in item.card_fields else None
    return Applicant(card_kind=card.card_kind, name_latin=latin, **fields)


def _merged(earlier: Applicant, newer: Applicant) -> Applicant:
    """Return what both readings of one card told; of two kinds of card, the newer one's."""
    if earlier.card_kind != newer.card_kind:
        return newer
    told = {name: value for name, value in msgspec.structs.asdict(newer).items() if value is not None}
    return msgspec.structs.replace(earlier, **told)
