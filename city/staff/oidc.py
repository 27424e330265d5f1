"""Signing in at a city's own identity provider (OpenID Connect, code flow with PKCE): what is asked of it, and how its word must be.

The provider says who somebody is and which groups they are in; which roles a group has is written here, in `oidc-roles.json`.
"""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from city.folder import CityFolder, FolderError
from city.staff.roles import Role
from sync.contract.decoding import UNDECODABLE

ROLES: Final = "oidc-roles.json"
SECRET: Final = "oidc.toml"  # noqa: S105  the name of the file in which it stands
AUTHORITY: Final = "oidc-authority.pem"
PATIENCE_S: Final = 5.0
_LEEWAY_S: Final = 60
_MAX_BYTES: Final = 256 * 1024
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
"""Never an HMAC, whose key is the client's own, and never none."""


class NotIn(StrEnum):
    """Why somebody is not let in."""

    NO_ANSWER = "no_answer"  # the provider cannot be reached, or talks nonsense
    DECLINED = "declined"  # it says no, or the person turned back there
    NOT_GENUINE = "not_genuine"  # what came back does not belong to this sign-in, or is not the provider's word
    UNKNOWN = "unknown"  # none of the person's groups has a role here
    TAKEN = "taken"  # an account with a password has this name
    LOCKED = "locked"  # an administrator locked the account


