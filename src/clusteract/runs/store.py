"""RunStore: every finished piece of a run in SQLite, under a hash of its content."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clusteract.errors import ClusteractError, InputError

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pieces (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, recipe TEXT NOT NULL, fold INTEGER NOT NULL,
    value TEXT NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    name TEXT PRIMARY KEY, value TEXT NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
"""


class StoreInUse(InputError):
    """Another process works on the same run."""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class RunStore:
    """The store that a run resumes from.

    Values are JSON with a checksum; a value whose checksum fails is dropped and computed again.
    A file that is no sound database is moved aside and said so, never trusted.

    Parameters
    ----------
    path : Path
    say : callable, optional
        Gets one line of text where something was found damaged.

    Raises
    ------
    StoreInUse
        Where another process holds the store.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, RunStore(Path(folder, "run.sqlite")) as s:
    ...     s.put("a1", {"r": 0.5}, kind="search", recipe="rfr-rfe", fold=1)
    ...     s.get("a1"), s.get("b2")
    ({'r': 0.5}, None)
    """

    def __init__(self, path: Path, say: Callable[[str], None] | None = None) -> None:
        self.path = Path(path)
        self._say = say or (lambda text: None)
        self._db = self._open()

    def __enter__(self) -> RunStore:
        """Return the open store."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the store, whatever happened."""
        self.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError as error:
            raise self._explain(error) from error
        except sqlite3.DatabaseError as error:
            self._quarantine(str(error))
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=0.5, isolation_level=None)
        try:
            # Exclusive locking refuses a second process; the lock ends with the process, however
            # that ends.
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("BEGIN EXCLUSIVE")
            db.execute("COMMIT")
            (verdict,) = db.execute("PRAGMA quick_check").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
            if version not in (0, SCHEMA_VERSION):
                raise sqlite3.DatabaseError(f"schema version {version}, not {SCHEMA_VERSION}")
            db.executescript(_SCHEMA)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _quarantine(self, reason: str) -> None:
        n = 1
        while (aside := self.path.with_name(f"{self.path.name}.damaged-{n}")).exists():
            n += 1
        self.path.rename(aside)
        for suffix in ("-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self._say(
            f"{self.path.name} is damaged ({reason}); moved to {aside.name}; "
            "its results are computed anew"
        )

    def _explain(self, error: sqlite3.Error) -> ClusteractError:
        text = str(error)
        if "locked" in text or "busy" in text:
            return StoreInUse(
                f"{self.path.parent}: another process works on this run; wait for it, or give "
                "another --out"
            )
        if "full" in text:
            return ClusteractError(
                f"{self.path.parent}: the disk is full; what was finished is kept: free some "
                "space and run the same command again"
            )
        return ClusteractError(f"{self.path}: cannot be used ({text}); check its folder's rights")

    def _read(self, query: str, key: str) -> Any:
        row = self._db.execute(query, (key,)).fetchone()
        if row is None:
            return None
        value, checksum = row
        if _hash(value) != checksum:
            self._say(f"{self.path.name}: entry {key[:12]} is damaged; it is computed anew")
            return None
        return json.loads(value)

    def _write(self, statement: str, values: tuple) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise self._explain(error) from error

    def get(self, key: str) -> Any:
        """Return a piece's value, or None where there is none (or a damaged one)."""
        return self._read("SELECT value, sha256 FROM pieces WHERE key = ?", key)

    def put(self, key: str, value: Any, *, kind: str, recipe: str, fold: int) -> None:
        """Keep a piece's value (anything that JSON can carry; floats return bit for bit)."""
        text = json.dumps(value)
        self._write(
            "INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?, ?, ?)",
            (key, kind, recipe, fold, text, _hash(text)),
        )

    def get_document(self, name: str) -> Any:
        """Return a named document, such as the study's result, or None."""
        return self._read("SELECT value, sha256 FROM documents WHERE name = ?", name)

    def put_document(self, name: str, value: Any) -> None:
        """Keep a named document."""
        text = json.dumps(value)
        self._write("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (name, text, _hash(text)))

    def __len__(self) -> int:
        """Count the pieces."""
        return int(self._db.execute("SELECT count(*) FROM pieces").fetchone()[0])

    def clear(self) -> None:
        """Forget everything (``--fresh``)."""
        self._write("DELETE FROM pieces", ())
        self._write("DELETE FROM documents", ())

    def close(self) -> None:
        """Write everything out and release the file."""
        self._db.close()
