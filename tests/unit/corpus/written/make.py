"""Writes the folders beside it with Lhotse itself, so that its readers are held against the real writer.

    pip install lhotse==1.33.0
    cd examples/speech && python ../../tests/unit/corpus/written/make.py

Recordings are named relative to examples/speech; none is copied.
"""

import json
from pathlib import Path

from lhotse import CutSet, MonoCut, Recording, RecordingSet, SupervisionSegment, SupervisionSet
from lhotse.kaldi import export_to_kaldi

HERE = Path(__file__).parent


def main() -> None:
    rows = [json.loads(line) for line in Path("manifest.jsonl").read_text().splitlines()[:40]]
    recordings = {row["id"]: Recording.from_file(row["audio_filepath"], recording_id=row["id"]) for row in rows}
    spoken = {
        row["id"]: SupervisionSegment(
            id=row["id"], recording_id=row["id"], start=0, duration=recordings[row["id"]].duration, text=row["text"],
            speaker=row["speaker"], language="en", custom={"category": row["category"]},
        )
        for row in rows
    }  # fmt: skip
    recorded = RecordingSet.from_recordings(recordings.values())
    whole = CutSet.from_manifests(recorded, SupervisionSet.from_segments(spoken.values()))
    whole = whole.trim_to_supervisions(keep_overlapping=False).map(lambda cut: cut.with_id(cut.supervisions[0].id))
    whole.to_file(HERE / "lhotse" / "cuts.jsonl.gz")
    one = recordings["jfk"]
    cut = MonoCut(id="part", start=2.5, duration=3.25, channel=0, recording=one, supervisions=[
        SupervisionSegment(id="b", recording_id="jfk", start=1.5, duration=1.5, text="second", speaker="a"),
        SupervisionSegment(id="a", recording_id="jfk", start=0.0, duration=1.5, text="first", speaker="a"),
    ])  # fmt: skip
    others = [
        cut,
        cut.with_id("padded").pad(duration=6),
        cut.with_id("mixed").mix(cut.with_id("other")),
        cut.with_id("faster").perturb_speed(1.1),
        cut.with_id("silent").drop_supervisions(),
    ]
    CutSet.from_cuts(others).to_file(HERE / "lhotse-odd" / "cuts.jsonl")
    export_to_kaldi(
        recorded,
        SupervisionSet.from_segments(spoken.values()),
        HERE / "lhotse-kaldi",
    )


if __name__ == "__main__":
    main()
