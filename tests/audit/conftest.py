from dataclasses import replace

import pytest

from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.groups import core
from clusteract.chemistry.synthetic import make_synthetic_table


@pytest.fixture(scope="session")
def clean():
    """A table of few cores, so that every core has a reference."""
    table = make_synthetic_table(400, seed=11)
    common = [i for i, c in enumerate(core(table)) if core(table).count(c) >= 5]
    return table.take(common[:120])


@pytest.fixture(scope="session")
def put():
    """Change cells of a table."""

    def change(table, cells):
        X = table.descriptors.copy()
        for (row, column), value in cells.items():
            X[row, table.descriptor_names.index(column)] = value
        return replace(table, descriptors=X)

    return change


@pytest.fixture(scope="session")
def row_of():
    """Find a row whose core has so many metal atoms."""

    def find(table, n_metals):
        return next(i for i, f in enumerate(formulas_of(table)) if f.n_metals == n_metals)

    return find
