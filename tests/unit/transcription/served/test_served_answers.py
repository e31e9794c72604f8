"""What a server says may be anything: a value, or one of three errors."""

import json
from contextlib import suppress
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.transcription.served.answers import check_status, models_of, retry_after, text_of
from asr_regress.transcription.served.errors import RequestFailedError, ServerRefusesError, TryAgainError

FAILURES = (TryAgainError, RequestFailedError, ServerRefusesError)


def test_the_text_is_taken_without_the_space_around_it() -> None:
    assert text_of(b'{"text": " \\ud55c\\uad6d\\uc5b4\\n", "usage": {}}') == "한국어"
    assert text_of(b'{"text": ""}') == ""


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"text": null}', b'{"error": "x"}', b"[" * 100_000])
def test_what_is_no_answer_may_be_one_next_time(body: bytes) -> None:
    with pytest.raises(TryAgainError, match='no JSON object with a "text"'):
        text_of(body)


@pytest.mark.parametrize("text", ["a\ud800", "a" * 200_001, "a" + "\u0301" * 200])
def test_a_text_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RequestFailedError, match="the text of the answer"):
        text_of(json.dumps({"text": text}).encode())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, TryAgainError), (500, TryAgainError), (502, TryAgainError), (503, TryAgainError), (504, TryAgainError),
        (408, TryAgainError), (400, RequestFailedError), (413, RequestFailedError), (415, RequestFailedError),
        (422, RequestFailedError), (401, ServerRefusesError), (403, ServerRefusesError), (404, ServerRefusesError),
        (405, ServerRefusesError), (501, ServerRefusesError), (302, ServerRefusesError), (299, RequestFailedError),
        (799, RequestFailedError),
    ],
)  # fmt: skip
def test_what_becomes_of_a_status(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=str(status)):
        check_status(status, {}, b"")
    check_status(200, {}, b"")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"message": "too long"}}', "400 Bad Request: too long"),
        (b'{"error": "too long"}', "400 Bad Request: too long"),
        (b'{"detail": "too long"}', "400 Bad Request: too long"),
        (b'{"message": "a\\u001b[31m\\nb"}', r"400 Bad Request: a\x1b[31m b"),
        (b"<h1>Bad</h1>", "400 Bad Request: <h1>Bad</h1>"),
        (b'{"detail": [{"loc": []}]}', '400 Bad Request: {"detail": [{"loc": []}]}'),
        (b"", "400 Bad Request"),
    ],
)
def test_the_server_is_quoted(body: bytes, said: str) -> None:
    with pytest.raises(RequestFailedError) as refused:
        check_status(400, {}, body)
    assert str(refused.value) == said


def test_of_a_wrong_key_the_server_is_not_quoted() -> None:
    with pytest.raises(ServerRefusesError) as refused:
        check_status(401, {}, b'{"error": {"message": "Incorrect API key provided: sk-1234"}}')
    assert str(refused.value) == "401 Unauthorized"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None), ("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("nan", None), ("inf", None), ("soon", None),
        (formatdate(1_000_030, usegmt=True), 30.0), (formatdate(999_000, usegmt=True), 0.0),
    ],
)  # fmt: skip
def test_retry_after_in_seconds_or_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=1_000_000) == seconds


def test_models_by_id() -> None:
    body = b'{"object": "list", "data": [{"id": "a", "created": 1}, {"id": 7}, "b", {}]}'
    assert models_of(body) == {"a": {"id": "a", "created": 1}}
    assert models_of(b'{"data": 1}') is None
    assert models_of(b"<html>") is None


@given(body=st.binary(max_size=200), status=st.integers(100, 999), header=st.text(max_size=20))
def test_any_answer_is_a_value_or_one_of_the_errors(body: bytes, status: int, header: str) -> None:
    with suppress(*FAILURES):
        text_of(body)
        models_of(body)
    if status != 200:
        with pytest.raises(FAILURES) as failed:
            check_status(status, {"retry-after": header, "location": header}, body)
        assert str(failed.value).isprintable()
        assert len(str(failed.value)) < 1000
