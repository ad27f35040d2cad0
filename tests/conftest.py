"""Fixtures shared by all rooms: where the published tables are, and small synthetic ones."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, and no deadline: a busy machine is no defect.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

_BESIDE = Path(__file__).parents[1].parent / "shared" / "data" / "cluster_N2"


def published_folder() -> Path | None:
    """Return the folder of the published tables, or None."""
    folder = Path(os.environ.get("CLUSTERACT_DATA") or _BESIDE)
    return folder if (folder / "homonuclear-159-24features.xlsx").is_file() else None


@pytest.fixture(scope="session")
def published(request) -> Path:
    """The folder of the published tables; skips where they are not, fails where they must be."""
    folder = published_folder()
    if folder is None:
        reason = "the published tables are not here (set CLUSTERACT_DATA to their folder)"
        if os.environ.get("CLUSTERACT_REQUIRE_PUBLISHED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def small_table():
    """Sixty simulated clusters."""
    from clusteract.chemistry.synthetic import make_synthetic_table

    return make_synthetic_table(60, seed=1)


@pytest.fixture(scope="session")
def result(small_table):
    """A study of the simulated clusters, for the rooms that show results."""
    from handmade_study import handmade_study

    return handmade_study(small_table)


@pytest.fixture(scope="session")
def real_result(small_table):
    """The same, and nothing in it synthetic as far as its source says."""
    from dataclasses import replace

    from handmade_study import handmade_study

    source = replace(small_table.source, synthetic=False)
    return handmade_study(replace(small_table, source=source))


# Doctests are collected from every module, and conftest.py is the name of several.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]
