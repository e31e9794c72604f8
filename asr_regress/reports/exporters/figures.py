"""What tools for experiments take of a report: figures by name, settings, labels."""

import re
from typing import Any

from asr_regress.gate.outcome import TOTAL

_UNFIT = re.compile(r"[^\w.\- ]")
_LONGEST = 200
_TIMING = ("rtfx", "utterances_per_second", "wall_seconds", "audio_seconds")


def figures(model: dict[str, Any]) -> dict[str, float]:
    """Figures of a model by name: ``cer/D01``, ``cer/D01/delta``, ``cer/TOTAL``, ``utterances/failed``, ``rtfx``.

    Rates are percent and differences percentage points, as in report.json; what is null there is left out.
    """
    found: dict[str, float] = {}
    names: set[str] = set()
    for category, values in [*model["categories"].items(), (TOTAL, model["total"])]:
        name = _unique(_fit(category), names)
        for metric, outcome in values.items():
            if not isinstance(outcome, dict) or "rate" not in outcome or "verdict" not in outcome:
                continue
            for key, suffix in (("rate", ""), ("baseline", "/baseline"), ("delta", "/delta")):
                if outcome.get(key) is not None:
                    found[f"{metric}/{name}{suffix}"] = float(outcome[key])
    found |= {f"utterances/{name}": float(count) for name, count in model["accounting"].items()}
    timing = model["timing"]
    return found | {name: float(timing[name]) for name in _TIMING if timing.get(name) is not None}


def settings(report: dict[str, Any], model: dict[str, Any]) -> dict[str, str]:
    """What a model was measured with: names, fingerprints, text rules, decoding."""
    known = {
        "model": model["name"],
        "path": model["path"],
        "fingerprint": model["fingerprint"],
        "data": report["data"]["path"],
        "data_fingerprint": report["data"]["fingerprint"],
        "text_rules": report["text_rules"],
        "baseline": report["baseline"] or "",
        **{f"decoding.{_fit(name)}": value for name, value in model["decoding"].items()},
    }
    return {name: str(value)[:_LONGEST] for name, value in known.items()}


def labels(report: dict[str, Any], model: dict[str, Any] | None = None) -> dict[str, str]:
    """The verdict of a model, or of the whole run, and whether it is of a part of the data only."""
    return {
        "verdict": report["verdict"] if model is None else model["verdict"],
        "partial": "; ".join(report["data"]["partial"])[:_LONGEST] or "no",
        "asr_regress": "gate",
    }


def _fit(name: str) -> str:
    """A name of letters of any script, digits and a few marks: MLflow takes no others."""
    fit = _UNFIT.sub("_", name).strip()[:_LONGEST]
    return fit if fit.strip(". ") else "_" * max(len(fit), 1)


def _unique(name: str, names: set[str]) -> str:
    number, found = 1, name
    while found in names:
        number += 1
        found = f"{name}_{number}"
    names.add(found)
    return found
