"""The keys of the update channel, each by the address of its secret half: a file, or a slot of an HSM over PKCS#11.

Keys in files are Ed25519. Those of an HSM are ECDSA on P-256 or P-384, which tokens have and securesystemslib asks of them; the library
of the token is named by PYKCS11LIB, and its PIN is asked for at the terminal each time it signs.

Offline keys (root, targets, each channel's releases) belong on media that are put away; the city needs them to publish, not to run. Online
ones (snapshot, timestamp, each channel's rollout) stay with the city, and can neither add a release nor change who may.
"""

import getpass
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.exceptions import StorageError, UnsupportedLibraryError
from securesystemslib.signer import Key, Signer, SSlibKey
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata

from city.folder import FolderError
from sync.contract.signing_keys import KeyFileError, public_pem, write_secret_key

OF_THREE = 3
THRESHOLD = 2
_OWN_HALF = ".secret.pem"
_ADDRESS = ".uri"


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Keys of one place: `NAME.pem` is the public half; beside it `NAME.secret.pem`, or `NAME.uri` with an address such as hsm:."""

    folder: Path
    pin: Callable[[str], str] = getpass.getpass

    def make(self, role: str, count: int = 1) -> list[Key]:
        """Make the keys of a role that are missing, in files; return all public halves."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(1, count + 1):
            public = self.folder / f"{role}-{number}.pem"
            if not public.exists():
                secret = Ed25519PrivateKey.generate()
                write_secret_key(self.folder / f"{role}-{number}{_OWN_HALF}", secret)
                public.write_bytes(public_pem(secret.public_key()))
        return self.public(role)

    def public(self, role: str) -> list[Key]:
        """Return the public halves of a role.

        Raises:
            FolderError: One cannot be read.
        """
        try:
            return [_public(path) for path in self._files(role)]
        except KeyFileError as error:
            raise FolderError(f"{error}; restore it from where the keys are put away") from error

    def signers(self, role: str) -> list[Signer]:
        """Return what can sign for a role here; those whose secret half is elsewhere are left out.

        Raises:
            FolderError: A key file is damaged, or an HSM does not open.
        """
        found = []
        for path in self._files(role):
            stem = path.name.removesuffix(".pem")
            secret, address = self.folder / f"{stem}{_OWN_HALF}", self.folder / f"{stem}{_ADDRESS}"
            key = _public(path)
            try:
                if secret.exists():
                    found.append(Signer.from_priv_key_uri(f"file2:{secret}", key))
                elif address.exists():
                    found.append(Signer.from_priv_key_uri(address.read_text(encoding="utf-8").strip(), key, self.pin))
            except (OSError, ValueError, StorageError, UnsupportedLibraryError) as error:
                raise FolderError(f"{secret if secret.exists() else address}: the key does not open: {error}") from error
        return found

    def _files(self, role: str) -> Iterator[Path]:
        return (path for path in sorted(self.folder.glob(f"{role}-*.pem")) if path.name.removesuffix(".pem")[len(role) + 1 :].isdigit())


def _public(path: Path) -> SSlibKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path}: no readable public key") from error
    if not isinstance(key, Ed25519PublicKey | EllipticCurvePublicKey):
        raise KeyFileError(f"{path}: neither an Ed25519 nor an ECDSA key")
    try:
        return SSlibKey.from_crypto(key)
    except ValueError as error:
        raise KeyFileError(f"{path}: {error}") from error


def signed(metadata: Metadata[Any], signer: Signer) -> None:
    """Sign metadata, beside the signatures that it has.

    Raises:
        FolderError: The key does not sign: a token that is not there, or a wrong PIN.
    """
    try:
        metadata.sign(signer, append=True)
    except UnsignedMetadataError as error:
        raise FolderError(f"a key does not sign: {error.__cause__ or error}; is the token there, and the PIN right?") from error
