"""One string for a recording, a part of one, or a row of a table; and files whose names look like that."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.sources import Source, file_of, parse_source, plain, rounded, whole_of

seconds = st.floats(0, 10**8, allow_nan=False).map(rounded)
names = st.text(max_size=20) | st.sampled_from(["/a#t=1,2", "/a#", "/a#row=3", "/a##", "s3://b/x.wav#ch=1", "/#t=5"])
sources = st.builds(
    Source,
    path=names,
    start=seconds,
    end=st.none() | seconds,
    channel=st.none() | st.integers(0, 999),
    row=st.none() | st.integers(0, 10**9),
)


@given(source=sources)
def test_what_is_put_together_comes_apart(source: Source) -> None:
    assert parse_source(str(source)) == source
    assert file_of(str(source)) == source.path
    assert parse_source(whole_of(str(source))) == Source(source.path, row=source.row)


@given(text=names)
def test_any_file_can_be_meant(text: str) -> None:
    assert parse_source(plain(text)) == Source(text)
    assert str(parse_source(text)) in (text, plain(text)) or parse_source(text).is_part or text.endswith("#")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("/a/x.wav", Source("/a/x.wav")),
        ("/a/x.wav#t=12.5,27.5", Source("/a/x.wav", 12.5, 27.5)),
        ("/a/x.wav#t=12.5", Source("/a/x.wav", 12.5)),
        ("/a/x.wav#ch=1&t=0,5", Source("/a/x.wav", 0, 5, 1)),
        ("/a/x.parquet#row=17", Source("/a/x.parquet", row=17)),
        ("/a/x.parquet#row=17&t=1,2", Source("/a/x.parquet", 1, 2, row=17)),
        ("/a/x#t=1,2#", Source("/a/x#t=1,2")),
        ("/a/x#t=1,2,3", Source("/a/x#t=1,2,3")),
        ("/a/x#t=-1,2", Source("/a/x#t=-1,2")),
        ("/a/x#t=1e3", Source("/a/x#t=1e3")),
        ("/a/x#t=1,2&row=17", Source("/a/x#t=1,2&row=17")),
        ("/a/x#2.wav", Source("/a/x#2.wav")),
        ("/a/x#row=১", Source("/a/x#row=১")),
    ],
)
def test_what_is_meant(text: str, source: Source) -> None:
    assert parse_source(text) == source


def test_a_file_that_is_named_like_a_part_is_read_as_a_file(tmp_path: Path) -> None:
    names = ["x.wav#t=1,2", "x#", "x.wav#row=3", "y#2.wav", "a#b/z.wav"]
    lines = (json.dumps({"audio_filepath": name, "text": "x"}) for name in names)
    (tmp_path / "m.jsonl").write_text("\n".join(lines))
    found = read_manifest(tmp_path / "m.jsonl").utterances
    assert {each.id: parse_source(each.audio) for each in found} == {
        name: Source(f"{tmp_path}/{name}") for name in names
    }
