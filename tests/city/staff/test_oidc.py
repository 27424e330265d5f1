"""Signing in at the city's identity provider: a real one, on TLS, which can also be wrong in every way that matters."""

import html
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import requests
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client

from city.certificates import make_server_certificate
from city.folder import CityFolder, FolderError
from city.staff.models import Clerk, Office, OidcIdentity, StaffLine
from city.staff.oidc import AUTHORITY, ROLES, provider_of
from city.staff.roles import Role
from tests.city.staff.identity_provider import CLIENT, SECRET, IdentityProvider, providing
from tests.city.terminal import HOST

pytestmark = pytest.mark.django_db

WANG = {"sub": "7f3a", "preferred_username": "wang-sample", "name": "王样例", "groups": ["front-desk", "choir"]}


@pytest.fixture
def provider(city_folder: CityFolder, settings: "pytest.FixtureRequest") -> Iterator[IdentityProvider]:
    """A provider that the city's settings name."""
    make_server_certificate(city_folder)
    Office.objects.get_or_create(code="desk", defaults={"kind": "desk", "name": "样例街道便民服务中心"})
    with providing(city_folder.keys / "server.pem", city_folder.keys / "server.key") as found:
        found.person = dict(WANG)
        own = city_folder.toml.read_text(encoding="utf-8")
        city_folder.toml.write_text(f'[oidc]\nissuer = "{found.url}"\nclient_id = "{CLIENT}"\n', encoding="utf-8")
        secret, roles = city_folder.keys / "oidc.toml", city_folder.root / ROLES
        secret.write_text(f'client_secret = "{SECRET}"', encoding="utf-8")
        secret.chmod(0o600)
        roles.write_text(json.dumps({"front-desk": [{"role": "front_desk", "office": "desk"}], "heads": [{"role": "office_head"}]}))
        shutil.copy(city_folder.public / "ca.pem", city_folder.root / AUTHORITY)
        settings.CITY = replace(django_settings.CITY, oidc_issuer=found.url, oidc_client_id=CLIENT)  # type: ignore[attr-defined]
        yield found
        city_folder.toml.write_text(own, encoding="utf-8")
        for path in (secret, roles, city_folder.root / AUTHORITY):
            path.unlink(missing_ok=True)


def get(client: Client, where: str) -> HttpResponse:
    return client.get(where, secure=True, headers={"host": HOST})  # type: ignore[return-value]


def way_back(client: Client, folder: CityFolder, start: str = "/sign-in/oidc") -> str:
    """Go to the provider as a browser would, and return where it sends the browser."""
    out = get(client, start)
    assert out.status_code == 302, out.content.decode()[:600]
    answer = requests.get(out["Location"], allow_redirects=False, timeout=20, verify=str(folder.public / "ca.pem"))
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix(f"https://{HOST}")


def refused(answer: HttpResponse, sentence: str, status: int) -> None:
    assert (answer.status_code, sentence in answer.content.decode()) == (status, True), answer.content.decode()[:2000]
    assert OidcIdentity.objects.count() == 0


def test_the_sign_in_page_offers_it_only_where_there_is_one(client: Client) -> None:
    assert "/sign-in/oidc" not in get(client, "/sign-in").content.decode()
    assert get(client, "/sign-in/oidc").status_code == 404
    assert get(client, "/sign-in/oidc/back").status_code == 404


