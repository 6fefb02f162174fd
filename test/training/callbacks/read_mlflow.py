"""Prints as JSON what MLflow's client reads of each run of an experiment: read_mlflow.py SERVER EXPERIMENT."""

import json
import sys

from mlflow import MlflowClient

client = MlflowClient(tracking_uri=sys.argv[1])
experiment = client.get_experiment_by_name(sys.argv[2])


def described(run):
    histories = {key: client.get_metric_history(run.info.run_id, key) for key in run.data.metrics}
    return {
        "status": run.info.status,
        "params": run.data.params,
        "metrics": {key: [[each.step, each.value] for each in values] for key, values in histories.items()},
        "files": {file.path: file.file_size for file in client.list_artifacts(run.info.run_id, "model")},
    }


print(json.dumps([described(run) for run in client.search_runs([experiment.experiment_id])]))
