"""Quantum-chemistry output: files read, and rows of a table made of them."""

from clusteract.chemistry.outputs.reading import read_output
from clusteract.chemistry.outputs.rows import describe_outputs

__all__ = ["describe_outputs", "read_output"]
