import argparse
import shutil
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.commands import catalogue
from kiosk.commands.answer import Answer
from sync.contract.checking import check_source
from sync.contract.item import PAYLOAD_TYPE
from sync.contract.signed import sign
from sync.contract.signing_keys import key_id_of, write_public_key

ITEMS = Path(__file__).parents[3] / "city" / "items"
CARD = ITEMS / "elder-card" / "item.json"


def published() -> bytes:
    """Return a package as it is signed: with everything put in that its author refers to."""
    return msgspec.json.encode(check_source(CARD).package)


def kiosk(*words: object) -> Answer:
    parser = argparse.ArgumentParser("kiosk")
    catalogue.register(parser.add_subparsers(required=True))
    arguments = parser.parse_args([str(word) for word in words])
    answer: Answer = arguments.run(arguments)
    return answer


def test_the_items_of_the_project_are_fit() -> None:
    answer = kiosk("catalogue", "check", ITEMS, "--json")
    assert answer.done
    assert (answer.body["status"], answer.body["errors"], answer.body["warnings"]) == ("fit", 0, 0)
    assert answer.body["files"] >= 10


def test_a_fault_is_reported_with_file_line_and_advice(tmp_path: Path) -> None:
    shutil.copytree(ITEMS / "shared", tmp_path / "shared")
    place = tmp_path / "elder-card"
    place.mkdir()
    (place / "item.json").write_text(CARD.read_text(encoding="utf-8").replace('"fee_fen": 0', '"fee_fen": -5'), encoding="utf-8")
    answer = kiosk("catalogue", "check", tmp_path, "--json")
    assert not answer.done
    assert answer.body["status"] == "not_fit"
    (complaint,) = answer.body["complaints"]
    assert complaint["where"] == "fee_fen"
    assert complaint["line"] > 1
    assert complaint["advice"]
    assert f"{place / 'item.json'}:{complaint['line']}:" in answer.text


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_folder_that_is_not_there_or_empty_is_said(tmp_path: Path, command: str) -> None:
    missing = kiosk("catalogue", command, tmp_path / "nowhere")
    empty = kiosk("catalogue", command, tmp_path)
    assert (missing.done, missing.body["status"]) == (False, "no_folder")
    assert (empty.done, empty.body["status"]) == (False, "no_packages")


def test_signed_packages_are_verified_with_a_key_or_a_folder_of_keys(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    keys = tmp_path / "keys"
    keys.mkdir()
    public = write_public_key(keys, key.public_key())
    folder = tmp_path / "published"
    folder.mkdir()
    statement = sign(published(), PAYLOAD_TYPE, key_id_of(key.public_key()), key)
    (folder / "elder-card.1.item.json").write_bytes(statement)
    assert kiosk("catalogue", "check", folder, "--keys", public).body["status"] == "fit"
    assert kiosk("catalogue", "check", folder, "--keys", keys).body["warnings"] == 0
    assert kiosk("catalogue", "check", folder).body["warnings"] == 1
    (folder / "elder-card.1.item.json").write_bytes(statement.replace(b"payload", b"paylaod", 1))
    assert kiosk("catalogue", "check", folder, "--keys", keys).body["status"] == "not_fit"


def test_a_key_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("not a key")
    answer = kiosk("catalogue", "check", ITEMS, "--keys", tmp_path / "key.pem")
    assert (answer.done, answer.body["status"]) == (False, "no_key")


def test_the_list_puts_the_most_used_first_and_says_what_is_over(tmp_path: Path) -> None:
    shutil.copytree(ITEMS / "shared", tmp_path / "shared")
    shutil.copytree(ITEMS / "elder-allowance", tmp_path / "elder-allowance")
    (tmp_path / "elder-card").mkdir()
    old = CARD.read_text(encoding="utf-8").replace("2030-12-31", "2026-01-02")
    (tmp_path / "elder-card" / "item.json").write_text(old, encoding="utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "item.json").write_text("{")
    answer = kiosk("catalogue", "list", tmp_path)
    assert answer.done
    assert [(row["code"], row["state"]) for row in answer.body["items"]] == [("elder-allowance", "valid"), ("elder-card", "over")]
    assert answer.body["refused"] == [str(tmp_path / "broken" / "item.json")]
    assert "高龄津贴申请" in answer.text


def test_a_terminal_s_own_packages_are_verified_with_the_keys_it_was_given(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    for folder in ("terminal/catalogue", "city/catalogue-keys"):
        (tmp_path / folder).mkdir(parents=True)
    write_public_key(tmp_path / "city" / "catalogue-keys", key.public_key())
    good, forged = (sign(published(), PAYLOAD_TYPE, key_id_of(key.public_key()), signer) for signer in (key, Ed25519PrivateKey.generate()))
    (tmp_path / "terminal" / "catalogue" / "elder-card.1.item.json").write_bytes(good)
    (tmp_path / "terminal" / "catalogue" / "elder-card.9.item.json").write_bytes(forged)
    config = tmp_path / "kiosk.toml"
    config.write_text(
        """
        terminal = {id = "SY-TEST-0001", community = "样例社区", folder = "terminal"}
        city = {url = "https://127.0.0.1:1", ca_file = "city/ca.pem", keys_folder = "city"}
        id_card_reader = {port = "reader"}
        receipt_printer = {device = "tcp://127.0.0.1:1"}
        document_camera = {source = "http://127.0.0.1:1/camera.mjpg"}
        """,
        encoding="utf-8",
    )
    answer = kiosk("catalogue", "list", "--config", config)
    assert [row["code"] for row in answer.body["items"]] == ["elder-card"]
    assert [Path(file).name for file in answer.body["refused"]] == ["elder-card.9.item.json"]
