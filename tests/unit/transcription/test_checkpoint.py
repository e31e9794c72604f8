import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checkpoint import fingerprint, open_checkpoint
from asr_regress.transcription.checkpoints.named import parse_model

CONFIG = {"model_type": "whisper", "vocab_size": 51865}


@pytest.fixture
def folder(tmp_path):
    """What looks like a whole checkpoint from outside."""
    folder = tmp_path / "models" / "candidate"
    folder.mkdir(parents=True)
    write(folder, "config.json", CONFIG)
    (folder / "model.safetensors").write_bytes(b"weights")
    write(folder, "tokenizer.json", {"version": "1.0"})
    return folder


def write(folder: Path, name: str, values: object) -> None:
    (folder / name).write_text(json.dumps(values), encoding="utf-8")


def refusal(text: str, start: Path, **options: bool) -> str:
    with pytest.raises(CheckpointError) as caught:
        open_checkpoint(text, start, **options)
    return str(caught.value)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class TestNames:
    @pytest.mark.parametrize(
        ("text", "name", "path"),
        [
            ("models/base", "base", "models/base"),
            ("models/base/", "base", "models/base/"),
            ("new=models/base", "new", "models/base"),
            ("v1.2-rc+1=base", "v1.2-rc+1", "base"),
            ("new=runs/lr=1e-5/last", "new", "runs/lr=1e-5/last"),
            ("/runs/lr=1e-5/last", "last", "/runs/lr=1e-5/last"),
            ("runs/lr=1e-5", "lr=1e-5", "runs/lr=1e-5"),
            ("openai/whisper-base", "whisper-base", "openai/whisper-base"),
            ("openai/whisper-base@v1", "whisper-base", "openai/whisper-base@v1"),
            ("한국어=models/base", "한국어", "models/base"),
            ("C:\\models\\base", "base", "C:\\models\\base"),
            ("=models/base", "base", "=models/base"),
            ("name=", "name=", "name="),
            ("models/\x1b[31m\u202ex", r"\x1b[31m\u202ex", "models/\x1b[31m\u202ex"),
        ],
    )
    def test_a_name_comes_before_the_first_equals_sign_or_from_the_path(self, tmp_path, text, name, path):
        assert parse_model(text, tmp_path) == (name, path)

    def test_a_folder_whose_name_looks_like_name_and_path_is_that_folder(self, tmp_path):
        (tmp_path / "lr=1e-5" / "last").mkdir(parents=True)
        assert parse_model("lr=1e-5/last", tmp_path) == ("last", "lr=1e-5/last")

    @pytest.mark.parametrize("text", [".", "./", "../candidate/."])
    def test_a_folder_said_by_dots_is_named_for_itself(self, folder, text):
        assert open_checkpoint(text, folder).name == "candidate"

    @pytest.mark.parametrize("text", ["", "  "])
    def test_an_empty_model_says_what_to_give(self, tmp_path, text):
        assert "--model=path/to/checkpoint" in refusal(text, tmp_path)

    @pytest.mark.parametrize(
        "text", ["a" * 5000, "a/" * 2000 + "b", "~nobody-here/x", "a\nb", "a\0b", "é\udcff", "/", "~"]
    )
    def test_odd_names_are_refused_like_any_other(self, tmp_path, text):
        refusal(text, tmp_path)


