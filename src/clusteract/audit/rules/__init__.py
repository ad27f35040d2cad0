"""The rules for any table, one family per file; importing this registers them all."""

from clusteract.audit.rules import columns, duplicates, missing, noise, outliers, runs

__all__ = ["columns", "duplicates", "missing", "noise", "outliers", "runs"]
