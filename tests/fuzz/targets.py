"""What the fuzzers feed: every reader of bytes from outside, with what must hold of its result.

A target gives a value or one of our errors, whose message is short and can be written; anything else is a finding.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from asr_regress.basics.printable import harmless
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.label_files import read_label
from asr_regress.corpus.utterance import Manifest
from asr_regress.errors import AsrRegressError
from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.gate.baseline_columns import decode_rows
from asr_regress.gate.baseline_file import read_baseline, write_baseline
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.thresholds import check_against, read_thresholds
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Status
from asr_regress.transcription.checkpoints.checkpoint import fingerprint, open_checkpoint
from asr_regress.transcription.hypotheses import parquet_file, read_hypotheses

FOLDER = "ASR_REGRESS_FUZZ_FOLDER"
"""Variable with the folder to write to, for a process that ends without cleaning up."""
LONGEST_MESSAGE = 20_000
METRICS = ("cer", "wer")
IDS = ("D01/1", "D01/2", "학교")


@dataclass(frozen=True)
class Target:
    """A reader.

    Attributes:
        read: Reads the bytes; raises an AsrRegressError where they are of no use.
        seeds: Valid files, from which mutations start.
        tokens: What the format is made of.
    """

    read: Callable[[bytes], None]
    seeds: Sequence[bytes]
    tokens: Sequence[bytes] = ()

    def check(self, data: bytes) -> bool:
        """Whether there was a value; anything but that or one of our errors is raised."""
        try:
            self.read(data)
        except AsrRegressError as error:
            message = str(error)
            message.encode("utf-8", "surrogateescape")
            assert message.strip(), "an error without a word"
            assert len(message) < LONGEST_MESSAGE, message[:1000]
            assert harmless(message).replace("\n", "").isprintable()
            return False
        return True


@cache
def folder() -> Path:
    """A folder in memory, where there is one; it goes with the process, or with the one that gave it to this one."""
    if given := os.environ.get(FOLDER):
        return Path(given)
    shared = Path("/dev/shm")
    holder = tempfile.TemporaryDirectory(prefix="asr_regress-fuzz-", dir=shared if shared.is_dir() else None)
    _HELD.append(holder)
    return Path(holder.name)


_HELD: list["tempfile.TemporaryDirectory[str]"] = []


def written(name: str, data: bytes) -> Path:
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def check_manifest(manifest: Manifest) -> None:
    ids = [utterance.id for utterance in manifest.utterances]
    assert ids == sorted(set(ids))
    for each in manifest.utterances:
        "".join((each.id, each.audio, each.reference, each.category, each.speaker or "")).encode("utf-8")
        json.dumps(dict(each.fields), allow_nan=False, ensure_ascii=False) if each.duration else None
        assert each.id.isprintable() or not any(ord(letter) < 32 for letter in each.id + each.category)
    for problem in manifest.problems:
        str(problem).encode("utf-8")
        assert len(problem.what) < 1000


def read_rows(name: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        path = written(name, data)
        check_manifest(read_manifest(path))
        confined = read_manifest(path, confine=True)
        check_manifest(confined)
        assert all(Path(each.audio).resolve().is_relative_to(folder().resolve()) for each in confined.utterances)

    return read


def read_json_lines(data: bytes) -> None:
    path = written("m.jsonl", data)
    manifest = read_manifest(path)
    check_manifest(manifest)
    lines = [line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if is_entry(line)]
    assert len(manifest.utterances) + len(manifest.problems) == len(lines), "an entry was dropped in silence"
    check_manifest(read_manifest(path, confine=True))


def is_entry(line: bytes) -> bool:
    try:
        return bool(line.decode("utf-8").strip())
    except UnicodeDecodeError:
        return True


def read_transcript(data: bytes) -> None:
    text = read_label(str(written("x.txt", data)))
    assert text == text.strip()
    text.encode("utf-8")


def read_tree(data: bytes) -> None:
    """A tree of one recording, its transcript and a manifest's worth of names."""
    written("tree/D01/x.wav", b"")
    written("tree/D01/x.txt", data)
    check_manifest(read_manifest(folder() / "tree"))


