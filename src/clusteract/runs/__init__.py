"""Long work: executors, the loop that submits and waits, the store and the folder of a run."""

from clusteract.runs.store import RunStore

__all__ = ["RunStore"]
