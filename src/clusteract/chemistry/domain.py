"""The domain of tables of clusters: all that the generic rooms get to know of chemistry."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from clusteract.chemistry.datasets import DATASETS, DEFAULT_DATASET
from clusteract.chemistry.levels import (
    DESCRIPTOR_NAMES,
    DESCRIPTORS,
    LEVELS,
    canonical_name,
    level_of,
)
from clusteract.table.domain import Baseline, Domain, Verb

_SHARE = 0.9  # of labels that are formulas
_RUNNING = re.compile(r"[A-Z][a-z]?(\d+)")
_TARGET_LIKE = re.compile(
    r"(?<![a-z])(lg|log)(?![a-z]{2})|(?<![a-z])k1?(?![a-z0-9])", re.IGNORECASE
)
_UNITS = {
    "k1": "cm^3 molecule^-1 s^-1",
    **{d.name: d.unit.replace("a0^3", "a₀³") for d in DESCRIPTORS},
}


def recognises(names: Sequence[str]) -> bool:
    """Tell whether labels are formulas of clusters, and no running numbers such as C1 to C100.

    At least nine in ten must hold a metal, with its count or with a charge.

    Examples
    --------
    >>> recognises(["Fe2S-", "Mo3", "Rh"]), recognises(["C1", "C2"]), recognises(["V1", "V2"])
    (False, False, False)
    >>> recognises(["Fe2S-", "Mo3C1", "Rh-"])
    True
    """
    from clusteract.chemistry.formula import try_parse_formula

    if not names or _are_running_numbers(names):
        return False
    formulas = [try_parse_formula(name) for name in names]
    telling = [
        f is not None and bool(f.metals) and (bool(f.charge) or any(c.isdigit() for c in f.label))
        for f in formulas
    ]
    return sum(telling) >= _SHARE * len(names)


def _are_running_numbers(names: Sequence[str]) -> bool:
    """Tell whether nearly all labels are a letter and a number that no other label has."""
    matches = [_RUNNING.fullmatch(str(name).strip()) for name in names]
    numbers = [int(m[1]) for m in matches if m]
    if len(numbers) < _SHARE * len(names):
        return False
    steps = [b - a for a, b in pairwise(numbers)]
    rising = sum(step > 0 for step in steps)
    return len(set(numbers)) == len(numbers) and rising >= _SHARE * len(steps)


def is_target(column: str) -> bool:
    """Tell whether a column's name reads like a logarithm of a rate constant.

    Examples
    --------
    >>> is_target("Expt. lg(k1)"), is_target("3_EHOMO")
    (True, False)
    """
    return level_of(column) is None and _TARGET_LIKE.search(column) is not None


def unit(quantity: str) -> str:
    """Return the unit of a rate constant or a descriptor, "" where it has none.

    Examples
    --------
    >>> unit("k1"), unit("3_α"), unit("age")
    ('cm^3 molecule^-1 s^-1', 'a₀³', '')
    """
    return _UNITS.get(quantity, "")


def _lazily(module: str, name: str) -> Callable[..., Any]:
    """Return a function that is imported when it is first called: the domain costs nothing."""

    def call(*args: Any) -> Any:
        from importlib import import_module

        return getattr(import_module(f"clusteract.chemistry.{module}"), name)(*args)

    return call


CLUSTERS = Domain(
    name="clusters",
    row="cluster",
    recognises=recognises,
    canonical=canonical_name,
    is_descriptor=lambda column: canonical_name(column) in DESCRIPTOR_NAMES,
    is_target=is_target,
    is_count=_lazily("descriptors.made", "is_count"),
    level=level_of,
    levels=LEVELS,
    unit=unit,
    views={
        "made": _lazily("descriptors.made", "made_where_possible"),
        "composition": _lazily("descriptors.made", "composition_only"),
        "with-counts": _lazily("descriptors.made", "with_counts"),
        "with-composition": _lazily("descriptors.made", "with_composition"),
    },
    complete=_lazily("descriptors.made", "complete"),
    can_be_made=_lazily("descriptors.made", "can_be_made"),
    groupings={
        "metal": _lazily("groups", "main_metal"),
        "ligand": _lazily("groups", "main_ligand"),
        "core": _lazily("groups", "core"),
    },
    orderings={"largest": _lazily("groups", "n_atoms")},
    baselines=(
        Baseline(
            "core",
            "Mean of the core",
            "Is it enough to know the metal part?",
            _lazily("baselines", "core_mean"),
        ),
        Baseline(
            "formula-alone",
            "The formula alone",
            "What do descriptors add beyond the formula?",
            _lazily("baselines", "formula_alone"),
            without_descriptors=True,
        ),
    ),
    never_seen=_lazily("never_seen", "never_seen"),
    identity=_lazily("groups", "identity"),
    audit="clusteract.chemistry.audit",
    datasets=DATASETS,
    default_dataset=DEFAULT_DATASET,
    simulate=_lazily("synthetic", "make_synthetic_table"),
    verbs={
        "descriptors": Verb(
            "clusteract.chemistry.verb", "Make descriptors from formulas and outputs."
        )
    },
)