def test_somebody_comes_in_with_the_roles_of_their_groups(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    assert "统一身份认证" in get(client, "/sign-in").content.decode()
    answer = get(client, way_back(client, city_folder, "/sign-in/oidc?next=/queue%3Fview=today"))
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/queue?view=today">' in answer.content.decode()
    assert get(client, "/queue").status_code == 200
    clerk = Clerk.objects.get()
    assert (clerk.full_name, clerk.office, clerk.has_usable_password()) == ("王样例", "样例街道便民服务中心", False)
    assert [(posting.role, posting.office and posting.office.code) for posting in clerk.postings.all()] == [(Role.FRONT_DESK, "desk")]
    assert set(StaffLine.objects.values_list("step", flat=True)) == {"added", "from_provider"}


def test_what_is_kept_meanwhile_goes_to_no_other_site_and_no_script(client: Client, provider: IdentityProvider) -> None:
    cookie = get(client, "/sign-in/oidc").cookies["__Host-oidc"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_roles_follow_the_groups_at_each_sign_in_and_the_subject_not_the_name(
    client: Client, provider: IdentityProvider, city_folder: CityFolder
) -> None:
    get(client, way_back(client, city_folder))
    provider.person |= {"preferred_username": "renamed", "groups": ["heads"]}
    get(client, way_back(client, city_folder))
    assert list(Clerk.objects.get().postings.values_list("role", flat=True)) == [Role.OFFICE_HEAD]
    provider.person["groups"] = []
    answer = get(client, way_back(client, city_folder))
    assert answer.status_code == 403
    assert "您在这里没有岗位" in answer.content.decode()
    assert not Clerk.objects.get().postings.exists()  # also in a session that still stands


def test_groups_may_come_from_the_page_about_the_person(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    provider.fault = "groups_elsewhere"
    assert get(client, way_back(client, city_folder)).status_code == 200
    assert Clerk.objects.get().postings.get().role == Role.FRONT_DESK


def test_somebody_unknown_is_told_so(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    provider.person["groups"] = ["choir"]
    refused(get(client, way_back(client, city_folder)), "您在这里没有岗位", 403)
    assert not Clerk.objects.exists()


def test_an_account_with_a_password_is_never_taken_over(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    Clerk.objects.create(username="wang-sample", staff_number="H1", full_name="别的王", office="样例")
    refused(get(client, way_back(client, city_folder)), "本平台已有同名账号", 403)


def test_a_locked_account_stays_out(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    get(client, way_back(client, city_folder))
    Clerk.objects.update(is_active=False)
    fresh = Client()
    answer = get(fresh, way_back(fresh, city_folder))
    assert (answer.status_code, "已被管理员锁定" in answer.content.decode()) == (403, True)
    assert get(fresh, "/queue").status_code == 302


@pytest.mark.parametrize("fault", ["nonce", "audience", "expired", "no_subject", "signature", "unsigned", "other_userinfo"])
def test_a_word_that_is_not_good_opens_nothing(client: Client, provider: IdentityProvider, city_folder: CityFolder, fault: str) -> None:
    provider.fault = fault
    refused(get(client, way_back(client, city_folder)), "这次登录对不上", 400)


def test_a_provider_in_trouble_is_said(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    provider.fault = "busy"
    refused(get(client, way_back(client, city_folder)), "统一身份认证现在没有应答", 502)
    provider.fault = "issuer"
    refused(get(client, "/sign-in/oidc"), "统一身份认证现在没有应答", 502)


def test_another_browser_s_way_back_opens_nothing(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    mine = way_back(client, city_folder)
    stranger = Client()
    refused(get(stranger, mine), "这次登录对不上", 400)  # no sign-in began there
    get(stranger, "/sign-in/oidc")
    refused(get(stranger, mine), "这次登录对不上", 400)  # another one began there
    assert get(stranger, "/queue").status_code == 302


def test_a_way_back_is_walked_once(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    where = way_back(client, city_folder)
    kept = SimpleCookie(client.cookies.output(header=""))
    assert get(client, where).status_code == 200
    again = Client()
    again.cookies = kept
    assert "这次登录对不上" in get(again, where).content.decode()


def test_turning_back_at_the_provider_is_said(client: Client, provider: IdentityProvider) -> None:
    state = get(client, "/sign-in/oidc")["Location"].partition("state=")[2].partition("&")[0]
    refused(get(client, f"/sign-in/oidc/back?error=access_denied&state={state}"), "没有同意登录", 400)


def test_a_forged_cookie_opens_nothing(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    where = way_back(client, city_folder)
    client.cookies["__Host-oidc"] = "state=a&nonce=b&verifier=c&target=/:forged"
    refused(get(client, where), "这次登录对不上", 400)


def test_a_target_elsewhere_leads_home(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    answer = get(client, way_back(client, city_folder, "/sign-in/oidc?next=https://evil.example/"))
    assert 'content="0;url=/"' in answer.content.decode()


def sign_out(client: Client) -> HttpResponse:
    return client.post("/sign-out", secure=True, headers={"host": HOST})  # type: ignore[return-value]


def test_signing_out_ends_the_session_here_and_leads_to_the_providers_end(
    client: Client, provider: IdentityProvider, city_folder: CityFolder
) -> None:
    get(client, way_back(client, city_folder))
    page = sign_out(client)
    assert get(client, "/queue").status_code == 302
    found = re.search(r'content="0;url=([^"]+)"', page.content.decode())
    assert found is not None
    answer = requests.get(html.unescape(found[1]), allow_redirects=False, timeout=20, verify=str(city_folder.public / "ca.pem"))
    assert answer.headers["Location"] == f"https://{HOST}/sign-in"
    assert provider.ended == [WANG["sub"]]


def test_a_provider_without_an_end_is_left_alone(client: Client, provider: IdentityProvider, city_folder: CityFolder) -> None:
    provider.fault = "no_goodbye"
    get(client, way_back(client, city_folder))
    answer = sign_out(client)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in")


@pytest.mark.parametrize("fault", ["goodbye_in_clear", "issuer"])
def test_a_provider_that_talks_nonsense_keeps_nobody_signed_in_here(
    client: Client, provider: IdentityProvider, city_folder: CityFolder, fault: str
) -> None:
    get(client, way_back(client, city_folder))
    provider.fault = fault
    answer = sign_out(client)
    assert (answer.status_code, "那边可能还没有退出" in answer.content.decode()) == (502, True)
    assert "http-equiv" not in answer.content.decode()
    assert get(client, "/queue").status_code == 302


def test_whoever_came_with_a_password_is_not_led_to_the_provider(client: Client, provider: IdentityProvider) -> None:
    client.force_login(Clerk.objects.create(username="one", staff_number="H1", full_name="样例", office="样例"))
    assert sign_out(client)["Location"] == "/sign-in"
    assert provider.ended == []


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("city.toml", '[oidc]\nissuer = "https://id.test"', "client_id is missing"),
        ("city.toml", '[oidc]\nissuer = "http://id.test"\nclient_id = "a"', "must be an https:// address"),
        ("keys/oidc.toml", "secret = 1", 'write client_secret = "…" into it'),
        ("oidc-roles.json", '{"a": [{"role": "king"}]}', "oidc-roles.json"),
    ],
)
def test_settings_that_cannot_be_used_say_where(tmp_path: Path, file: str, content: str, said: str) -> None:
    folder = CityFolder(tmp_path / "city")
    folder.create()
    folder.toml.write_text('[oidc]\nissuer = "https://id.test"\nclient_id = "a"', encoding="utf-8")
    (folder.keys / "oidc.toml").write_text('client_secret = "a"', encoding="utf-8")
    (folder.keys / "oidc.toml").chmod(0o600)
    (folder.root / ROLES).write_text("{}", encoding="utf-8")
    assert provider_of(folder) is not None
    (folder.root / file).write_text(content, encoding="utf-8")
    with pytest.raises(FolderError, match=said):
        provider_of(folder)


def test_a_secret_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    folder = CityFolder(tmp_path / "city")
    folder.create()
    folder.toml.write_text('[oidc]\nissuer = "https://id.test"\nclient_id = "a"', encoding="utf-8")
    (folder.keys / "oidc.toml").write_text('client_secret = "a"', encoding="utf-8")
    (folder.keys / "oidc.toml").chmod(0o644)
    with pytest.raises(FolderError, match="others may read it"):
        provider_of(folder)
