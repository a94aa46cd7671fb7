"""The tables as this version's queries see them. `migrations.py` makes them; a test compares the two.

The search index is no such table: `finding/index.py` alone reads and writes it.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Integer, MetaData, String, Table, Text

metadata = MetaData()

job = Table(
    "job",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False),
    # One click: its token, and which of its takes this is.
    Column("token", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    # The order. JSON columns hold text as json.dumps wrote it, so key order and every character come back.
    Column("owner", String, nullable=False),
    Column("model", String, nullable=False),
    Column("model_name", String, nullable=False),
    Column("body", JSON, nullable=False),
    Column("defaults", JSON, nullable=False),
    Column("destination", String, nullable=False),
    Column("base_url", String, nullable=False),
    Column("path", String, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("seconds", Integer),
    Column("aspect_ratio", String),
    Column("parent", String),
    # What became of it.
    Column("state", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("sent", Float),
    Column("followed_since", Float),
    Column("started", Float),
    Column("ready", Float),
    Column("ended", Float),
    Column("remote_id", String),
    Column("tries", Integer, nullable=False),
    # Schedule, retry and lease in one: claiming moves it into the future. None: nobody follows the take.
    Column("next_at", Float),
    Column("lease_by", String),
    Column("problem", String),
    Column("detail", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("video_url", Text),
    Column("video", JSON(none_as_null=True)),
    Column("credits_used", Float),
    Column("usd_spent", Float),
    # Whether a person gave the remote id and no answer has borne it out. None: no.
    Column("pasted", Boolean),
    # The storyboard as it was planned, and the thumbs for its shots. None: there are none.
    Column("board", JSON(none_as_null=True)),
    Column("verdicts", JSON(none_as_null=True)),
    # The document that the request was made from, and what was said about its price.
    Column("document", String),
    Column("estimate", JSON(none_as_null=True)),
    # How it comes from its parent, and who makes its model.
    Column("kin", String),
    Column("maker", String),
    # What people make of it: a name, a note, a star, a project, the bin.
    Column("title", Text),
    Column("note", Text),
    Column("starred", Boolean),
    Column("project", String),
    Column("binned", Float),
    # Bytes of its files. None: it has none.
    Column("size", Integer),
)

rank = Table(
    "rank",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("seconds", Integer, nullable=False),
    Column("cents", Integer, nullable=False),
)
"""What takes are ordered by: whole seconds and US cents; -1 where a take has none."""

tally = Table(
    "tally",
    metadata,
    Column("bin", Boolean, primary_key=True),
    # A token of `finding/index.py`, and in words what it stands for.
    Column("token", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("count", Integer, nullable=False),
)
"""How many takes there are of each value that History can be narrowed to, in the bin and outside of it: counted as
takes change, since counting anew would read them all."""

search_state = Table(
    "search_state",
    metadata,
    Column("version", Integer, nullable=False),
)
"""One row: by which version of `finding/index.py` the search index was written."""

revision = Table("revision", metadata, Column("value", Integer, nullable=False))
"""One row: how often something changed that a page could show."""

draft = Table(
    "draft",
    metadata,
    Column("owner", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("saved", Float, nullable=False),
    # Counts the changes: who saves over another number than they read has not seen what they replace.
    Column("number", Integer),
)

earlier_draft = Table(
    "earlier_draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("key", String, nullable=False),
    Column("value", JSON, nullable=False),
    Column("replaced", Float, nullable=False),
    # Why it was replaced, one word of `drafts.Replaced`.
    Column("why", String, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("digest", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

board = Table(
    "board",
    metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("saved", Float, nullable=False),
    Column("shots", Integer, nullable=False),
    Column("seconds", Integer, nullable=False),
    # Last: a list of boards is read without it.
    Column("value", JSON, nullable=False),
)

migration = Table(
    "migration",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("name", String, nullable=False),
)