class TestWhere:
    def test_a_relative_path_resolves_against_the_start(self, folder):
        found = open_checkpoint("new=candidate", folder.parent)
        assert (found.name, found.given, found.folder, found.backend) == ("new", "candidate", folder, "whisper")
        assert found.weight_bytes == len(b"weights")

    def test_a_link_leads_to_the_checkpoint(self, folder, tmp_path):
        (tmp_path / "latest").symlink_to(folder)
        found = open_checkpoint("latest", tmp_path)
        assert (found.name, found.folder) == ("latest", folder)

    def test_a_mistyped_folder_gets_the_nearest_name(self, folder):
        message = refusal("./candidat", folder.parent)
        assert f"did you mean {folder}?" in message

    def test_a_folder_below_nothing_says_what_is_missing(self, tmp_path):
        assert f"{tmp_path / 'a' / 'b'} does not exist either" in refusal("a/b/c", tmp_path)

    def test_a_file_is_no_checkpoint(self, folder):
        assert "this is a file" in refusal("model.safetensors", folder)

    @pytest.mark.parametrize(
        "environment", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}]
    )
    def test_a_hub_id_that_cannot_be_had_is_one_clear_error_without_torch(self, tmp_path, folder, environment):
        script = (
            "import sys; from pathlib import Path\n"
            "from asr_regress.errors import CheckpointError\n"
            "from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint\n"
            "try: open_checkpoint('models/candidat', Path(sys.argv[1]))\n"
            "except CheckpointError as error: print(error, 'torch' in sys.modules)"
        )
        ran = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            env={**os.environ, "HF_HOME": str(tmp_path / "hub"), "NO_PROXY": "127.0.0.1", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert f"models/candidat: there is no such folder below {tmp_path} (did you mean {folder}?)" in ran.stdout
        assert "as a hub id it could not be had: " in ran.stdout
        assert ran.stdout.endswith(" False\n")
        assert len(ran.stdout.splitlines()) == 1
        assert "Traceback" not in ran.stderr


class TestWhat:
    def test_without_config_the_folder_is_no_checkpoint(self, folder):
        (folder / "config.json").unlink()
        message = refusal(".", folder)
        assert "it has no config.json" in message
        assert "save_pretrained()" in message

    def test_without_a_tokenizer_it_would_say_nothing_and_is_refused(self, folder):
        (folder / "tokenizer.json").unlink()
        assert "no tokenizer" in refusal(".", folder)
        (folder / "vocab.json").touch()
        open_checkpoint(".", folder)

    def test_another_kind_of_model_is_named(self, folder):
        write(folder, "config.json", {"model_type": "bert"})
        assert "model_type 'bert'; recognizers here read: whisper, " in refusal(".", folder)

    def test_code_of_the_checkpoint_is_never_run(self, folder):
        write(folder, "config.json", {"model_type": "mine", "auto_map": {"AutoModel": "mine.Model"}})
        assert "auto_map" in refusal(".", folder)

    @pytest.mark.parametrize(
        ("content", "found"),
        [
            (b"", "cannot be read as JSON"),
            (b"{", "cannot be read as JSON"),
            (b"\xff\xfe\x00", "cannot be read as JSON"),
            (b"[" * 100_000, "cannot be read as JSON"),
            (b"9" * 10_000, "cannot be read as JSON"),
            (b"[1]", "holds a list"),
            (b"null", "holds a NoneType"),
            (b'{"model_type": ["whisper"]}', "model_type \"['whisper']\""),
            (b'{"model_type": "' + b"x" * 100_000 + b'"}', "model_type 'xxx"),
        ],
    )
    def test_a_config_that_is_none_is_a_short_error(self, folder, content, found):
        (folder / "config.json").write_bytes(content)
        message = refusal(".", folder)
        assert found in message
        assert len(message) < len(str(folder)) + 300

    def test_a_config_of_absurd_size_is_not_read(self, folder):
        with (folder / "config.json").open("wb") as file:
            file.truncate(2**40)
        assert "over 4 MiB" in refusal(".", folder)

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        name=st.sampled_from(["config.json", "generation_config.json", "preprocessor_config.json", "index"]),
        values=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["model_type", "vocab_size", "is_multilingual", "chunk_length", "weight_map", "x"]),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=8,
        ),
    )
    def test_any_json_gives_a_checkpoint_or_a_refusal(self, folder, name, values):
        if isinstance(values, dict) and name == "config.json":
            values = {**values, "model_type": "whisper"}
        if name == "index":
            (folder / "model.safetensors").unlink(missing_ok=True)
            name = "model.safetensors.index.json"
        else:
            (folder / "model.safetensors").write_bytes(b"weights")
            (folder / "model.safetensors.index.json").unlink(missing_ok=True)
        write(folder, name, values)
        try:
            found = open_checkpoint(".", folder)
        except CheckpointError:
            return
        finally:
            write(folder, "config.json", CONFIG)
        assert 0 < found.window_seconds <= 3600
        assert isinstance(found.multilingual, bool)

    @pytest.mark.parametrize(
        ("generation", "vocabulary", "multilingual"),
        [
            ({"is_multilingual": True}, 51864, True),
            ({"is_multilingual": False}, 51865, False),
            (None, 51864, False),
            (None, 51865, True),
            (None, 51866, True),
            ({"is_multilingual": "yes"}, 51864, False),
        ],
    )
    def test_english_only_models_are_told_from_multilingual_ones(self, folder, generation, vocabulary, multilingual):
        write(folder, "config.json", {**CONFIG, "vocab_size": vocabulary})
        if generation is not None:
            write(folder, "generation_config.json", generation)
        assert open_checkpoint(".", folder).multilingual is multilingual

    @pytest.mark.parametrize(("length", "window"), [(15, 15.0), (30, 30.0), (None, 30.0)])
    def test_the_window_is_the_feature_extractors_or_the_usual_one(self, folder, length, window):
        write(folder, "preprocessor_config.json", {"chunk_length": length})
        assert open_checkpoint(".", folder).window_seconds == window

    def test_the_window_is_what_loading_goes_by_where_the_processor_has_one_too(self, folder):
        write(folder, "preprocessor_config.json", {"chunk_length": 30})
        write(folder, "processor_config.json", {"feature_extractor": {"chunk_length": 15}})
        assert open_checkpoint(".", folder).window_seconds == 15.0


