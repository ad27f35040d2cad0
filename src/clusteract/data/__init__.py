"""Where tables come from: files read safely, named datasets, simulated tables; ClusterTable."""

from clusteract.data.cluster_table import ClusterTable, Source
from clusteract.data.formula import Formula, parse_formula
from clusteract.data.synthetic import make_synthetic_table, synthetic_truth

__all__ = [
    "ClusterTable",
    "Formula",
    "Source",
    "make_synthetic_table",
    "parse_formula",
    "synthetic_truth",
]
