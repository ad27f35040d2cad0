"""The rules for any table, one family per file; importing this registers them all."""

from clusteract.audit.rules import (
    columns,
    duplicates,
    leak,
    missing,
    noise,
    outliers,
    runs,
    shifted,
    units,
)

__all__ = [
    "columns",
    "duplicates",
    "leak",
    "missing",
    "noise",
    "outliers",
    "runs",
    "shifted",
    "units",
]
