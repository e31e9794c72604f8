"""The checks, in the order of the report. Adding one is one function and one line in `CHECKS`."""

from collections.abc import Callable, Iterable, Sequence

from asr_regress.doctor.checks import (
    audio,
    decoding,
    gpu,
    hub,
    libraries,
    machine,
    models,
    places,
    project,
    python,
    testing,
)
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, problem

Check = Callable[[Examination], Iterable[Finding]]

CHECKS: Sequence[tuple[str, Check]] = (
    ("python", python.version),
    ("encoding", python.encoding),
    ("temporary", places.temporary),
    ("packages", python.packages),
    ("torch", libraries.torch),
    ("torchaudio", libraries.torchaudio),
    ("transformers", libraries.transformers),
    ("gpu", gpu.gpus),
    ("cpu", machine.cpu),
    ("memory", machine.memory),
    ("files", machine.open_files),
    ("workers", machine.workers),
    ("audio", audio.formats),
    ("ffmpeg", audio.ffmpeg),
    ("pytest", testing.plugin),
    ("plugins", testing.others),
    ("thresholds", project.thresholds),
    ("data", project.data),
    ("baseline", project.baseline),
    ("store", places.store),
    ("locks", places.locks),
    ("disk", places.disk),
    ("hub", hub.cache),
    ("decoding", decoding.settled),
    ("model", models.models),
)
"""By name; a check may yield several findings, or none where there is nothing to say."""


def findings(examination: Examination) -> Iterable[Finding]:
    """Everything the checks find, as they find it. A check that fails is a finding itself."""
    for name, check in CHECKS:
        try:
            yield from check(examination)
        except Exception as error:  # whatever an odd installation holds must not hide the other checks
            yield problem(name, f"this check failed: {type(error).__name__}: {error}", "please report it as a bug")
