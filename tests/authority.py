"""A certificate authority of the tests' own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID


class Authority:
    """Issues certificates, on elliptic curves because they are made in no time."""

    def __init__(self) -> None:
        self.key = new_key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests of Podium")])
        self.name = name
        builder = _builder(name, name, self.key, timedelta(days=30))
        self.certificate = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        ).sign(self.key, SHA256())

    def write(self, file: Path) -> Path:
        """Write the authority's own certificate."""
        file.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return file

    def issue(
        self,
        file: Path,
        *names: str,
        days: float = 20,
        key: Path | None = None,
        password: bytes = b"",
    ) -> Path:
        """Write a certificate for hosts or URIs; its key goes beside it, or into the same file."""
        own = new_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "podium")])
        builder = _builder(subject, self.name, own, timedelta(days=days))
        if names:
            listed = x509.SubjectAlternativeName(
                [
                    x509.UniformResourceIdentifier(name) if "://" in name else x509.DNSName(name)
                    for name in names
                ]
            )
            builder = builder.add_extension(listed, critical=False)
        text = builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM)
        text += self.certificate.public_bytes(Encoding.PEM)
        form = BestAvailableEncryption(password) if password else NoEncryption()
        secret = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, form)
        fresh = file.with_name(f"{file.name}.fresh")
        if key is None:
            fresh.write_bytes(text + secret)
        else:
            key.write_bytes(secret)
            fresh.write_bytes(text)
        fresh.rename(file)
        return file

    def link(self, folder: Path, *names: str, days: float = 20) -> Path:
        """Write the three files of a process that speaks with others; returns their folder."""
        folder.mkdir(exist_ok=True)
        self.write(folder / "ca.crt")
        self.issue(folder / "tls.crt", *names, days=days, key=folder / "tls.key")
        return folder


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, now + lasts) - timedelta(days=1))
        .not_valid_after(now + lasts)
    )
