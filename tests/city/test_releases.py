"""Releases and rollouts in the console: signed elsewhere by two, looked into here, begun by two, and refused where it must be."""

import base64
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, TargetFile

from city import here
from city.channel import records
from city.channel.keys import KeyFolder
from city.channel.records import RecordError, RecordFault
from city.channel.repository import Repository
from city.channel.rollouts import current
from city.fleet import release_pages
from city.fleet.models import FleetLine, PlanState, RolloutPlan
from city.fleet.models import Terminal as Row
from city.staff.roles import Role
from tests.city.test_fleet import clerk, get, post, text

pytestmark = pytest.mark.django_db


class Town:
    """A channel at the city, and two people with a medium each somewhere else."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.files = Repository(place / "updates", KeyFolder(place / "online"), KeyFolder(place / "offline"), here.now())
        self.files.make()
        for number in (1, 2):
            medium = place / f"medium-{number}"
            medium.mkdir()
            for path in (place / "offline").glob("stable-*.pem"):
                if not path.name.endswith(".secret.pem") or path.name == f"stable-{number}.secret.pem":
                    (medium / path.name).write_bytes(path.read_bytes())
        self.online = Repository(place / "updates", KeyFolder(place / "online"), KeyFolder(place / "nowhere"), here.now())
        self.bundle = place / "bundle"
        self.bundle.write_bytes(b"an invented bundle")

    def with_medium(self, number: int) -> Repository:
        medium = KeyFolder(self.place / f"medium-{number}")
        return Repository(self.place / "updates", medium, medium, here.now())

    def record(self, version: str = "2.4.2", signatures: int = 2) -> bytes:
        made = records.prepare(self.with_medium(1), "stable", version, "x86-64", self.bundle)
        return made if signatures == 1 else records.cosign(self.with_medium(2), "stable", made)

    def publish(self, version: str = "2.4.2") -> None:
        records.bring(self.online, self.bundle)
        records.publish(self.online, "stable", self.record(version))


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    town = Town(tmp_path)
    monkeypatch.setattr(release_pages, "_files", lambda: town.online)
    return town


@pytest.fixture
def fleet(db: None) -> list[str]:
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    names = [f"SY-R-{number:04}" for number in range(60)]
    Row.objects.bulk_create([Row(id=name, public_key=key, place="样例社区") for name in names])
    return names


@pytest.fixture
def first(db: None) -> Client:
    return clerk("first", Role.FLEET_OPERATOR)


@pytest.fixture
def second(db: None) -> Client:
    return clerk("second", Role.FLEET_OPERATOR)


PLAN = {
    "release": "2.4.2",
    "pilots": "SY-R-0001，SY-R-0002",
    "percent": "0",
    "opens": "23:00",
    "closes": "05:00",
    "minimum": "0",
    "note": "样例",
}


def bring_record(client: Client, content: bytes) -> Any:  # noqa: ANN401
    said = {"act": "look", "record": SimpleUploadedFile("record.json", content)}
    return client.post("/fleet/releases/record", said, secure=True)


def test_a_record_of_two_signatures_is_looked_into_and_then_counts(town: Town, first: Client) -> None:
    record = town.record()
    page = text(bring_record(first, record))
    assert "签名 2 / 2" in page
    assert "还没拷来" in page
    assert 'value="publish"' not in page, "not before its bundle is here"
    records.bring(town.online, town.bundle)
    page = text(bring_record(first, record))
    assert 'value="publish"' in page
    assert town.online.releases("stable") == {}, "looking changes nothing"
    assert post(first, "/fleet/releases/record", act="publish", record=base64.b64encode(record).decode()).status_code == 302
    assert list(town.online.releases("stable")) == ["stable/2.4.2/x86-64.bundle"]
    assert "2.4.2" in text(get(first, "/fleet/releases"))
    assert not list((town.place / "incoming").iterdir()), "it lies in its place now"
    assert FleetLine.objects.filter(act="release_published").count() == 1
    assert post(first, "/fleet/releases/record", act="publish", record=base64.b64encode(record).decode()).status_code == 422, "once"


def test_a_record_of_one_signature_does_not_count(town: Town, first: Client) -> None:
    records.bring(town.online, town.bundle)
    record = town.record(signatures=1)
    page = text(bring_record(first, record))
    assert "签名 1 / 2" in page
    assert post(first, "/fleet/releases/record", act="publish", record=base64.b64encode(record).decode()).status_code == 422
    assert town.online.releases("stable") == {}


def changed(record: bytes, change: Any, *signers: CryptoSigner) -> bytes:  # noqa: ANN401
    role = Metadata.from_bytes(record)
    change(role.signed)
    for signer in signers:
        role.sign(signer, append=True)
    return role.to_bytes()


def test_what_is_no_honest_record_is_refused(town: Town) -> None:
    town.publish("2.4.1")
    record, online = town.record(), town.online
    stranger = CryptoSigner(Ed25519PrivateKey.generate())

    def fault(content: bytes) -> RecordFault:
        with pytest.raises(RecordError) as refused:
            records.look(online, "stable", content)
        return refused.value.fault

    assert fault(b"{}") is RecordFault.NOT_ONE
    assert fault(b"x" * (records.RECORD_MAX_BYTES + 1)) is RecordFault.NOT_ONE
    assert fault((town.place / "updates" / "metadata" / "timestamp.json").read_bytes()) is RecordFault.NOT_ONE
    assert fault(changed(record, lambda role: role.targets.pop("stable/2.4.1/x86-64.bundle"))) is RecordFault.CHANGES
    assert fault(changed(record, lambda role: setattr(role, "version", 9))) is RecordFault.OLD
    assert fault(changed(record, lambda role: role.targets.pop("stable/2.4.2/x86-64.bundle"))) is RecordFault.NOTHING
    path = "../../../etc/cron.d/x"
    evil = TargetFile.from_data(path, b"x", ["sha256"])
    assert fault(changed(record, lambda role: role.targets.update({path: evil}))) is RecordFault.STRANGE_NAME
    longer = changed(record, lambda role: setattr(role, "expires", here.now().replace(microsecond=0, year=2099)), stranger)
    assert records.look(online, "stable", longer).signed == 0, "a change breaks the signatures, and a stranger's does not count"
    with pytest.raises(RecordError, match="0 of 2"):
        records.publish(online, "stable", longer)


def test_nobody_signs_a_copy_that_the_keys_did_not_sign(town: Town) -> None:
    path = town.place / "updates" / "metadata" / "1.stable.json"
    role = Metadata.from_file(str(path))
    role.signed.targets["stable/6.6.6/x86-64.bundle"] = TargetFile.from_data("stable/6.6.6/x86-64.bundle", b"evil", ["sha256"])
    role.to_file(str(path))
    with pytest.raises(RecordError) as refused:
        town.record()
    assert refused.value.fault is RecordFault.FOREIGN_COPY


def test_without_a_key_nothing_is_signed(town: Town) -> None:
    empty = town.place / "empty"
    empty.mkdir()
    for path in (town.place / "medium-1").glob("*.pem"):
        if not path.name.endswith(".secret.pem"):
            (empty / path.name).write_bytes(path.read_bytes())
    with pytest.raises(RecordError) as refused:
        records.prepare(
            Repository(town.place / "updates", KeyFolder(empty), KeyFolder(empty), here.now()), "stable", "2.4.2", "x86-64", town.bundle
        )
    assert refused.value.fault is RecordFault.NO_KEY


def test_a_rollout_is_seen_beforehand_proposed_by_one_and_begun_by_another(
    town: Town, fleet: list[str], first: Client, second: Client
) -> None:
    town.publish()
    page = text(post(first, "/fleet/releases/plan", act="look", **PLAN))
    assert "开始时 2 台，最后 60 台" in page
    assert not RolloutPlan.objects.exists(), "a dry run keeps nothing"
    assert post(first, "/fleet/releases/plan", act="propose", **PLAN).status_code == 302
    (plan,) = RolloutPlan.objects.all()
    assert current(town.online, "stable") is None
    assert "要由另一位运维同意" in text(get(first, "/fleet/releases"))
    assert post(first, "/fleet/releases/plan", act="agree", plan=str(plan.pk)).status_code == 422, "not the same person"
    assert current(town.online, "stable") is None
    assert post(second, "/fleet/releases/plan", act="agree", plan=str(plan.pk)).status_code == 302
    begun = current(town.online, "stable")
    assert begun is not None
    assert (begun.release, begun.percent, set(begun.pilots)) == ("2.4.2", 0, {"SY-R-0001", "SY-R-0002"})
    assert msgspec.to_builtins(begun.window) == {"opens": "23:00:00", "closes": "05:00:00"}
    assert post(second, "/fleet/releases/plan", act="agree", plan=str(plan.pk)).status_code == 422, "once"
    plan.refresh_from_db()
    assert (plan.state, plan.second.full_name if plan.second else "") == (PlanState.STARTED, "second")
    acts = list(FleetLine.objects.order_by("pk").values_list("act", "clerk__username"))
    assert acts[-2:] == [("rollout_planned", "first"), ("rollout_started", "second")]


def test_a_proposal_is_taken_back_or_is_over_after_a_day(
    town: Town, fleet: list[str], first: Client, second: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.publish()
    post(first, "/fleet/releases/plan", act="propose", **PLAN)
    assert "已经有一个申请" in post(second, "/fleet/releases/plan", act="propose", **PLAN).content.decode()
    (plan,) = RolloutPlan.objects.all()
    assert post(second, "/fleet/releases/plan", act="withdraw", plan=str(plan.pk)).status_code == 302
    assert post(second, "/fleet/releases/plan", act="agree", plan=str(plan.pk)).status_code == 422
    post(first, "/fleet/releases/plan", act="propose", **PLAN)
    later = RolloutPlan.objects.latest("pk")
    RolloutPlan.objects.filter(pk=later.pk).update(at=here.now().replace(year=2025))
    assert post(second, "/fleet/releases/plan", act="agree", plan=str(later.pk)).status_code == 422
    assert current(town.online, "stable") is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"release": "9.9.9"}, "频道里没有这个版本"),
        ({"release": "newest"}, "填得不对"),
        ({"pilots": ""}, "至少写一台试点"),
        ({"pilots": "SY-NOBODY"}, "不在册"),
        ({"percent": "101"}, "填得不对"),
        ({"percent": "many"}, "填得不对"),
        ({"opens": "late"}, "填得不对"),
    ],
)
def test_what_cannot_be_begun_is_said_beforehand(town: Town, fleet: list[str], first: Client, wrong: dict[str, str], said: str) -> None:
    town.publish()
    answer = post(first, "/fleet/releases/plan", act="propose", **(PLAN | wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not RolloutPlan.objects.exists()


def test_an_operator_of_a_district_neither_publishes_nor_begins(town: Town, fleet: list[str]) -> None:
    district = clerk("district", Role.FLEET_OPERATOR, area="2101")
    assert post(district, "/fleet/releases/plan", act="propose", **PLAN).status_code == 403
    assert bring_record(district, town.record()).status_code == 403
    assert not RolloutPlan.objects.exists()


def test_without_a_channel_the_page_says_how_to_begin(first: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Repository(tmp_path / "updates", KeyFolder(tmp_path / "on"), KeyFolder(tmp_path / "off"), here.now())
    monkeypatch.setattr(release_pages, "_files", lambda: nowhere)
    assert "city release init" in text(get(first, "/fleet/releases"))
    assert bring_record(first, b"{}").status_code == 422
    assert post(first, "/fleet/releases/plan", act="propose", **PLAN).status_code == 422
