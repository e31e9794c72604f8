"""The recognizers that the inference benchmark runs: ours through its own engine, peers from their own packages.

Every one is given the same list of recordings and gives back their texts in order; decoding is greedy everywhere, at
temperature 0 and without fallback, timestamps or voice detection.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_regress.basics.progress import Quiet
from asr_regress.corpus.audio import SAMPLE_RATE, load_audio
from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
from asr_regress.transcription.engines.registry import DEFAULT_ENGINE, ENGINES
from asr_regress.transcription.measure import Transcriber
from asr_regress.transcription.settings import Request
from asr_regress.transcription.store.store import Store

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_PAUSE_SECONDS = 1.0
_ORIGINAL_BATCH = {"cpu": 16, "cuda": 32}
_LONGEST = 448


@dataclass(frozen=True)
class Task:
    """What is transcribed, and with what.

    Attributes:
        checkpoint: Folder in Hugging Face's format.
        ct2: The same weights in CTranslate2's format.
        language: Spoken; None for an English-only model.
        device: "cpu" or "cuda".
    """

    checkpoint: Path
    ct2: Path
    language: str | None
    device: str = "cpu"


Seconds = float
Transcribe = Callable[[Sequence[str]], tuple[Seconds, list[str]]]
"""From paths to the seconds it took, loading of the model apart, and the texts."""


def ours(task: Task, **request: Any) -> Transcribe:
    """The gate's own way: plan, engine with a spawned worker, an empty store every time."""
    checkpoint = open_checkpoint(str(task.checkpoint), Path.cwd())

    def transcribe(paths: Sequence[str]) -> tuple[Seconds, list[str]]:
        asked = Request(language=task.language, device=task.device, **request)
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder))
            transcriber = Transcriber(store, "benchmark", ENGINES[DEFAULT_ENGINE], Quiet)
            found = transcriber.measure(checkpoint, asked, paths)
            store.close()
        if found.record.error or len(found.texts) < len(paths):
            raise SystemExit(f"asr_regress: {found.record.error or dict(found.record.reasons)}")
        return found.record.tally.wall_seconds, [found.texts[path] for path in paths]

    return transcribe


def original_loop(task: Task) -> Transcribe:
    """The loop this project grew from: one process, manifest order, features padded to the batch's longest."""
    import torch

    dtype = torch.float32 if task.device == "cpu" else torch.float16
    model, processor = _transformers_model(task, dtype)
    size = _ORIGINAL_BATCH[task.device]
    arguments = {"num_beams": 1, "max_length": _LONGEST, **_language(task)}

    def texts(audio: Sequence[npt.NDArray[np.float32]]) -> list[str]:
        found: list[str] = []
        for start in range(0, len(audio), size):
            batch = list(audio[start : start + size])
            features = processor(batch, sampling_rate=SAMPLE_RATE, return_tensors="pt", padding=True).input_features
            with torch.no_grad():
                tokens = model.generate(features.to(task.device, dtype), **arguments)
            found += processor.batch_decode(tokens, skip_special_tokens=True)
        return found

    return _timed(texts)


def pipeline(task: Task, dtype: str, batch_size: int) -> Transcribe:
    """The pipeline of transformers for speech recognition."""
    import torch
    import transformers

    model, processor = _transformers_model(task, getattr(torch, dtype))
    recognize = transformers.pipeline(
        "automatic-speech-recognition",
        model=model,
        tokenizer=processor.tokenizer,
        feature_extractor=processor.feature_extractor,
        device=task.device,
        dtype=getattr(torch, dtype),
        batch_size=batch_size,
        generate_kwargs={"num_beams": 1, "do_sample": False, **_language(task)},
    )

    def texts(audio: Sequence[npt.NDArray[np.float32]]) -> list[str]:
        given = ({"raw": samples, "sampling_rate": SAMPLE_RATE} for samples in audio)
        return [each["text"] for each in recognize(given)]

    return _timed(texts)


def faster_whisper(task: Task, compute_type: str) -> Transcribe:
    """faster-whisper, recording after recording."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(task.ct2), device=task.device, compute_type=compute_type)
    options = _faster_whisper_options(task) | {"condition_on_previous_text": False}

    def texts(audio: Sequence[npt.NDArray[np.float32]]) -> list[str]:
        return ["".join(part.text for part in model.transcribe(samples, **options)[0]) for samples in audio]

    return _timed(texts)


def faster_whisper_batched(task: Task, compute_type: str, batch_size: int) -> Transcribe:
    """faster-whisper's batched pipeline, which batches the parts of one recording: ours become parts of one."""
    import numpy as np
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = BatchedInferencePipeline(WhisperModel(str(task.ct2), device=task.device, compute_type=compute_type))
    options = _faster_whisper_options(task) | {"batch_size": batch_size}
    pause = np.zeros(int(_PAUSE_SECONDS * SAMPLE_RATE), np.float32)

    def texts(audio: Sequence[npt.NDArray[np.float32]]) -> list[str]:
        clips, at = [], 0.0
        for samples in audio:
            clips.append({"start": at, "end": at + len(samples) / SAMPLE_RATE})
            at += (len(samples) + len(pause)) / SAMPLE_RATE
        whole = np.concatenate([part for samples in audio for part in (samples, pause)])
        found = {clip["start"]: "" for clip in clips}
        starts = sorted(found)
        for part in model.transcribe(whole, clip_timestamps=clips, **options)[0]:
            found[min(starts, key=lambda start: abs(start - part.start))] += part.text
        return [found[clip["start"]] for clip in clips]

    return _timed(texts)


def _timed(texts: Callable[[Sequence[npt.NDArray[np.float32]]], list[str]]) -> Transcribe:
    def transcribe(paths: Sequence[str]) -> tuple[Seconds, list[str]]:
        start = time.perf_counter()
        found = texts([load_audio(path) for path in paths])
        return time.perf_counter() - start, found

    return transcribe


def _transformers_model(task: Task, dtype: Any) -> tuple[Any, Any]:
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    model = transformers.WhisperForConditionalGeneration.from_pretrained(
        task.checkpoint, dtype=dtype, attn_implementation="sdpa", local_files_only=True
    )
    processor = transformers.WhisperProcessor.from_pretrained(task.checkpoint, local_files_only=True)
    return model.to(task.device).eval(), processor


def _language(task: Task) -> dict[str, str]:
    return {} if task.language is None else {"language": task.language, "task": "transcribe"}


def _faster_whisper_options(task: Task) -> dict[str, Any]:
    return {
        "language": task.language or "en",
        "beam_size": 1,
        "temperature": 0.0,
        "without_timestamps": True,
        "vad_filter": False,
    }


def _half(task: Task) -> str:
    return "bfloat16" if task.device == "cpu" else "float16"


PEERS: dict[str, Callable[[Task], Transcribe]] = {
    "asr_regress": ours,
    "asr_regress, float32": lambda task: ours(task, dtype="float32"),
    "original loop": original_loop,
    "pipeline, float32, batch 16": lambda task: pipeline(task, "float32", 16),
    "pipeline, 16 bit, batch 4": lambda task: pipeline(task, _half(task), 4),
    "faster-whisper, float32": lambda task: faster_whisper(task, "float32"),
    "faster-whisper, int8": lambda task: faster_whisper(task, "int8"),
    "faster-whisper batched, float32": lambda task: faster_whisper_batched(task, "float32", 16),
    "faster-whisper batched, int8": lambda task: faster_whisper_batched(task, "int8", 16),
}
"""Every recognizer by name."""
