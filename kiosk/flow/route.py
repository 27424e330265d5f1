"""The way through an application: guide, for whom, cards, fitness, form, papers, signatures, review."""

from dataclasses import replace
from datetime import date

from kiosk.flow.eligible import asked_before, open_after
from kiosk.flow.questions import form_problems, page_problems
from kiosk.flow.signers import WITNESS, is_settled, place_of, signers, wants_witness
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Capture, CaptureStage, CardOf, Eligible, Form, Guide, LayCard, Review, Sign, View, Whose
from kiosk.flow.visit import PaperPicture, Visit
from peripherals.document_camera import PaperHint, PaperView
from sync.contract.answers import kept, materials_asked, pages_asked, questions_asked
from sync.contract.item import Material


def after(state: Kiosk, visit: Visit, view: View) -> View:
    """Return what follows `view`; on the way back to the review that is the first thing still open."""
    today = state.now.date()
    if visit.changing:
        return first_open(visit, today) or Review()
    match view:
        case Guide() | Whose():
            return _card_open(visit) or _before_form(visit, -1, today)
        case LayCard(whose=CardOf.WITNESS):
            return Review()
        case LayCard():
            return _card_open(visit) or _before_form(visit, -1, today)
        case Eligible():
            return _before_form(visit, view.place, today)
        case Form():
            later = [page for page in pages_asked(visit.item, visit.answers) if page > view.page]
            return Form(later[0]) if later else _first_paper(visit)
        case Capture():
            return _paper_after(visit, view)
        case Sign():
            return _after_signing(visit, view)
        case _:
            return Review()


def before(visit: Visit, view: View) -> View | None:
    """Return what precedes `view`, or None where the visit began."""
    if visit.changing:
        return Review()
    earlier = _before(visit, view)
    return None if visit.completes is not None and isinstance(earlier, Guide) else earlier  # a correction has no guide


def _before(visit: Visit, view: View) -> View | None:
    match view:
        case LayCard(whose=CardOf.WITNESS):
            return _last_signature(visit)
        case LayCard():
            return Guide(agreed=True)
        case Eligible():
            return Guide(agreed=True)
        case Form():
            earlier = [page for page in pages_asked(visit.item, visit.answers) if page < view.page]
            return Form(earlier[-1]) if earlier else _before_first_page(visit)
        case Capture():
            return _paper_before(visit, view)
        case Sign():
            place = place_of(visit, view)
            return signers(visit)[place - 1] if place > 0 else _last_paper(visit)
        case Review():
            return _last_signature(visit)
        case _:
            return None


def first_step(state: Kiosk, visit: Visit) -> View:
    """Return where a visit begins that needs no guide."""
    return after(state, visit, Guide(agreed=True))


def first_open(visit: Visit, today: date) -> View | None:
    """Return the first step that is not finished, or None when the application can be handed in."""
    card = _card_open(visit)
    if card is not None:
        return card
    fits = None if visit.completes is not None else open_after(visit, -1, today)
    if fits is not None:
        return Eligible(fits)
    missing = _missing_paper(visit, first=True)
    if missing is not None:
        return missing
    wrong = {problem.field for problem in form_problems(visit, today)}
    for page in pages_asked(visit.item, visit.answers):
        if wrong & {field.name for field in questions_asked(visit.item.pages[page], visit.answers)}:
            return Form(page, problems=page_problems(visit, page, today))
    missing = _missing_paper(visit, first=False)
    if missing is not None:
        return missing
    unsigned = next((one for one in signers(visit) if not is_settled(visit, one)), None)
    return unsigned or (WITNESS if wants_witness(visit) else None)


def _missing_paper(visit: Visit, *, first: bool) -> Capture | None:
    missing = (paper for paper in _papers(visit, first=first) if paper.required and not visit.pages_of(paper))
    return next((Capture(paper.id, 1) for paper in missing), None)


def _card_open(visit: Visit) -> LayCard | None:
    """Return the card that is still to be laid: the applicant's, then the helper's."""
    if visit.item.by_card and visit.card is None and not visit.cardless:
        return LayCard()
    return LayCard(whose=CardOf.HELPER) if visit.is_helped and visit.helper is None else None


