"""Whatever the table, the audit ends with a report that is plain JSON."""

import json

import numpy as np
import pandas as pd
import pytest

from clusteract.audit import audit, repair
from clusteract.chemistry.levels import DESCRIPTOR_NAMES
from clusteract.table import Table

LABELS = ["Mo2S-", "Fe3C41¯", "x", "V3", "H2", "Rh3-", "Fe3C4-11-M10", "Ta2H0", "W2O-", "Mo2S-M2"]


def _table(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    frame = pd.DataFrame({"c": rng.choice(LABELS, n), "y": rng.normal(size=n)})
    for column in [*rng.permutation(DESCRIPTOR_NAMES)[: rng.integers(0, 24)], "other"]:
        values = rng.normal(size=n) * 10.0 ** rng.integers(-3, 6)
        values = np.round(values, int(rng.integers(0, 9)))
        values[rng.random(n) < rng.choice([0, 0, 0.5, 1])] = rng.choice([np.nan, 3.0, -999.0])
        frame[column] = values
    return Table.from_frame(frame, target="y" if rng.random() < 0.7 else None)


@pytest.mark.parametrize("seed", range(40))
def test_any_table(seed):
    table = _table(seed)
    report = audit(table)
    document = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert document["n_rows"] == table.n_rows
    for finding in document["findings"]:
        assert set(finding["rows"]) <= set(range(table.n_rows))
        expected = finding["expected"]
        assert expected is None or len(expected) == len(finding["rows"])
    mended, changes = repair(table, report, doubtful="missing")
    assert mended.n_descriptors == table.n_descriptors
    assert len({(c.row, c.column) for c in changes}) == len(changes)
