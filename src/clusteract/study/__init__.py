"""A study from its file to its run folder."""

from clusteract.study.config import StudyConfig, list_presets, load_study
from clusteract.study.results import load_run
from clusteract.study.run import StudyRun, run_study

__all__ = ["StudyConfig", "StudyRun", "list_presets", "load_run", "load_study", "run_study"]
