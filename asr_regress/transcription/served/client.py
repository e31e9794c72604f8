"""Requests to a server with OpenAI's transcription API.

https://platform.openai.com/docs/api-reference/audio; vLLM, speaches and others speak it. The one module that needs the
HTTP client, which is imported when the first request is made.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from asr_regress.basics.printable import printable
from asr_regress.errors import ConfigurationError
from asr_regress.transcription.served.address import Address
from asr_regress.transcription.served.answers import MAX_ANSWER_BYTES, check_status
from asr_regress.transcription.served.errors import RequestFailedError, TryAgainError
from asr_regress.transcription.served.key import api_key

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

_CONNECT_SECONDS = 30.0
ENDPOINTS: Mapping[str, str] = {"transcribe": "/audio/transcriptions", "translate": "/audio/translations"}


class Client:
    """Asks one server. To be used within ``async with``."""

    def __init__(self, address: Address, connections: int = 1) -> None:
        """Open nothing yet.

        Raises:
            ConfigurationError: The extra is not installed, or the key cannot be sent.
        """
        self._http, self._address = _library(), address
        self._key, self._key_name = api_key()
        self._connections = connections
        self._stack = AsyncExitStack()
        self._client: httpx2.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        http = self._http
        headers = {"Accept-Encoding": "identity", "Accept": "application/json", "User-Agent": "asr-regress"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            client = http.AsyncClient(
                headers=headers,
                timeout=http.Timeout(None, connect=_CONNECT_SECONDS),
                limits=http.Limits(max_connections=self._connections, max_keepalive_connections=self._connections),
                follow_redirects=False,  # the key is for this server alone
                trust_env=not self._address.is_local,
            )
        except (http.InvalidURL, ValueError, OSError, ImportError) as error:  # of a proxy, of certificates
            raise ConfigurationError(f"{self._address.url}: no HTTP client can be set up: {_in_words(error)}") from None
        self._client = await self._stack.enter_async_context(client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def key_name(self) -> str | None:
        """The variable that the key is from."""
        return self._key_name

    async def get(self, url: str, seconds: float) -> tuple[Mapping[str, str], bytes]:
        """Headers and body of what is at a URL.

        Raises:
            TryAgainError: There was no answer, or one that may be better later.
            ServerRefusesError: The server refuses.
            RequestFailedError: The answer cannot be used.
        """
        return await self._ask("GET", url, seconds)

    async def transcribe(self, wav: bytes, fields: Mapping[str, str], task: str, seconds: float | None) -> bytes:
        """The answer to a recording, in JSON.

        Args:
            wav: The recording.
            fields: What is sent with it.
            task: "transcribe" or "translate".
            seconds: How long it may take; None for any time.

        Raises:
            TryAgainError: There was no answer, or one that may be better later.
            ServerRefusesError: The server refuses any recording.
            RequestFailedError: It refuses this one, or the answer cannot be used.
        """
        url = self._address.url + ENDPOINTS[task]
        data = {"model": self._address.model, **fields}
        files = {"file": ("audio.wav", wav, "audio/wav")}
        _, body = await self._ask("POST", url, seconds, data=data, files=files)
        return body

    async def _ask(
        self, method: str, url: str, seconds: float | None, **content: Any
    ) -> tuple[Mapping[str, str], bytes]:
        http = self._http
        assert self._client is not None
        try:
            async with asyncio.timeout(seconds), self._client.stream(method, url, **content) as response:
                body = await _body(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
                check_status(response.status_code, headers, self._without_key(body))
                return headers, body
        except TimeoutError:
            within = "" if seconds is None else f" within {seconds:g} s"
            raise TryAgainError(f"no answer{within}", hung=True) from None
        except http.ConnectError as error:
            raise TryAgainError(f"no connection: {_in_words(error)}") from None
        except http.ConnectTimeout:
            raise TryAgainError(f"no connection within {_CONNECT_SECONDS:.0f} s") from None
        except (http.HTTPError, http.StreamError) as error:
            raise TryAgainError(f"the connection broke: {_in_words(error)}") from None
        except (http.InvalidURL, UnicodeError) as error:
            raise RequestFailedError(f"not a URL that can be asked: {_in_words(error)}") from None

    def _without_key(self, body: bytes) -> bytes:
        """An answer in which the key, should the server repeat it, is not to be seen."""
        return body.replace(self._key.encode(), b"***") if self._key else body


def in_a_loop(function: Callable[[], Awaitable[T]]) -> T:
    """What an asynchronous function gives, whether or not a loop runs in this thread already."""
    results: list[T] = []
    errors: list[BaseException] = []

    async def call() -> T:
        return await function()

    def run() -> None:
        try:
            results.append(asyncio.run(call()))
        except BaseException as error:  # for whoever called
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


async def _body(response: "httpx2.Response") -> bytes:
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":  # a few bytes could unpack to anything
        raise RequestFailedError(f"the answer is encoded as {printable(encoding[:50])}, which was not asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise RequestFailedError(f"the answer is over {MAX_ANSWER_BYTES >> 20} MiB")
    return bytes(body)


def _library() -> Any:
    try:
        import httpx2
    except ImportError:
        raise ConfigurationError("a served model needs the package httpx2: pip install 'asr-regress[server]'") from None
    return httpx2


def _in_words(error: Exception) -> str:
    return printable(str(error).strip().partition("\n")[0][:200]) or type(error).__name__
