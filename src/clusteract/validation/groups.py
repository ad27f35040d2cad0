"""The group of each row, by what its table's domain or the table itself says."""

from __future__ import annotations

from clusteract.table import Table

NO_GROUP = ""


def main_group(table: Table) -> tuple[str, ...]:
    """Return each row's group: of the table itself, else the domain's first grouping.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> sorted(set(main_group(make_synthetic_table(80))))
    ['Co', 'Fe', 'Mo', 'Rh', 'Ta', 'V']
    """
    if table.groups is not None:
        return table.groups
    grouping = next(iter(table.domain.groupings.values()), None)
    return (NO_GROUP,) * table.n_rows if grouping is None else grouping(table)


def main_grouping(table: Table) -> str:
    """Return the name of the domain's first grouping, "" where there is none."""
    return next(iter(table.domain.groupings), "")
