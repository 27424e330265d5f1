"""The slip of a handed-in application: what happened so far, and nothing that did not."""

from dataclasses import replace
from typing import assert_never

from kiosk.flow.effects import PrintAppointment, PrintNotice, PrintOutcome, PrintProof, PrintSlip
from kiosk.flow.state import Place
from kiosk.flow.visit import Visit
from kiosk.receipt.appointment import AppointmentSlip, appointment_sheet
from kiosk.receipt.content import Slip, SlipKind, masked
from kiosk.receipt.notice import NoticeSlip, notice_of
from kiosk.receipt.outcome import OutcomeSlip, outcome_sheet
from kiosk.receipt.proof import ProofSlip, proof_sheet
from kiosk.receipt.sheet import Block, sheet_of
from peripherals.secret import Secret
from sync.contract.words import Language


def sheet_for(order: PrintSlip | PrintProof | PrintAppointment | PrintNotice | PrintOutcome, place: Place) -> tuple[int, tuple[Block, ...]]:
    """Return for which visit a slip is, and what stands on it."""
    match order:
        case PrintSlip(visit, language, time):
            return visit.token, sheet_of(replace(slip_for(visit, place, language), time=time))
        case PrintProof(token):
            return token, proof_of(order, place)
        case PrintAppointment(token):
            return token, appointment_of(order, place)
        case PrintNotice(token):
            return token, notice_of(notice_for(order, place))
        case PrintOutcome(token):
            return token, outcome_of(order, place)
        case _:
            assert_never(order)


def slip_for(visit: Visit, place: Place, language: str) -> Slip:
    """Return the slip of a visit whose application is stored.

    Raises:
        ValueError: Nothing is stored yet; the flow never prints then.
    """
    handed_in = visit.handed_in
    if handed_in is None:
        raise ValueError("there is nothing to print a slip about")
    card = None if visit.card is None else visit.card.reveal()
    name = Secret((card.name or card.name_latin or "") if card else str(visit.answers.get("applicant_name", "")))
    helper = visit.helper.reveal() if visit.helper is not None and visit.is_helped else None
    return Slip(
        terminal_name=f"{place.community}便民服务终端",
        terminal_id=place.terminal,
        kind=SlipKind.RECEIVED if handed_in.case_number is None else SlipKind.DELIVERED,
        number=handed_in.number,
        application_id=handed_in.application_id,
        item=visit.item.name,
        handed_in_at=handed_in.at,
        applicant=masked(name),
        helper=None if helper is None else masked(Secret(helper.name or helper.name_latin or "")),
        papers=len(visit.papers),
        signatures=(visit.applicant_signs and bool(visit.ink.strokes))
        + (helper is not None and bool(visit.helper_ink.strokes))
        + sum(bool(one.ink.strokes) for one in visit.family_inks),
        working_days=visit.item.limit.working_days,
        hotline=place.hotline,
        language=Language(language),
        time_is_sure=handed_in.time_is_sure,
        case_number=handed_in.case_number,
        department=visit.item.department,
    )


def notice_for(order: PrintNotice, place: Place) -> NoticeSlip:
    """Return the once-only notice of a case, to take home."""
    return NoticeSlip(
        terminal_name=f"{place.community}便民服务终端",
        case=order.case,
        printed_at=order.now,
        applicant=None if order.name is None else masked(order.name),
        hotline=place.hotline,
        language=Language(order.language),
    )


def proof_of(order: PrintProof, place: Place) -> tuple[Block, ...]:
    """Return the proof of a paid bill; of the account only the last four digits stand on it."""
    account = order.account.reveal()
    slip = ProofSlip(
        terminal_name=f"{place.community}便民服务终端",
        terminal_id=place.terminal,
        provider=order.provider,
        account=f"****{account[-4:]}",
        amount_fen=order.bill.amount_fen,
        period=order.bill.period,
        number=order.number,
        paid_at=order.paid_at,
        code=order.code,
        again=order.again,
        hotline=place.hotline,
        language=Language(order.language),
    )
    return proof_sheet(slip)


def appointment_of(order: PrintAppointment, place: Place) -> tuple[Block, ...]:
    """Return the slip of a booked time."""
    slip = AppointmentSlip(
        terminal_name=f"{place.community}便民服务终端",
        terminal_id=place.terminal,
        appointment=order.appointment,
        printed_at=order.now,
        holder=None if order.name is None else masked(order.name),
        hotline=place.hotline,
        language=Language(order.language),
        code=order.code,
    )
    return appointment_sheet(slip)


def outcome_of(order: PrintOutcome, place: Place) -> tuple[Block, ...]:
    """Return the slip of how a case ended."""
    slip = OutcomeSlip(
        terminal_name=f"{place.community}便民服务终端",
        case=order.case,
        printed_at=order.now,
        applicant=None if order.name is None else masked(order.name),
        hotline=place.hotline,
        language=Language(order.language),
    )
    return outcome_sheet(slip)
