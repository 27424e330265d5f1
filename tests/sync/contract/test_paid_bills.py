"""The code of a bill's proof: known by both ends from the payment's id, and no single wrong figure passes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.bills import PaymentId
from sync.contract.paid_bills import CODE_FIGURES, PaidBill, PaidQuestion, code_of, is_proof_code
from sync.contract.words import Words

PAYMENT = PaymentId("0193582a-7b3c-7d4e-8f50-123456789abc")


@given(st.uuids(), st.uuids())
def test_a_payments_code_is_always_the_same_and_nobody_elses(one: object, other: object) -> None:
    code = code_of(PaymentId(str(one)))
    assert code == code_of(PaymentId(str(one)))
    assert is_proof_code(code)
    assert one == other or code != code_of(PaymentId(str(other)))


@given(st.uuids(), st.integers(0, CODE_FIGURES - 1), st.integers(1, 9))
def test_a_single_wrong_figure_always_shows(payment: object, place: int, off: int) -> None:
    code = code_of(PaymentId(str(payment)))
    wrong = code[:place] + str((int(code[place]) + off) % 10) + code[place + 1 :]
    assert not is_proof_code(wrong)


@pytest.mark.parametrize("text", ["", "1" * 15, "1" * 17, "１" * 16, "123456789012345X", "1234 5678 9012 3452"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert not is_proof_code(text)


def test_the_code_of_a_payment_never_changes() -> None:
    assert code_of(PAYMENT) == "5651420697984418", "paper that is out there has it"


def test_nothing_of_a_person_or_a_payment_is_in_a_repr() -> None:
    asked = PaidQuestion(id_number="110101199003078670"), PaidQuestion(code=code_of(PAYMENT))
    told = PaidBill(code_of(PAYMENT), "water", Words("样例自来水"), "2345", 3345, "S1", datetime(2026, 11, 23, tzinfo=UTC))
    shown = repr((asked, told))
    assert not any(secret in shown for secret in ("110101", code_of(PAYMENT), "2345", "3345"))