def read_kaldi(data: bytes) -> None:
    """The files of a Kaldi data folder, one behind the other."""
    names = ("wav.scp", "text", "segments", "utt2spk")
    for name, part in zip(names, [*data.split(b"\0"), *([b""] * len(names))], strict=False):
        path = written(f"kaldi/{name}", part)
        if not part and name != "text":
            path.unlink()
    check_manifest(read_manifest(folder() / "kaldi"))
    check_manifest(read_manifest(folder() / "kaldi", confine=True))


def read_chapter(data: bytes) -> None:
    written("chapters/test/1/2/1-2-0000.flac", b"")
    written("chapters/test/1/2/1-2.trans.txt", data)
    check_manifest(read_manifest(folder() / "chapters", confine=True))


def read_sclite(name: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        written("sclite/D01/a.wav", b"")
        check_manifest(read_manifest(written(f"sclite/{name}", data), confine=True))

    return read


def read_limits(data: bytes) -> None:
    thresholds = read_thresholds(written("thresholds.yaml", data), METRICS, {"dtype": ("auto", "float32")})
    for category in (*thresholds.categories, "D01", TOTAL):
        thresholds.policy_for(category)
        for metric in METRICS:
            thresholds.limit(category, metric)
    check_against(thresholds, {"D01", *list(thresholds.categories)[:2]})


def a_baseline() -> Baseline:
    counts = ErrorCounts(1, 2, 3, 20), ErrorCounts(0, 0, 1, 4)
    rows = (
        BaselineRow("D01/1", "D01", Status.SCORED, "0123abcd", "89abcdef", counts),
        BaselineRow("D02/1", "D02", Status.FAILED, "00000000", "", (ErrorCounts(), ErrorCounts())),
        BaselineRow("학교", "D02", Status.EMPTY_REFERENCE, "00000001", "", (ErrorCounts(insertions=2), ErrorCounts())),
    )
    return Baseline("m", "f" * 64, "d" * 64, "basic-1", METRICS, {"num_beams": "1"}, {"torch": "2.6"}, rows)


@cache
def baseline_bytes() -> bytes:
    path = folder() / "written.json"
    write_baseline(path, a_baseline())
    return path.read_bytes()


def read_whole_baseline(data: bytes) -> None:
    read_baseline(written("baseline.json", data)).rates()


def read_columns(data: bytes) -> None:
    """The columns as a hostile hand would write them, the digest right."""
    expected, metrics, columns = (data[0] % 8, data[1] % 4, data[2:]) if len(data) > 1 else (0, 0, b"")
    stored = {
        "encoding": "columns 1, zlib, base64",
        "sha256": hashlib.sha256(columns).hexdigest(),
        "columns": base64.b64encode(zlib.compress(columns, 1)).decode(),
    }
    assert len(decode_rows(stored, expected, ["D01", "D02"], metrics)) == expected


def unpacked_columns() -> bytes:
    stored = json.loads(baseline_bytes())["utterances"]["columns"]
    return bytes([3, 2]) + zlib.decompress(base64.b64decode(stored))


def read_other_engine(name: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        found = read_hypotheses("other", name, written(name, data), IDS)
        assert set(found.texts) <= set(IDS)
        for text in (*found.texts.values(), *found.reasons.values()):
            (text or "").encode("utf-8")

    return read


def read_parquet_of_hypotheses(data: bytes) -> None:
    """In this process: what crashes it is a finding here, and costs but a process in the gate."""
    path = str(written("hyps.parquet", data))
    names = parquet_file.look(path).names
    if {"id", "text"} <= set(names):
        parquet_file.begin(path, parquet_file.Wanted("id", "text"))
        while (part := parquet_file.next_part()) is not None:
            assert len(part.numbers) == len(part.keys) == len(part.texts)


@cache
def parquet_bytes() -> bytes:
    import pyarrow
    import pyarrow.parquet

    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"id": list(IDS), "text": ["one", None, "셋"]}), sink)
    return sink.getvalue()


