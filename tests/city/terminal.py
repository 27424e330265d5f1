"""A terminal as the city meets it: it makes, seals and signs with the contract, and nothing of the city's."""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.http import HttpResponse
from django.test import Client

from sync.contract import routes
from sync.contract.application import Applicant, Application, Consent, Header, PaperPage, Signature
from sync.contract.http_signature import RequestKey, sign_request
from sync.contract.item import CardField, Category, Control, Field, ItemPackage, Limit, Material, Notice, Option, Page
from sync.contract.names import ApplicationId, InstallId, ItemCode, MaterialId, TerminalId, digest_of, new_receipt_number
from sync.contract.suites import CityPublicKey, Sealed, Sealer
from sync.contract.words import Words

HOST = "city.test"
JPEG = b"\xff\xd8\xff\xe0 an invented picture "

ITEM = ItemPackage(
    format=1,
    code=ItemCode("sample-registration"),
    version=3,
    valid_from=date(2026, 1, 1),
    valid_until=date(2036, 1, 1),
    name=Words("样例登记", "Sample registration"),
    short=Words("样例"),
    purpose=Words("样例"),
    category=Category.RESIDENCE,
    icon="home",
    department=Words("样例部门"),
    fee_fen=0,
    limit=Limit(10),
    bring=(Words("身份证"),),
    notice=Notice("2026-11", (Words("样例告知"),)),
    declaration=Words("样例承诺"),
    card_fields=(CardField.NAME, CardField.ID_NUMBER, CardField.SEX, CardField.ADDRESS),
    schema={
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "mobile": {"type": "string", "format": "mobile"},
            "housing": {"type": "string", "enum": ["rented", "own"]},
            "remark": {"type": "string", "maxLength": 200},
        },
        "required": ["mobile", "housing"],
        "additionalProperties": False,
    },
    pages=(
        Page(
            Words("居住情况", "Housing"),
            (
                Field("mobile", Control.DIGITS, Words("手机", "Mobile")),
                Field(
                    "housing",
                    Control.CHOICE,
                    Words("房屋", "Home"),
                    options=(Option("rented", Words("租的")), Option("own", Words("自己的"))),
                ),
                Field("remark", Control.TEXT, Words("备注", "Remark")),
            ),
        ),
    ),
    materials=(Material(MaterialId("contract"), Words("租赁合同", "Tenancy contract"), pages_max=3),),
)

PERSON = Applicant("resident", name="样例人", sex="女", id_number="210102199003075129", address="沈阳市样例区虚构街 1 号")
ANSWERS: dict[str, Any] = {"mobile": "13800000000", "housing": "rented", "remark": "无"}
INK = Signature(60.0, 30.0, (((5.0, 5.0, 0), (20.0, 22.5, 60), (40.0, 8.0, 140)), ((50.0, 15.0, 400),)))


class Terminal:
    """One terminal with its key; `put` and its like sign and send through Django's test client."""

    def __init__(self, name: str, city_key: CityPublicKey, item: ItemPackage = ITEM) -> None:
        self.id = TerminalId(name)
        self.key = Ed25519PrivateKey.generate()
        self.install = InstallId(str(uuid.uuid4()))
        self.sequence = 0
        self.sealer = Sealer()
        self.city_key = city_key
        self.item = item
        self.client = Client(headers={"host": HOST})

    def application(self, photos: Iterable[bytes] = (JPEG,), **changes: Any) -> Sealed:  # noqa: ANN401
        """Make an application; `changes` go into its content, or into its header where they are named header_…"""
        clear = tuple(photos)
        self.sequence += 1
        names: dict[str, Any] = {
            "format": 1,
            "application_id": ApplicationId(str(uuid.uuid4())),
            "number": new_receipt_number(),
            "terminal": self.id,
            "item": self.item.code,
            "item_version": self.item.version,
        }
        content = {
            **names,
            "language": "zh",
            "handed_in_at": datetime.now(UTC),
            "applicant": PERSON,
            "consent": Consent("2026-11", datetime.now(UTC)),
            "answers": dict(ANSWERS),
            "papers": tuple(
                PaperPage(MaterialId("contract"), place + 1, place, "image/jpeg", digest_of(one), len(one))
                for place, one in enumerate(clear)
            ),
            "signature": INK,
        }
        header = {**names, "install": self.install, "sequence": self.sequence, "sealed_at": datetime.now(UTC), "attachments": ()}
        header |= {name.removeprefix("header_"): value for name, value in changes.items() if name.startswith("header_")}
        content |= {name: value for name, value in changes.items() if not name.startswith("header_")}
        return self.sealer.seal(Header(**header), msgspec.json.encode(Application(**content)), clear, self.city_key)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str | None = None,
        headers: dict[str, str] | None = None,
        key: Ed25519PrivateKey | None = None,
    ) -> HttpResponse:
        """Sign and send one request."""
        plain = dict(headers or {}) | ({"Content-Type": kind} if kind else {})
        signed = sign_request(method, f"https://{HOST}{path}", plain, body, RequestKey(self.id, key or self.key))
        return self.deliver(method, path, body, signed)

    def deliver(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> HttpResponse:
        """Send one request as it is, signed or not."""
        rest = {name: value for name, value in headers.items() if name != "Content-Type"}
        kind = headers.get("Content-Type", "application/octet-stream")
        return self.client.generic(method, path, body or b"", content_type=kind, secure=True, headers=rest)  # type: ignore[return-value]

    def put(self, sealed: Sealed, path: str | None = None) -> HttpResponse:
        """PUT an application."""
        return self.send("PUT", path or self.path(sealed), sealed.body, routes.SEALED_TYPE)

    def path(self, sealed: Sealed) -> str:
        """Return where an application is put."""
        return routes.application_path(self.id, sealed.header.application_id)

    def patch(self, sealed: Sealed, place: int, offset: int, piece: bytes) -> HttpResponse:
        """Send a piece of a photo."""
        whole = sealed.header.attachments[place]
        headers = {routes.OFFSET_HEADER: str(offset), routes.LENGTH_HEADER: str(whole.size_bytes)}
        return self.send("PATCH", routes.blob_path(whole.digest), piece, routes.PIECE_TYPE, headers)

    def upload(self, sealed: Sealed) -> None:
        """Send every photo whole."""
        for place, photo in enumerate(sealed.attachments):
            answer = self.patch(sealed, place, 0, photo)
            assert answer.status_code == 204, answer.content
