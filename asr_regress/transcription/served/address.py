"""A server's address and the model's name on it, out of ``http://host:port/v1#name``."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from asr_regress.basics.printable import printable
from asr_regress.errors import CheckpointError

_SCHEMES = ("http://", "https://")
_MOST_NAME = 300  # characters


@dataclass(frozen=True, slots=True)
class Address:
    """Where a served model is.

    Attributes:
        url: Of the API, without a slash at its end, such as ``http://host:8000/v1``; holds no credentials.
        model: The model's name there; empty where none was given.
    """

    url: str
    model: str

    def __str__(self) -> str:
        """As it is given on the command line."""
        return f"{self.url}#{self.model}" if self.model else self.url

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine, where no proxy leads to."""
        from ipaddress import ip_address

        host = urlsplit(self.url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def is_address(given: str) -> bool:
    """Whether what was given for a model is a URL."""
    return given.lower().startswith(_SCHEMES)


def without_secrets(given: str) -> str:
    """What was given, without what may be a password or a key where it is a URL."""
    if not is_address(given):
        return given
    scheme, _, rest = given.partition("://")
    address, mark, model = rest.partition("#")
    return f"{scheme}://{address.partition('?')[0].rpartition('@')[2]}{mark}{model}"


def parse_address(given: str) -> Address:
    """Take a URL apart.

    Raises:
        CheckpointError: It is none, or holds what must not be shown or kept: a password, a query.
    """
    address, _, model = given.partition("#")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise CheckpointError(_not_one(given)) from None
    if parts.username is not None or parts.password is not None:
        raise CheckpointError(
            "--model: a URL with a user name or password would be shown and stored; give the key in the environment "
            "variable ASR_REGRESS_API_KEY, which is neither"
        )
    if parts.query:
        raise CheckpointError("--model: a server's URL takes no ?query, which may hold a key; give it up to /v1")
    if not host or not address.isprintable() or " " in address:
        raise CheckpointError(_not_one(given))
    model = model.strip()
    if len(model) > _MOST_NAME or not model.isprintable():
        raise CheckpointError(f"--model={_shown(given)}: no name of a model behind the #")
    host = f"[{host}]" if ":" in host else host
    where = host if port is None else f"{host}:{port}"
    return Address(f"{parts.scheme.lower()}://{where}{parts.path.rstrip('/')}", model)


def _not_one(given: str) -> str:
    return f"--model={_shown(given)}: not a URL as in http://host:8000/v1#name"


def _shown(given: str) -> str:
    return printable(without_secrets(given)[:200])
