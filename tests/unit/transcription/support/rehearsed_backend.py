"""A backend that does in a worker process what its checkpoint's rehearsal.json says, without torch.

Recordings are told apart by their length in samples, which is also what it "hears". Keys of the rehearsal:
    resolve: "die" or "hang".
    load: "refuse", "die", "die once", "hang", "break", "wait" (for a file named "go on"), or "no flash"
        (FlashAttention 2 does not load).
    attention: What `resolve` settles on.
    die, die_once, crash, fail: Lengths at which the process kills itself, reads where there is no memory, or raises.
    hang, hang_once, hang_decoding, hold: Lengths at which it never comes back; `hang_decoding` before the model hears
        anything, `hold` in native code that holds the interpreter's lock.
    slow: Seconds that a batch takes.
    rows_that_fit: Largest batch size that does not run out of memory.
    does_not_fit, does_not_fit_once: Lengths that run out of memory whatever the batch size.
    short: Lengths whose batch comes back with a text too few.
Everything it is given is written to heard.jsonl in the checkpoint's folder: [process id, batch size, lengths]; the
file "resolved" there gets a line each time it is asked what to settle on.
"""

import ctypes
import json
import os
import signal
import time
from dataclasses import fields
from pathlib import Path

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription import recognizers
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines import worker
from asr_regress.transcription.recognizers import AttentionUnavailableError, OutOfMemoryError
from asr_regress.transcription.settings import DecodingSettings, Resolution

recognizers._BACKENDS["rehearsed"] = "rehearsed_backend"


class Rehearsed(Checkpoint):
    """A checkpoint for this backend: whoever is sent one imports this module, and so knows the backend."""


def rehearsed(checkpoint):
    """The same checkpoint for this backend."""
    known = {each.name: getattr(checkpoint, each.name) for each in fields(checkpoint)}
    return Rehearsed(**known | {"backend": "rehearsed"})


def resolve(request, checkpoint):
    with (checkpoint.folder / "resolved").open("a") as file:
        file.write("once\n")
    match _rehearsal(checkpoint).get("resolve"):
        case "die":
            _die()
        case "hang":
            _hang()
    if request.language == "xx":
        raise ConfigurationError("no such language")
    settings = DecodingSettings(
        backend="rehearsed", language=request.language, task=request.task, num_beams=request.num_beams,
        dtype="float32", attention=_rehearsal(checkpoint).get("attention", "sdpa"), device="cpu",
        batch_size=request.batch_size or 4, audio="soundfile+soxr", versions={},
    )  # fmt: skip
    return Resolution(settings, ("cpu",) * (request.workers or 1))


def load(checkpoint, settings, device, threads):
    rehearsal = _rehearsal(checkpoint)
    _note(checkpoint.folder, [])
    match rehearsal.get("load"):
        case "refuse":
            raise CheckpointError(f"{checkpoint.given}: these weights are no good")
        case "die":
            _die()
        case "die once":
            if _first_time(checkpoint.folder, "died loading"):
                _die()
        case "hang":
            _hang()
        case "break":
            raise ImportError("libcudart.so.12: cannot open shared object file")
        case "wait":
            while not (checkpoint.folder / "go on").exists():
                time.sleep(0.01)
        case "no flash" if settings.attention == "flash_attention_2":
            raise AttentionUnavailableError("built for another CUDA")
    if rehearsal.get("hang_decoding"):
        _hang_while_decoding(rehearsal["hang_decoding"])
    return _Recognizer(checkpoint.folder, rehearsal, settings.batch_size)


class _Recognizer:
    def __init__(self, folder, rehearsal, batch_size):
        self._folder, self._rehearsal, self._batch_size = folder, rehearsal, batch_size

    def transcribe(self, audio):
        lengths = [len(samples) for samples in audio]
        _note(self._folder, lengths, self._batch_size)
        time.sleep(self._rehearsal.get("slow", 0))
        self._misbehave(lengths)
        too_large = self._batch_size > self._rehearsal.get("rows_that_fit", self._batch_size)
        if too_large or self._met("does_not_fit", lengths) or self._met_once("does_not_fit_once", lengths):
            raise OutOfMemoryError("no room")
        texts = [f" {length} samples " for length in lengths]
        return texts[1:] if self._met("short", lengths) else texts

    def _misbehave(self, lengths):
        if self._met("die", lengths) or self._met_once("die_once", lengths):
            _die()
        if self._met("crash", lengths):
            ctypes.string_at(1)
        if self._met("hang", lengths) or self._met_once("hang_once", lengths):
            _hang()
        if self._met("hold", lengths):
            ctypes.PyDLL(None).sleep(600)
        if self._met("fail", lengths):
            raise ValueError("cannot cope with this one")

    def _met(self, key, lengths):
        return bool(set(self._rehearsal.get(key, ())) & set(lengths))

    def _met_once(self, key, lengths):
        return self._met(key, lengths) and _first_time(self._folder, key)


def _hang_while_decoding(lengths):
    decode = worker.load_audio

    def load_audio(*args, **options):
        samples = decode(*args, **options)
        if len(samples) in lengths:
            _hang()
        return samples

    worker.load_audio = load_audio


def _first_time(folder, key):
    try:
        (folder / f"{key} happened").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _rehearsal(checkpoint):
    return json.loads((Path(checkpoint.folder) / "rehearsal.json").read_text(encoding="utf-8"))


def _note(folder, lengths, batch_size=0):
    with (folder / "heard.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps([os.getpid(), batch_size, lengths]) + "\n")


def _die():
    os.kill(os.getpid(), signal.SIGKILL)


def _hang():
    time.sleep(600)
