"""An OpenID provider on TLS, built with Authlib's server: codes bound to PKCE, tokens signed with RS256, and a table of faults."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT = "bianmin-city"
SECRET = "invented-client-secret"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib is not typed
    """A code on its way."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class Client(ClientMixin):  # type: ignore[misc]  # Authlib is not typed
    """The one client that the provider knows."""

    def get_client_id(self) -> str:
        return CLIENT

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == "https://city.test/sign-in/oidc/back"

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"

    def get_allowed_scope(self, scope: str) -> str:
        return scope


@dataclass
class IdentityProvider:
    """Who sits at the browser (`person`: their claims), and what the provider does wrong (`fault`)."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    other_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    codes: dict[str, Code] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    def app(self) -> flask.Flask:
        """Return the provider as a WSGI application."""
        provider, app = self, flask.Flask("identity-provider")

        class Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib is not typed
            def save_authorization_code(self, code: str, request: Any) -> None:  # noqa: ANN401  Authlib is not typed
                asked = request.payload.data
                challenge = (asked["code_challenge"], asked["code_challenge_method"])
                provider.codes[code] = Code(code, request.payload.redirect_uri, request.payload.scope, asked.get("nonce", ""), *challenge)

            def query_authorization_code(self, code: str, client: Client) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                del provider.codes[authorization_code.code]

            def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
                return {**provider.person, "nonce": authorization_code.nonce}

        server = AuthorizationServer(
            app,
            query_client=lambda name: Client() if name == CLIENT else None,
            save_token=lambda token, request: provider.sign(token, request.user),
        )
        server.register_grant(Grant, [CodeChallenge(required=True)])

        @app.get("/.well-known/openid-configuration")
        def metadata() -> dict[str, Any]:
            issuer = "https://somebody.else" if provider.fault == "issuer" else provider.url
            places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            ends = {f"{name}_endpoint": f"{provider.url}/{place}" for name, place in places.items()}
            if provider.fault != "no_goodbye":
                ends["end_session_endpoint"] = f"{'http://id.test' if provider.fault == 'goodbye_in_clear' else provider.url}/logout"
            return {"issuer": issuer, **ends, "jwks_uri": f"{provider.url}/jwks"}

        @app.get("/logout")
        def end_session() -> flask.Response:
            asked = flask.request.args
            hint = jwt.decode(asked["id_token_hint"], KeySet([provider.key]), algorithms=["RS256"])
            assert (hint.claims["sub"], asked["client_id"]) == (provider.person["sub"], CLIENT)
            provider.ended.append(hint.claims["sub"])
            return flask.redirect(asked["post_logout_redirect_uri"])  # type: ignore[return-value]  # a response all the same

        @app.get("/authorize")
        def authorize() -> flask.Response:
            grant = server.get_consent_grant(end_user=provider.person)
            return server.create_authorization_response(grant_user=provider.person, grant=grant)

        @app.post("/token")
        def token() -> flask.Response:
            return flask.Response("busy", 503) if provider.fault == "busy" else server.create_token_response()

        @app.get("/userinfo")
        def userinfo() -> dict[str, Any]:
            assert flask.request.headers["Authorization"].startswith("Bearer ")
            other = {"sub": "somebody-else"} if provider.fault == "other_userinfo" else {}
            return {**provider.person, **other}

        @app.get("/jwks")
        def keys() -> dict[str, Any]:
            return dict(KeySet([provider.key]).as_dict(private=False))

        return app

    def sign(self, token: dict[str, Any], person: dict[str, Any]) -> None:
        """Put the identity token beside the access token."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **person}
        match self.fault:
            case "groups_elsewhere" | "other_userinfo":
                claims.pop("groups", None)
            case "nonce":
                claims["nonce"] = "another sign-in's"
            case "audience":
                claims["aud"] = "another-client"
            case "expired":
                claims |= {"iat": now - 3600, "exp": now - 1800}
            case "no_subject":
                claims.pop("sub", None)
        key = self.other_key if self.fault == "signature" else self.key
        algorithm = "RS256"
        token["id_token"] = jwt.encode({"alg": algorithm, "kid": "one"}, claims, key)
        if self.fault == "unsigned":
            _, body, _ = token["id_token"].split(".")
            token["id_token"] = f"eyJhbGciOiJub25lIn0.{body}."


@contextmanager
def providing(certificate: Path, key: Path) -> Iterator[IdentityProvider]:
    """Serve a provider on a free port of the loopback."""
    provider = IdentityProvider()
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True, ssl_context=(str(certificate), str(key)))
    provider.url = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
