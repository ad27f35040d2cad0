"""RunStore: the answer of every finished job of a run in SQLite, under a hash of its content."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from clusteract.errors import ClusteractError, InputError
from clusteract.runs.progress import Say, ignore

SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    key TEXT PRIMARY KEY, label TEXT NOT NULL, fold INTEGER NOT NULL,
    value TEXT NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    name TEXT PRIMARY KEY, value TEXT NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
"""


def _drop_everything(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        db.execute(f'DROP TABLE "{name}"')


class StoreInUse(InputError):
    """Another process works on the same run."""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class RunStore:
    """The store that a run resumes from.

    Values are JSON with a checksum; a value whose checksum fails is dropped and computed again.
    A file that is no sound database is moved aside and said so, never trusted; the store of another
    version is refused.

    Parameters
    ----------
    path : Path
    say : callable, optional
        Gets one line of text where something was found damaged.
    fresh : bool
        Forget what is in it, whatever version it is of.

    Raises
    ------
    StoreInUse
        Where another process holds the store.
    InputError
        Where an earlier or later version has made it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, RunStore(Path(folder, "run.sqlite")) as s:
    ...     s.put("a1", {"r": 0.5}, label="rfr-rfe", fold=1)
    ...     s.get("a1"), s.get("b2")
    ({'r': 0.5}, None)
    """

    def __init__(self, path: Path, say: Say = ignore, *, fresh: bool = False) -> None:
        self.path = Path(path)
        self._say, self._fresh = say, fresh
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
            if self._fresh:
                _drop_everything(db)
            elif version not in (0, SCHEMA_VERSION):
                raise InputError(
                    f"{self.path.parent}: this run was made by another version of clusteract (its "
                    f"store has schema {version}, not {SCHEMA_VERSION}); give another --out, or "
                    "start it anew with --fresh"
                )
            db.executescript(_SCHEMA)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except (sqlite3.Error, InputError):
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
        """Return what is kept under a key, or None where there is nothing (or a damaged entry)."""
        return self._read("SELECT value, sha256 FROM jobs WHERE key = ?", key)

    def put(self, key: str, value: Any, *, label: str, fold: int) -> None:
        """Keep an answer (anything that JSON can carry; floats return bit for bit)."""
        text = json.dumps(value)
        self._write(
            "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?)",
            (key, label, fold, text, _hash(text)),
        )

    def get_document(self, name: str) -> Any:
        """Return a named document, such as the study's result, or None."""
        return self._read("SELECT value, sha256 FROM documents WHERE name = ?", name)

    def put_document(self, name: str, value: Any) -> None:
        """Keep a named document."""
        text = json.dumps(value)
        self._write("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (name, text, _hash(text)))

    def __len__(self) -> int:
        """Count the jobs."""
        return int(self._db.execute("SELECT count(*) FROM jobs").fetchone()[0])

    def close(self) -> None:
        """Write everything out and release the file."""
        self._db.close()
