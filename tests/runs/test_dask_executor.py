import pytest

from clusteract.errors import InputError
from clusteract.runs.dask_executor import DaskExecutor

# That a cluster which loses a worker writes the serial run's bytes is in test_end_to_end.py.
pytest.importorskip("distributed", reason="Dask is an optional dependency")


@pytest.mark.filterwarnings("ignore")  # Dask's own event loops and sockets are closed later
def test_an_address_where_nothing_answers_is_told(monkeypatch):
    monkeypatch.setattr("clusteract.runs.dask_executor.CONNECT_SECONDS", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler answers at 'tcp://"):
        DaskExecutor("tcp://127.0.0.1:1")
