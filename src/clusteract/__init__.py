"""clusteract: from a spreadsheet of cluster descriptors to an honest, explained model.

data -> audit -> descriptors -> estimators -> search -> validation -> results ->
{ plots -> report , model -> predict }
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Public names in flow order; each room is imported when one of its names is first used,
# so that `import clusteract` and the command line start at once.
_HOMES = {
    "ClusterTable": "data",
    "Formula": "data",
    "parse_formula": "data",
    "read_table": "data",
    "load_table": "data",
    "make_synthetic_table": "data",
    "audit": "audit",
    "Recipe": "estimators",
    "get_recipe": "estimators",
    "list_recipes": "estimators",
    "DenseNetworkRegressor": "estimators.networks",
    "PairwiseDifferenceRegressor": "estimators.pairwise",
    "SharedGridSearchCV": "search",
    "OuterFolds": "validation",
    "StudyResult": "validation",
    "nested_cross_validate": "validation",
    "load_run": "results",
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
