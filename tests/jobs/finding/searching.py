"""A search over a few texts, in a real index in memory."""

import sqlite3

from components.jobs.finding.typed import EVERYTHING, typed
from components.jobs.finding.words import index_ids, index_words


class Index:
    """The table of the store, with takes of its own."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "create virtual table take_search using fts5(words, ids, facets, tokenize=\"ascii tokenchars '_'\","
            " prefix='1 2 3 4 5 6')"
        )

    def hold(self, *texts: str, ids: tuple[str, ...] = ()) -> None:
        """Holds one take and no other."""
        self._database.execute("delete from take_search")
        row = (index_words(*texts, *ids), index_ids(*ids))
        self._database.execute("insert into take_search (words, ids) values (?, ?)", row)

    def finds(self, query: str) -> bool:
        sought = typed(query)
        expression = f"({sought.match() or EVERYTHING})"
        if sought.without:
            expression += f" NOT ({sought.without})"
        rows = self._database.execute("select 1 from take_search where take_search match ?", (expression,))
        return bool(rows.fetchall())
