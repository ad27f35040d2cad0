"""The chapter on a study's table: what the audit and the reading said, missing and odd cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clusteract.report.chapters import Chapter
from clusteract.report.figures.numbers import count, listing, number
from clusteract.table import Table

_NAMED = 40
ODD = {"missing": "missing value", "sentinels": "sentinel"}


def data_chapter(table: Table, audit: Mapping[str, Any] | None, missing: str | None) -> Chapter:
    """Return the chapter.

    Parameters
    ----------
    table : Table
    audit : mapping or None
        ``summary_line`` (str) and ``causes`` (list of str).
    missing : {"impute", "as-published"} or None
        What the study did with missing values.
    """
    said = (audit["summary_line"], *audit["causes"]) if audit else ()
    rows = ("Rows count from 0, the first one below the header.",) if said[1:] else ()
    fate = (
        " Each was replaced by the median of the training set it was in."
        if missing == "impute"
        else " They were used as they stand."
    )
    odd = [line for line in odd_cell_lines(table, _NAMED) if line]
    cells = tuple(f"{line}.{fate}" for line in odd) or (
        "No value is missing, and none looks like a sentinel for a missing one.",
    )
    return Chapter(
        name="data",
        title="The data",
        sentences=(*said, *rows, *table.source.remarks, *cells),
        template="hash.html.j2",
        content={"sha256": table.source.sha256},
    )


def odd_cells(table: Table) -> dict[str, list[dict[str, Any]]]:
    """Name each missing value and each sentinel by row and descriptor.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"c": ["Fe2S-", "FeS-"], "1_Q": [0.1, None], "3_x": [-999, 2.0]})
    >>> cells = odd_cells(Table.from_frame(frame))
    >>> cells["missing"], cells["sentinels"]
    ([{'row': 'FeS-', 'descriptor': '1_Q'}],
     [{'row': 'Fe2S-', 'descriptor': '3_x', 'value': -999.0}])
    """
    missing = [{"row": table.names[i], "descriptor": d} for i, d in table.missing_cells]
    sentinels = [
        {"row": table.names[i], "descriptor": d, "value": float(table.column(d)[i])}
        for i, d in table.sentinel_cells
    ]
    return {"missing": missing, "sentinels": sentinels}


def odd_cell_lines(table: Table, most: int) -> list[str]:
    """Return a line on missing values and one on sentinels, each naming at most so many cells.

    A line is empty where there are none.
    """
    cells = odd_cells(table)
    return [_named(noun, cells[kind], most) for kind, noun in ODD.items()]


def _named(noun: str, cells: list[dict[str, Any]], most: int) -> str:
    if not cells:
        return ""
    named = [f"{c['descriptor']} of {c['row']}{_value(c)}" for c in cells[:most]]
    more = [f"{len(cells) - most:,} more"] if len(cells) > most else []
    return f"{count(len(cells), noun)}: {listing(named + more)}"


def _value(cell: dict[str, Any]) -> str:
    return f" ({number(cell['value'], 0)})" if "value" in cell else ""
