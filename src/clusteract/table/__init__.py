"""Tables: rows, columns and their roles, read safely from files, with their source."""

from clusteract.table.catalog import DATASETS, load_fold, load_table
from clusteract.table.reading import read_table
from clusteract.table.table import Source, Table

__all__ = ["DATASETS", "Source", "Table", "load_fold", "load_table", "read_table"]
