from collections.abc import Callable
from pathlib import Path

import pytest

from asr_regress.errors import BaselineError, CheckpointError, ConfigurationError, DataError, InputError
from asr_regress.options import Options
from asr_regress.setup import Setup, set_up


@pytest.fixture
def root(tmp_path: Path, make_data: Callable[..., Path]) -> Path:
    """A project: data in two categories, limits, and what looks like a checkpoint."""
    make_data(tmp_path / "data", {"D01": ["one", "two"], "D02": ["three"]})
    (tmp_path / "thresholds.yaml").write_text("version: 1\ndata: data\ndefaults: {cer: {max: 5}}\n")
    (tmp_path / "model").mkdir()
    for name, text in {
        "config.json": '{"model_type": "whisper", "vocab_size": 51865}',
        "model.safetensors": "weights",
        "tokenizer.json": "{}",
        "preprocessor_config.json": "{}",
    }.items():
        (tmp_path / "model" / name).write_text(text)
    return tmp_path


def setup(root: Path, start: Path | None = None, **options: object) -> Setup:
    return set_up(Options(**{"model": ("model",), **options}), start=start or root, root=root)  # type: ignore[arg-type]


def test_what_thresholds_say_is_enough(root: Path):
    found = setup(root)
    assert [each.id for each in found.selection.utterances] == ["D01/001", "D01/002", "D02/003"]
    assert found.thresholds.path == root / "thresholds.yaml"
    assert (found.seed, str(found.rules), found.baseline) == (42, "basic v1", None)
    assert [metric.name for metric in found.metrics] == ["cer", "wer"]
    assert (found.request.num_beams, found.request.dtype, found.request.task) == (1, "auto", "transcribe")


def test_options_go_before_thresholds(root: Path):
    (root / "thresholds.yaml").write_text(
        "version: 1\ndata: nowhere\nlanguage: ko\nnum_beams: 5\nseed: 1\ndtype: float32\nbatch_size: 2\n"
    )
    found = setup(root, asr_data=root / "data", asr_language="en", asr_num_beams=1, asr_seed=0, asr_dtype="bfloat16")
    assert found.seed == 0
    request = found.request
    assert (request.language, request.num_beams, request.dtype, request.batch_size) == ("en", 1, "bfloat16", 2)


def test_how_long_a_recording_may_be(root: Path):
    assert setup(root).max_seconds == 4 * 3600
    (root / "thresholds.yaml").write_text("version: 1\ndata: data\nmax_duration: 60\n")
    assert setup(root).max_seconds == 60
    assert setup(root, asr_max_duration=5).max_seconds == 5
    (root / "thresholds.yaml").write_text("version: 1\ndata: data\nmax_duration: 0\n")
    with pytest.raises(ConfigurationError, match=r"thresholds.yaml:3: max_duration: must be 1 or more, found"):
        setup(root)


def test_limits_lie_in_the_root_or_where_the_run_was_started(root: Path, tmp_path_factory: pytest.TempPathFactory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "thresholds.yaml").write_text("version: 1\nseed: 9\n")
    options = Options(model=(str(root / "model"),), asr_data=root / "data")
    assert set_up(options, start=elsewhere, root=root).seed == 42
    (root / "thresholds.yaml").unlink()
    assert set_up(options, start=elsewhere, root=root).seed == 9


def test_a_relative_model_is_looked_for_where_the_run_was_started(root: Path):
    (root / "sub").mkdir()
    assert setup(root, root / "sub", model=("../model",)).models[0].name == "model"
    with pytest.raises(CheckpointError):
        setup(root, root / "sub")


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"model": ("model", "model/")}, CheckpointError, "2 models are named model.*--model=model-1=model"),
        ({"asr_category": ("D3",)}, ConfigurationError, "D3"),
        ({"asr_baseline": Path("absent.json")}, BaselineError, "absent.json: no such baseline.*--asr-save-baseline="),
        ({"asr_baseline": Path("x" * 300)}, BaselineError, "no such baseline"),
        ({"asr_data": Path("absent")}, DataError, "absent"),
        ({"asr_thresholds": Path("absent.yaml")}, ConfigurationError, "absent.yaml"),
        ({"asr_save_baseline": Path("new.json"), "asr_limit": 1}, ConfigurationError, "partial"),
        ({"asr_save_baseline": Path("new.json"), "model": ("a=model", "b=model")}, ConfigurationError, "one model"),
        ({"asr_report": Path("thresholds.yaml")}, ConfigurationError, "--asr-report"),
    ],
)
def test_what_cannot_be_used_is_said(root: Path, options: dict[str, object], error: type[InputError], said: str):
    placed = {name: root / value if isinstance(value, Path) else value for name, value in options.items()}
    with pytest.raises(error, match=said):
        setup(root, **placed)


def test_limits_for_a_category_without_data(root: Path):
    (root / "thresholds.yaml").write_text("version: 1\ndata: data\ncategories:\n  D03: {cer: {max: 5}}\n")
    with pytest.raises(ConfigurationError, match=r"thresholds.yaml:4: .*'D03'.*D02"):
        setup(root)


def test_a_file_that_is_about_to_be_written_need_not_be_there(root: Path):
    path = root / "base.json"
    assert setup(root, asr_baseline=path, asr_save_baseline=path).baseline is None


def test_broken_entries_are_refused_unless_allowed(root: Path):
    with (root / "data/manifest.jsonl").open("a") as file:
        file.writelines(f"broken {number}\n" for number in range(15))
    with pytest.raises(DataError, match=r"(?s)15 x broken entry.*max_broken_entries.*jsonl:4:.*and 5 more"):
        setup(root)
    (root / "thresholds.yaml").write_text("version: 1\ndata: data\nmax_broken_entries: 15\n")
    assert len(setup(root).manifest.problems) == 15


def test_no_data(root: Path):
    (root / "thresholds.yaml").unlink()
    with pytest.raises(ConfigurationError, match="--asr-data=PATH"):
        setup(root)
