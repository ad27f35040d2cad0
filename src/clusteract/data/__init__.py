"""Where tables come from: files read safely, named datasets, simulated tables; ClusterTable."""

from clusteract.data.catalog import DATASETS, load_fold, load_table
from clusteract.data.cluster_table import ClusterTable, Source
from clusteract.data.formula import Formula, parse_formula
from clusteract.data.reading import read_table
from clusteract.data.synthetic import make_synthetic_table, synthetic_truth

__all__ = [
    "DATASETS",
    "ClusterTable",
    "Formula",
    "Source",
    "load_fold",
    "load_table",
    "make_synthetic_table",
    "parse_formula",
    "read_table",
    "synthetic_truth",
]
