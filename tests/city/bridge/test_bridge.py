"""An existing platform behind the terminals' contract: other names, other codes, and nothing lost whatever fails between the two."""

import base64
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests

from city.bridge.adapters import adapter_of
from city.bridge.carry import Turned, turn
from city.bridge.example import Example
from city.bridge.models import HandedOver, ReadTo, Trouble
from city.bridge.port import PlatformError
from city.bridge.standin import server
from city.folder import CityFolder, FolderError
from city.onewindow.models import Case, OnceOnlyNotice, SealedBody
from city.onewindow.states import Kind, State
from city.staff.models import Clerk
from sync.contract.receipt import PutAnswer
from tests.city.terminal import ANSWERS, ITEM, JPEG, PERSON, Terminal

pytestmark = pytest.mark.django_db
THEIRS = "000012-MZ"
TOKEN = "an-invented-token"


@pytest.fixture
def standin() -> Iterator[ThreadingHTTPServer]:
    """The invented platform, on a free port."""
    serving = server(0, TOKEN, frozenset({THEIRS}))
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield serving
    serving.shutdown()
    serving.server_close()
    thread.join()


@pytest.fixture
def url(standin: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{standin.server_address[1]}"


@pytest.fixture
def platform(url: str) -> Example:
    return Example(url, TOKEN, {str(ITEM.code): THEIRS})


def received(terminal: Terminal, **changes: object) -> Case:
    sealed = terminal.application(**changes)
    assert terminal.put(sealed).status_code == 201
    terminal.upload(sealed)
    return Case.objects.latest("pk")


def theirs(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{url}/control/cases", timeout=20).json()
    return found


def decide(url: str, case: Case, code: str, **more: object) -> None:
    number = HandedOver.objects.get(case=case).number
    sent = {"sblsh": number, "blzt": code, "blyj": "样例意见", **more}
    assert requests.post(f"{url}/control/decide", json=sent, timeout=20).status_code == 200


def fault(url: str, kind: str, times: int = 1) -> None:
    assert requests.post(f"{url}/control/fault", json={"kind": kind, "times": times}, timeout=20).status_code == 200


def state_of(case: Case) -> State:
    case.refresh_from_db()
    return State(case.state)


def test_a_case_is_handed_over_under_their_names_and_comes_back_decided(terminal: Terminal, platform: Example, url: str) -> None:
    case = received(terminal)
    assert turn(platform) == Turned(handed_over=1)
    (one,) = theirs(url)
    assert (one["ywlsh"], one["sxbm"], one["sqrxm"], one["sqrzjhm"], one["sqrzjlx"]) == (
        case.case_number,
        THEIRS,
        PERSON.name,
        PERSON.id_number,
        "111",
    )
    assert {(row["zdm"], row["zdz"]) for row in one["bdxx"]} >= {("mobile", ANSWERS["mobile"]), ("housing", "租的")}
    assert [base64.b64decode(row["nr"]) for row in one["clqd"]] == [JPEG]
    assert turn(platform) == Turned()  # nothing new
    decide(url, case, "11")
    assert turn(platform) == Turned(carried_out=1)
    assert state_of(case) is State.ACCEPTED
    decide(url, case, "21")
    assert turn(platform) == Turned(carried_out=1)
    assert state_of(case) is State.CLOSED
    kinds = list(case.events.order_by("pk").values_list("kind", flat=True))
    assert kinds[-4:] == [Kind.CLAIMED, Kind.CONCLUDED, Kind.APPROVED, Kind.CLOSED]
    names = set(case.events.exclude(clerk=None).values_list("clerk__full_name", flat=True))
    assert names == {"现有平台（受理）", "现有平台（审批）"}
    assert not Clerk.objects.filter(username__startswith="bridge-", is_active=True).exists()  # nobody signs in as the platform


def test_the_terminal_hears_of_it_as_ever(terminal: Terminal, platform: Example, url: str) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    turn(platform)
    decide(url, Case.objects.get(), "13", blyj="不符合条件")
    turn(platform)
    answer = msgspec.json.decode(terminal.send("GET", terminal.path(sealed)).content, type=PutAnswer)
    assert answer.receipt
    case = Case.objects.get()
    assert (state_of(case), case.events.first().detail["reason"]) == (State.NOT_ACCEPTED, "不符合条件")  # type: ignore[union-attr]


def test_what_is_missing_is_told_once_and_what_is_brought_reaches_them(terminal: Terminal, platform: Example, url: str) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    case = Case.objects.get()
    turn(platform)
    decide(url, case, "12", bzqd=[{"clbm": "contract", "yy": "照片看不清", "bf": "请重拍"}, {"clbm": "nothing", "yy": "", "bf": ""}])
    assert turn(platform).carried_out == 1
    assert state_of(case) is State.TO_CORRECT
    points = OnceOnlyNotice.objects.get(case=case).points
    assert [(one["material"], one["cause"]) for one in points] == [("contract", "照片看不清"), ("", "样例意见")]
    brought = terminal.application(
        (b"\xff\xd8\xff\xe0 a better picture",), corrects=sealed.header.application_id, answers={}, applicant=None, signature=None
    )
    assert terminal.put(brought).status_code == 201
    terminal.upload(brought)
    assert turn(platform) == Turned(brought=1)
    assert turn(platform) == Turned()
    (one,) = theirs(url)
    assert base64.b64decode(one["bz"][0]["clqd"][0]["nr"]) == b"\xff\xd8\xff\xe0 a better picture"
    decide(url, case, "11")
    assert turn(platform).carried_out == 1
    assert state_of(case) is State.ACCEPTED


def test_the_platform_says_no(terminal: Terminal, platform: Example, url: str) -> None:
    case = received(terminal)
    turn(platform)
    decide(url, case, "11")
    decide(url, case, "22", blyj="收入超过标准")
    assert turn(platform).carried_out == 2
    assert state_of(case) is State.NOT_APPROVED


@pytest.mark.parametrize("kind", ["silent", "late", "strange"])
def test_nothing_is_lost_or_doubled_when_the_platform_fails(terminal: Terminal, platform: Example, url: str, kind: str) -> None:
    case = received(terminal)
    fault(url, kind)
    with pytest.raises(PlatformError):
        turn(platform)
    assert not HandedOver.objects.exists()
    turn(platform)
    assert len(theirs(url)) == 1
    decide(url, case, "11")
    fault(url, kind)
    with pytest.raises(PlatformError):
        turn(platform)
    assert turn(platform).carried_out == 1
    assert len(case.events.filter(kind=Kind.ACCEPTED)) == 1


def test_a_decision_is_carried_out_once_though_the_cursor_was_lost(terminal: Terminal, platform: Example, url: str) -> None:
    case = received(terminal)
    turn(platform)
    decide(url, case, "11")
    turn(platform)
    ReadTo.objects.all().delete()
    assert turn(platform) == Turned()
    assert state_of(case) is State.ACCEPTED


def test_what_nobody_agreed_on_is_for_a_person_and_holds_nothing_up(terminal: Terminal, platform: Example, url: str) -> None:
    first, second = received(terminal), received(terminal)
    turn(platform)
    decide(url, first, "77")  # a code that the adapter does not know
    decide(url, second, "21")  # approved, but never accepted
    decide(url, second, "11")
    done = turn(platform)
    assert (done.carried_out, done.troubles) == (1, 2)
    assert HandedOver.objects.get(case=first).trouble == Trouble.UNKNOWN_WORD
    assert HandedOver.objects.get(case=second).trouble == Trouble.NOT_POSSIBLE
    assert (state_of(first), state_of(second)) == (State.RECEIVED, State.ACCEPTED)


def test_cases_that_the_platform_does_not_take_stay_with_the_city(terminal: Terminal, url: str) -> None:
    received(terminal)
    assert turn(Example(url, TOKEN, {})) == Turned()
    assert not HandedOver.objects.exists()
    assert turn(Example(url, TOKEN, {str(ITEM.code): "unknown-there"})) == Turned(troubles=1)
    assert HandedOver.objects.get().trouble == Trouble.UNWILLING


def test_a_case_that_does_not_open_is_for_a_person(terminal: Terminal, platform: Example) -> None:
    case = received(terminal)
    SealedBody.objects.filter(case=case).update(body=b"damaged")
    assert turn(platform) == Turned(troubles=1)
    assert HandedOver.objects.get().trouble == Trouble.UNREADABLE


@pytest.mark.parametrize("token", ["", "another"])
def test_a_wrong_token_and_a_closed_door_are_no_answer(terminal: Terminal, url: str, token: str) -> None:
    received(terminal)
    with pytest.raises(PlatformError):
        turn(Example(url, token, {str(ITEM.code): THEIRS}))
    with pytest.raises(PlatformError):
        turn(Example("http://127.0.0.1:1", TOKEN, {str(ITEM.code): THEIRS}))


def test_the_settings_name_the_adapter_and_say_what_is_missing(tmp_path: Path) -> None:
    folder = CityFolder(tmp_path / "city")
    folder.create()
    assert adapter_of(folder) is None
    folder.toml.write_text('[platform]\nadapter = "unheard-of"\n', encoding="utf-8")
    with pytest.raises(FolderError, match="no adapter 'unheard-of'"):
        adapter_of(folder)
    folder.toml.write_text('[platform]\nadapter = "example"\n', encoding="utf-8")
    with pytest.raises(FolderError, match="url is missing"):
        adapter_of(folder)
    folder.toml.write_text('[platform]\nadapter = "example"\nurl = "https://platform.example.org/"\n', encoding="utf-8")
    with pytest.raises(FolderError, match=r"platform\.toml"):
        adapter_of(folder)
    token = folder.keys / "platform.toml"
    token.write_text('token = "t"\n')
    token.chmod(0o644)
    with pytest.raises(FolderError, match="others may read it"):
        adapter_of(folder)
    token.chmod(0o600)
    with pytest.raises(FolderError, match=r"platform-codes\.json"):
        adapter_of(folder)
    (folder.root / "platform-codes.json").write_text("[]")
    with pytest.raises(FolderError):
        adapter_of(folder)
    (folder.root / "platform-codes.json").write_text('{"elder-allowance": "000012-MZ"}')
    found = adapter_of(folder)
    assert isinstance(found, Example)
    assert found.takes("elder-allowance")
    assert not found.takes("elder-card")
