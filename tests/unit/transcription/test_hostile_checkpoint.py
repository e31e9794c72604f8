"""Checkpoints that would run something, read something else or fill the memory: refused, with nothing run.

Every payload is real: it leaves a file behind where it is run, and the last test of a class shows that it would.
"""

import json
import os
import pickle
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint, open_checkpoint
from asr_regress.transcription.settings import Request

CODE = """
import pathlib
pathlib.Path({trace!r}).touch()

class Mine:
    pass

def generate(*args, **kwargs):
    pass
"""
SIZE = "model.safetensors"


class Pickled:
    """Unpickling it leaves a file behind."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self._trace,))


class Planter:
    """Plants payloads in a copy of a checkpoint."""

    def __init__(self, folder: Path, trace: Path) -> None:
        self.folder, self.trace = folder, trace

    def set(self, name: str, **values: object) -> None:
        path = self.folder / name
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({**known, **values}), encoding="utf-8")

    def pickle(self, name: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pickle.dumps(Pickled(self.trace)))

    def torch(self, name: str) -> None:
        import torch

        torch.save({"proj_out.weight": Pickled(self.trace)}, self.folder / name)

    def code(self, name: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(CODE.format(trace=str(self.trace)), encoding="utf-8")

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()


Plant = Callable[[Planter], None]
PLANTS: dict[str, tuple[Plant, str]] = {}
"""By name: what is planted, and what the refusal says."""
ONLY_PICKLED: dict[str, Plant] = {}
"""Refused unless pickles are allowed; then what unpickles is torch's restricted reader, which runs nothing."""
IGNORED: dict[str, Plant] = {}
"""Lies beside the weights and is never read."""


def refused(said: str) -> Callable[[Plant], Plant]:
    def register(plant: Plant) -> Plant:
        PLANTS[plant.__name__] = (plant, said)
        return plant

    return register


def only_pickled(plant: Plant) -> Plant:
    ONLY_PICKLED[plant.__name__] = plant
    return plant


def ignored(plant: Plant) -> Plant:
    IGNORED[plant.__name__] = plant
    return plant


@refused("transformers_weights names files to load")
def pickle_named_in_config(to: Planter) -> None:
    to.set("config.json", transformers_weights="adapter_model.bin")
    to.pickle("adapter_model.bin")


@refused("transformers_weights names files to load")
def weights_in_a_folder_that_no_fingerprint_sees(to: Planter) -> None:
    to.set("config.json", transformers_weights="below/model.safetensors")
    (to.folder / "below").mkdir()
    shutil.copy(to.folder / SIZE, to.folder / "below")


@refused("audio_tokenizer names another model to load")
def pickled_model_named_in_the_processor(to: Planter) -> None:
    to.set(
        "processor_config.json",
        audio_tokenizer={
            "audio_tokenizer_class": "DacModel",
            "audio_tokenizer_name_or_path": str(to.folder / "below"),
        },
    )
    to.set("below/config.json", model_type="dac")
    to.pickle("below/pytorch_model.bin")


@refused("audio_tokenizer_name_or_path names another model to load")
def code_of_a_model_named_in_a_file_of_its_own(to: Planter) -> None:
    to.set(
        "audio_tokenizer_config.json",
        audio_tokenizer_class="AutoModel",
        audio_tokenizer_name_or_path=str(to.folder / "below"),
    )
    to.set("below/config.json", model_type="mine", auto_map={"AutoConfig": "code.Mine", "AutoModel": "code.Mine"})
    to.code("below/code.py")


@refused("auto_map in config.json")
def code_named_in_config(to: Planter) -> None:
    maps = dict.fromkeys(("AutoConfig", "AutoModel", "AutoModelForSpeechSeq2Seq", "AutoProcessor"), "code.Mine")
    to.set("config.json", auto_map=maps)
    to.code("code.py")


@refused("auto_map in config.json")
def code_of_another_kind_of_model(to: Planter) -> None:
    to.set("config.json", model_type="mine", auto_map={"AutoConfig": "code.Mine"})
    to.code("code.py")


