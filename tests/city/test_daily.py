"""What the calendar does by itself: once, never too early, and never to somebody who was in time."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from city import here
from city.folder import CityFolder
from city.onewindow.actions import Bring
from city.onewindow.lapse import GRACE_WORKING_DAYS, lapse
from city.onewindow.legal_clock import add_working_days
from city.onewindow.models import Case, Event
from city.onewindow.standing import NotNow
from city.onewindow.states import Kind, State
from city.onewindow.work import carry_out, standing_of
from city.staff.roles import Role
from city.utilities.register import NAME, provider_of, register_sandbox, registered, secret_path
from tests.city.colleagues import Person, person
from tests.city.terminal import JPEG, Terminal
from tests.city.test_command import city, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(terminal: Terminal) -> Case:
    """A case whose tenancy contract is to be brought again."""
    made = terminal.application()
    terminal.put(made)
    terminal.upload(made)
    case, desk = Case.objects.get(), person("前台员", Role.FRONT_DESK)
    tell(desk, case)
    case.refresh_from_db()
    return case


def tell(desk: Person, case: Case) -> None:
    where = f"/cases/{case.case_number}/once-only-notice"
    judged = {"fit-0": "no", "cause-0": "照片看不清，请重新拍", "remedy-0": "请补拍第 1 页。", "fit-1": "yes"}
    assert desk.send(where, where, version=case.version, **judged)[0] == 302


def last_day(case: Case) -> date:
    """The last day on which the case still waits."""
    assert case.correct_by is not None
    return add_working_days(case.correct_by, GRACE_WORKING_DAYS)


def test_a_case_ends_once_its_days_and_the_grace_are_over(told: Case) -> None:
    assert lapse(last_day(told)) == 0
    assert lapse(last_day(told) + timedelta(days=1)) == 1
    told.refresh_from_db()
    assert (told.state, told.clock_stopped_on) == (State.STOPPED, None)
    assert told.closed_at is not None
    assert standing_of(told).state is State.STOPPED
    assert lapse(last_day(told) + timedelta(days=2)) == 0
    assert Event.objects.filter(case=told, kind=Kind.LAPSED).count() == 1


def test_whoever_was_in_time_is_waited_for_while_the_photos_travel(told: Case, terminal: Terminal) -> None:
    made = terminal.application((JPEG + b"better",), corrects=str(told.application_id), applicant=None, answers={})
    assert terminal.put(made).status_code == 201
    assert lapse(last_day(told) + timedelta(days=9)) == 0
    terminal.upload(made)
    told.refresh_from_db()
    assert told.state == State.RECEIVED
    assert lapse(last_day(told) + timedelta(days=9)) == 0


def test_what_is_brought_after_the_end_is_kept_but_moves_nothing(told: Case) -> None:
    lapse(last_day(told) + timedelta(days=1))
    told.refresh_from_db()
    assert carry_out(told, told.version, Bring()) is NotNow.OTHER_STATE


def test_the_command_is_for_a_timer(tmp_path: Path) -> None:
    data = tmp_path / "data"
    city("init", "--data", data, "--json")
    body = said(city("daily", "--data", data, "--json"))
    assert (body["status"], body["lapsed"], body["uploads_removed"], body["months_counted"] > 12) == ("done", 0, 0, True)
    assert body["day"] == here.today().isoformat()
    assert said(city("daily", "--data", tmp_path / "none", "--json"))["status"] == "bad_data_directory"


def test_a_new_city_has_the_sandboxs_utilities_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    folder = CityFolder(tmp_path)
    folder.create()
    assert register_sandbox(folder)
    names = {one.utility.id for one in registered(folder)}
    assert {"sample-water", "sample-power"} <= names
    assert all(one.utility.sample and provider_of(folder, one.utility.id) is not None for one in registered(folder))
    assert len({secret_path(folder, name).read_bytes() for name in names}) == 1  # one process answers for all
    (folder.root / NAME).write_bytes(b"[]")
    assert not register_sandbox(folder)
    assert registered(folder) == ()
