"""An HTTP proxy on the way to the city: it carries bytes (CONNECT, RFC 9110 section 9.3.6) and sees none; TLS ends at the city alone."""

import base64
import http.client
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from sync.errors import SettingsError

LOGIN_WANTED: Final = http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
_LOGIN_MAX_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Proxy:
    """Whom to ask for a line; `login` is `user:password`, empty where none is wanted, and shown to the proxy alone."""

    host: str
    port: int
    login: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The address, without the login: it may be logged."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def url_with_login(self) -> str:
        """The address for a library that reads the login off it; for nothing that is logged or kept."""
        user, _, password = self.login.partition(":")
        login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if self.login else ""
        return self.url.replace("http://", f"http://{login}", 1)

    @property
    def headers(self) -> dict[str, str]:
        """Return what is said to the proxy and to nobody behind it."""
        if not self.login:
            return {}
        return {"Proxy-Authorization": f"Basic {base64.b64encode(self.login.encode()).decode('ascii')}"}


def proxy_at(url: str, login_file: Path) -> Proxy | None:
    """Return the proxy of a configuration; None where the way is straight.

    Args:
        url: `http://host:port`, or nothing.
        login_file: Need not exist.

    Raises:
        SettingsError: The login cannot be read, or is none.
    """
    if not url:
        return None
    parts = urlsplit(url)
    return Proxy(parts.hostname or "", parts.port or 80, _login(login_file))


def _login(path: Path) -> str:
    try:
        text = path.read_bytes()[:_LOGIN_MAX_BYTES].decode("utf-8").rstrip("\r\n")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read") from error
    if text and (":" not in text or not text.isprintable()):
        raise SettingsError(f"{path}: write one line, user:password")
    return text


def tunnel(proxy: Proxy, address: str, host: str, port: int, within_s: float) -> tuple[int, socket.socket | None]:
    """Ask for a line to `host`; return what the proxy says, and the line where that is yes.

    Args:
        proxy: Whom to ask.
        address: Of the proxy, as it was looked up.
        host: Of the city.
        port: Of the city.
        within_s: For each wait.

    Raises:
        OSError: The proxy is not there, too slow, or no proxy.
    """
    asking = http.client.HTTPConnection(address, proxy.port, timeout=within_s)
    asking.connect()
    line = asking.sock
    try:
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        asking.putrequest("CONNECT", target, skip_host=True, skip_accept_encoding=True)
        for name, value in ({"Host": target} | proxy.headers).items():
            asking.putheader(name, value)
        asking.endheaders()
        answer = http.client.HTTPResponse(line, method="CONNECT")
        answer.begin()
    except (http.client.HTTPException, ValueError) as error:
        line.close()
        raise ConnectionError("no answer of a proxy") from error
    except OSError:
        line.close()
        raise
    answer.close()  # lets go of its own hold on the line
    if answer.status == http.HTTPStatus.OK:
        return answer.status, line
    line.close()
    return answer.status, None