class OidcError(Exception):
    """Nobody is let in; `why` says what to tell them."""

    def __init__(self, why: NotIn) -> None:
        super().__init__(why.value)
        self.why = why


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One posting that a group gives."""

    role: Role
    office: str = ""  # a code of an office; none where the role is bound to no office
    area: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider as this city's settings name it."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    label: str
    claim: str
    roles: dict[str, tuple[Grant, ...]]
    authority: Path | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sign-in that is under way has to come back with; kept in the browser, signed."""

    state: str
    nonce: str
    verifier: str = field(repr=False)
    target: str


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the provider vouches for."""

    subject: str
    username: str
    full_name: str
    groups: frozenset[str]
    id_token: str = field(default="", repr=False)  # shown to the provider again when the person signs out


class _Metadata(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


def provider_of(folder: CityFolder) -> Provider | None:
    """Return the provider that `city.toml` names; None where there is none.

    Raises:
        FolderError: Something that it needs is missing, wrong or open to others.
    """
    own = folder.settings()
    if own.oidc_issuer is None:
        return None
    if not own.oidc_client_id:
        raise FolderError(f"{folder.toml}: [oidc] client_id is missing")
    parts = urlsplit(own.oidc_issuer)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise FolderError(f"{folder.toml}: [oidc] issuer must be an https:// address")
    authority = folder.root / AUTHORITY
    return Provider(
        own.oidc_issuer,
        own.oidc_client_id,
        _secret(folder.keys / SECRET),
        own.oidc_label,
        own.oidc_roles_claim,
        _roles(folder.root / ROLES),
        authority if authority.is_file() else None,
    )


def _secret(path: Path) -> str:
    try:
        is_open = path.stat().st_mode & 0o077
        secret = tomllib.loads(path.read_text(encoding="utf-8")).get("client_secret")
    except (OSError, ValueError) as error:
        raise FolderError(f'{path}: {error}; write client_secret = "…" into it') from error
    if is_open:
        raise FolderError(f"{path}: others may read it; chmod 600 {path}")
    if not isinstance(secret, str) or not secret:
        raise FolderError(f'{path}: write client_secret = "…" into it')
    return secret


def _roles(path: Path) -> dict[str, tuple[Grant, ...]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[Grant, ...]])
    except OSError as error:
        raise FolderError(f'{path}: {error.strerror}; write {{"a group": [{{"role": "front_desk", "office": "desk"}}]}} into it') from error
    except UNDECODABLE as error:
        raise FolderError(f"{path}: {error}") from error


def begin(provider: Provider, back: str, asked: Asked) -> str:
    """Return the address to send the browser to; it comes back to `back`.

    Raises:
        OidcError: The provider does not answer.
    """
    with _session(provider, back) as session:
        found = _metadata(session, provider)
        url, _ = session.create_authorization_url(
            found.authorization_endpoint, state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier
        )
    return str(url)


def finish(provider: Provider, back: str, asked: Asked, answer: dict[str, str]) -> Known:
    """Exchange the code that the browser brought for the provider's word about who it is.

    Raises:
        OidcError: The provider declines or does not answer, or its word is not good.
    """
    if answer.get("state") != asked.state:
        raise OidcError(NotIn.NOT_GENUINE)
    if "error" in answer:
        raise OidcError(NotIn.DECLINED)
    with _session(provider, back) as session:
        found = _metadata(session, provider)
        if "client_secret_basic" not in found.token_endpoint_auth_methods_supported:
            session.token_endpoint_auth_method = "client_secret_post"  # noqa: S105  a method's name
        try:
            token = session.fetch_token(found.token_endpoint, code=answer.get("code", ""), code_verifier=asked.verifier)
        except AuthlibBaseError:
            raise OidcError(NotIn.NOT_GENUINE) from None
        except (requests.RequestException, ValueError):
            raise OidcError(NotIn.NO_ANSWER) from None
        keys = _fetched(session, found.jwks_uri, dict[str, Any])
        id_token = str(token.get("id_token", ""))
        claims = _verified(provider, asked, id_token, str(token.get("access_token", "")), keys)
        if provider.claim not in claims and found.userinfo_endpoint:
            more = _fetched(session, found.userinfo_endpoint, dict[str, Any], with_token=True)
            if more.get("sub") != claims["sub"]:
                raise OidcError(NotIn.NOT_GENUINE)
            claims = {**more, **claims}
    return _known(claims, provider.claim, id_token)


def goodbye(provider: Provider, home: str, id_token: str) -> str | None:
    """Return the address at which the provider ends its own session and leads back to `home`; None where it has none.

    Raises:
        OidcError: The provider does not answer.
    """
    with _session(provider, home) as session:
        end = _metadata(session, provider).end_session_endpoint
    if end is None:
        return None
    said = {"id_token_hint": id_token, "client_id": provider.client_id, "post_logout_redirect_uri": home}
    return f"{end}{'&' if urlsplit(end).query else '?'}{urlencode(said)}"


def _verified(provider: Provider, asked: Asked, id_token: str, access_token: str, keys: dict[str, Any]) -> dict[str, Any]:
    try:
        read = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]  # checked as it is read
        wanted = {"iss": {"essential": True, "value": provider.issuer}, "aud": {"essential": True, "value": provider.client_id}}
        bound = {"nonce": asked.nonce, "client_id": provider.client_id, "access_token": access_token}
        CodeIDToken(read.claims, read.header, wanted, bound).validate(leeway=_LEEWAY_S)
    except (JoseError, ValueError, TypeError, KeyError):
        raise OidcError(NotIn.NOT_GENUINE) from None
    return dict(read.claims)


def _known(claims: dict[str, Any], claim: str, id_token: str) -> Known:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) < 256:
        raise OidcError(NotIn.NOT_GENUINE)
    said = claims.get(claim)
    groups = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    username, name = (str(claims.get(key) or "").replace("\0", "").strip() for key in ("preferred_username", "name"))
    return Known(
        subject,
        (username or subject)[:150],
        (name or username or subject)[:60],
        frozenset(one for one in groups if isinstance(one, str)),
        id_token,
    )


def _session(provider: Provider, back: str) -> OAuth2Session:
    session = OAuth2Session(
        provider.client_id,
        provider.secret,
        scope="openid profile",
        redirect_uri=back,
        code_challenge_method="S256",
        default_timeout=PATIENCE_S,
    )
    session.trust_env = False  # no proxy and no authority from the environment: the data directory says all
    session.verify = str(provider.authority) if provider.authority else True
    return session


def _metadata(session: OAuth2Session, provider: Provider) -> _Metadata:
    found: _Metadata = _fetched(session, provider.issuer.rstrip("/") + "/.well-known/openid-configuration", _Metadata)
    addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint, found.end_session_endpoint)
    if found.issuer != provider.issuer or not all(one.startswith("https://") for one in addresses if one):
        raise OidcError(NotIn.NO_ANSWER)
    return found


def _fetched(session: OAuth2Session, url: str, kind: Any, *, with_token: bool = False) -> Any:  # noqa: ANN401  what `kind` says
    try:
        answer = session.get(url, withhold_token=not with_token, allow_redirects=False, stream=True)
        answer.raise_for_status()
        return msgspec.json.decode(answer.raw.read(_MAX_BYTES, decode_content=True), type=kind)
    except (requests.RequestException, *UNDECODABLE):
        raise OidcError(NotIn.NO_ANSWER) from None
