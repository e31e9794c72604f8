"""The models that --model names: their files, and whether they load."""

from collections.abc import Iterator, Mapping
from typing import Any

from asr_regress.doctor.child import LACKING
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, note, ok, problem, warning

_MIB = 1 << 20


def models(examination: Examination) -> Iterator[Finding]:
    """One finding a model at least."""
    if not examination.options.model:
        return
    looked = examination.answer("weights")
    if looked.trouble is not None:
        if looked.trouble.kind in LACKING:
            yield note("model", "not looked at while packages are missing")
        else:
            yield problem("model", f"it cannot be looked at: {looked.trouble.what}")
        return
    loads = {each["path"]: each for each in examination.answer("load").values.get("loads", ())}
    for model in looked.values["models"]:
        yield from _model(examination, model, loads.get(model["path"]))


def _model(examination: Examination, model: Mapping[str, Any], load: Mapping[str, Any] | None) -> Iterator[Finding]:
    if "trouble" in model:
        if model.get("hub"):
            found = (
                f"{model['path']}: no such folder, and as a hub id it is not in the cache here: the gate would fetch it"
            )
            yield warning("model", found, details=model)
        else:
            yield problem("model", model["trouble"], details=model)
        return
    if "hypotheses" in model:
        if model["hypotheses"] is None:
            found = f"{model['name']}: hypotheses from elsewhere, not looked at without data"
            yield note("model", found, details=model)
        else:
            yield ok("model", f"{model['name']}: {model['hypotheses']:,} hypotheses from elsewhere", model)
        return
    if "served" in model:
        yield ok("model", f"{model['name']}: served by {model['served']}", model)
        yield from (warning("model", each, details=model) for each in model["notes"])
        return
    found = _in_words(model)
    stopped = examination.answer("load").trouble
    if "damage" in model:
        yield problem(
            "model", f"{found}; the weights are damaged: {model['damage']}", "copy the checkpoint again", details=model
        )
    elif load is not None and "trouble" in load:
        yield problem("model", f"{found}; it does not load: {load['trouble']}", details=model)
    elif stopped is not None and examination.answer("decoding").trouble is None:
        yield problem("model", f"{found}; loading it failed: {stopped.what}", details=model)
    elif load is not None:
        yield ok("model", f"{found}; loads on {load['device']} in {load['seconds']:.1f} s", model)
    else:
        yield warning("model", f"{found}; whether it loads is not known, see above", details=model)
    yield from _languages(examination, model, load)


def _languages(examination: Examination, model: Mapping[str, Any], load: Mapping[str, Any] | None) -> Iterator[Finding]:
    """Whether it can be asked for the language of the data."""
    name = model["name"]
    if not model["multilingual"]:
        return
    asked = examination.answer("thresholds").values.get("request", {}).get("language")
    folder = model["folder"]
    copy = f"copy generation_config.json of its base model into {folder}"
    if not model["languages"]:
        what = "names no languages" if model["generation"] else "is missing"
        found = f"{name}: generation_config.json {what}: transformers then refuses every recording"
        yield problem("model", found, copy)
    elif asked is None:
        yield warning(
            "model",
            f"{name}: no language is given, so it guesses that of each recording anew",
            "`language: ko` in thresholds.yaml, or --asr-language=ko",
        )
    elif load and load.get("language") not in (None, *model["languages"]):
        some = ", ".join(model["languages"][:8])
        yield problem("model", f"{name}: knows no language {load['language']!r}, but {some}", copy)


def _in_words(model: Mapping[str, Any]) -> str:
    if model["backend"] != "whisper":
        return f"{model['name']} ({model['folder']}): read by {model['backend']}, {model['bytes'] / _MIB:,.1f} MiB"
    weights = "pickled weights" if model["pickled"] else f"safetensors {', '.join(model.get('dtypes', ()))}".strip()
    size = f"{model['parameters'] / 1e6:,.1f} M parameters, " if "parameters" in model else ""
    kind = "multilingual" if model["multilingual"] else "English only"
    return f"{model['name']} ({model['folder']}): {size}{weights}, {model['bytes'] / _MIB:,.1f} MiB, {kind}"
