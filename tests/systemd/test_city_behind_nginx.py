"""The example for nginx, run by nginx: in front of the city as its unit serves it, on PostgreSQL, with the terminal's own sender."""

import json
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from city.certificates import authority, make_authority, named
from city.folder import CityFolder
from city.web.uploads import MOST_BYTES
from sync import identity
from sync.contract import routes
from sync.contract.city_keys import newest_public_key
from sync.contract.names import TerminalId
from sync.contract.problem import MEDIA_TYPE
from sync.contract.rating import Level
from sync.contract.signing_keys import public_pem
from sync.courier import PassStatus
from sync.exchange import Answer, Exchange
from sync.loop import Sender
from sync.settings import SyncSettings
from tests.city.cluster import Cluster
from tests.sync.conftest import open_outbox
from tests.sync.counter import Counter, photo
from tests.sync.real_city import ITEM, ROOT, city_command, settings_at

UNITS = ROOT / "systemd" / "city"
PATIENCE_S = 600
MB = 1024 * 1024
ROUTES = {value for name, value in vars(routes).items() if name.endswith(("_PATTERN", "_PATH"))}
NEED_NONE = {routes.ENROLMENT_PATH, routes.CERTIFICATE_PATH, routes.HEALTH_PATH}
TERMINALS_ONLY = [re.sub(r"\{\w+\}", "1", route) for route in sorted(ROUTES - NEED_NONE)]
WITHOUT = ("/v1/health", "/v1/openapi.json", "/sign-in", "/static/console.css")

