"""What a checkpoint's files may say: no code of its own, nothing from elsewhere, sizes that its weights can fill.

A candidate is untrusted, and `from_pretrained` obeys more of a folder's files than it seems to: a name in one of them
has it read a pickle, another model or code beside the weights, a number has it fill the memory. Refused here, before
a library that would obey is imported. Keys and files are those of transformers 5.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from asr_regress.basics.printable import printable
from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.families import Family

JsonObject = dict[str, Any]

MAX_SETTINGS_BYTES = 4 * 2**20
"""Of a settings file, which is read here: it could take twenty times that in memory."""
MAX_FILE_BYTES = 32 * 2**20
"""Of any other file beside the weights that loading reads whole, such as tokenizer.json."""

_LOADED_WHOLE = (
    "tokenizer*.json", "vocab.*", "merges.txt", "added_tokens.json", "special_tokens_map.json", "normalizer.json",
    "tekken.json", "*.model", "chat_template.*", "additional_chat_templates/*.jinja",
)  # fmt: skip
_CONFIG, _GENERATION, _TOKENIZER = "config.json", "generation_config.json", "tokenizer_config.json"
_PREPROCESSOR, _PROCESSOR, _AUDIO_TOKENIZER = (
    "preprocessor_config.json", "processor_config.json", "audio_tokenizer_config.json",
)  # fmt: skip
_SETTINGS = (_CONFIG, _GENERATION, _TOKENIZER, _PREPROCESSOR, _PROCESSOR, _AUDIO_TOKENIZER)

# A key and why it is refused; of some only where the value is another than the harmless ones.
_NAMES_FILES = "names files to load, which may be anything"
_REFUSED_KEYS: Mapping[str, Mapping[str, tuple[str, tuple[object, ...]]]] = {
    _CONFIG: {"transformers_weights": (_NAMES_FILES, (None, "model.safetensors"))},
    _TOKENIZER: {"fast_tokenizer_files": (_NAMES_FILES, (None,))},
    _PROCESSOR: {"audio_tokenizer": ("names another model to load", (None,))},
    _AUDIO_TOKENIZER: {"audio_tokenizer_name_or_path": ("names another model to load", (None,))},
    _GENERATION: {
        "custom_generate": ("names code to run", (None,)),
        "max_time": ("ends a transcript by the clock, so that it depends on the machine", (None,)),
        "num_return_sequences": ("asks for several texts a recording", (None, 1)),
        "return_dict_in_generate": ("asks for more than texts", (None, False)),
    },
}
# Name, what the largest may be, what it is by default; the second names are what transformers calls the first, too.
_MODEL_SIZES: Mapping[str, tuple[int, int]] = {
    "d_model": (2**15, 384), "hidden_size": (2**15, 0),
    "encoder_layers": (512, 4), "decoder_layers": (512, 4), "num_hidden_layers": (512, 0),
    "encoder_attention_heads": (1024, 6), "decoder_attention_heads": (1024, 6), "num_attention_heads": (1024, 0),
    "encoder_ffn_dim": (2**18, 1536), "decoder_ffn_dim": (2**18, 1536),
    "vocab_size": (2**20, 51865), "num_mel_bins": (1024, 80),
    "max_source_positions": (2**17, 1500), "max_target_positions": (2**17, 448),
}  # fmt: skip
_FEATURE_SIZES: Mapping[str, tuple[int, int]] = {
    "feature_size": (1, 1024), "n_fft": (16, 2**14), "hop_length": (16, 2**14),
    "chunk_length": (1, 300), "sampling_rate": (16_000, 16_000),
    "num_mel_bins": (1, 1024), "win_length": (16, 2**14), "stride": (1, 64),
}  # fmt: skip
_SMALL_MODEL = 2**28  # numbers: a gigabyte as float32, of which no weights have to be there
_NUMBERS_PER_BYTE = 4
_MOST_LAYERS, _MOST_OF_A_SIZE, _LONGEST_LIST = 512, 2**21, 2**17


def read_json(path: Path) -> JsonObject:
    """The object in a settings file; empty where there is no such file.

    Raises:
        CheckpointError: It is too large, or no JSON object.
    """
    if not os.path.isfile(path):  # noqa: PTH113 - a Path's own raises for a name too long, say
        return {}
    try:
        if path.stat().st_size > MAX_SETTINGS_BYTES:
            raise CheckpointError(f"{path}: over {MAX_SETTINGS_BYTES >> 20} MiB, no configuration is that large")
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(values, dict):
        raise CheckpointError(f"{path}: holds a {type(values).__name__}, expected an object")
    return values


def check_settings(folder: Path, family: Family) -> None:
    """Refuse a folder whose files would have loading do more than load a model of its family from its weights.

    Args:
        folder: The checkpoint.
        family: Says what the settings may name: anything else in transformers may read whatever it likes.

    Raises:
        CheckpointError: It brings code, names what to load, is an adapter, or a file is too large or no JSON.
    """
    if os.path.lexists(folder / "adapter_config.json"):
        raise CheckpointError(
            f"{folder}: holds an adapter (adapter_config.json) beside a whole model: which of them is meant? Give the "
            "adapter a folder of its own, or merge it (merge_and_unload() of peft) and save the whole"
        )
    if os.path.lexists(folder / "custom_generate"):
        raise _own_code(folder, "custom_generate")
    _refuse_large(folder)
    for name in _SETTINGS:
        settings = read_json(folder / name)
        for part in _objects(settings):
            if "auto_map" in part:
                raise _own_code(folder, f"auto_map in {name}")
            _refuse_classes(folder / name, part, family)
        if name == _TOKENIZER and family.backend != "whisper":
            _refuse_other_places(folder / name, settings)
        refused = _REFUSED_KEYS.get(name, {})
        # Without generation_config.json its keys are looked for in config.json.
        for key, (why, harmless) in {**refused, **(_REFUSED_KEYS[_GENERATION] if name == _CONFIG else {})}.items():
            if settings.get(key) not in harmless:
                raise CheckpointError(f"{folder / name}: {key} {why}: remove it")


def feature_settings(folder: Path) -> JsonObject:
    """What the feature extractor is made of, checked: transformers 5 prefers what the processor's file holds of it.

    Raises:
        CheckpointError: A size is none that speech has.
    """
    nested = read_json(folder / _PROCESSOR).get("feature_extractor")
    settings, where = (nested, _PROCESSOR) if isinstance(nested, dict) else (read_json(folder / _PREPROCESSOR), "")
    path = folder / (where or _PREPROCESSOR)
    for name, (least, most) in _FEATURE_SIZES.items():
        value = settings.get(name)
        if value is not None and not (_is_whole(value) and least <= value <= most):
            bounds = f"{least:,}" if least == most else f"a whole number from {least:,} to {most:,}"
            raise CheckpointError(f"{path}: {name} is {_shown(value)}, expected {bounds}")
    return settings


def check_sizes(folder: Path, config: JsonObject, weight_bytes: int) -> None:
    """Refuse a model that its own weights could not fill: transformers would make up the rest, and run out of memory.

    Raises:
        CheckpointError: A size is no number or absurd, or the model is far larger than its weights.
    """
    path = folder / _CONFIG
    sizes: dict[str, int] = {}
    for name, (most, usual) in _MODEL_SIZES.items():
        value = usual if config.get(name) is None else config[name]
        if not (_is_whole(value) and (1 <= value <= most or value == usual)):
            raise CheckpointError(f"{path}: {name} is {_shown(value)}, expected a whole number from 1 to {most:,}")
        sizes[name] = value
    numbers = _numbers(sizes)
    if numbers > most_numbers(weight_bytes):
        raise CheckpointError(
            f"{path}: describes a model of {numbers:,} numbers, and the weights are a file of {weight_bytes:,} bytes: "
            "they do not belong together"
        )


def check_numbers(folder: Path, config: JsonObject) -> None:
    """Refuse sizes that no speech model has, whatever its family; what they make is counted where it is loaded.

    Raises:
        CheckpointError: A number is absurd, or its weights are quantized by a library that loading would import.
    """
    path = folder / _CONFIG
    for part in _objects(config):
        if part.get("quantization_config") is not None:
            raise CheckpointError(f"{path}: quantization_config names a library to load it with: save it unquantized")
        for name, value in part.items():
            most = _MOST_LAYERS if "layers" in name or "stack" in name else _MOST_OF_A_SIZE
            values = value if isinstance(value, list) else [value]
            if len(values) > _LONGEST_LIST:
                raise CheckpointError(f"{path}: {printable(name)[:80]} is a list of {len(values):,}")
            if any(_is_whole(each) and abs(each) > most for each in values):
                raise CheckpointError(f"{path}: {printable(name)[:80]} is {_shown(value)}, expected at most {most:,}")


def most_numbers(weight_bytes: int) -> int:
    """How many numbers a model may have whose weights are that large."""
    return max(_SMALL_MODEL, _NUMBERS_PER_BYTE * weight_bytes)


def _numbers(sizes: Mapping[str, int]) -> int:
    """About how many numbers a Whisper model of these sizes has (Radford et al. 2022, table 1)."""
    width = max(sizes["d_model"], sizes["hidden_size"])
    encoder = 4 * width**2 + 2 * width * sizes["encoder_ffn_dim"]
    decoder = 8 * width**2 + 2 * width * sizes["decoder_ffn_dim"]
    rows = sizes["vocab_size"] + sizes["max_source_positions"] + sizes["max_target_positions"]
    return (
        max(sizes["encoder_layers"], sizes["num_hidden_layers"]) * encoder
        + max(sizes["decoder_layers"], sizes["num_hidden_layers"]) * decoder
        + (rows + 3 * sizes["num_mel_bins"] + 3 * width) * width
    )


def _objects(settings: JsonObject) -> Iterator[JsonObject]:
    """The object and those within it, such as the feature extractor's in the processor's."""
    pending = [settings]
    while pending:
        found = pending.pop()
        yield found
        pending += [value for value in found.values() if isinstance(value, dict)]


def _refuse_classes(path: Path, settings: JsonObject, family: Family) -> None:
    for key, known in (("tokenizer_class", family.tokenizers), ("feature_extractor_type", family.extractors)):
        value = settings.get(key)
        if value is not None and value not in known:
            raise CheckpointError(f"{path}: {key} is {_shown(value)}; recognizers here take: {', '.join(known)}")


def _refuse_other_places(path: Path, settings: JsonObject) -> None:
    """Refuse a tokenizer that would read a file of another folder, or has sentencepiece told more than the file."""
    for key in ("vocab_file", "spm_file", "merges_file", "tokenizer_file"):
        value = settings.get(key)
        if value is not None and (not isinstance(value, str) or Path(value).name != value):
            raise CheckpointError(f"{path}: {key} {_NAMES_FILES}: remove it")
    if settings.get("sp_model_kwargs"):
        raise CheckpointError(f"{path}: sp_model_kwargs has sentencepiece read what it likes: remove it")


def _refuse_large(folder: Path) -> None:
    for pattern in _LOADED_WHOLE:
        for path in folder.glob(pattern):
            try:
                size = path.stat().st_size if path.is_file() else 0
            except OSError:  # a link to nowhere, which loading does not follow either
                continue
            if size > MAX_FILE_BYTES:
                raise CheckpointError(
                    f"{printable(str(path))}: over {MAX_FILE_BYTES >> 20} MiB, no such file of a speech model is"
                )


def _own_code(folder: Path, where: str) -> CheckpointError:
    return CheckpointError(f"{folder}: the checkpoint brings its own code ({where}); it is never run")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: object) -> str:
    """A value for a message; never turns a number of a million digits into text."""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of too many digits"
    return printable(repr(value if not isinstance(value, str) else value[:80])[:90])