@refused("auto_map in tokenizer_config.json")
def code_named_in_the_tokenizer(to: Planter) -> None:
    to.set("tokenizer_config.json", auto_map={"AutoTokenizer": ["code.Mine", "code.Mine"]}, tokenizer_class="Mine")
    to.code("code.py")


@refused("auto_map in preprocessor_config.json")
def code_named_in_the_preprocessor(to: Planter) -> None:
    to.set("preprocessor_config.json", auto_map={"AutoFeatureExtractor": "code.Mine"}, feature_extractor_type="Mine")
    to.code("code.py")


@refused("auto_map in processor_config.json")
def code_named_in_the_processor(to: Planter) -> None:
    to.set("processor_config.json", auto_map={"AutoProcessor": "code.Mine"}, processor_class="Mine")
    to.code("code.py")


@refused("auto_map in processor_config.json")
def code_named_deep_in_the_processor(to: Planter) -> None:
    to.set("processor_config.json", feature_extractor={"auto_map": {"AutoFeatureExtractor": "code.Mine"}})
    to.code("code.py")


@refused("brings its own code (custom_generate)")
def code_that_generates(to: Planter) -> None:
    to.code("custom_generate/generate.py")


@refused("custom_generate names code to run")
def code_that_generates_named_in_the_generation_config(to: Planter) -> None:
    to.set("generation_config.json", custom_generate=str(to.folder))
    to.code("code.py")


@refused("tokenizer_class is 'RagTokenizer'")
def another_tokenizer(to: Planter) -> None:
    to.set("tokenizer_config.json", tokenizer_class="RagTokenizer")


@refused("tokenizer_class is 'BertJapaneseTokenizer'")
def another_tokenizer_in_config(to: Planter) -> None:
    to.set("config.json", tokenizer_class="BertJapaneseTokenizer")


@refused("feature_extractor_type is 'DacFeatureExtractor'")
def another_feature_extractor(to: Planter) -> None:
    to.set("preprocessor_config.json", feature_extractor_type="DacFeatureExtractor")


@refused("fast_tokenizer_files names files to load")
def a_tokenizer_from_elsewhere(to: Planter) -> None:
    to.set("tokenizer_config.json", fast_tokenizer_files=["below/tokenizer.4.0.0.json"])


@refused("holds an adapter (adapter_config.json)")
def an_adapter_beside_the_weights(to: Planter) -> None:
    to.set("adapter_config.json", peft_type="LORA", base_model_name_or_path=str(to.folder / "below"))
    to.pickle("adapter_model.bin")


@refused("missing: evil.bin (*.safetensors in the folder)")
def a_pickle_in_the_index_of_safe_weights(to: Planter) -> None:
    to.remove("model.safetensors")
    to.pickle("evil.bin")
    to.set("model.safetensors.index.json", metadata={}, weight_map={"proj_out.weight": "evil.bin"})


@refused("missing: ../outside.safetensors")
def an_index_that_leads_out_of_the_folder(to: Planter) -> None:
    (to.folder / "model.safetensors").rename(to.folder.parent / "outside.safetensors")
    to.set("model.safetensors.index.json", metadata={}, weight_map={"proj_out.weight": "../outside.safetensors"})


@refused("max_time ends a transcript by the clock")
def transcripts_that_depend_on_the_machine(to: Planter) -> None:
    to.set("generation_config.json", max_time=0.001)


@refused("num_return_sequences asks for several texts a recording")
def several_texts_a_recording(to: Planter) -> None:
    to.set("generation_config.json", num_return_sequences=2, num_beams=2)


@only_pickled
def pickled_weights(to: Planter) -> None:
    to.remove("model.safetensors")
    to.pickle("pytorch_model.bin")


@only_pickled
def weights_pickled_by_torch(to: Planter) -> None:
    to.remove("model.safetensors")
    to.torch("pytorch_model.bin")


@only_pickled
def pickled_shards(to: Planter) -> None:
    to.remove("model.safetensors")
    to.pickle("pytorch_model-00001-of-00001.bin")
    shards = {"proj_out.weight": "pytorch_model-00001-of-00001.bin"}
    to.set("pytorch_model.bin.index.json", metadata={}, weight_map=shards)


