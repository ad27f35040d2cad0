"""What a study leaves behind: the run store, the run folder, the summary."""

from clusteract.results.run_folder import load_run
from clusteract.results.store import RunStore

__all__ = ["RunStore", "load_run"]
