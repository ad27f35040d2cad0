"""Tables: rows, columns and their roles, read safely from files, with their source."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusteract.table.catalog import load_table
    from clusteract.table.domain import Domain, find_domain
    from clusteract.table.reading import read_table
    from clusteract.table.table import Source, Table

__all__ = ["Domain", "Source", "Table", "find_domain", "load_table", "read_table"]

_HOMES = {
    "Domain": "domain",
    "Source": "table",
    "Table": "table",
    "find_domain": "domain",
    "load_table": "catalog",
    "read_table": "reading",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the command line asks only for domains."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
