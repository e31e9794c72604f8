"""What recognizers will run with here, by the gate's own choice, and whether that computes rightly."""

from collections.abc import Iterator, Mapping
from typing import Any

from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, note, ok, problem


def settled(examination: Examination) -> Iterator[Finding]:
    """Device, precision, attention and batch size."""
    if examination.answer("transformers").trouble is not None or examination.answer("torch").trouble is not None:
        yield note("decoding", "device, precision and batch size are not known while torch or transformers fails")
        return
    answer = examination.answer("decoding")
    if answer.trouble is not None:
        yield problem("decoding", answer.trouble.what)
        return
    tried = examination.answer("arithmetic").trouble
    found, settings = _in_words(answer.values), answer.values["settings"]
    details = {name: value for name, value in settings.items() if name != "versions"}
    if tried is not None:
        yield problem(
            "decoding",
            f"{found}; but a small trial of it fails: {tried.what}",
            "another precision (--asr-dtype=float32) or device (--asr-device=cpu) may do; on a GPU, install a torch "
            "that is built for it",
            details=details,
        )
        return
    yield ok("decoding", found, {**details, "devices": answer.values["devices"]})
    for each in answer.values["notes"]:
        yield note("decoding", each)


def _in_words(values: Mapping[str, Any]) -> str:
    settings, devices = values["settings"], list(values["devices"])
    count = f", {len(devices)} workers" if len(devices) > 1 else ", over all GPUs" if devices == ["shard"] else ""
    kind = f"{settings['dtype']}, attention {settings['attention']}, batches of {settings['batch_size']}"
    return f"{settings['device']}{count}, {kind}"
