"""Which columns of a sheet are the names, the target, the groups and the descriptors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clusteract.errors import InputError, close_matches
from clusteract.table.cells import is_number
from clusteract.table.domain import ANY, Domain
from clusteract.table.kinds import CATEGORY, NUMBERS, TEXT, Kind, kind_of
from clusteract.table.names import find_names, is_row_number
from clusteract.table.sheet import Sheet, column_letters, is_blank, shown

_TARGET_LIKE = re.compile(
    r"(y|targets?|response|outcome|output|property|yield)([ _([].*)?|.*(?<![a-z])target.*"
    r"|(.*[^a-z])?(lg|log|log10|ln)[ _(].*|p(IC50|EC50|K[adi])",
    re.IGNORECASE,
)
_LISTED = 12  # columns that a message lists


@dataclass(frozen=True)
class Columns:
    """Positions, from 0, of the columns that make a table, and what was decided for the user."""

    names: tuple[int, ...]
    target: int | None
    descriptors: tuple[int, ...]
    groups: tuple[int, ...] = ()
    categories: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


class UnknownColumn(InputError):
    """A column that was asked for is not among those of the sheet."""

    def __init__(self, message: str, column: str, columns: list[str]) -> None:
        super().__init__(message)
        self.column, self.columns = column, columns


def choose_columns(
    sheet: Sheet,
    *,
    names: tuple[int, ...] | None = None,
    target: str | None = None,
    descriptors: str | Sequence[str] | None = None,
    groups: str | None = None,
    require_target: bool = True,
    domain: Domain = ANY,
) -> Columns:
    """Choose by name where names are given, else by what columns are called and hold.

    Parameters
    ----------
    sheet : Sheet
    names : tuple of int, optional
        Where the names of rows stand; found by default (`names.find_names`).
    target : str, optional
        By default the only column that is called like one; in tables of a domain the second.
    descriptors : str or sequence of str, optional
        Names, ranges such as ``"first:last"``, or several of them with commas between. By default
        every other column that is numbers or a category.
    groups : str, optional
        A column, or several with commas between, whose values together name each row's group.
    require_target : bool
        False for tables to predict: there the target may be absent.
    domain : Domain
        What is known of columns of such tables.

    Raises
    ------
    InputError
        Naming the file, the column that is wrong, and its close matches.
    """
    check_header(sheet)
    named = find_names(sheet)[0] if names is None else names
    grouped = _find_groups(sheet, groups, domain)
    taken = {*named, *grouped, *(j for j in sheet.filled_columns[:1] if is_row_number(sheet, j))}
    rest = [j for j in sheet.filled_columns if j not in taken]
    chosen = None if descriptors is None else _find_all(sheet, descriptors, domain)
    target_at = _find_target(sheet, target, rest, chosen, require_target, domain)
    kept = [j for j in rest if j != target_at] if chosen is None else list(chosen)
    kinds = {j: kind_of(sheet, j) for j in kept}
    remarks: list[str] = []
    if chosen is None:
        kept, remarks = _usable(sheet, kept, kinds)
    columns = Columns(
        named,
        target_at,
        tuple(kept),
        grouped,
        {j: kinds[j].values for j in kept if kinds[j].kind == CATEGORY},
        tuple(remarks),
    )
    _check_roles(sheet, columns, domain)
    _check_texts(sheet, kept, kinds)
    return columns


def _usable(
    sheet: Sheet, columns: list[int], kinds: Mapping[int, Kind]
) -> tuple[list[int], list[str]]:
    """Return the columns that can be descriptors, and remarks on the others and on categories."""
    remarks = []
    for j in columns:
        header, kind = shown(sheet.title(j)), kinds[j]
        if kind.kind == TEXT:
            remarks.append(
                f"column {header} is text with {len(kind.values)} different values: left out"
            )
        elif kind.kind == CATEGORY:
            remarks.append(f"column {header} is a category of {len(kind.values)} values")
    return [j for j in columns if kinds[j].kind != TEXT], remarks


def _check_texts(sheet: Sheet, columns: list[int], kinds: Mapping[int, Kind]) -> None:
    for j in columns:
        if kinds[j].kind == TEXT:
            raise InputError(
                f"{sheet.at(column=j)} is text with {len(kinds[j].values)} different values, such "
                f"as {shown(kinds[j].values[0])}: no numbers and no category; leave it out of the "
                "descriptors"
            )


def find_column(sheet: Sheet, wanted: str, role: str, domain: Domain = ANY) -> int:
    """Return the position of a column by its name, in any spelling that the domain knows."""
    found = _positions(sheet, wanted, domain)
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(_duplicated(sheet, found))
    titles = [sheet.title(j) for j in sheet.filled_columns]
    hint = close_matches(wanted, titles)
    message = f"{sheet.at()}: no column {shown(wanted)} for the {role}; {hint}"
    raise UnknownColumn(message, wanted, titles)


def _positions(sheet: Sheet, wanted: str, domain: Domain) -> list[int]:
    titles = {j: sheet.title(j) for j in sheet.filled_columns}
    exact = [j for j, title in titles.items() if title == wanted.strip()]
    if exact:
        return exact
    name = domain.canonical(wanted.strip())
    return [j for j, title in titles.items() if domain.canonical(title) == name]


def find_all_names(sheet: Sheet, wanted: str) -> tuple[int, ...]:
    """Return the columns that together name rows: one, or several with commas between."""
    return _find_several(sheet, wanted, "names", ANY)


def _find_groups(sheet: Sheet, groups: str | None, domain: Domain) -> tuple[int, ...]:
    return () if groups is None else _find_several(sheet, groups, "groups", domain)


def _find_several(sheet: Sheet, wanted: str, role: str, domain: Domain) -> tuple[int, ...]:
    whole = bool(_positions(sheet, wanted, domain))  # a column whose name holds a comma
    names = [wanted] if whole else [part.strip() for part in wanted.split(",")]
    return tuple(find_column(sheet, name, role, domain) for name in names if name)


def check_header(sheet: Sheet) -> None:
    """Refuse a sheet whose first row holds numbers."""
    header = sheet.rows[sheet.header_index]
    numbers = [c for c in header[1:] if is_number(c)]
    if 2 * len(numbers) > len(header[1:]) or (len(header) == 1 and is_number(header[0])):
        first = numbers[0] if numbers else header[0]
        raise InputError(
            f"{sheet.at()}: row {sheet.header_index + 1} holds numbers ({shown(first)}) where "
            "column names are expected; add a header row, or choose another sheet"
        )


def _find_all(sheet: Sheet, wanted: str | Sequence[str], domain: Domain) -> tuple[int, ...]:
    """Return the positions of names and ranges, in the order asked for."""
    if isinstance(wanted, str):
        wanted = [wanted] if _positions(sheet, wanted, domain) else _parts(sheet, wanted, domain)
    found = [j for item in wanted if item.strip() for j in _find_item(sheet, item.strip(), domain)]
    if not found:
        raise InputError(f"{sheet.at()}: no descriptor asked for; name columns or a range 'A:B'")
    repeated = [j for i, j in enumerate(found) if j in found[:i]]
    if repeated:
        raise InputError(f"{sheet.at(column=repeated[0])} is asked for twice; name it once")
    return tuple(found)


def _parts(sheet: Sheet, wanted: str, domain: Domain) -> list[str]:
    """Split at commas, but not within the name of a column that holds some."""
    parts: list[str] = []
    left = wanted.split(",")
    while left:
        sizes = [
            n for n in range(len(left), 1, -1) if _ends_exist(sheet, ",".join(left[:n]), domain)
        ]
        size = sizes[0] if sizes else 1
        parts.append(",".join(left[:size]))
        left = left[size:]
    return parts


def _ends_exist(sheet: Sheet, item: str, domain: Domain) -> bool:
    if _positions(sheet, item, domain):
        return True
    ends = item.split(":", 1)
    return len(ends) == 2 and all(_positions(sheet, end, domain) for end in ends)


def _find_item(sheet: Sheet, item: str, domain: Domain) -> list[int]:
    if _positions(sheet, item, domain) or ":" not in item:
        return [find_column(sheet, item, "descriptors", domain)]
    first, last = (find_column(sheet, end, "descriptors", domain) for end in item.split(":", 1))
    if first > last:
        raise InputError(
            f"{sheet.at()}: the range {shown(item)} runs backwards; "
            f"write {shown(':'.join(item.split(':', 1)[::-1]))}"
        )
    return [j for j in sheet.filled_columns if first <= j <= last]


def _find_target(
    sheet: Sheet,
    target: str | None,
    rest: list[int],
    chosen: tuple[int, ...] | None,
    require_target: bool,
    domain: Domain,
) -> int | None:
    if target is not None and (require_target or _positions(sheet, target, domain)):
        return find_column(sheet, target, "target", domain)
    if target is not None:
        return None
    free = [j for j in rest if j not in (chosen or ())]
    likely = [j for j in free if _looks_like_target(sheet, j, domain)]
    if len(likely) == 1:
        return likely[0]
    if not require_target:
        return None
    second = rest[0] if rest and not likely and domain is not ANY else None
    if second is None:
        raise InputError(_which_target(sheet, likely or rest))
    if second in (chosen or ()):
        raise InputError(
            f"{sheet.at(column=second)} would be the target, but is among the descriptors; "
            "name the target, or leave that column out of the descriptors"
        )
    if domain.is_descriptor(sheet.title(second)):
        raise InputError(
            f"{sheet.at(column=second)} would be the target, but is a descriptor by its name; "
            "put the target second, or name its column (--target)"
        )
    return second


def _looks_like_target(sheet: Sheet, column: int, domain: Domain) -> bool:
    title = sheet.title(column)
    if domain.is_descriptor(title):
        return False
    named = domain.is_target(title) or bool(_TARGET_LIKE.fullmatch(title))
    return named and kind_of(sheet, column).kind == NUMBERS


def _which_target(sheet: Sheet, columns: list[int]) -> str:
    numbers = [j for j in columns if kind_of(sheet, j).kind == NUMBERS]
    titles = [sheet.title(j) for j in numbers]
    if not numbers:
        titles = [sheet.title(j) for j in columns]
        return (
            f"{sheet.at()}: no numeric column (columns: {', '.join(titles[:_LISTED])}); expected "
            "numbers below a header: choose another sheet or other columns"
        )
    more = f" and {len(titles) - _LISTED} more" if len(titles) > _LISTED else ""
    return (
        f"{sheet.at()}: which column is the target? Name it (--target); the columns are "
        f"{', '.join(titles[:_LISTED])}{more}"
    )


def _check_roles(sheet: Sheet, columns: Columns, domain: Domain) -> None:
    roles = [("target", columns.target)]
    roles += [("column of names", j) for j in columns.names]
    for role, column in roles:
        if column is not None and column in columns.descriptors:
            raise InputError(
                f"{sheet.at(column=column)} is the {role} and among the descriptors; "
                "leave it out of the descriptors"
            )
    if columns.target is not None and columns.target in columns.names:
        raise InputError(
            f"{sheet.at(column=columns.target)} is both names and target; name another"
        )
    if not columns.descriptors:
        raise InputError(
            f"{sheet.at()}: no descriptor column beside names and target (columns: "
            f"{', '.join(sheet.title(j) for j in sheet.filled_columns)}); add descriptors, or "
            "choose another sheet"
        )
    used = [columns.target, *columns.descriptors]
    names = [None if j is None else domain.canonical(sheet.title(j)) for j in used]
    for position, name in enumerate(names):
        if name is not None and name in names[:position]:
            raise InputError(_duplicated(sheet, [used[names.index(name)], used[position]]))


def _duplicated(sheet: Sheet, columns: Sequence[int | None]) -> str:
    where = " and ".join(
        f"{column_letters(j)} ({shown(sheet.header[j])})" for j in columns[:2] if j is not None
    )
    return (
        f"{sheet.at()}: columns {where} have the same name; rename or delete one, "
        "so that each descriptor stands once"
    )


def unnamed_remarks(sheet: Sheet) -> list[str]:
    """Say which columns without a name in the header go by their letter."""
    return [
        f"column {column_letters(j)} has no name in the header: it goes by its letter"
        for j in sheet.filled_columns[1:]
        if is_blank(sheet.header[j])
    ]
