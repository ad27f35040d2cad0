"""Descriptors made: from formulas, from one another, and references of bare cores."""

from clusteract.chemistry.descriptors.bare import BareReference, bare_references
from clusteract.chemistry.descriptors.composition import (
    CompositionDescriptors,
    add_composition,
    composition_of,
)
from clusteract.chemistry.descriptors.made import NORMALISED, add_made, composition_only

__all__ = [
    "NORMALISED",
    "BareReference",
    "CompositionDescriptors",
    "add_composition",
    "add_made",
    "bare_references",
    "composition_of",
    "composition_only",
]