@only_pickled
def pickled_shards_elsewhere(to: Planter) -> None:
    to.remove("model.safetensors")
    to.pickle("../outside.bin")
    to.set("pytorch_model.bin.index.json", metadata={}, weight_map={"proj_out.weight": "../outside.bin"})


@only_pickled
def weights_of_another_name(to: Planter) -> None:
    to.remove("model.safetensors")
    for name in ("model.pt", "model.pth", "weights.ckpt", "model.pkl", "adapter_model.bin"):
        to.pickle(name)


@ignored
def pickles_beside_safe_weights(to: Planter) -> None:
    for name in ("pytorch_model.bin", "model.pt", "model.pth", "weights.ckpt", "training_args.bin", "optimizer.pt"):
        to.pickle(name)
    to.set("pytorch_model.bin.index.json", weight_map={"proj_out.weight": "pytorch_model.bin"})


@ignored
def code_that_nothing_names(to: Planter) -> None:
    for name in ("modeling_whisper.py", "conftest.py", "sitecustomize.py", "transformers.py", "setup.py"):
        to.code(name)


@ignored
def templates_that_would_run_code(to: Planter) -> None:
    evil = "{{ cycler.__init__.__globals__.os.system('touch " + str(to.trace) + "') }}"
    (to.folder / "chat_template.jinja").write_text(evil, encoding="utf-8")
    to.set("tokenizer_config.json", chat_template=evil)


@ignored
def names_of_classes_that_nothing_makes(to: Planter) -> None:
    to.set("preprocessor_config.json", processor_class="code.Mine")
    to.set("config.json", architectures=["code.Mine"], _name_or_path="../outside")
    to.code("code.py")


@ignored
def kernels_from_elsewhere(to: Planter) -> None:
    to.set("config.json", attn_implementation="mine/kernels", _attn_implementation="mine/kernels", use_kernels=True)


@pytest.fixture
def planter(tmp_path: Path, tiny_checkpoint: Path) -> Planter:
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "models" / "candidate")
    return Planter(folder, tmp_path / "code ran")


def opened(planter: Planter, *, allow_pickle: bool) -> Checkpoint:
    return open_checkpoint(str(planter.folder), planter.folder.parent, allow_pickle=allow_pickle)


def heard(checkpoint: Checkpoint) -> list[str]:
    """What a checkpoint says once it is loaded in this process, as a worker does."""
    from asr_regress.transcription.recognizers import whisper

    request = Request(language="en", dtype="float32", device="cpu", batch_size=1)
    settings = whisper.resolve(request, checkpoint).settings
    samples = np.sin(np.arange(8_000, dtype=np.float32) / 5)
    return whisper.load(checkpoint, settings, "cpu", 1).transcribe([samples])


