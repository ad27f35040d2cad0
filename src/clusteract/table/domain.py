"""Domain: what a field knows of its tables, and the one place that looks domains up."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from clusteract.errors import InputError, close_matches

if TYPE_CHECKING:
    import numpy as np

    from clusteract.table.table import Table

    Labels = Callable[[Table], tuple[str, ...]]
    View = Callable[[Table], Table]
    # Maps a table, its training rows and its test rows to the predictions of both.
    Predictor = Callable[[Table, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

UNREAD = "?"  # the group of rows that a grouping can't read
NONE = "none"  # asks for no domain


@dataclass(frozen=True)
class Baseline:
    """What a model of this field must beat.

    Attributes
    ----------
    name, title : str
    asks : str
        The question that it answers, for the report.
    predict : callable
    without_descriptors : bool
        It knows the rows' labels alone, so that what it lacks is what descriptors add.
    """

    name: str
    title: str
    asks: str
    predict: Predictor
    without_descriptors: bool = False


@dataclass(frozen=True)
class Dataset:
    """A published table: its file, where it is downloaded from, and its hash.

    Attributes
    ----------
    name : str
        As in ``clusteract data list``.
    file : str
        File name, without folders.
    folder : str
        Folder below `base` that holds it.
    sha256 : str
        The only content that goes by this name.
    about : str
        Rows, columns and what they are.
    base : str
        Address of the pinned source.
    """

    name: str
    file: str
    folder: str
    sha256: str
    about: str
    base: str

    @property
    def url(self) -> str:
        """Address of the file."""
        return f"{self.base}/{self.folder}/{self.file}"


@dataclass(frozen=True)
class Verb:
    """A verb that a domain adds to the command line: the module of its command, a line of help."""

    module: str
    help: str


@dataclass(frozen=True)
class Domain:
    """What a field knows of its tables; this one knows nothing, and every table works with it.

    A domain of your own is an instance with some of these fields, registered as an entry point
    ``clusteract.domains``.

    Attributes
    ----------
    name : str
    row : str
        What a row is called.
    recognises : callable
        Names of rows -> whether they are of this domain.
    canonical : callable
        A column's name -> the usual spelling.
    is_descriptor, is_target : callable
        A column's name -> whether it is one of the domain's descriptors, or reads like a target.
    is_count : callable
        A column's name -> whether it only counts what a row is made of: `never_seen` judges that,
        not the range.
    level, levels : callable, mapping
        A descriptor's name -> its level, or None; levels by number, in words.
    unit : callable
        A quantity's name -> its unit, or "".
    views : mapping of str to callable
        What a recipe may see of a table: ``made`` (all that can be made), ``composition`` and so
        on.
    complete : callable
        (table, columns) -> the table with those of the columns that it lacks and that can be made.
    can_be_made : callable
        A column's name -> whether `complete` makes it.
    groupings : mapping of str to callable
        Table -> a label per row, to leave out one group after the other; the first is the main
        one. A label such as ``Fe-V`` belongs to both groups.
    orderings : mapping of str to callable
        Table -> a number per row: the fifth of the largest can be left out.
    baselines : tuple of Baseline
    never_seen : callable or None
        Training table -> a function from a table to the reasons, row by row, why it holds what no
        training row holds.
    identity : callable
        (table) -> what makes a row the same as another one, (n_rows,).
    audit : str
        The module that registers the domain's rules.
    datasets : mapping of str to Dataset
    default_dataset : str
    simulate : callable or None
        Makes the table that is called ``synthetic``.
    verbs : mapping of str to Verb
    """

    name: str = ""
    row: str = "row"
    recognises: Callable[[Sequence[str]], bool] = lambda names: False
    canonical: Callable[[str], str] = lambda column: column
    is_descriptor: Callable[[str], bool] = lambda column: False
    is_target: Callable[[str], bool] = lambda column: False
    is_count: Callable[[str], bool] = lambda column: False
    level: Callable[[str], int | None] = lambda column: None
    levels: Mapping[int, str] = field(default_factory=dict)
    unit: Callable[[str], str] = lambda quantity: ""
    views: Mapping[str, View] = field(default_factory=dict)
    complete: Callable[[Table, Sequence[str]], Table] = lambda table, columns: table
    can_be_made: Callable[[str], bool] = lambda column: False
    groupings: Mapping[str, Labels] = field(default_factory=dict)
    orderings: Mapping[str, Callable[[Table], np.ndarray]] = field(default_factory=dict)
    baselines: tuple[Baseline, ...] = ()
    never_seen: Callable[[Table], Callable[[Table], list[tuple[str, ...]]]] | None = None
    identity: Callable[[Table], Sequence[Any]] = lambda table: table.names
    audit: str = ""
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    default_dataset: str = ""
    simulate: Callable[[], Table] | None = None
    verbs: Mapping[str, Verb] = field(default_factory=dict)

    @property
    def rows(self) -> str:
        """What rows are called."""
        return f"{self.row}s"


ANY = Domain()
_BUILT_IN = {"clusters": "clusteract.chemistry.domain:CLUSTERS"}


@cache
def all_domains() -> dict[str, Domain]:
    """Return the domains that are built in, and those that other packages bring."""
    domains = {}
    for name, place in _BUILT_IN.items():
        module, _, attribute = place.partition(":")
        domains[name] = getattr(importlib.import_module(module), attribute)
    for entry in entry_points(group="clusteract.domains"):
        domains[entry.name] = entry.load()
    return domains


def register_domain(domain: Domain) -> Domain:
    """Add a domain to those that this process knows; a package brings its own by entry point."""
    all_domains()[domain.name] = domain
    return domain


def find_domain(name: str) -> Domain:
    """Return a domain by name; ``none`` is the one that knows nothing.

    Raises
    ------
    InputError
        With close matches, where there is none of that name.

    Examples
    --------
    >>> find_domain("clusters").row, find_domain("none").row
    ('cluster', 'row')
    """
    if name in ("", NONE):
        return ANY
    if name not in all_domains():
        raise InputError(f"no domain {name!r}; {close_matches(name, (*all_domains(), NONE))}")
    return all_domains()[name]


def detect_domain(names: Sequence[str]) -> Domain:
    """Return the first domain that recognises the names of rows, or the one that knows nothing."""
    return next((d for d in all_domains().values() if d.recognises(names)), ANY)