CHECKPOINT: Mapping[str, bytes] = {
    "config.json": b'{"model_type": "whisper", "d_model": 384, "vocab_size": 51865, "encoder_layers": 4}',
    "generation_config.json": b'{"is_multilingual": true, "max_length": 448, "num_return_sequences": 1}',
    "tokenizer_config.json": b'{"tokenizer_class": "WhisperTokenizer", "model_max_length": 448}',
    "preprocessor_config.json": b'{"feature_extractor_type": "WhisperFeatureExtractor", "chunk_length": 30}',
    "processor_config.json": b'{"processor_class": "WhisperProcessor", "feature_extractor": {"hop_length": 160}}',
    "tokenizer.json": b"{}",
    "model.safetensors": b"weights",
}
INDEX = b'{"metadata": {"total_size": 7}, "weight_map": {"proj_out.weight": "model-00001-of-00001.safetensors"}}'


def read_settings(name: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        below = f"checkpoint-{name}"
        for other, content in CHECKPOINT.items():
            if not (folder() / below / other).exists():
                written(f"{below}/{other}", content)
        if name.endswith(".index.json"):
            (folder() / below / "model.safetensors").unlink()
            written(f"{below}/model-00001-of-00001.safetensors", b"weights")
        written(f"{below}/{name}", data)
        found = open_checkpoint(below, folder(), allow_pickle=bool(len(data) % 2))
        assert 0 < found.window_seconds <= 300
        assert isinstance(found.multilingual, bool)
        fingerprint(found, lambda path: hashlib.sha256(path.read_bytes()).hexdigest())

    return read


ROW = {
    "audio_filepath": "a/x.wav", "text": "one two", "duration": 1.5, "category": "D01", "speaker": "s1", "id": "1",
    "offset": 0, "device": "phone", "snr": 12.5, "noisy": True, "note": None, "words": ["one", {"two": [2]}],
}  # fmt: skip
CUT = {
    "id": "a", "start": 1, "duration": 2.5, "channel": 0, "type": "MonoCut", "custom": {"category": "D01"},
    "supervisions": [{"id": "s", "start": 0, "duration": 2, "text": "one two", "speaker": "s1", "language": "en"}],
    "recording": {"duration": 9.5, "sources": [{"type": "file", "channels": [0], "source": "a/x.wav"}]},
}  # fmt: skip
SEGMENTS = b"r a/x.wav\nq | run this\n\0u one two\nv\n\0u r 0.5 1.25\nv r 2 -1 B\n\0u s1\nv s2\n"
STM = b';; LABEL "O" "" ""\na 1 s1 0.50 1.25 <o,D01> one two\na B s1 2 3 three\n'
LIMITS = """\
version: 1
data: data/validation
confine: true
language: ko
normalize: basic
max_failed: 2
max_unmatched: null
baseline: baselines/medium.json
group: speaker
policy: significant
on_inconclusive: warn
confidence: 0.95
runaways: separate
slices: {speaker: {cer: {max: 5}}, duration: }
defaults: &all
  cer: {max: 10.0, max_regression: 0.3}
  wer: {max: 25, max_relative_regression: 2.5}
categories:
  D01: {policy: point, cer: {max: 5.0}}
  "D 04": *all
total: {cer: {max: .5}}
"""
TSV = b"path\tsentence\tclient_id\tduration\nx.wav\tone\ts1\t1.5\n"
CSV = b'audio_filepath,text,category,id\na.wav,"one, ""two""\nthree",D01,1\r\nb.wav,,,\n'
JSON_TOKENS = (*map(bytes, ([x] for x in b'{}[]:,"\\')), b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"\\ud800",
               b"\\u0000", b"9" * 40, b"[" * 50, b'{"a":' * 20)  # fmt: skip
YAML_TOKENS = tuple(
    token.encode()
    for token in (
        *"\n:{}[],-&*!|>'\"%#?\t ~", "version: 1\n", "&a ", "*a", "<<: ", "!!binary ", "!!python/object:os.system ",
        "\\U0010FFFF", "\x85", "\u2028", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! x\n", "9" * 30, "0x1f", "1_0", ".inf",
        "1:30", "null", "yes", "on", "2001-01-01", "? ", "- ", "|2+\n", ">-\n", "\\x0", "\ufeff",
    )
)  # fmt: skip

TARGETS: Mapping[str, Target] = {
    "jsonl": Target(
        read_json_lines,
        [b"\n".join(json.dumps({**ROW, "id": str(n)}).encode() for n in range(3)), json.dumps(ROW).encode()],
        (*JSON_TOKENS, *(f'"{name}"'.encode() for name in ROW), b'"../x.wav"', b'"/x"', b"TOTAL"),
    ),
    "csv": Target(read_rows("m.csv"), [CSV, CSV.replace(b",", b";")], (b'"', b'""', b",", b"\r", b"path,text\n")),
    "tsv": Target(read_rows("m.tsv"), [TSV, "path\ttext\nx.wav\t가\n".encode("cp949")], (b"\t", b'"', b"\r\n")),
    "unknown": Target(read_rows("m"), [CSV, TSV, json.dumps(ROW).encode()], (b"\xef\xbb\xbf", b"\n\n", b"{")),
    "lhotse": Target(
        read_rows("cuts.jsonl"),
        [json.dumps(CUT).encode(), b"\n".join(json.dumps({**CUT, "id": str(n)}).encode() for n in range(3))],
        (*JSON_TOKENS, b'"tracks"', b'"../x.wav"', b'"command"', b'"transforms"'),
    ),
    "kaldi": Target(read_kaldi, [SEGMENTS, b"r x.wav\n\0r one\n"], (b"\0", b"\n", b" ", b"|", b"../", b"-1", b"1e9")),
    "librispeech": Target(read_chapter, [b"1-2-0000 ONE TWO\n1-2-0001\n"], (b"\n", b" ", b"1-2-0000")),
    "trn": Target(read_sclite("m.trn"), [b"one two (a)\n;; x\n{ a / b } (a)\n"], (b"(", b")", b"{", b"/", b"\n")),
    "stm": Target(read_sclite("m.stm"), [STM], (b"<", b">", b",", b"\n", b";;", b"-1", b"9" * 20, b"IGNORE_TIME")),
    "label": Target(read_transcript, ["안녕하세요".encode(), "안녕".encode("cp949"), b"\xef\xbb\xbfx\r\n"]),
    "tree": Target(read_tree, [b"one", "하나".encode("cp949")]),
    "thresholds": Target(
        read_limits,
        [LIMITS.encode(), b"version: 1\n", b"version: 1\nslices: [a, b]\n"],
        (*YAML_TOKENS, *(line.split(":")[0].strip().encode() for line in LIMITS.splitlines())),
    ),
    "baseline": Target(read_whole_baseline, [baseline_bytes()], JSON_TOKENS),
    "columns": Target(read_columns, [unpacked_columns(), b"\0\0"]),
    "hypotheses": Target(
        read_other_engine("hyps.jsonl"),
        [b'{"id": "D01/1", "text": "one"}\n{"id": "D01/2", "text": null, "reason": "timed out"}'],
        (*JSON_TOKENS, b'"hypothesis"', '"학교"'.encode(), b'"id"', b'"text"'),
    ),
    "hypotheses_tsv": Target(
        read_other_engine("hyps.tsv"), [b"id\ttext\nD01/1\tone\n", b"D01/1\tone\nD01/2\t\n"], (b"\t", b"\n", b'"')
    ),
    "hypotheses_csv": Target(
        read_other_engine("hyps.csv"), [b'id,text,reason\nD01/1,"one, two",\nD01/2,,lost\n'], (b",", b"\n", b'"', b";")
    ),
    "hypotheses_trn": Target(
        read_other_engine("hyps.trn"), [b";; by hand\none (two) (D01/1)\n(D01/2)\n"], (b"(", b")", b"\n", b";;")
    ),
    "hypotheses_gz": Target(read_other_engine("hyps.trn.gz"), [gzip.compress(b"one (D01/1)\n", mtime=0)]),
    "hypotheses_parquet": Target(read_parquet_of_hypotheses, [parquet_bytes()]),
    **{
        name.removesuffix(".json"): Target(
            read_settings(name),
            [data],
            (*JSON_TOKENS, b'"auto_map"', b'"transformers_weights"', b'"audio_tokenizer"', b'"hidden_size"'),
        )
        for name, data in {**CHECKPOINT, "model.safetensors.index.json": INDEX}.items()
        if name.endswith("config.json") or name.endswith(".index.json")
    },
}  # fmt: skip
"""By name, as the command line of fuzz.py takes it."""
