"""clusteract: from a spreadsheet of cluster descriptors to an honest, explained model.

table -> audit -> recipes -> search -> validation -> { report , model -> predict, screen }
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Public names in flow order; each room is imported when one of its names is first used,
# so that `import clusteract` and the command line start at once.
_HOMES = {
    "Table": "table",
    "Formula": "chemistry.formula",
    "parse_formula": "chemistry.formula",
    "read_table": "table",
    "load_table": "table",
    "make_synthetic_table": "chemistry.synthetic",
    "audit": "audit",
    "Recipe": "recipes",
    "get_recipe": "recipes",
    "list_recipes": "recipes",
    "recipe": "recipes",
    "DenseNetworkRegressor": "estimators.networks",
    "PairwiseDifferenceRegressor": "estimators.pairwise",
    "SharedGridSearchCV": "search",
    "Job": "runs",
    "Flow": "runs",
    "Place": "runs",
    "Runner": "runs",
    "Run": "runs",
    "OuterFolds": "validation",
    "StudyResult": "validation",
    "nested_cross_validate": "validation",
    "load_run": "study",
    "fit_model": "model",
    "save_model": "model",
    "load_model": "model",
    "predict": "model",
    "screen": "model",
    "run_study": "study",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """Import the room that a public name lives in (PEP 562)."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
