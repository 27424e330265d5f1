"""The way through a visit: guide, card, form, papers, signature, review."""

from dataclasses import replace
from datetime import date

from kiosk.flow.state import Capture, CaptureStage, Form, Guide, Kiosk, LayCard, PaperPicture, Review, Sign, View, Visit
from peripherals.document_camera import PaperHint, PaperView
from sync.contract.answers import FieldProblem, fields_asked, kept, materials_asked, pages_asked, problems
from sync.contract.item import Material


def form_problems(visit: Visit, today: date) -> tuple[FieldProblem, ...]:
    """Return what is wrong with the answers that are asked for."""
    return problems(visit.item, kept(visit.item, visit.answers), today)


def page_problems(visit: Visit, page: int, today: date) -> tuple[FieldProblem, ...]:
    """Return what is wrong on one page, in the order of its fields."""
    wrong = {problem.field: problem for problem in form_problems(visit, today)}
    asked = fields_asked(visit.item.pages[page], visit.answers)
    return tuple(wrong[field.name] for field in asked if field.name in wrong)


def after(state: Kiosk, visit: Visit, view: View) -> View:
    """Return what follows `view`; on the way back to the review that is the first thing still open."""
    today = state.now.date()
    if visit.changing:
        return first_open(visit, today) or Review()
    match view:
        case Guide():
            return LayCard() if visit.item.by_card and visit.card is None else _first_page(visit)
        case LayCard():
            return _first_page(visit)
        case Form():
            later = [page for page in pages_asked(visit.item, visit.answers) if page > view.page]
            return Form(later[0]) if later else _first_paper(visit)
        case Capture():
            return _paper_after(visit, view)
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
        case LayCard():
            return Guide(agreed=True)
        case Form():
            earlier = [page for page in pages_asked(visit.item, visit.answers) if page < view.page]
            return Form(earlier[-1]) if earlier else Guide(agreed=True)
        case Capture():
            return _paper_before(visit, view)
        case Sign():
            return _last_paper(visit)
        case Review():
            return Sign() if visit.item.signed else _last_paper(visit)
        case _:
            return None


def first_step(state: Kiosk, visit: Visit) -> View:
    """Return where a visit begins that needs no guide."""
    return after(state, visit, Guide(agreed=True))


def first_open(visit: Visit, today: date) -> View | None:
    """Return the first step that is not finished, or None when the application can be handed in."""
    if visit.item.by_card and visit.card is None:
        return LayCard()
    wrong = {problem.field for problem in form_problems(visit, today)}
    for page in pages_asked(visit.item, visit.answers):
        if wrong & {field.name for field in fields_asked(visit.item.pages[page], visit.answers)}:
            return Form(page, problems=page_problems(visit, page, today))
    for material in materials_asked(visit.item, visit.answers):
        if material.required and not visit.pages_of(material):
            return Capture(material.id, 1)
    return Sign() if visit.item.signed and not visit.ink.is_enough else None


def to_hand_in(visit: Visit) -> Visit:
    """Return the visit without answers and papers that later answers made unnecessary."""
    wanted = {material.id for material in materials_asked(visit.item, visit.answers)}
    papers = tuple(paper for paper in visit.papers if paper.material in wanted)
    return replace(visit, answers=kept(visit.item, visit.answers), papers=papers)


def keep_page(visit: Visit, view: Capture) -> Visit:
    """Return the visit with the picture that is shown as one page of its paper."""
    if view.picture is None:
        return visit
    others = tuple(paper for paper in visit.papers if (paper.material, paper.page) != (view.material, view.page))
    return replace(visit, papers=(*others, PaperPicture(view.material, view.page, view.picture)))


def _first_page(visit: Visit) -> View:
    pages = pages_asked(visit.item, visit.answers)
    return Form(pages[0]) if pages else _first_paper(visit)


def _last_page(visit: Visit) -> View:
    pages = pages_asked(visit.item, visit.answers)
    return Form(pages[-1]) if pages else Guide(agreed=True)


def _first_paper(visit: Visit) -> View:
    materials = materials_asked(visit.item, visit.answers)
    return _paper(visit, materials[0]) if materials else _end(visit)


def _last_paper(visit: Visit) -> View:
    materials = materials_asked(visit.item, visit.answers)
    return _paper(visit, materials[-1]) if materials else _last_page(visit)


def _end(visit: Visit) -> View:
    return Sign() if visit.item.signed else Review()


def _paper_after(visit: Visit, view: Capture) -> View:
    materials = materials_asked(visit.item, visit.answers)
    places = [place for place, material in enumerate(materials) if material.id == view.material]
    later = materials[places[0] + 1 :] if places else ()
    return _paper(visit, later[0]) if later else _end(visit)


def _paper_before(visit: Visit, view: Capture) -> View:
    materials = materials_asked(visit.item, visit.answers)
    places = [place for place, material in enumerate(materials) if material.id == view.material]
    if places and view.picture is None and visit.pages_of(materials[places[0]]):
        return _paper(visit, materials[places[0]])  # a page begun and not taken: back to the ones that are there
    earlier = materials[: places[0]] if places else ()
    return _paper(visit, earlier[-1]) if earlier else _last_page(visit)


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
