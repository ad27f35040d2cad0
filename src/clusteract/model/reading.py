"""Reading a table for a model to predict: only the columns that it needs must be sound."""

from __future__ import annotations

from typing import Any

from clusteract.errors import InputError
from clusteract.model.columns import compare_columns
from clusteract.model.saved_model import SavedModel
from clusteract.paths import user_path
from clusteract.table import Table, load_table
from clusteract.table.catalog import AUTO, SYNTHETIC
from clusteract.table.domain import NONE


def read_new_rows(model: SavedModel, table: str, **options: Any) -> Table:
    """Load the rows that a model is to predict.

    The whole table is read where it can be, so that `predict` can name what it ignores. A column
    that the model does not need may hold anything.

    Parameters
    ----------
    model : SavedModel
    table : str
        A file, or a dataset's name.
    **options
        ``sheet`` and ``name`` of `read_table`.

    Raises
    ------
    InputError
        As `read_table` does.
    """
    if not user_path(table).is_file():
        return load_table(table, **_options(model, table, options))
    common = _options(model, table, options)
    problem: InputError | None = None
    whole = None
    try:
        whole = load_table(table, **common)
        missing = compare_columns(model.descriptors, whole.descriptor_names, model.domain).missing
        if all(model.domain.can_be_made(name) for name in missing):
            return whole
    except InputError as error:
        problem = error
    needed = list(model.descriptors)
    # Without its name, a descriptor that reads like a target is left a descriptor.
    for target in (model.target, None):
        try:
            return load_table(table, **{**common, "target": target, "descriptors": needed})
        except InputError as error:
            problem = error
    if whole is not None:
        return whole  # `predict` shows the difference of columns
    assert problem is not None
    raise problem


def _options(model: SavedModel, table: str, options: dict[str, Any]) -> dict[str, Any]:
    given = {k: v for k, v in options.items() if v is not None}
    if table in (SYNTHETIC, AUTO):
        return given  # a simulated table's layout can't be chosen
    return {
        "target": model.target,
        "require_target": False,
        "allow_duplicates": True,
        "domain": model.data.domain or NONE,
        **given,
    }
