"""What runs on a Ray cluster: one worker, which does one thing after the other."""

import os
import pickle
import sys
from collections.abc import Sequence

from asr_regress.basics.serving import answer_of, in_words
from asr_regress.errors import MeasurementError


class Actor:
    """Calls what it is sent. As a spawned process does, it looks for modules where the one who started it did."""

    def __init__(self, path: Sequence[str]) -> None:
        sys.path += [folder for folder in path if folder not in sys.path and os.path.isdir(folder)]  # noqa: PTH112

    def call(self, question: bytes) -> bytes:
        """Call a function, pickled with what it is given; the answer is pickled as `serving.answer_of` gives it."""
        try:
            function, arguments = pickle.loads(question)
        except Exception as error:  # a module that is not installed there, say
            return pickle.dumps((False, MeasurementError(in_words(error))))
        return pickle.dumps(answer_of(function, arguments))
