"""Public keys as people upload them: read, checked, named. Pure."""

from base64 import b64encode
from binascii import a2b_base64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from app.faults import Malformed

ALGORITHMS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
LEAST_RSA = 2048
"""Bits; shorter ones can be broken."""
LONGEST_TITLE = 255


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key: `public` is algorithm and base64 in one line, `comment` what stood behind."""

    public: str
    comment: str
    fingerprint: str

    @property
    def algorithm(self) -> str:
        """Return its first word."""
        return self.public.partition(" ")[0]


def read(text: str) -> PublicKey:
    """Return the key of one line as OpenSSH writes it; raises Malformed with what is wrong."""
    words = text.split(None, 2)
    if "PRIVATE KEY" in text:
        raise _invalid(
            "This is a private key",
            "Whoever has it can sign in as you; nothing of it was kept.",
            "Paste the file that ends in .pub.",
        )
    if len(text.strip().splitlines()) != 1 or len(words) < 2:
        raise _invalid(detail="A key is one line: an algorithm, base64, and perhaps a comment.")
    algorithm, content = words[0], words[1]
    if algorithm not in ALGORITHMS:
        raise _invalid(detail=f"Keys begin with one of {', '.join(ALGORITHMS)}.")
    try:
        key = load_ssh_public_key(f"{algorithm} {content}".encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _invalid(detail="What follows the algorithm is no key of that kind.") from error
    if isinstance(key, RSAPublicKey) and key.key_size < LEAST_RSA:
        raise _invalid(
            "This key is too short",
            f"It has {key.key_size} bits, and RSA keys need {LEAST_RSA}.",
            "Make a better one: ssh-keygen -t ed25519",
        )
    comment = words[2].strip() if len(words) > 2 else ""
    return PublicKey(f"{algorithm} {content}", comment, fingerprint(content))


def fingerprint(content: str) -> str:
    """Return `SHA256:…` of a key's base64, as ssh shows it; raises ValueError."""
    digest = sha256(_decoded(content)).digest()
    return f"SHA256:{b64encode(digest).decode().rstrip('=')}"


def titled(title: str, comment: str) -> str:
    """Return the title of a key; raises Malformed without one."""
    chosen = " ".join((title or comment).split())
    if not 0 < len(chosen) <= LONGEST_TITLE or not chosen.isprintable():
        raise Malformed(
            "title_invalid",
            "The key needs a title",
            f"1 to {LONGEST_TITLE} characters that say which device it is on.",
        )
    return chosen


def _decoded(content: str) -> bytes:
    from_text = content.encode("ascii", "strict")
    return a2b_base64(from_text, strict_mode=True)


def _invalid(
    title: str = "This is no public key",
    detail: str = "",
    cure: str = "Paste what `cat ~/.ssh/id_ed25519.pub` prints.",
) -> Malformed:
    return Malformed("key_invalid", title, detail, cure)
