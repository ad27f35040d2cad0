"""What must hold in a table of clusters: one family of rules a file, registered by import."""

from clusteract.chemistry.audit import (  # noqa: F401 - each registers its rules
    cells,
    charges,
    composition,
    energies,
    label_charges,
    labels,
    populations,
    ranges,
    references,
    shifted,
    spin,
    undefined,
    whole_steps,
)
from clusteract.chemistry.audit.view import ClusterView
from clusteract.table.table import Table

cells.register_checks()


def view(table: Table) -> ClusterView:
    """Return a table of clusters as the rules see it."""
    return ClusterView(table)
