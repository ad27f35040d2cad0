"""The command line: one file per verb, no modelling logic."""

from clusteract.cli.main import main

__all__ = ["main"]
