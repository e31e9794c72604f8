"""Whisper's backend, but for what the file named by ASR_REGRESS_FAULTS asks for, which then really happens.

Keys:
    load: "break", each time.
    crash, hang: Lengths in samples of recordings at which it happens each time.
    once: "stop" (as by SIGSTOP) or "no room", at the first batch of all.
"""

import ctypes
import json
import os
import signal
import time
from pathlib import Path

from asr_regress.transcription.recognizers import OutOfMemoryError, whisper

resolve = whisper.resolve


def load(checkpoint, settings, device, threads):
    faults = json.loads(_file().read_text())
    if faults.get("load") == "break":
        raise ImportError("libcudart.so.12: cannot open shared object file")
    return _Faulty(whisper.load(checkpoint, settings, device, threads), faults)


class _Faulty:
    def __init__(self, recognizer, faults):
        self._recognizer, self._faults = recognizer, faults

    def transcribe(self, audio):
        lengths = {len(samples) for samples in audio}
        if lengths & set(self._faults.get("crash", ())):
            ctypes.string_at(1)
        if lengths & set(self._faults.get("hang", ())):
            time.sleep(600)
        if "once" in self._faults and _first_time():
            match self._faults["once"]:
                case "stop":
                    os.kill(os.getpid(), signal.SIGSTOP)
                case "no room":
                    raise OutOfMemoryError("no room")
        return self._recognizer.transcribe(audio)


def _first_time():
    try:
        _file().with_suffix(".happened").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _file():
    return Path(os.environ["ASR_REGRESS_FAULTS"])
