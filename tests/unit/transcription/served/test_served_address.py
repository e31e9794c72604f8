"""A server's address out of what was given: nothing secret is taken in."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.errors import CheckpointError
from asr_regress.transcription.served.address import Address, is_address, parse_address, without_secrets


@pytest.mark.parametrize(
    ("given", "url", "model"),
    [
        ("http://host:8000/v1#whisper-1", "http://host:8000/v1", "whisper-1"),
        ("HTTPS://Host/v1/#openai/whisper-large-v3", "https://host/v1", "openai/whisper-large-v3"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", ""),
        ("http://[::1]:8000/v1#a#b", "http://[::1]:8000/v1", "a#b"),
        ("http://host/some/where/v1#모델 ", "http://host/some/where/v1", "모델"),
    ],
)
def test_url_and_name(given: str, url: str, model: str) -> None:
    assert is_address(given)
    assert parse_address(given) == Address(url, model)


@pytest.mark.parametrize("text", ["models/whisper-base", "openai/whisper-base", "x.jsonl", "s3://bucket/x", "https:/x"])
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("http://me:secret@host/v1#m", "ASR_REGRESS_API_KEY"),
        ("http://secret@host/v1#m", "ASR_REGRESS_API_KEY"),
        ("http://host/v1?api-key=secret#m", r"takes no \?query"),
        ("http://host:99999/v1#m", "not a URL"),
        ("http://me:secret/@host/v1#m", "not a URL"),
        ("http:///v1#m", "not a URL"),
        ("http://ho st/v1#m", "not a URL"),
        ("http://[::1/v1#m", "not a URL"),
        ("http://host/v1#a\x1b[31mb", "no name of a model"),
    ],
)
def test_what_cannot_be_used_is_refused_and_no_secret_repeated(given: str, said: str) -> None:
    with pytest.raises(CheckpointError, match=said) as refused:
        parse_address(given)
    assert "secret" not in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("http://me:sec/ret@x@host:1/v1?key=x#m", "http://host:1/v1#m"),
        ("http://me:secret@host:1/v1?key=x#m", "http://host:1/v1#m"),
        ("models/a@b?c", "models/a@b?c"),
    ],
)
def test_what_is_shown_of_an_address_that_is_refused(given: str, shown: str) -> None:
    assert without_secrets(given) == shown


@pytest.mark.parametrize(
    ("host", "local"), [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("10.0.0.1", False), ("host", False)]
)
def test_no_proxy_leads_to_this_machine(host: str, local: bool) -> None:
    assert parse_address(f"http://{host}:1/v1#m").is_local is local


@given(text=st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with suppress(CheckpointError):
        address = parse_address(f"http://{text}")
        assert parse_address(str(address)) == address
        assert "@" not in address.url.partition("//")[2].partition("/")[0]
