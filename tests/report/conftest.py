"""Results for reports: of a synthetic table, and of the same table taken for a real one."""

from dataclasses import replace

import pytest

from clusteract.data import make_synthetic_table
from handmade_study import handmade_study


@pytest.fixture(scope="session")
def table():
    return make_synthetic_table(60, seed=1)


@pytest.fixture(scope="session")
def result(table):
    return handmade_study(table)


@pytest.fixture(scope="session")
def real_result(table):
    """Nothing here is synthetic, as far as its source says."""
    return handmade_study(replace(table, source=replace(table.source, synthetic=False)))
