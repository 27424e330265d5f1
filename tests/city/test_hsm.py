"""Release keys on a token: SoftHSM speaks PKCS#11 for real, a key that never leaves it signs, and terminals take what it signed."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP521R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from city.channel import records
from city.channel.keys import KeyFolder
from city.channel.repository import ChannelError, Repository
from city.folder import FolderError
from tests.sync.update.channel_server import Published
from tests.sync.update.machine import Machine

LIBRARY = next((path for path in map(Path, ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")) if path.exists()), None)
PIN = "271828"

MAKE = """
import os, sys
import pkcs11
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
token = pkcs11.lib(os.environ["PYKCS11LIB"]).get_token(token_label="release")
with token.open(rw=True, user_pin=sys.argv[1]) as session:
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    found = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
    public, _ = found.generate_keypair(store=True, id=b"\\x02", label="release key")
    sys.stdout.buffer.write(encode_ec_public_key(public))
"""


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """A token with one key; returns its public half, DER. The library keeps its state per process, so all tests share it."""
    assert LIBRARY is not None, "SoftHSM is not installed; run: ./set-up.sh test"
    place = tmp_path_factory.mktemp("token")
    (place / "tokens").mkdir()
    (place / "softhsm2.conf").write_text(f"directories.tokendir = {place}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(place / "softhsm2.conf"))
        patch.setenv("PYKCS11LIB", str(LIBRARY))
        so_pin = secrets.token_hex(8)
        words = ["softhsm2-util", "--init-token", "--free", "--label", "release", "--so-pin", so_pin, "--pin", PIN]
        subprocess.run(words, check=True, capture_output=True)
        made = subprocess.run([sys.executable, "-c", MAKE, PIN], check=True, capture_output=True, env=os.environ.copy())
        yield made.stdout


def pem_of(der: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(der).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def with_token(published: Published, der: bytes) -> KeyFolder:
    """The third key of the channel's releases is the token's; on this medium is nothing else that is secret."""
    medium = KeyFolder(published.place / "medium", pin=lambda _asked: PIN)
    medium.folder.mkdir(exist_ok=True)
    for path in (published.place / "offline").glob("stable-?.pem"):
        (medium.folder / path.name).write_bytes(path.read_bytes())
    assert (medium.folder / "stable-3.pem").read_bytes() == pem_of(der)
    (medium.folder / "stable-3.uri").write_text("hsm:2?label=release\n")
    return medium


@pytest.fixture
def published_with_token(tmp_path: Path, token: bytes) -> Iterator[Published]:
    """A channel whose third release key lives on the token from the beginning."""
    city = tmp_path / "city"
    (city / "offline").mkdir(parents=True)
    (city / "offline" / "stable-3.pem").write_bytes(pem_of(token))  # made elsewhere: only its public half is there
    published = Published(city)
    yield published
    published.close()


def test_a_release_that_a_token_signed_is_taken_by_a_terminal(tmp_path: Path, published_with_token: Published, token: bytes) -> None:
    published = published_with_token
    source = tmp_path / "bundle"
    from city.channel.virtual import wrap

    source.write_bytes(wrap(b"new image " * 500, "2.0.0", "virtual", published.image_key))
    medium = with_token(published, token)
    away = Repository(published.place / "updates", medium, medium, datetime.now(UTC))
    record = records.prepare(away, "stable", "2.0.0", "virtual", source)
    looked = records.look(published.files, "stable", record)
    assert (looked.signed, looked.needed) == (1, 2), "the token's signature counts, and is one of two"
    with pytest.raises(ChannelError, match="1 of 2"):
        records.publish(published.files, "stable", record)
    second = KeyFolder(published.place / "offline")
    record = records.cosign(Repository(published.place / "updates", second, second, datetime.now(UTC)), "stable", record)
    records.bring(published.files, source)
    records.publish(published.files, "stable", record)
    published.roll_out("2.0.0")
    machine = Machine(tmp_path / "terminal", published)
    machine.turn()
    assert machine.running == "2.0.0"


def test_a_wrong_pin_signs_nothing(published_with_token: Published, token: bytes, tmp_path: Path) -> None:
    medium = with_token(published_with_token, token)
    wrong = KeyFolder(medium.folder, pin=lambda _asked: "000000")
    source = tmp_path / "bundle"
    source.write_bytes(b"invented")
    away = Repository(published_with_token.place / "updates", wrong, wrong, datetime.now(UTC))
    with pytest.raises(FolderError, match="does not sign"):
        records.prepare(away, "stable", "2.0.0", "virtual", source)


def test_a_token_that_is_not_there_signs_nothing(published_with_token: Published, token: bytes, tmp_path: Path) -> None:
    medium = with_token(published_with_token, token)
    (medium.folder / "stable-3.uri").write_text("hsm:2?label=another\n")
    source = tmp_path / "bundle"
    source.write_bytes(b"invented")
    away = Repository(published_with_token.place / "updates", medium, medium, datetime.now(UTC))
    with pytest.raises(FolderError, match="does not sign"):
        records.prepare(away, "stable", "2.0.0", "virtual", source)


def test_a_curve_that_terminals_do_not_know_is_refused(tmp_path: Path) -> None:
    pem = generate_private_key(SECP521R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "stable-1.pem").write_bytes(pem)
    (tmp_path / "stable-2.pem").write_bytes(b"no key")
    for path in sorted(tmp_path.glob("*.pem")):
        with pytest.raises(FolderError):
            KeyFolder(tmp_path).public("stable")
        path.unlink()
