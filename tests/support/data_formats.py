"""The same utterances written in every format that is read, by the format's own writer where that is at hand."""

import csv
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

ROOT = Path(__file__).parents[2]
SPEECH = ROOT / "examples/speech"
WRITTEN = ROOT / "tests/unit/corpus/written"
Row = Mapping[str, Any]
RATE = 16_000


def forty() -> list[Row]:
    """The first forty of examples/speech, as manifest.jsonl has them."""
    lines = (SPEECH / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[:40]
    return [json.loads(line) for line in lines]


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def audio_of(row: Row) -> Path:
    return SPEECH / row["audio_filepath"]


def copy(row: Row, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(audio_of(row), to)
    return to


def copies(folder: Path, rows: Sequence[Row]) -> None:
    """The recordings, a folder a category."""
    for row in rows:
        copy(row, folder / row["audio_filepath"])


def jsonl(folder: Path, rows: Sequence[Row]) -> Path:
    copies(folder, rows)
    return put(folder / "m.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def table(folder: Path, rows: Sequence[Row]) -> Path:
    copies(folder, rows)
    path = put(folder / "m.csv", "")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def kaldi(folder: Path, rows: Sequence[Row]) -> Path:
    copies(folder, rows)
    put(folder / "wav.scp", "".join(f"{row['id']} {row['audio_filepath']}\n" for row in rows))
    _kaldi_texts(folder, rows)
    return folder


def lhotse_kaldi(folder: Path, rows: Sequence[Row]) -> Path:
    """What Lhotse's export_to_kaldi wrote, but for wav.scp, where it has commands."""
    kaldi(folder, rows)
    for written in (WRITTEN / "lhotse-kaldi").iterdir():
        if written.name != "wav.scp":
            shutil.copyfile(written, folder / written.name)
    return folder


def _kaldi_texts(folder: Path, rows: Sequence[Row]) -> None:
    for name, field in (("text", "text"), ("utt2spk", "speaker"), ("utt2category", "category")):
        put(folder / name, "".join(f"{row['id']} {row[field]}\n" for row in rows))


def lhotse(folder: Path, rows: Sequence[Row]) -> Path:
    """What Lhotse wrote of these forty."""
    copies(folder, rows)
    shutil.copyfile(WRITTEN / "lhotse/cuts.jsonl.gz", folder / "cuts.jsonl.gz")
    return folder


def common_voice(folder: Path, rows: Sequence[Row]) -> Path:
    lines = ["client_id\tpath\tsentence_id\tsentence\tage\tcategory"]
    for row in rows:
        copy(row, folder / f"clips/{row['id']}.flac")
        lines.append(f"{row['speaker']}\t{row['id']}.flac\tx\t{row['text']}\t\t{row['category']}")
    put(folder / "validated.tsv", lines[0] + "\n")
    return put(folder / "test.tsv", "\n".join(lines) + "\n")


def librispeech(folder: Path, rows: Sequence[Row]) -> Path:
    for row in rows:
        chapter = folder / row["category"] / row["speaker"] / "1"
        copy(row, chapter / f"{row['id']}.flac")
        with (chapter / f"{row['speaker']}-1.trans.txt").open("a", encoding="utf-8") as file:
            file.write(f"{row['id']} {row['text']}\n")
    return folder


def trn(folder: Path, rows: Sequence[Row]) -> Path:
    for row in rows:
        copy(row, folder / row["category"] / f"{row['id']}.flac")
    return put(folder / "ref.trn", ";; references\n" + "".join(f"{row['text']} ({row['id']})\n" for row in rows))


def stm(folder: Path, rows: Sequence[Row]) -> Path:
    lines = [';; CATEGORY "0" "" ""', ';; LABEL "O" "Overall" "Overall"']
    for row in rows:
        copy(row, folder / f"audio/{row['id']}.flac")
        seconds = soundfile.info(audio_of(row)).duration
        lines.append(f"{row['id']} 1 {row['speaker']} 0.000 {seconds:.2f} <o,{row['category']}> {row['text']}")
    return put(folder / "ref.stm", "\n".join(lines) + "\n")


def datasets(folder: Path, rows: Sequence[Row]) -> Path:
    _dataset(rows).save_to_disk(str(folder))
    return folder


def dataset_dict(folder: Path, rows: Sequence[Row]) -> Path:
    import datasets

    datasets.DatasetDict({"test": _dataset(rows), "train": _dataset(rows[:3])}).save_to_disk(str(folder))
    return folder / "test"


def parquet(folder: Path, rows: Sequence[Row]) -> Path:
    """As push_to_hub lays it out: recordings embedded, row groups of a hundred rows at most, several shards."""
    from datasets.table import embed_table_storage

    found = _dataset(rows).with_format("arrow").map(embed_table_storage, batched=True).with_format(None)
    (folder / "data").mkdir(parents=True)
    for shard in range(2):
        path = folder / f"data/test-{shard:05}-of-00002.parquet"
        found.shard(2, shard, contiguous=True).to_parquet(str(path), batch_size=7)
    return folder


def _dataset(rows: Sequence[Row]) -> Any:
    import datasets

    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in ("id", "text", "speaker")}
    columns["category"] = [row["category"] for row in rows]
    columns["audio"] = [str(audio_of(row)) for row in rows]
    names = sorted(set(columns["category"]))
    found = datasets.Dataset.from_dict(columns).cast_column("audio", datasets.Audio(decode=False))
    return found.cast_column("category", datasets.ClassLabel(names=names))


WRITERS: Mapping[str, Callable[[Path, Sequence[Row]], Path]] = {
    writer.__name__: writer
    for writer in (
        *(jsonl, table, kaldi, lhotse_kaldi, lhotse, common_voice, librispeech, trn, stm),
        *(datasets, dataset_dict, parquet),
    )
}
"""Every format, each with the ids of manifest.jsonl."""


def long_recordings(folder: Path, rows: Sequence[Row]) -> list[Row]:
    """The same utterances as parts of two long recordings, with half a second of noise between them."""
    noise = np.random.default_rng(1).normal(0, 0.01, RATE // 2)
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Row] = []
    for number, part in enumerate((rows[::2], rows[1::2])):
        pieces, at = [noise], len(noise)
        for row in part:
            samples, rate = soundfile.read(audio_of(row))
            assert rate == RATE
            found.append(
                {**row, "audio_filepath": f"long-{number}.flac", "start": at / RATE, "duration": len(samples) / RATE}
            )
            pieces += [samples, noise]
            at += len(samples) + len(noise)
        soundfile.write(folder / f"long-{number}.flac", np.concatenate(pieces), RATE)
    return found


def kaldi_segments(folder: Path, rows: Sequence[Row]) -> Path:
    long = long_recordings(folder, rows)
    put(folder / "wav.scp", "".join(f"{name} {name}.flac\n" for name in ("long-0", "long-1")))
    put(folder / "segments", "".join(
        f"{row['id']} {row['audio_filepath'][:-5]} {row['start']:.6f} {row['start'] + row['duration']:.6f}\n"
        for row in long
    ))  # fmt: skip
    _kaldi_texts(folder, long)
    return folder


def nemo_segments(folder: Path, rows: Sequence[Row]) -> Path:
    long = (
        {"offset" if name == "start" else name: value for name, value in row.items()}
        for row in long_recordings(folder, rows)
    )
    return put(folder / "m.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in long))


def table_segments(folder: Path, rows: Sequence[Row]) -> Path:
    long = long_recordings(folder, rows)
    names = ("id", "path", "start", "end", "category", "text")
    lines = [
        [row["id"], row["audio_filepath"], row["start"], row["start"] + row["duration"], row["category"], row["text"]]
        for row in long
    ]
    return put(folder / "m.tsv", "\n".join("\t".join(map(str, line)) for line in [names, *lines]) + "\n")


SEGMENT_WRITERS = {writer.__name__: writer for writer in (kaldi_segments, nemo_segments, table_segments)}
"""Formats that may name parts of recordings, with the ids of manifest.jsonl."""
