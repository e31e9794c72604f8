"""Figures to Weights & Biases: a run a model, in one group where there are several.

Where to is its own business: WANDB_PROJECT (default: asr-regress), WANDB_ENTITY, WANDB_MODE, WANDB_DIR.
"""

import os
from pathlib import Path
from typing import Any

from asr_regress.reports.exporters.figures import figures, labels, settings

PROJECT = "asr-regress"


def export(report: dict[str, Any], folder: Path) -> None:
    """Log every model's figures, and the files of the report as an artifact of the first run."""
    import wandb

    models = report["models"]
    group = f"asr-regress {report['data']['fingerprint'][:8]}" if len(models) > 1 else None
    for number, model in enumerate(models):
        tags = labels(report, model)
        run = wandb.init(
            project=os.environ.get("WANDB_PROJECT") or PROJECT,
            name=model["name"],
            group=group,
            job_type="asr-gate",
            config={**settings(report, model), **tags},
            tags=[tags["verdict"], *(["partial"] if report["partial"] else [])],
            reinit="create_new",
        )
        try:
            run.log(figures(model))
            run.summary.update({"verdict": tags["verdict"]})
            if number == 0:
                artifact = wandb.Artifact("asr-regress-report", type="report")
                artifact.add_dir(str(folder))
                run.log_artifact(artifact)
        finally:
            run.finish()