class TestPayloads:
    @pytest.mark.parametrize("allow_pickle", [False, True])
    @pytest.mark.parametrize("name", PLANTS)
    def test_what_would_run_or_load_something_else_is_refused(
        self, planter: Planter, name: str, allow_pickle: bool
    ) -> None:
        plant, said = PLANTS[name]
        plant(planter)
        with pytest.raises(CheckpointError) as caught:
            opened(planter, allow_pickle=allow_pickle)
        assert said in str(caught.value)
        assert not planter.trace.exists()

    @pytest.mark.filterwarnings("ignore:Detected pickle protocol")
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # transformers leaves a file open
    @pytest.mark.parametrize("name", PLANTS)
    def test_even_loading_it_would_run_nothing(self, planter: Planter, name: str) -> None:
        """The second line of defense: planted only after the folder was looked at."""
        checkpoint = opened(planter, allow_pickle=False)
        PLANTS[name][0](planter)
        with suppress(Exception):
            heard(checkpoint)
        assert not planter.trace.exists()

    @pytest.mark.parametrize("name", ONLY_PICKLED)
    def test_pickled_weights_are_refused_before_anything_is_unpickled(self, planter: Planter, name: str) -> None:
        ONLY_PICKLED[name](planter)
        with pytest.raises(CheckpointError, match="unpickling can run any code"):
            opened(planter, allow_pickle=False)
        assert not planter.trace.exists()

    @pytest.mark.filterwarnings("ignore:Detected pickle protocol")
    @pytest.mark.parametrize("name", ONLY_PICKLED)
    def test_pickled_weights_run_nothing_even_where_they_are_allowed(self, planter: Planter, name: str) -> None:
        ONLY_PICKLED[name](planter)
        with pytest.raises(CheckpointError):
            heard(opened(planter, allow_pickle=True))
        assert not planter.trace.exists()

    @pytest.mark.parametrize("allow_pickle", [False, True])
    @pytest.mark.parametrize("name", IGNORED)
    def test_what_only_lies_there_changes_nothing(
        self, planter: Planter, tiny_checkpoint: Path, name: str, allow_pickle: bool
    ) -> None:
        IGNORED[name](planter)
        clean = open_checkpoint(str(tiny_checkpoint), tiny_checkpoint.parent)
        assert heard(opened(planter, allow_pickle=allow_pickle)) == heard(clean)
        assert not planter.trace.exists()

    def test_a_worker_process_is_never_asked_and_torch_never_imported(self, planter: Planter) -> None:
        pickled_weights(planter)
        script = (
            "import sys; from pathlib import Path\n"
            "from asr_regress.errors import CheckpointError\n"
            "from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint\n"
            "try: open_checkpoint(sys.argv[1], Path())\n"
            "except CheckpointError: print(sorted({'torch', 'transformers', 'pickle'} & set(sys.modules)))"
        )
        ran = subprocess.run([sys.executable, "-c", script, str(planter.folder)], capture_output=True, text=True)
        assert ran.stdout == "[]\n", ran.stderr

    @pytest.mark.parametrize("write", ["pickle", "torch", "code"])
    def test_the_payloads_run_where_something_runs_them(self, planter: Planter, write: str) -> None:
        getattr(planter, write)("payload")
        path = planter.folder / "payload"
        if write == "pickle":
            pickle.loads(path.read_bytes())
        elif write == "torch":
            import torch

            torch.load(path, weights_only=False)
        else:
            runpy.run_path(str(path))
        assert planter.trace.exists()


