"""``clusteract data``."""

import json

import pytest
from click.testing import CliRunner

from clusteract.cli.data import command
from clusteract.errors import InputError
from clusteract.table import catalog


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Return a function that calls a verb on a computer without tables and network."""

    def offline(url, sha256, path, *, say, seconds=None):
        raise InputError(f"{url} failed (no connection: offline?)")

    monkeypatch.delenv("CLUSTERACT_DATA", raising=False)
    monkeypatch.setattr(catalog, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(catalog, "download", offline)
    return lambda *args: CliRunner().invoke(command, args, catch_exceptions=True)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Put one file into the cache and say that it is the dataset fold-1."""
    path = tmp_path / catalog.all_datasets()["fold-1"].file
    path.write_bytes(b"as published")
    digest = catalog.all_datasets()["fold-1"].sha256
    monkeypatch.setattr(catalog, "_sha256", lambda _: digest)
    return path


def test_list_names_every_table(run, cached):
    done = run("list")
    assert done.exit_code == 0
    for name in (*catalog.all_datasets(), "synthetic", "auto"):
        assert f"{name} " in done.output
    assert done.output.count("not fetched") == 13
    assert str(cached) in done.output


def test_list_as_json(run, cached):
    records = {r["name"]: r for r in json.loads(run("list", "--json").stdout)}
    assert set(records) == set(catalog.all_datasets())
    assert records["fold-1"]["path"] == str(cached)
    assert records["fold-2"]["path"] is None
    assert records["fold-2"]["sha256"] == catalog.all_datasets()["fold-2"].sha256


def test_list_survives_a_wrong_folder(run, monkeypatch):
    monkeypatch.setenv("CLUSTERACT_DATA", "/nowhere/at/all")
    done = run("list")
    assert done.exit_code == 0
    assert "CLUSTERACT_DATA names /nowhere/at/all, which is no folder" in done.output


@pytest.mark.parametrize("verb", ["path", "fetch"])
def test_path_of_a_table_that_is_here(run, cached, verb):
    assert run(verb, "fold-1").stdout.strip() == str(cached)


def test_path_of_a_table_that_is_not_here(run):
    with pytest.raises(InputError, match="run `clusteract data fetch fold-1`, or name its folder"):
        raise run("path", "fold-1").exception


def test_fetch_offline_says_how_to_supply_the_file(run):
    with pytest.raises(InputError, match=r"could not be downloaded: https.*CLUSTERACT_DATA, or gi"):
        raise run("fetch", "fold-1").exception


def test_fetch_downloads(run, monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "download", lambda url, sha256, path, **_: path)
    done = run("fetch", "fold-1", "fold-2")
    assert done.stdout.split() == [
        str(tmp_path / catalog.all_datasets()[name].file) for name in ("fold-1", "fold-2")
    ]


def test_unknown_name(run):
    with pytest.raises(InputError, match="No dataset 'homonuclear'; "):
        raise run("path", "homonuclear").exception
