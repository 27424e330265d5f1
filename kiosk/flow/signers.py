"""Who signs, and in which order: the applicant, the helper, each adult of the family where the item wants it; then who saw a mark made."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.flow.views import CardOf, LayCard, Sign
from kiosk.flow.visit import FamilyInk, Ink, Visit
from peripherals.secret import Secret
from sync.contract.family import Adult, adults

WITNESS = LayCard(whose=CardOf.WITNESS)


def signers(visit: Visit) -> tuple[Sign, ...]:
    """Return the pages of all who sign, in order."""
    if not visit.item.signed:
        return ()
    own = [Sign()] if visit.applicant_signs else []
    helper = [Sign(helper=True)] if visit.is_helped else []
    return (*own, *helper, *(Sign(member=place) for place in range(len(family_of(visit)))))


def family_of(visit: Visit) -> tuple[Adult, ...]:
    """Return the adults of the family who sign; their age counts on the day on which the visit began."""
    if visit.agreed_at is None:
        return ()
    signing = [visit.card if visit.applicant_signs else None, visit.helper if visit.is_helped else None]
    return adults(visit.item, visit.answers, visit.agreed_at.date(), *(None if one is None else one.reveal() for one in signing))


def place_of(visit: Visit, view: Sign) -> int:
    """Return the place of a page among those who sign; -1 when nobody signs there any more."""
    everybody = [(one.helper, one.member) for one in signers(visit)]
    return everybody.index((view.helper, view.member)) if (view.helper, view.member) in everybody else -1


def ink_of(visit: Visit, view: Sign) -> Ink:
    """Return what stands on the sheet of a page."""
    if view.member is not None:
        kept = kept_for(visit, view.member)
        return Ink() if kept is None else kept.ink
    return visit.helper_ink if view.helper else visit.ink


def with_ink(visit: Visit, view: Sign, ink: Ink) -> Visit:
    """Return the visit with a signature put down; whoever was said to be away and signs after all is not away."""
    if view.member is None:
        return replace(visit, helper_ink=ink) if view.helper else replace(visit, ink=ink)
    return _with_family(visit, view.member, ink, is_absent=False)


def without_member(visit: Visit, view: Sign) -> Visit:
    """Return the visit with a member of the family who is not here."""
    return visit if view.member is None else _with_family(visit, view.member, Ink(), is_absent=True)


def is_settled(visit: Visit, view: Sign) -> bool:
    """Tell whether this one has signed, or is said not to be here."""
    kept = None if view.member is None else kept_for(visit, view.member)
    return ink_of(visit, view).is_enough or (kept is not None and kept.is_absent)


def kept_for(visit: Visit, member: int) -> FamilyInk | None:
    """Return what is kept for a member: by their number, so that it goes with the person and not with the row."""
    family = family_of(visit)
    if not 0 <= member < len(family):
        return None
    return next((one for one in visit.family_inks if one.id_number.reveal() == family[member].id_number), None)


def wants_witness(visit: Visit) -> bool:
    """Tell whether a mark was made and nobody yet named who saw it; a helper who signs has seen it."""
    return has_mark(visit) and visit.witness is None and not visit.unwitnessed


def has_mark(visit: Visit) -> bool:
    """Tell whether somebody made a mark with no helper beside them."""
    return not visit.is_helped and any(ink_of(visit, one).is_mark for one in signers(visit))


def made_marks(visit: Visit) -> Iterator[str]:
    """Yield the numbers of those who made a mark: none of them is their own witness."""
    family = family_of(visit)
    for one in signers(visit):
        if ink_of(visit, one).is_mark:
            card = None if visit.card is None else visit.card.reveal()
            number = family[one.member].id_number if one.member is not None else card.id_number if card is not None else None
            if number is not None:
                yield number


def _with_family(visit: Visit, member: int, ink: Ink, *, is_absent: bool) -> Visit:
    family = family_of(visit)
    if not 0 <= member < len(family):
        return visit
    number = family[member].id_number
    others = tuple(one for one in visit.family_inks if one.id_number.reveal() != number)
    return replace(visit, family_inks=(*others, FamilyInk(Secret(number), ink, is_absent)))