class TestSizes:
    @pytest.mark.parametrize(
        ("name", "values", "said"),
        [
            ("config.json", {"d_model": 10**9}, "d_model is 1000000000"),
            ("config.json", {"hidden_size": 10**9}, "hidden_size is 1000000000"),
            ("config.json", {"encoder_layers": 10**9}, "encoder_layers is 1000000000"),
            ("config.json", {"num_hidden_layers": 10**6}, "num_hidden_layers is 1000000"),
            ("config.json", {"vocab_size": -1}, "vocab_size is -1"),
            ("config.json", {"vocab_size": "many"}, "vocab_size is 'many'"),
            ("config.json", {"d_model": 32.5}, "d_model is 32.5"),
            ("config.json", {"d_model": True}, "d_model is True"),
            ("config.json", {"max_source_positions": 10**4000}, "max_source_positions is a number of too many digits"),
            ("config.json", {"d_model": 20_000, "encoder_attention_heads": 20}, "they do not belong together"),
            ("config.json", {"hidden_size": 20_000}, "they do not belong together"),
            ("config.json", {"encoder_layers": 500, "d_model": 1024}, "they do not belong together"),
            ("preprocessor_config.json", {"chunk_length": 10**9}, "chunk_length is 1000000000"),
            ("preprocessor_config.json", {"chunk_length": 0}, "chunk_length is 0"),
            ("preprocessor_config.json", {"chunk_length": "long"}, "chunk_length is 'long'"),
            ("preprocessor_config.json", {"feature_size": 10**9}, "feature_size is 1000000000"),
            ("preprocessor_config.json", {"n_fft": 10**9}, "n_fft is 1000000000"),
            ("preprocessor_config.json", {"hop_length": 1}, "hop_length is 1"),
            ("preprocessor_config.json", {"sampling_rate": 8000}, "sampling_rate is 8000, expected 16,000"),
            ("processor_config.json", {"feature_extractor": {"n_fft": 10**9}}, "processor_config.json: n_fft is"),
        ],
    )
    def test_absurd_sizes_are_refused(self, planter: Planter, name: str, values: dict[str, object], said: str) -> None:
        planter.set(name, **values)
        with pytest.raises(CheckpointError) as caught:
            opened(planter, allow_pickle=False)
        assert said in str(caught.value)
        assert len(str(caught.value)) < len(str(planter.folder)) + 300

    @pytest.mark.parametrize(
        "name", ["config.json", "generation_config.json", "tokenizer.json", "merges.txt", "chat_template.jinja"]
    )
    def test_a_file_of_a_gigabyte_is_not_read(self, planter: Planter, name: str) -> None:
        with (planter.folder / name).open("ab") as file:
            file.truncate(2**30)
        with pytest.raises(CheckpointError, match=f"{name}: over"):
            opened(planter, allow_pickle=False)

    def test_what_training_left_behind_may_be_large(self, planter: Planter) -> None:
        for name in ("trainer_state.json", "optimizer.pt", "log.txt"):
            with (planter.folder / name).open("wb") as file:
                file.truncate(2**30)
        opened(planter, allow_pickle=False)

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"", id="empty"),
            pytest.param((2**63).to_bytes(8, "little") + b"{}", id="a header of 8 EiB"),
            pytest.param((99_000_000).to_bytes(8, "little") + b"{}", id="a header longer than the file"),
            pytest.param((2).to_bytes(8, "little") + b"{}", id="no tensors"),
            pytest.param((9).to_bytes(8, "little") + b"not json!", id="no JSON"),
            *(
                pytest.param(len(text).to_bytes(8, "little") + text + b"\0" * 64, id=str(number))
                for number, text in enumerate(
                    (
                        b'{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,1000000000000]}}',
                        b'{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,64]}}',
                        b'{"a":{"dtype":"F32","shape":[-16],"data_offsets":[0,64]}}',
                        b'{"a":{"dtype":"F32","shape":[16],"data_offsets":[64,0]}}',
                        b'{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]},'
                        b'"b":{"dtype":"F32","shape":[16],"data_offsets":[0,64]}}',
                        b'{"a":{"dtype":"X9","shape":[16],"data_offsets":[0,64]}}',
                        b'{"a":{"dtype":"F32","shape":[18446744073709551615,18446744073709551615],'
                        b'"data_offsets":[0,64]}}',
                    )
                )
            ),
        ],
    )
    def test_weights_with_a_lying_header_do_not_load(self, planter: Planter, data: bytes) -> None:
        (planter.folder / "model.safetensors").write_bytes(data)
        with pytest.raises(CheckpointError):
            heard(opened(planter, allow_pickle=False))


class TestLinks:
    def test_files_may_be_links_as_in_the_cache_of_a_hub(self, planter: Planter, tmp_path: Path) -> None:
        before = heard(opened(planter, allow_pickle=False))
        blobs = tmp_path / "blobs"
        blobs.mkdir()
        for number, path in enumerate(sorted(planter.folder.iterdir())):
            path.rename(blobs / str(number))
            path.symlink_to(blobs / str(number))
        assert heard(opened(planter, allow_pickle=False)) == before

    @pytest.mark.parametrize("target", ["/dev/zero", "model.safetensors", "nowhere"])
    def test_weights_that_are_a_link_to_nothing_of_use(self, planter: Planter, target: str) -> None:
        planter.remove("model.safetensors")
        (planter.folder / "model.safetensors").symlink_to(target)
        with pytest.raises(CheckpointError, match="no weights"):
            opened(planter, allow_pickle=True)

    @pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "generation_config.json", "model.safetensors"])
    def test_a_pipe_does_not_block(self, planter: Planter, name: str) -> None:
        planter.remove(name)
        os.mkfifo(planter.folder / name)
        if name == "generation_config.json":
            opened(planter, allow_pickle=False)
        else:
            with pytest.raises(CheckpointError):
                opened(planter, allow_pickle=False)
