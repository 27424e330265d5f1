"""A way to the network: what may be typed, what may not, and the files that the machine's own daemons follow."""

import configparser

import msgspec
import pytest

from kiosk.machine.network import BACKUP, CABLE, DOT1X, TIME, Network, NetworkField, files, is_host

FIXED = Network(is_fixed=True, address="192.0.2.17/24", gateway="192.0.2.1", name_server="192.0.2.53")


def change(**facts: object) -> Network:
    return msgspec.structs.replace(FIXED, **facts)


def sections(text: str) -> dict[str, dict[str, str]]:
    file = configparser.ConfigParser(interpolation=None)
    file.optionxform = str  # type: ignore[assignment,method-assign]
    file.read_string(text)
    return {name: dict(file[name]) for name in file.sections()}


def test_a_cable_by_dhcp_needs_nothing() -> None:
    made = files(Network())
    assert set(made) == {CABLE}
    assert sections(made[CABLE])["Network"]["DHCP"] == "yes"


def test_a_fixed_address_names_its_way_out() -> None:
    cable = sections(files(FIXED)[CABLE])
    assert cable["Network"]["Address"] == "192.0.2.17/24"
    assert cable["Network"]["DNS"] == "192.0.2.53"
    assert cable["Route"]["Gateway"] == "192.0.2.1"


def test_a_modem_stands_in_only_where_the_cable_leads_nowhere() -> None:
    made = files(change(has_backup=True))
    cable, backup = sections(made[CABLE]), sections(made[BACKUP])
    assert int(backup["DHCPv4"]["RouteMetric"]) > int(cable["Route"]["Metric"])
    assert backup["Match"]["Name"] == "usb* wwan*"
    assert "!usb*" in cable["Match"]["Name"]


def test_the_port_s_secret_is_in_its_own_file_alone() -> None:
    made = files(change(has_dot1x=True, identity="kiosk-0173", password="sample pass", time_server="ntp.example.org"))
    assert 'password="sample pass"' in made[DOT1X]
    assert made[TIME] == "[Time]\nNTP=ntp.example.org\n"
    assert not any("sample pass" in text for name, text in made.items() if name != DOT1X)


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"address": "192.0.2.17"}, {NetworkField.ADDRESS}),
        ({"address": "192.0.2.300/24"}, {NetworkField.ADDRESS}),
        ({"gateway": "198.51.100.1"}, {NetworkField.GATEWAY}),
        ({"gateway": "192.0.2.17"}, {NetworkField.GATEWAY}),
        ({"gateway": ""}, {NetworkField.GATEWAY}),
        ({"name_server": ""}, {NetworkField.NAME_SERVER}),
        ({"name_server": "dns"}, {NetworkField.NAME_SERVER}),
        ({"time_server": "ntp example"}, {NetworkField.TIME_SERVER}),
        ({"has_dot1x": True}, {NetworkField.IDENTITY, NetworkField.PASSWORD}),
        ({"has_dot1x": True, "identity": "a", "password": 'a"\nssid="x'}, {NetworkField.PASSWORD}),
        ({"has_dot1x": True, "identity": 'a"', "password": "b"}, {NetworkField.IDENTITY}),
        ({"address": "192.0.2.17/24\n[Match]", "gateway": "192.0.2.1"}, {NetworkField.ADDRESS}),
    ],
)
def test_what_cannot_be_used_is_named_and_makes_no_file(facts: dict[str, object], wrong: set[NetworkField]) -> None:
    network = change(**facts)
    assert network.wrong() == wrong
    with pytest.raises(ValueError, match="not usable"):
        files(network)


def test_its_picture_shows_no_secret() -> None:
    assert "secret" not in repr(Network(has_dot1x=True, identity="secret-one", password="secret-two"))


@pytest.mark.parametrize("text", ["city.example.org", "192.0.2.1", "2001:db8::1", "localhost"])
def test_a_host_is_a_name_or_an_address(text: str) -> None:
    assert is_host(text)


@pytest.mark.parametrize("text", ["", "999.1.1.1", "a b", "-a", "a..b", "a/b", "https://a"])
def test_anything_else_is_no_host(text: str) -> None:
    assert not is_host(text)


def test_a_proxy_is_no_business_of_the_machines_daemons() -> None:
    proxied = change(has_proxy=True, proxy="proxy.example.org:3128", proxy_user="kiosk-0173", proxy_password="sample")
    assert proxied.wrong() == frozenset()
    assert files(proxied) == files(FIXED)
    assert "sample" not in repr(proxied)


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"proxy": ""}, {NetworkField.PROXY}),
        ({"proxy": "proxy.example.org"}, {NetworkField.PROXY}),
        ({"proxy": "http://proxy.example.org:3128"}, {NetworkField.PROXY}),
        ({"proxy": "proxy.example.org:70000"}, {NetworkField.PROXY}),
        ({"proxy_user": "kiosk"}, {NetworkField.PROXY_PASSWORD}),
        ({"proxy_password": "sample"}, {NetworkField.PROXY_USER}),
        ({"proxy_user": "a:b", "proxy_password": "sample"}, {NetworkField.PROXY_USER}),
    ],
)
def test_a_proxy_that_cannot_be_used(facts: dict[str, str], wrong: set[NetworkField]) -> None:
    network = change(**{"has_proxy": True, "proxy": "proxy.example.org:3128", **facts})
    assert network.wrong() == wrong
    assert msgspec.structs.replace(network, has_proxy=False).wrong() == frozenset()
