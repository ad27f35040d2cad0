"""Named datasets: where they are looked for, and what happens where they are not."""

import hashlib
import os
from dataclasses import replace

import pytest

from clusteract.chemistry.formula import formulas_of
from clusteract.errors import InputError
from clusteract.table import catalog
from clusteract.table.catalog import all_datasets, fetch, find_dataset, load_table, locate


def offline(url, sha256, path, *, say, seconds=None):
    raise InputError(f"{url} failed (no connection: offline?)")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """Make this computer one without tables and without a network."""
    monkeypatch.delenv("CLUSTERACT_DATA", raising=False)
    monkeypatch.setattr(catalog, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(catalog, "download", offline)


@pytest.fixture
def dataset(make_book, rows, monkeypatch):
    """Return a dataset whose content is a small workbook in the test's folder."""
    path = make_book(rows, "small.xlsx", sheet="Train", Scratch=[[1, 2], [3, 4]])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    small = replace(
        all_datasets()["homonuclear-159-24"], file="small.xlsx", folder="inner", sha256=digest
    )
    monkeypatch.setattr(catalog, "all_datasets", lambda: {small.name: small})
    return small


def move_to(path, folder):
    folder.mkdir(parents=True)
    return path.rename(folder / path.name)


def test_every_dataset_is_pinned():
    assert len(all_datasets()) == 14
    for dataset in all_datasets().values():
        assert len(bytes.fromhex(dataset.sha256)) == 32
        assert "/142b81eba3daf9726f3e7d08c4d012894485e907/cluster_N2/" in dataset.url
        assert dataset.url.endswith(f"/{dataset.folder}/{dataset.file}")
    assert len({d.sha256 for d in all_datasets().values()}) == 14


@pytest.mark.parametrize("inner", [".", "inner"])
def test_folder_of_the_environment_comes_first(dataset, tmp_path, monkeypatch, inner):
    path = move_to(tmp_path / "small.xlsx", tmp_path / "named" / inner)
    monkeypatch.setenv("CLUSTERACT_DATA", str(tmp_path / "named"))
    assert locate(dataset) == path
    table = load_table(dataset.name)
    assert (table.source.name, table.source.sha256) == (dataset.name, dataset.sha256)


def test_other_content_in_that_folder_is_told(dataset, tmp_path, monkeypatch):
    path = move_to(tmp_path / "small.xlsx", tmp_path / "named")
    path.write_bytes(path.read_bytes() + b" ")
    monkeypatch.setenv("CLUSTERACT_DATA", str(tmp_path / "named"))
    for name in (dataset.name, "auto"):
        with pytest.raises(InputError, match=r"small.xlsx is not the published homo.*SHA-256 is"):
            load_table(name)
    assert load_table(path).n_rows == 3


def test_that_folder_must_exist(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("CLUSTERACT_DATA", str(tmp_path / "gone"))
    with pytest.raises(InputError, match=r"CLUSTERACT_DATA names .*gone, which is no folder"):
        load_table("auto")


def test_cache_is_used_where_its_content_is_right(dataset, tmp_path):
    path = move_to(tmp_path / "small.xlsx", tmp_path / "cache")
    assert locate(dataset) == fetch(dataset) == path
    path.write_bytes(b"cut short")
    assert locate(dataset) is None


def test_missing_dataset_is_downloaded_into_the_cache(dataset, tmp_path, monkeypatch):
    def serve(url, sha256, path, *, say, seconds=None):
        assert (url, sha256) == (dataset.url, dataset.sha256)
        return move_to(tmp_path / "small.xlsx", path.parent)

    monkeypatch.setattr(catalog, "download", serve)
    assert load_table("auto").source.name == dataset.name
    assert locate(dataset) == tmp_path / "cache" / "small.xlsx"


def test_named_dataset_never_falls_back():
    message = (
        r"homonuclear-159-8 is not on this computer and could not be downloaded: https://raw.*"
        r"offline.*; put homonuclear-159-8features.xlsx into a folder and name that folder in CLUST"
    )
    with pytest.raises(InputError, match=message):
        load_table("homonuclear-159-8")


def test_auto_falls_back_only_after_saying_so(capsys):
    table = load_table("auto")
    assert table.source.synthetic
    assert table.label.endswith("(SYNTHETIC)")
    said = capsys.readouterr()
    assert said.out == ""
    assert "could not be downloaded" in said.err
    assert "SYNTHETIC: a simulated table is used instead" in said.err


def test_auto_is_silent_where_the_table_is_found(dataset, tmp_path, capsys):
    move_to(tmp_path / "small.xlsx", tmp_path / "cache")
    assert not load_table("auto").source.synthetic
    assert capsys.readouterr().err == ""


def test_synthetic_has_one_layout():
    assert load_table("synthetic").source.synthetic
    with pytest.raises(InputError, match="synthetic table has one layout: sheet, target cannot be"):
        load_table("synthetic", sheet="a", target="b")


def test_paths_are_read_with_options(make_book, rows):
    path = make_book(rows)
    assert load_table(str(path), target="3_T").target_name == "3_T"
    assert load_table(path).source.name == "table"


def test_file_in_the_way_of_a_name_wins_and_a_folder_does_not(make_book, rows, monkeypatch):
    path = make_book(rows)
    monkeypatch.chdir(path.parent)
    (path.parent / "synthetic").mkdir()
    assert load_table("synthetic").source.synthetic
    assert not load_table("table.xlsx").source.synthetic


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("homonuclear-159-25", "No file or dataset 'homonuclear-159-25'; did you mean homonuc"),
        ("nothing.csv", "No file nothing.csv; "),
        (f"x{os.sep}y", "No file x.y; there is no folder x"),
        (".", "is a folder; give the file in it"),
        ("", "No file or dataset ''; known: "),
    ],
)
def test_unknown_tables(table, message):
    with pytest.raises(InputError, match=message):
        load_table(table)


def test_unknown_and_fileless_datasets():
    with pytest.raises(InputError, match="No dataset 'fold-11'; did you mean fold-1"):
        find_dataset("fold-11")
    with pytest.raises(InputError, match="'auto' is no file; known: homonuclear-159-24"):
        find_dataset("auto")


# --- the published tables ----------------------------------------------------------------------


@pytest.fixture
def named(published, monkeypatch):
    """Name the folder of the published tables in CLUSTERACT_DATA."""
    monkeypatch.setenv("CLUSTERACT_DATA", str(published))


@pytest.mark.published
@pytest.mark.parametrize("name", [n for n in all_datasets() if not n.startswith("fold-")])
def test_published_tables_are_what_their_names_say(named, name):
    table = load_table(name)
    _, clusters, descriptors = name.split("-")
    assert (table.n_rows, table.n_descriptors) == (int(clusters), int(descriptors))
    assert all(formulas_of(table))
    assert table.target_name == "lg(k1)"


@pytest.mark.published
@pytest.mark.parametrize("k", [1, 6, 10])
def test_published_folds_split_one_table(named, k):
    train, test = (load_table(f"fold-{k}", sheet=sheet) for sheet in ("Train", "Test"))
    assert train.n_rows + test.n_rows == 159
    assert not set(train.names) & set(test.names)
    assert train.descriptor_names == test.descriptor_names
    assert set(train.descriptor_names) <= set(load_table("homonuclear-159-24").descriptor_names)
    assert all(f.multiplicity for f in formulas_of(train) + formulas_of(test))
