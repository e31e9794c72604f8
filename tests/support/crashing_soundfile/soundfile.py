"""Put before the real soundfile on the path: the same, but that some recordings make it crash or hang.

A file that begins with "crash" ends the process by a real access to address 0; so does one with "crash once", the first
time. "hang" never comes back.
"""

import ctypes
import importlib
import os
import sys
import time
from pathlib import Path

sys.path.remove(str(Path(__file__).parent))
del sys.modules["soundfile"]
_real = importlib.import_module("soundfile")


class _SoundFile(_real.SoundFile):
    def __init__(self, file, **options):
        os.lseek(file, 0, os.SEEK_SET)
        order, _, note = os.read(file, 500).partition(b"\n")
        if order == b"crash" or (order == b"crash once" and not Path(os.fsdecode(note)).exists()):
            if note:
                Path(os.fsdecode(note)).touch()
            ctypes.string_at(0)
        if order == b"hang":
            time.sleep(600)
        os.lseek(file, 0, os.SEEK_SET)
        super().__init__(file, **options)


_real.SoundFile = _SoundFile
