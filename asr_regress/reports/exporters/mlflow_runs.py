"""Figures to MLflow: a run a model, beneath one of the gate where there are several.

Where to is MLflow's own business: MLFLOW_TRACKING_URI, MLFLOW_EXPERIMENT_NAME (default: asr-regress) or
MLFLOW_EXPERIMENT_ID. With MLFLOW_RUN_ID, figures of the only model go into that run, such as the one it was trained in.
"""

import os
import time
from itertools import islice
from pathlib import Path
from typing import Any

from asr_regress.reports.exporters.figures import figures, labels, settings

EXPERIMENT = "asr-regress"
_BATCH = 100  # MLflow takes 100 parameters and tags, and 1,000 metrics, in one request.


def export(report: dict[str, Any], folder: Path) -> None:
    """Log every model's figures, and the files of the report as artifacts."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient()
    models, given = report["models"], os.environ.get("MLFLOW_RUN_ID")
    if given and len(models) == 1:
        _log(client, given, report, models[0])
        client.log_artifacts(given, str(folder), "asr-regress")
        return
    experiment = _experiment(client)
    parent = None
    if len(models) != 1:
        parent = _started(client, experiment, "asr-regress", labels(report), given)
        client.log_artifacts(parent, str(folder), "asr-regress")
        client.set_terminated(parent)
    for model in models:
        run = _started(client, experiment, model["name"], labels(report, model), parent or given)
        _log(client, run, report, model)
        if parent is None:
            client.log_artifacts(run, str(folder), "asr-regress")
        client.set_terminated(run)


def _experiment(client: Any) -> str:
    given = os.environ.get("MLFLOW_EXPERIMENT_ID")
    if given:
        return given
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    found = client.get_experiment_by_name(name)
    return str(client.create_experiment(name) if found is None else found.experiment_id)


def _started(client: Any, experiment: str, name: str, tags: dict[str, str], parent: str | None) -> str:
    above = {} if parent is None else {"mlflow.parentRunId": parent}
    return str(client.create_run(experiment, tags={**tags, **above}, run_name=name).info.run_id)


def _log(client: Any, run: str, report: dict[str, Any], model: dict[str, Any]) -> None:
    from mlflow.entities import Metric, Param, RunTag

    now = int(time.time() * 1000)
    metrics = iter([Metric(name, value, now, 0) for name, value in figures(model).items()])
    while batch := list(islice(metrics, _BATCH)):
        client.log_batch(run, metrics=batch)
    params = iter([Param(name, value) for name, value in settings(report, model).items()])
    while batch := list(islice(params, _BATCH)):
        client.log_batch(run, params=batch)
    client.log_batch(run, tags=[RunTag(name, value) for name, value in labels(report, model).items()])
