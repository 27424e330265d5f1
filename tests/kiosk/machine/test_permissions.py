"""What each unit may reach, read off the configuration."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from kiosk.config import Config, ConfigError, load
from kiosk.devices import KINDS
from kiosk.machine.permissions import Peer, drop_in, files, firewall, permissions_of

CITY, PRINTER = ip_address("192.0.2.7"), ip_address("2001:db8::9")


ALWAYS = ("id_card_reader", "receipt_printer", "document_camera")


def config(folder: Path, **devices: str) -> Config:
    at = {"reader": "/dev/ttyS0", "printer": "usblp:///dev/usb/lp0", "camera": "/dev/video0", "city": "https://city.example.org", **devices}
    path = folder / "kiosk.toml"
    path.write_text(
        f'[terminal]\nid = "SY-TEST-1"\ncommunity = "测试社区"\nfolder = "t"\n'
        f'[city]\nurl = "{at["city"]}"\nca_file = "ca.pem"\nkeys_folder = "keys"\n'
        f'[id_card_reader]\nport = "{at["reader"]}"\n[receipt_printer]\ndevice = "{at["printer"]}"\n'
        f'[document_camera]\nsource = "{at["camera"]}"\n',
        encoding="utf-8",
    )
    return load(path)


def test_each_device_gets_its_own_node_and_nobody_a_second(tmp_path: Path) -> None:
    found = permissions_of(config(tmp_path))
    assert [(device.device, device.node, device.peer) for device in found.devices] == [
        ("id_card_reader", "/dev/ttyS0", None),
        ("receipt_printer", "/dev/usb/lp0", None),
        ("document_camera", "/dev/video0", None),
    ]


@pytest.mark.parametrize(
    ("printer", "node"),
    [("serial:///dev/ttyS1?baud=38400", "/dev/ttyS1"), ("usb://04b8:0e15", "char-usb"), ("usblp:///dev/usb/lp1", "/dev/usb/lp1")],
)
def test_a_printers_url_names_a_node(tmp_path: Path, printer: str, node: str) -> None:
    assert permissions_of(config(tmp_path, printer=printer)).devices[1].node == node


def test_a_reader_that_is_looked_for_gets_the_serial_ports_and_no_other_node(tmp_path: Path) -> None:
    allowed = drop_in(permissions_of(config(tmp_path, reader="auto")).devices[0], [])
    assert allowed == "[Service]\nDeviceAllow=char-ttyS rw\nDeviceAllow=char-ttyUSB rw\nDeviceAllow=char-ttyACM rw\n"


def test_every_kind_of_device_has_its_place(tmp_path: Path) -> None:
    config(tmp_path)
    with (tmp_path / "kiosk.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[chip_card_reader]\n[code_scanner]\nsource = "serial:///dev/ttyACM0?baud=9600"\n[document_printer]\ndevice = "ipp://p.lan/ipp"\n'
            '[signature_pad]\nport = "/dev/ttyS2"\n[fittings]\nboard = "/dev/gpiochip0"\n'
        )
    found = {device.device: device for device in permissions_of(load(tmp_path / "kiosk.toml")).devices}
    assert set(found) == {kind.name for kind in KINDS}
    assert (found["chip_card_reader"].node, found["chip_card_reader"].peer) == (None, None)
    assert drop_in(found["chip_card_reader"], []) == "[Service]\n"
    assert found["code_scanner"].node == "/dev/ttyACM0"
    assert found["document_printer"].peer == Peer("p.lan", 631)
    assert (found["signature_pad"].node, found["fittings"].node) == ("/dev/ttyS2", "/dev/gpiochip0")


def test_a_queue_of_this_machine_is_nobody_on_the_network() -> None:
    assert Peer.of("cups://receipts") is None
    assert Peer.of("cups://server.lan/receipts") == Peer("server.lan", 631)


def test_a_device_on_the_network_gets_one_address_and_no_node(tmp_path: Path) -> None:
    printer = permissions_of(config(tmp_path, printer="tcp://printer.lan")).devices[1]
    assert (printer.node, printer.peer) == (None, Peer("printer.lan", 9100))
    text = drop_in(printer, [PRINTER])
    assert "DeviceAllow" not in text
    assert "IPAddressAllow=2001:db8::9" in text
    assert "PrivateNetwork=no" in text


def test_a_device_with_a_node_keeps_no_network(tmp_path: Path) -> None:
    assert drop_in(permissions_of(config(tmp_path)).devices[0], []) == "[Service]\nDeviceAllow=/dev/ttyS0 rw\n"


def test_a_printer_that_nobody_knows_now_reaches_nobody(tmp_path: Path) -> None:
    assert "IPAddressAllow" not in drop_in(permissions_of(config(tmp_path, printer="tcp://printer.lan")).devices[1], [])


def test_the_filter_lets_each_user_call_one_port_of_one_address(tmp_path: Path) -> None:
    found = permissions_of(config(tmp_path, printer="tcp://printer.lan:9101", city="https://city.example.org:8443"))
    rules = firewall(found, {"city.example.org": [CITY], "printer.lan": [PRINTER]})
    assert rules.splitlines() == [
        "flush chain inet kiosk callers",
        'add rule inet kiosk callers meta skuid "kiosk-outbox" ip daddr 192.0.2.7 tcp dport 8443 accept',
        'add rule inet kiosk callers meta skuid "kiosk-receipt_printer" ip6 daddr 2001:db8::9 tcp dport 9101 accept',
    ]


def test_a_city_that_nobody_knows_now_is_not_reached_and_neither_is_another(tmp_path: Path) -> None:
    assert firewall(permissions_of(config(tmp_path)), {}) == "flush chain inet kiosk callers\n"


def test_a_drop_in_for_each_unit_and_one_ruleset_are_written(tmp_path: Path) -> None:
    written = files(permissions_of(config(tmp_path)), {"city.example.org": [CITY]})
    assert written[Path("systemd/system/kiosk-sync.service.d/50-city.conf")] == "[Service]\nIPAddressAllow=192.0.2.7\n"
    assert {str(path) for path in written} == {
        *(f"systemd/system/kiosk-device@{device}.service.d/50-device.conf" for device in ALWAYS),
        *(f"systemd/system/{unit}.service.d/50-city.conf" for unit in ("kiosk-sync", "kiosk-update")),
        "kiosk-prepare/callers.nft",
    }


def test_behind_a_proxy_the_proxy_is_called_and_the_city_is_not(tmp_path: Path) -> None:
    config(tmp_path)
    path = tmp_path / "kiosk.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[city]\n", '[city]\nproxy = "http://proxy.lan:3128"\n'), encoding="utf-8")
    assert permissions_of(load(path)).city == Peer("proxy.lan", 3128)


@pytest.mark.parametrize("proxy", ["proxy.lan:3128", "http://user:word@proxy.lan:3128", "http://proxy.lan", "socks5://proxy.lan:1080"])
def test_a_proxy_is_host_and_port_and_never_holds_a_login(tmp_path: Path, proxy: str) -> None:
    config(tmp_path)
    path = tmp_path / "kiosk.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[city]\n", f'[city]\nproxy = "{proxy}"\n'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"http://host:port"):
        load(path)


def with_updates(folder: Path, url: str) -> Config:
    config(folder)
    with (folder / "kiosk.toml").open("a", encoding="utf-8") as file:
        file.write(f'[update]\nurl = "{url}"\nroot_file = "1.root.json"\nboard = "x86-64"\n')
    return load(folder / "kiosk.toml")


def test_the_update_agent_calls_its_channel_and_the_city_and_nobody_else(tmp_path: Path) -> None:
    channel = ip_address("192.0.2.20")
    found = permissions_of(with_updates(tmp_path, "https://updates.example.org/stable"))
    addresses = {"updates.example.org": (channel,), "city.example.org": (CITY,)}
    rules = [line for line in firewall(found, addresses).splitlines() if '"root"' in line]
    assert [line.split("ip daddr ")[1] for line in rules] == ["192.0.2.20 tcp dport 443 accept", "192.0.2.7 tcp dport 443 accept"]
    unit = files(found, addresses)[Path("systemd/system/kiosk-update.service.d/50-city.conf")]
    assert unit == "[Service]\nIPAddressAllow=192.0.2.20\nIPAddressAllow=192.0.2.7\n"


def test_a_server_that_drives_updates_is_called_as_well(tmp_path: Path) -> None:
    with_updates(tmp_path, "https://updates.example.org/stable")
    with (tmp_path / "kiosk.toml").open("a", encoding="utf-8") as file:
        file.write('ddi_url = "https://hawkbit.example.org:8443/DEFAULT"\n')
    found = permissions_of(load(tmp_path / "kiosk.toml"))
    names = {"updates.example.org": "192.0.2.20", "city.example.org": str(CITY), "hawkbit.example.org": "192.0.2.30"}
    rules = [line for line in firewall(found, {name: (ip_address(at),) for name, at in names.items()}).splitlines() if '"root"' in line]
    assert [line.split("ip daddr ")[1] for line in rules][-1] == "192.0.2.30 tcp dport 8443 accept"
    assert len(rules) == 3


def test_without_a_channel_it_calls_nobody(tmp_path: Path) -> None:
    found = permissions_of(config(tmp_path))
    addresses = {"city.example.org": (CITY,)}
    assert '"root"' not in firewall(found, addresses)
    assert files(found, addresses)[Path("systemd/system/kiosk-update.service.d/50-city.conf")] == "[Service]\n"