def _before_form(visit: Visit, place: int, today: date) -> View:
    """Return the next question before the form, or the papers that help to fill it, or its first page; a correction fits already."""
    later = None if visit.completes is not None else open_after(visit, place, today)
    if later is not None:
        return Eligible(later)
    papers = _papers(visit, first=True)
    return _paper(visit, papers[0]) if papers else _first_page(visit)


def to_hand_in(visit: Visit) -> Visit:
    """Return the visit without answers and papers that later answers made unnecessary."""
    wanted = {material.id for material in materials_asked(visit.item, visit.answers)}
    papers = tuple(paper for paper in visit.papers if paper.material in wanted)
    return replace(visit, answers=kept(visit.item, visit.answers), papers=papers)


def keep_page(visit: Visit, view: Capture) -> Visit:
    """Return the visit with the picture that is shown as one page of its paper."""
    if view.picture is None:
        return visit
    there = [paper for paper in visit.papers if (paper.material, paper.page) == (view.material, view.page)]
    if there and there[0].jpeg is view.picture:
        return visit  # looked at again, and kept with what is known of it
    others = tuple(paper for paper in visit.papers if paper not in there)
    return replace(visit, papers=(*others, PaperPicture(view.material, view.page, view.picture)))


def _first_page(visit: Visit) -> View:
    pages = pages_asked(visit.item, visit.answers)
    return Form(pages[0]) if pages else _first_paper(visit)


def _last_page(visit: Visit) -> View:
    pages = pages_asked(visit.item, visit.answers)
    return Form(pages[-1]) if pages else _before_first_page(visit)


def _before_first_page(visit: Visit) -> View:
    papers = _papers(visit, first=True)
    return _paper(visit, papers[-1]) if papers else _before_papers(visit)


def _before_papers(visit: Visit) -> View:
    last = None if visit.completes is not None else asked_before(visit, len(visit.item.eligibility))
    return Guide(agreed=True) if last is None else Eligible(last)


def _papers(visit: Visit, *, first: bool) -> list[Material]:
    """Return the papers that are photographed before the form, or those after it."""
    return [material for material in materials_asked(visit.item, visit.answers) if material.first is first]


def _first_paper(visit: Visit) -> View:
    papers = _papers(visit, first=False)
    return _paper(visit, papers[0]) if papers else _end(visit)


def _last_paper(visit: Visit) -> View:
    papers = _papers(visit, first=False)
    return _paper(visit, papers[-1]) if papers else _last_page(visit)


def _end(visit: Visit) -> View:
    everybody = signers(visit)
    return everybody[0] if everybody else Review()


def _after_signing(visit: Visit, view: Sign) -> View:
    """Return who signs next, or who saw a mark being made, or the review."""
    later = signers(visit)[place_of(visit, view) + 1 :]
    return later[0] if later else WITNESS if wants_witness(visit) else Review()


def _last_signature(visit: Visit) -> View:
    everybody = signers(visit)
    return everybody[-1] if everybody else _last_paper(visit)


def _paper_after(visit: Visit, view: Capture) -> View:
    is_first = paper_of(visit, view).first
    papers = _papers(visit, first=is_first)
    places = [place for place, material in enumerate(papers) if material.id == view.material]
    later = papers[places[0] + 1 :] if places else ()
    if later:
        return _paper(visit, later[0])
    return _first_page(visit) if is_first else _end(visit)


def _paper_before(visit: Visit, view: Capture) -> View:
    is_first = paper_of(visit, view).first
    papers = _papers(visit, first=is_first)
    places = [place for place, material in enumerate(papers) if material.id == view.material]
    if places and view.picture is None and visit.pages_of(papers[places[0]]):
        return _paper(visit, papers[places[0]])  # a page begun and not taken: back to the ones that are there
    earlier = papers[: places[0]] if places else ()
    if earlier:
        return _paper(visit, earlier[-1])
    return _before_papers(visit) if is_first else _last_page(visit)


def _paper(visit: Visit, material: Material) -> Capture:
    pages = visit.pages_of(material)
    if not pages:
        return Capture(material.id, 1)
    return Capture(material.id, pages[-1].page, CaptureStage.TAKEN, PaperView(PaperHint.GOOD), pages[-1].jpeg)


def paper_of(visit: Visit, view: Capture) -> Material:
    """Return the paper that `view` is about.

    Raises:
        LookupError: The item has no such paper; a view is never made for one.
    """
    return next(material for material in visit.item.materials if material.id == view.material)
