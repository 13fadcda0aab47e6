"""Replies that were paid for, in SQLite: a pass that runs again asks nothing twice.

A reply is found by what it depends on: the model's names, the prompt, the sampling, the question, the truth and the
answer. A changed prompt, or another model behind the same name, finds nothing.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sarbench.errors import InputError
from sarbench.judge.prompt import JudgePrompt, Question
from sarbench.runs.environment import now

_TABLES = (
    "CREATE TABLE IF NOT EXISTS models (base_url TEXT, requested TEXT, reported TEXT, PRIMARY KEY (base_url, "
    "requested))",
    "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL, model TEXT NOT NULL, requested "
    "TEXT NOT NULL, prompt_id TEXT NOT NULL, prompt_sha256 TEXT NOT NULL, sampling TEXT NOT NULL, question TEXT NOT "
    "NULL, truths TEXT NOT NULL, answer TEXT NOT NULL, asked TEXT NOT NULL)",
)


class Asker:
    """What the replies of one pass have in common."""

    def __init__(self, requested: str, prompt: JudgePrompt, sampling: str) -> None:
        """Take the name that the model is asked by, the prompt, and the sampling parameters as JSON."""
        self.requested, self.prompt, self.sampling = requested, prompt, sampling

    def key(self, model: str, question: Question) -> str:
        """Return the SHA-256 of everything that a reply of `model` (the reported name) depends on."""
        parts = (model, self.requested, self.prompt.version, self.prompt.sha256, self.sampling, *question)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Cache:
    """Replies on disk; every one is safe as soon as it is put there. For one thread."""

    def __init__(self, path: Path) -> None:
        """Open the cache, which is made where there is none.

        Raises:
            InputError: The file is no such cache, or cannot be written.
        """
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._named():
            self._base = sqlite3.connect(path, timeout=60, isolation_level=None)
            self._base.execute("PRAGMA journal_mode=WAL")
            for table in _TABLES:
                self._base.execute(table)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def model(self, base_url: str, requested: str) -> str | None:
        """Return the name that the server last reported for a requested one."""
        with self._named():
            found = self._base.execute(
                "SELECT reported FROM models WHERE base_url = ? AND requested = ?", (base_url, requested)
            ).fetchone()
        return None if found is None else str(found[0])

    def remember_model(self, base_url: str, requested: str, reported: str) -> None:
        """Keep the name that the server reports for a requested one."""
        with self._named():
            self._base.execute("INSERT OR REPLACE INTO models VALUES (?, ?, ?)", (base_url, requested, reported))

    def get(self, key: str) -> str | None:
        """Return a reply."""
        with self._named():
            found = self._base.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])

    def put(self, asker: Asker, model: str, question: Question, reply: str) -> None:
        """Keep a reply of `model`, the reported name."""
        asked = now()
        who = (model, asker.requested, asker.prompt.id, asker.prompt.sha256, asker.sampling)
        what = (question.text, json.dumps(question.truths, ensure_ascii=False), question.answer)
        with self._named():
            self._base.execute(
                "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (asker.key(model, question), reply, *who, *what, asked),
            )

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            fix = "Check the free space and its permissions; if it is broken, delete it or give another --cache"
            raise InputError(where=self.path, problem=f"cannot be used as cache ({error})", fix=fix) from error