pytestmark = [pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"), pytest.mark.timeout(1800)]


@dataclass(frozen=True, slots=True)
class Town:
    """A city behind its proxy."""

    place: Path
    url: str
    password: str

    @property
    def folder(self) -> CityFolder:
        return CityFolder(self.place / "city")

    def admitted(self, name: str) -> SyncSettings:
        """Return the settings of a new terminal that the city admits; it has no certificate yet."""
        terminal, home = TerminalId(name), self.place / name
        settings = settings_at(self.url, self.folder.public, home, terminal)
        public = self.place / f"{name}.pem"
        public.write_bytes(public_pem(identity.request_key(settings.request_key, terminal).key.public_key()))
        run("enrol", "--data", self.folder.root, "--terminal", name, "--public-key", public)
        return settings

    def reload(self) -> None:
        """Let nginx read its files anew, as bianmin-city-proxy.service does, and wait until it has."""
        subprocess.run([*nginx(self.place), "-s", "reload"], check=True, capture_output=True)
        time.sleep(1)

    def get(self, path: str, **more: Any) -> requests.Response:  # noqa: ANN401
        """Ask as a browser does: with no certificate."""
        return requests.get(self.url + path, verify=str(self.folder.public / "ca.pem"), allow_redirects=False, timeout=PATIENCE_S, **more)


def run(*words: object) -> dict[str, Any]:
    """Run one command of the city's."""
    done = subprocess.run(city_command(*map(str, words), "--json"), check=True, cwd=ROOT, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def nginx(place: Path) -> list[str]:
    return ["nginx", "-p", str(place), "-c", str(place / "nginx.conf"), "-e", "stderr"]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """Start PostgreSQL, the city by the words of its unit, and nginx by the example; both with other paths and ports."""
    place = Path(tempfile.mkdtemp(prefix="town-"))  # pytest's own folders let nobody else in, and PostgreSQL runs as somebody else
    place.chmod(0o755)
    cluster = Cluster(place / "pg")
    cluster.start()
    data = place / "city"
    try:
        CityFolder(data).create()
        (data / "city.toml").write_text(f'[database]\nurl = "postgresql://city@/postgres?host={place / "pg"}"\n', encoding="utf-8")
        password = run("init", "--data", data)["clerk"]["password"]
        run("publish-items", "--data", data, "--from", ITEM)
        unit = (UNITS / "bianmin-city.service").read_text(encoding="utf-8")
        words = re.search(r"bin/city (serve .*)", unit).group(1).split()  # type: ignore[union-attr]
        words[words.index("--data") + 1], words[words.index("--port") + 1] = str(data), "0"
        with (place / "city.log").open("w") as log:
            server = subprocess.Popen(city_command(*words, "--json"), stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT)
        try:
            assert server.stdout is not None
            assert select.select([server.stdout], [], [], PATIENCE_S)[0], "no ready line"
            behind = int(json.loads(server.stdout.readline())["url"].rpartition(":")[2])
            yield from _before(place, behind, password)
        finally:
            server.terminate()
            server.wait(PATIENCE_S)
    finally:
        cluster.stop()
        shutil.rmtree(place)


def _before(place: Path, behind: int, password: str) -> Iterator[Town]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    example = (UNITS / "nginx.conf").read_text(encoding="utf-8")
    for theirs, ours in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("server 127.0.0.1:8443", f"server 127.0.0.1:{behind}"),
        ("/var/lib/bianmin-city", str(place / "city")),
        ("/var/log/nginx", str(place)),
    ):
        assert theirs in example
        example = example.replace(theirs, ours)
    (place / "bianmin-city.conf").write_text(example, encoding="utf-8")
    spools = [place / "spool" / name for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    (place / "spool").mkdir()
    paths = "".join(f"{path.name}_temp_path {path};\n" for path in spools)
    http = f"access_log {place}/access.log;\n{paths}include {place}/bianmin-city.conf;\n"
    main = f"daemon off;\npid {place}/nginx.pid;\nevents {{}}\nhttp {{\n{http}}}\n"
    (place / "nginx.conf").write_text(main, encoding="utf-8")
    judged = subprocess.run([*nginx(place), "-t"], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stderr
    proxy = subprocess.Popen(nginx(place))
    try:
        _wait_for(port)
        for path in spools:
            path.chmod(0)  # whatever nginx would put into a file fails from now on
        yield Town(place, f"https://localhost:{port}", password)
    finally:
        proxy.terminate()
        proxy.wait(PATIENCE_S)


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx does not listen")


def asked(settings: SyncSettings, method: str, path: str, body: bytes | None = None, certificate: Path | None = None) -> Answer:
    """Ask one signed question, showing this certificate or none."""
    exchange = Exchange(settings.url, settings.ca_file, identity.request_key(settings.request_key, settings.terminal), 60)
    if certificate is not None:
        assert certificate.exists()
        exchange.show_certificate(certificate, settings.request_key)
    try:
        answer = exchange.ask(method, path, {"Content-Type": routes.JSON_TYPE} if body else {}, body)
    finally:
        exchange.close()
    assert isinstance(answer, Answer), answer
    return answer


def is_the_proxys(answer: Answer) -> bool:
    """Tell whether nginx answered; the city writes problems."""
    return b"nginx" in answer.body and answer.headers.get("content-type") != MEDIA_TYPE


def certificate(issued_by: CityFolder, settings: SyncSettings, path: Path, *, days: int) -> Path:
    """Issue a certificate to the terminal's key, over after so many days from now; none is noted anywhere."""
    issuer, issuer_key = authority(issued_by)
    public: Ed25519PublicKey = identity.request_key(settings.request_key, settings.terminal).key.public_key()
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(named(settings.terminal))
        .issuer_name(issuer.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .sign(issuer_key, hashes.SHA256())
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.public_bytes(Encoding.PEM))
    return path


def test_a_terminal_gets_its_certificate_and_delivers_by_it(town: Town) -> None:
    settings = town.admitted("SY-TEST-0001")
    outbox = open_outbox(settings)
    counter = Counter(outbox, newest_public_key(settings.city_keys))
    counter.take_up(ITEM)
    counter.terminal = settings.terminal
    handed = counter.hand_in(photo(1_500_000), photo(60_000))
    assert handed.header is not None
    outbox.put_rating(handed.header.application_id, Level.SATISFIED)
    sender = Sender.open(settings)
    try:
        assert sender.deliver().status is PassStatus.STOPPED  # nothing goes in without a certificate
        sender.renew()
        assert settings.certificate.exists()
        done = sender.deliver()
        assert (done.status, done.sent, done.complete, done.photos, done.ratings) == (PassStatus.DONE, 1, 1, 2, 1), done
        sender.fetch_down()
        assert list(settings.catalogue.glob("**/*")), "packages came down"
    finally:
        sender.close()
    outbox.close()


def test_without_a_certificate_nothing_of_terminals_is_answered(town: Town) -> None:
    settings = town.admitted("SY-TEST-0002")
    for path in TERMINALS_ONLY:
        answer = asked(settings, "GET", path)
        assert (answer.status, is_the_proxys(answer)) == (403, True), path


def test_a_certificate_of_another_authority_is_refused(town: Town) -> None:
    settings = town.admitted("SY-TEST-0003")
    another = CityFolder(town.place / "another")
    another.create()
    make_authority(another)
    foreign = certificate(another, settings, town.place / "foreign.pem", days=30)
    for path in (*TERMINALS_ONLY, *WITHOUT):
        answer = asked(settings, "GET", path, certificate=foreign)
        assert (answer.status, is_the_proxys(answer)) == (403, True), path
    assert asked(settings, "POST", routes.CERTIFICATE_PATH, b"{}", foreign).status == 403


def test_a_withdrawn_certificate_is_refused_by_the_city_at_once_and_by_the_proxy_once_it_read_the_list(town: Town) -> None:
    settings, other = town.admitted("SY-TEST-0004"), town.admitted("SY-TEST-0005")
    for each in (settings, other):
        sender = Sender.open(each)
        sender.renew()
        sender.close()
    assert asked(settings, "GET", routes.CATALOGUE_PATH, certificate=settings.certificate).status == 200
    run("admission", "withdraw", "--data", town.folder.root, "--terminal", settings.terminal, "--why", "样例")
    at_once = asked(settings, "GET", routes.CATALOGUE_PATH, certificate=settings.certificate)
    assert (at_once.status, is_the_proxys(at_once)) == (403, False)
    town.reload()
    for path in (routes.CATALOGUE_PATH, routes.HEALTH_PATH):
        later = asked(settings, "GET", path, certificate=settings.certificate)
        assert (later.status, is_the_proxys(later)) == (403, True)
    assert asked(other, "GET", routes.CATALOGUE_PATH, certificate=other.certificate).status == 200


def test_a_terminal_whose_certificate_is_over_can_ask_for_a_new_one_and_nothing_else(town: Town) -> None:
    settings = town.admitted("SY-TEST-0006")
    over = certificate(town.folder, settings, settings.certificate, days=-1)
    for path in (*TERMINALS_ONLY, *WITHOUT):
        answer = asked(settings, "GET", path, certificate=over)
        assert (answer.status, is_the_proxys(answer)) == (403, True), path
    assert asked(settings, "POST", routes.CERTIFICATE_PATH, b"{}", over).status == 200
    sender = Sender.open(settings)
    try:
        sender.renew()
        assert sender.deliver().status is PassStatus.DONE
        sender.fetch_down()
    finally:
        sender.close()
    assert asked(settings, "GET", routes.CATALOGUE_PATH, certificate=settings.certificate).status == 200


def test_the_consoles_need_none_and_keep_the_citys_headers(town: Town) -> None:
    for path in WITHOUT:
        assert town.get(path).status_code == 200, path
    page = town.get("/sign-in")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (page.headers["X-Content-Type-Options"], page.headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert "no-store" in page.headers["Cache-Control"]


def test_a_clerk_comes_past_the_page_s_token(town: Town) -> None:
    with requests.Session() as browser:
        browser.trust_env = False  # else a variable could name other authorities
        browser.verify = str(town.folder.public / "ca.pem")
        page = browser.get(f"{town.url}/sign-in", timeout=PATIENCE_S)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        form = {"csrfmiddlewaretoken": token.group(1), "username": "clerk", "password": town.password}
        origin = {"Origin": town.url, "Referer": f"{town.url}/sign-in"}
        answer = browser.post(f"{town.url}/sign-in", form, headers=origin, allow_redirects=False, timeout=PATIENCE_S)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/code")
        away = {"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/"}
        assert browser.post(f"{town.url}/sign-in", form, headers=away, allow_redirects=False, timeout=PATIENCE_S).status_code == 403


@pytest.mark.parametrize(
    ("path", "size", "status", "by_nginx"),
    [
        ("/queue", 12 * MB, 403, False),  # without a page's token; it came whole
        ("/queue", MOST_BYTES - MB, 403, False),
        ("/queue", MOST_BYTES + MB, 413, True),
        (routes.CERTIFICATE_PATH, 6 * MB, 413, False),
        (routes.CERTIFICATE_PATH, 8 * MB, 413, True),
    ],
)
def test_what_is_larger_than_the_city_takes_ends_at_the_proxy(town: Town, path: str, size: int, status: int, by_nginx: bool) -> None:
    """What is smaller gets through although nginx can write no file: nothing of it is kept in one."""
    answer = requests.post(
        town.url + path,
        files={"paper": ("a.jpg", bytes(size), "image/jpeg")} if path == "/queue" else None,
        data=None if path == "/queue" else bytes(size),
        verify=str(town.folder.public / "ca.pem"),
        allow_redirects=False,
        timeout=PATIENCE_S,
    )
    assert (answer.status_code, "Content-Security-Policy" not in answer.headers) == (status, by_nginx)
    assert status != 413 or not by_nginx or "文件太大" in answer.content.decode()


def test_the_proxy_writes_down_nothing_of_residents(town: Town) -> None:
    town.get("/queue", params={"q": "样例人"})
    town.get("/cases/210100000000")
    assert (town.place / "access.log").read_text() == ""
    assert "request:" not in (town.place / "bianmin-city.log").read_text()