class Planted:
    """Unpickling it leaves a file behind."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self):
        return (Path.touch, (self._trace,))


class TestWeights:
    def test_a_folder_without_weights_says_what_is_expected(self, folder):
        (folder / "model.safetensors").unlink()
        assert "no weights: expected model.safetensors" in refusal(".", folder)

    @pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.ckpt"])
    def test_pickled_weights_are_refused_and_never_opened(self, folder, tmp_path, name):
        (folder / "model.safetensors").unlink()
        trace = tmp_path / "code ran"
        (folder / name).write_bytes(pickle.dumps(Planted(trace)))
        message = refusal(".", folder)
        assert name in message
        assert "--asr-allow-pickle" in message
        found = open_checkpoint(".", folder, allow_pickle=True)
        fingerprint(found, digest)
        assert found.pickled
        assert not trace.exists()
        pickle.loads((folder / name).read_bytes())  # the plant works: nothing above unpickled it
        assert trace.exists()

    @pytest.mark.parametrize("name", ["optimizer.pt", "training_args.bin", "rng_state_0.pth", "scheduler.pt"])
    def test_what_a_trainer_pickles_beside_weights_is_none(self, folder, name):
        (folder / "model.safetensors").unlink()
        (folder / name).write_bytes(b"state")
        assert "no weights" in refusal(".", folder, allow_pickle=True)

    def test_pickles_beside_safe_weights_do_no_harm(self, folder):
        (folder / "pytorch_model.bin").write_bytes(b"pickle")
        assert not open_checkpoint(".", folder, allow_pickle=True).pickled

    def test_shards_must_all_be_there(self, folder):
        (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
        shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
        write(folder, "model.safetensors.index.json", {"weight_map": shards})
        assert "not whole, missing: model-00002-of-00002.safetensors" in refusal(".", folder)
        (folder / "model-00002-of-00002.safetensors").write_bytes(b"more")
        assert open_checkpoint(".", folder).weight_bytes == len(b"weights") + len(b"more")

    @pytest.mark.parametrize(
        "shards",
        [{}, [], None, {"a": ["x"]}, {"a": "../outside.safetensors"}, {"a": "x" * 9999}, {"a": "a\0b"}, {"a": ""}],
    )
    def test_a_hostile_index_is_refused(self, folder, shards):
        (folder / "model.safetensors").rename(folder.parent / "outside.safetensors")
        write(folder, "model.safetensors.index.json", {"weight_map": shards})
        message = refusal(".", folder)
        assert "the checkpoint is not whole" in message
        assert len(message) < len(str(folder)) + 700


class TestFingerprint:
    def test_it_follows_the_content_and_not_the_place_or_the_time(self, folder, tmp_path):
        before = fingerprint(open_checkpoint(".", folder), digest)
        os.utime(folder / "model.safetensors", (1, 1))
        assert fingerprint(open_checkpoint(".", folder), digest) == before
        shutil.copytree(folder, tmp_path / "copy")
        assert fingerprint(open_checkpoint("other=copy", tmp_path), digest) == before

    @pytest.mark.parametrize(
        "name", ["model.safetensors", "config.json", "tokenizer.json", "generation_config.json", "merges.txt"]
    )
    def test_it_changes_with_every_file_that_loading_reads(self, folder, name):
        before = fingerprint(open_checkpoint(".", folder), digest)
        changed = folder / name
        content = changed.read_bytes() + b" " if changed.exists() else b"{}"
        changed.write_bytes(content)
        assert fingerprint(open_checkpoint(".", folder), digest) != before

    @pytest.mark.parametrize("pickled", [False, True])
    @pytest.mark.parametrize(
        "name",
        ["trainer_state.json", "optimizer.pt", "training_args.bin", "scheduler.pt", "events.out.tfevents", "README.md"],
    )
    def test_it_does_not_change_with_what_training_leaves_behind(self, folder, name, pickled):
        if pickled:
            (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
        before = fingerprint(open_checkpoint(".", folder, allow_pickle=pickled), digest)
        (folder / name).write_bytes(b"left behind")
        assert fingerprint(open_checkpoint(".", folder, allow_pickle=pickled), digest) == before

    def test_pickled_weights_count(self, folder):
        (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
        before = fingerprint(open_checkpoint(".", folder, allow_pickle=True), digest)
        (folder / "pytorch_model.bin").write_bytes(b"other")
        assert fingerprint(open_checkpoint(".", folder, allow_pickle=True), digest) != before
