"""Where tables come from: files read safely, named datasets, simulated tables; ClusterTable."""

from clusteract.data.cluster_table import ClusterTable, Source
from clusteract.data.formula import Formula, parse_formula

__all__ = ["ClusterTable", "Formula", "Source", "parse_formula"]
