"""Engines and backends by name: each row leads somewhere, and a name that is none is answered with the nearest."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from asr_regress.errors import ConfigurationError
from asr_regress.gate.thresholds import Thresholds
from asr_regress.options import OPTIONS, Options
from asr_regress.setup import request_of
from asr_regress.transcription.checkpoints.checkpoint import files_read, open_checkpoint
from asr_regress.transcription.engines.registry import DEFAULT_ENGINE, ENGINES
from asr_regress.transcription.readers import BACKENDS

FORMATS = [info.format for info in BACKENDS.values() if info.format is not None]


def test_an_engine_that_there_is_not_is_answered_with_the_nearest():
    with pytest.raises(ConfigurationError, match=r"--asr-engine: unknown engine 'rai'; did you mean 'ray'\?"):
        request_of(Options(asr_engine="rai"), Thresholds())
    assert [request_of(Options(asr_engine=name), Thresholds()).engine for name in ENGINES] == list(ENGINES)


def test_the_help_names_every_engine():
    (option,) = (each for each in OPTIONS if each.flag == "--asr-engine")
    assert all(name in option.help for name in (*ENGINES, f"{DEFAULT_ENGINE} (default)"))


def test_every_backend_is_somewhere():
    assert [info.name for info in BACKENDS.values() if find_spec(info.module) is None] == []


@pytest.mark.parametrize("module", FORMATS)
def test_a_format_is_asked_without_anything_heavy_and_knows_no_others_folders(module: str, tiny_checkpoint: Path):
    assert not import_module(module).knows(tiny_checkpoint)
    heavy = "{'torch', 'transformers', 'ctranslate2', 'numpy'}"
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_transformers_checkpoints_say_themselves_what_is_read(tiny_checkpoint: Path):
    found = open_checkpoint(str(tiny_checkpoint), tiny_checkpoint.parent)
    assert found.is_transformers
    assert {path.name for path in files_read(found)} >= {"config.json", "model.safetensors"}
