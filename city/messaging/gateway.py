"""An SMS gateway, met over the adapter's small HTTP: one call, which may be repeated without a second message going out.

    PUT /messages/ID  {"to", "sender", "text"}  ->  200 {"state": "taken" | "refused"}

What became of it the gateway says later, when it knows, to the city:

    POST /v1/messages/receipts  {"message": "ID", "state": "delivered" | "failed"}  ->  204

Request and answer carry `X-Bianmin-Signature`, HMAC-SHA256 over what they are and their body, with a secret that both have (see
`city.shared_secret`). A provider with another interface gets a small service of its own that speaks this one.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, Protocol

import msgspec
import requests

from city.folder import CityFolder, FolderError
from city.shared_secret import SIGNATURE, is_signature, signature
from sync.contract.decoding import UNDECODABLE

NAME: Final = "sms.json"
SECRET: Final = "sms.secret"  # noqa: S105  a file's name
PATIENCE_S: Final = 4.0
_ANSWER_MAX_BYTES = 16 * 1024


class Outcome(StrEnum):
    """What a gateway made of a message."""

    TAKEN = "taken"  # it is the gateway's now
    REFUSED = "refused"  # never: no such number, or one that wants no messages
    NO_ANSWER = "no_answer"  # nobody knows; asked again under the same id


class Gateway(Protocol):
    """Sends text messages."""

    def send(self, message: str, to: str, text: str) -> Outcome:
        """Send a message under an id; under the same id it goes out once."""


class _Answer(msgspec.Struct, frozen=True):
    state: str


class DeliveryReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a gateway says of a message that it took: it is on the telephone, or never will be."""

    message: str
    state: Literal["delivered", "failed"]


class _Settings(msgspec.Struct, frozen=True):
    url: str
    sender: str = "便民服务"


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """A gateway behind the adapter's HTTP."""

    url: str
    sender: str
    secret: bytes = field(repr=False)

    def send(self, message: str, to: str, text: str) -> Outcome:
        """Send; whatever is no signed answer is none."""
        path = f"/messages/{message}"
        body = msgspec.json.encode({"to": to, "sender": self.sender, "text": text})
        headers = {SIGNATURE: signature(self.secret, "PUT", path, body), "Content-Type": "application/json"}
        try:
            answer = requests.put(self.url + path, data=body, headers=headers, timeout=PATIENCE_S, allow_redirects=False)
        except requests.RequestException:
            return Outcome.NO_ANSWER
        said = answer.headers.get(SIGNATURE, "")
        if answer.status_code != 200 or len(answer.content) > _ANSWER_MAX_BYTES:
            return Outcome.NO_ANSWER
        if not is_signature(said, signature(self.secret, "PUT", path, body, answer.content)):
            return Outcome.NO_ANSWER
        try:
            state = msgspec.json.decode(answer.content, type=_Answer).state
        except UNDECODABLE:
            return Outcome.NO_ANSWER
        return {"taken": Outcome.TAKEN, "refused": Outcome.REFUSED}.get(state, Outcome.NO_ANSWER)


def secret_of(folder: CityFolder) -> bytes | None:
    """Return the secret that the city shares with its gateway; None where it has no gateway."""
    try:
        return (folder.keys / SECRET).read_bytes().strip() if (folder.root / NAME).is_file() else None
    except OSError:
        return None


def gateway_of(folder: CityFolder) -> Gateway | None:
    """Return the city's gateway; None where it has none.

    Raises:
        FolderError: `sms.json` is malformed, its address is not one, or the secret is missing.
    """
    path = folder.root / NAME
    try:
        own = msgspec.json.decode(path.read_bytes(), type=_Settings)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise FolderError(f"{path}: {error}") from error
    if not own.url.startswith(("https://", "http://127.0.0.1:")):
        raise FolderError(f"{path}: the address must be https, or http on 127.0.0.1")
    try:
        secret = (folder.keys / SECRET).read_bytes().strip()
    except OSError as error:
        raise FolderError(f"{folder.keys / SECRET} cannot be read; write the secret shared with the gateway into it") from error
    return HttpGateway(own.url.rstrip("/"), own.sender, secret)
