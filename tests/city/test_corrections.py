"""What is missing is said once, brought at any terminal, attached to the case, and nothing that a resident brings is lost."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.http import HttpResponse

from city import here
from city.onewindow.models import Case, Event, OnceOnlyNotice
from city.onewindow.people import person_of
from city.onewindow.states import OVER, Kind, State
from city.staff.roles import Role
from sync.contract import routes
from sync.contract.correction import part_of
from sync.contract.names import digest_of
from sync.contract.problem import Problem, ProblemCode
from sync.contract.progress import CaseState, Progress, ProgressQuestion, RatingQuestion, RatingTaken
from sync.contract.question import REPLY_TYPE, Question, QuestionId, Reply
from sync.contract.receipt import PAYLOAD_TYPE, PutAnswer, Receipt, ReceiptState
from sync.contract.signed import verify_as
from sync.contract.suites import Sealed
from tests.city.colleagues import Person, person
from tests.city.terminal import ITEM, JPEG, PERSON, Terminal

pytestmark = pytest.mark.django_db

ID_NUMBER = str(PERSON.id_number)


@pytest.fixture
def desk() -> Person:
    return person("前台员", Role.FRONT_DESK)


@pytest.fixture
def sealed(terminal: Terminal) -> Sealed:
    made = terminal.application()
    terminal.put(made)
    terminal.upload(made)
    return made


@pytest.fixture
def told(sealed: Sealed, desk: Person) -> Case:
    """A case of which the tenancy contract and the telephone number are to be brought again."""
    case = Case.objects.get()
    tell(desk, case)
    case.refresh_from_db()
    return case


def tell(desk: Person, case: Case, status: int = 302, **changes: object) -> str:
    where = f"/cases/{case.case_number}/once-only-notice"
    form: dict[str, object] = {
        "version": case.version,
        "fit-0": "no",
        "cause-0": "照片看不清，请重新拍",
        "remedy-0": "请补拍第 1 页。",
        "fit-1": "no",
        "field": ["mobile"],
        "cause-1": "电话打不通，请换号码",
        "remedy-1": "换一个打得通的号码。",
    }
    got, text, _ = desk.send(where, where, **(form | changes))
    assert got == status, text[:500]
    return text


def correction(terminal: Terminal, case: Case, **changes: Any) -> Sealed:  # noqa: ANN401
    """What is missing, and nothing else."""
    given = {"corrects": str(case.application_id), "applicant": None, "answers": {"mobile": "13900000001"}}
    return terminal.application((JPEG + b"better",), **(given | changes))


def asked(terminal: Terminal, question: object, kind: str = "progress") -> HttpResponse:
    body = msgspec.json.encode(Question(1, QuestionId(str(uuid4())), terminal.id, msgspec.Raw(msgspec.json.encode(question))))
    return terminal.send("POST", routes.question_path(kind), body, routes.QUESTION_TYPE)


def progress(terminal: Terminal, question: ProgressQuestion | None = None) -> Progress:
    answer = asked(terminal, question or ProgressQuestion(ID_NUMBER))
    assert answer.status_code == 200, answer.content
    reply = verify_as(answer.content, REPLY_TYPE, here.keys().receipts.public, Reply)
    return msgspec.json.decode(reply.content, type=Progress)


# Progress


def test_a_card_finds_its_cases_at_any_terminal_and_nobody_elses(sealed: Sealed, enrol: Callable[[str], Terminal]) -> None:
    elsewhere = enrol("SY-TEST-02")
    (case,) = progress(elsewhere).cases
    assert (case.application_id, case.state, case.days_left) == (sealed.header.application_id, CaseState.DELIVERED, 5)
    assert case.item_name == ITEM.name
    assert progress(elsewhere, ProgressQuestion("210102199003075137")).cases == ()


def test_a_slip_finds_its_one_case_and_only_with_both_of_its_names(sealed: Sealed, terminal: Terminal) -> None:
    header = sealed.header
    slip = ProgressQuestion(application_id=header.application_id, number=header.number)
    assert [case.number for case in progress(terminal, slip).cases] == [header.number]
    other = terminal.application()
    terminal.put(other)
    guessed = ProgressQuestion(application_id=header.application_id, number=other.header.number)
    assert progress(terminal, guessed).cases == ()


@pytest.mark.parametrize("question", [{}, {"id_number": ""}, {"id_number": "1", "number": "1"}, {"application_id": str(uuid4())}])
def test_a_question_that_is_neither_way_is_malformed(terminal: Terminal, question: dict[str, str]) -> None:
    answer = asked(terminal, question)
    assert answer.status_code == 400
    assert msgspec.json.decode(answer.content, type=Problem).type.endswith(ProblemCode.MALFORMED)


def test_the_city_keeps_nobodys_number_to_find_cases_by(sealed: Sealed) -> None:
    case = Case.objects.get()
    assert case.person == person_of(ID_NUMBER)
    assert ID_NUMBER not in str(vars(case))
    assert person_of("") == person_of(None) == ""


def test_nothing_personal_is_answered(sealed: Sealed, terminal: Terminal, told: Case) -> None:
    answer = asked(terminal, ProgressQuestion(ID_NUMBER)).content.decode()
    reply = verify_as(answer.encode(), REPLY_TYPE, here.keys().receipts.public, Reply)
    for secret in (ID_NUMBER, str(PERSON.name), str(PERSON.address), "13800000000"):
        assert secret not in bytes(reply.content).decode()


def test_what_is_missing_is_told_in_the_residents_languages_and_first(told: Case, terminal: Terminal) -> None:
    terminal.put(terminal.application(()))  # a newer case of the same person has nothing to do
    first = progress(terminal).cases[0]
    assert (first.state, first.correct_by, first.days_left, first.clock_stands) == (CaseState.TO_CORRECT, told.correct_by, None, True)
    contract, mobile = first.missing
    assert (contract.material, contract.name.en, contract.cause.ko) == ("contract", "Tenancy contract", "사진이 흐립니다. 다시 찍어 주세요")
    assert (mobile.field, mobile.name.en, mobile.remedy) == ("mobile", "Mobile", "换一个打得通的号码。")


def test_a_form_that_is_unfit_names_the_questions(sealed: Sealed, desk: Person) -> None:
    case = Case.objects.get()
    assert "还差 1 处" in tell(desk, case, 422, field=[])
    assert "还差 1 处" in tell(desk, case, 422, field=["no-such-question"])
    assert not OnceOnlyNotice.objects.exists()


def test_an_accepted_case_shows_its_offices_and_the_last_day(sealed: Sealed, terminal: Terminal, desk: Person) -> None:
    case = Case.objects.get()
    where = f"/cases/{case.case_number}"
    desk.send(f"{where}/accept", where, version=case.version)
    (shown,) = progress(terminal).cases
    assert (shown.state, shown.days_left) == (CaseState.ACCEPTED, 10)
    assert [(stage.office, stage.is_now) for stage in shown.stages] == [(ITEM.department.zh, True)]


def test_a_refusal_is_told_with_its_reason(sealed: Sealed, terminal: Terminal, desk: Person) -> None:
    case = Case.objects.get()
    where = f"/cases/{case.case_number}"
    assert desk.send(f"{where}/end", where, version=case.version, how="refuse", reason="")[0] == 409
    desk.send(f"{where}/end", where, version=case.version, how="refuse", reason="本人名下有住房")
    (shown,) = progress(terminal).cases
    assert (shown.state, shown.reason, shown.may_be_rated) == (CaseState.NOT_ACCEPTED, "本人名下有住房", True)


# Corrections


def test_what_was_missing_comes_from_another_terminal_and_goes_back_to_the_front_desk(
    told: Case, enrol: Callable[[str], Terminal], desk: Person
) -> None:
    elsewhere = enrol("SY-TEST-02")
    made = correction(elsewhere, told)
    answer = msgspec.json.decode(elsewhere.put(made).content, type=PutAnswer)
    receipt = verify_as(answer.receipt, PAYLOAD_TYPE, here.keys().receipts.public, Receipt)
    assert (receipt.case_number, receipt.state) == (told.case_number, ReceiptState.RECEIVED)
    told.refresh_from_db()
    assert told.state == State.TO_CORRECT  # the picture is not here
    elsewhere.upload(made)
    told.refresh_from_db()
    assert (told.state, told.clock_stopped_on) == (State.RECEIVED, None)
    assert Event.objects.filter(case=told).latest("id").kind == Kind.CORRECTED
    assert Case.objects.filter(corrects=None).count() == 1
    assert Case.objects.get(corrects=told).state == State.ATTACHED


def test_the_clerk_sees_what_was_brought_and_can_accept(told: Case, terminal: Terminal, desk: Person) -> None:
    made = correction(terminal, told)
    terminal.put(made)
    terminal.upload(made)
    told.refresh_from_db()
    where = f"/cases/{told.case_number}"
    text = desk.page(where)
    assert "补正 1" in text
    assert "139****0001" in text
    later = Case.objects.get(corrects=told)
    assert desk.client.get(f"/cases/{later.case_number}/papers/0.jpg", secure=True).content == JPEG + b"better"
    assert (
        desk.send(f"{where}/reveal", f"{where}?reveal=1.answer.mobile", key="1.answer.mobile", reason="compare")[1].count("13900000001")
        == 1
    )
    assert told.case_number in desk.page("/queue?view=corrected") or told.case_number[4:8] in desk.page("/queue?view=corrected")
    assert "现在只能受理或不予受理" in text
    assert desk.send(f"{where}/accept", where, version=told.version)[0] == 302


def test_the_slip_of_a_correction_finds_the_case(told: Case, terminal: Terminal) -> None:
    made = correction(terminal, told)
    terminal.put(made)
    terminal.upload(made)
    slip = ProgressQuestion(application_id=made.header.application_id, number=made.header.number)
    assert [case.case_number for case in progress(terminal, slip).cases] == [told.case_number]


def test_a_correction_sent_twice_is_attached_once(told: Case, terminal: Terminal) -> None:
    made = correction(terminal, told)
    first, second = terminal.put(made), terminal.put(made)
    assert (first.status_code, second.status_code) == (201, 200)
    terminal.upload(made)
    assert Event.objects.filter(kind=Kind.CORRECTED).count() == 1


@pytest.mark.parametrize("how", ["", "bogus"])
def test_what_nobody_chose_ends_no_case(told: Case, desk: Person, how: str) -> None:
    where, before = f"/cases/{told.case_number}", (told.state, told.version)
    assert desk.send(f"{where}/end", where, version=told.version, how=how, reason="本人名下有住房")[0] == 400
    told.refresh_from_db()
    assert (told.state, told.version) == before


def test_a_correction_that_comes_when_nobody_waits_for_it_is_kept_all_the_same(told: Case, terminal: Terminal, desk: Person) -> None:
    where = f"/cases/{told.case_number}"
    desk.send(f"{where}/end", where, version=told.version, how="withdraw", reason="不办了")
    made = correction(terminal, told)
    terminal.put(made)
    terminal.upload(made)
    told.refresh_from_db()
    assert told.state == State.WITHDRAWN
    assert Event.objects.filter(case=told, kind=Kind.ADDED).exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"corrects": str(uuid4())},
        {"answers": {"mobile": "12"}},
        {"answers": {"no_such": "x"}},
        {"applicant": PERSON},
    ],
    ids=["no such case", "not a mobile", "no such question", "a card that nobody asked for"],
)
def test_what_cannot_be_a_correction_is_refused_whole(told: Case, terminal: Terminal, changes: dict[str, Any]) -> None:
    answer = terminal.put(correction(terminal, told, **changes))
    assert answer.status_code == 422
    assert Case.objects.count() == 1


def test_the_part_of_an_item_asks_for_what_is_missing_and_for_nothing_else() -> None:
    part = part_of(ITEM, {"mobile"}, {"contract"})
    assert [field.name for page in part.pages for field in page.fields] == ["mobile"]
    assert part.schema["required"] == ["mobile"]
    assert [material.required for material in part.materials] == [True]
    assert part_of(ITEM, (), ()).pages == ()


# Ratings, later and anywhere


def rate(terminal: Terminal, sealed: Sealed, level: int = 5) -> HttpResponse:
    return asked(terminal, RatingQuestion(sealed.header.application_id, sealed.header.number, level), "rating")


def test_a_finished_case_is_rated_once_at_any_terminal(sealed: Sealed, desk: Person, enrol: Callable[[str], Terminal]) -> None:
    elsewhere = enrol("SY-TEST-02")
    assert rate(elsewhere, sealed).status_code == 422  # not done with
    Case.objects.update(state=State.CLOSED)
    reply = verify_as(rate(elsewhere, sealed).content, REPLY_TYPE, here.keys().receipts.public, Reply)
    assert msgspec.json.decode(reply.content, type=RatingTaken).is_new
    again = verify_as(rate(elsewhere, sealed, 1).content, REPLY_TYPE, here.keys().receipts.public, Reply)
    assert not msgspec.json.decode(again.content, type=RatingTaken).is_new
    assert Case.objects.get().rating.level == 5
    assert not progress(elsewhere).cases[0].may_be_rated


@pytest.mark.parametrize("level", [0, 6, -1])
def test_there_are_five_levels(sealed: Sealed, terminal: Terminal, level: int) -> None:
    Case.objects.update(state=State.CLOSED)
    assert rate(terminal, sealed, level).status_code == 422
    assert State.CLOSED in OVER
    assert digest_of(b"") != ""
