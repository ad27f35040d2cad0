"""Long work: `Job`, `Flow`, the one `Runner`, and `Run`, the shell of verbs that work long."""

from clusteract.runs.job import Flow, Job, Place, Steps
from clusteract.runs.run import Run
from clusteract.runs.runner import Runner
from clusteract.runs.store import RunStore

__all__ = ["Flow", "Job", "Place", "Run", "RunStore", "Runner", "Steps"]
