"""How the database came to its present shape: small numbered steps, each applied once, never changed after.

A new step goes to the end of MIGRATIONS. What a step makes is spelled out in it, so that it stays as it was
when `schema.py` moves on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
)

from components.jobs import schema

Migration = Callable[[Connection], None]


class NewerDatabase(Exception):
    """The database has steps that this version does not know."""


def m001_takes(connection: Connection) -> None:
    """Takes, and the revision that pages watch."""
    metadata = MetaData()
    job = Table(
        "job",
        metadata,
        # sqlite_autoincrement: a deleted take's number is never given out again, so links and cursors hold.
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("token", String, nullable=False),
        Column("ordinal", Integer, nullable=False),
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
        Column("state", String, nullable=False),
        Column("created", Float, nullable=False),
        Column("sent", Float),
        Column("followed_since", Float),
        Column("started", Float),
        Column("ready", Float),
        Column("ended", Float),
        Column("remote_id", String),
        Column("tries", Integer, nullable=False),
        Column("next_at", Float),
        Column("lease_by", String),
        Column("problem", String),
        Column("detail", Text, nullable=False),
        Column("raw", Text, nullable=False),
        Column("video_url", Text),
        Column("video", JSON),
        Column("credits_used", Float),
        Column("usd_spent", Float),
        UniqueConstraint("token", "ordinal", name="job_click"),
        sqlite_autoincrement=True,
    )
    followed = job.c.next_at.is_not(None)
    Index("job_followed", job.c.state, job.c.next_at, sqlite_where=followed, postgresql_where=followed)
    Index("job_owner", job.c.owner, job.c.seq)
    known = job.c.remote_id.is_not(None)
    Index("job_remote", job.c.remote_id, sqlite_where=known, postgresql_where=known)
    revision = Table("revision", metadata, Column("value", Integer, nullable=False))
    metadata.create_all(connection)
    connection.execute(insert(revision).values(value=0))


def m002_drafts(connection: Connection) -> None:
    """What people are typing."""
    draft = Table(
        "draft",
        MetaData(),
        Column("owner", String, primary_key=True),
        Column("key", String, primary_key=True),
        Column("value", JSON, nullable=False),
        Column("saved", Float, nullable=False),
    )
    draft.create(connection)


def m003_pasted_ids(connection: Connection) -> None:
    """Whether a person gave the remote id."""
    connection.execute(text("ALTER TABLE job ADD COLUMN pasted BOOLEAN"))


def m004_storyboards(connection: Connection) -> None:
    """The storyboard of a take and the thumbs for its shots; boards that people keep by name."""
    connection.execute(text("ALTER TABLE job ADD COLUMN board JSON"))
    connection.execute(text("ALTER TABLE job ADD COLUMN verdicts JSON"))
    board = Table(
        "board",
        MetaData(),
        Column("id", String, primary_key=True),
        Column("owner", String, nullable=False),
        Column("name", String, nullable=False),
        Column("saved", Float, nullable=False),
        Column("shots", Integer, nullable=False),
        Column("seconds", Integer, nullable=False),
        Column("value", JSON, nullable=False),
        UniqueConstraint("owner", "name", name="board_name"),
    )
    Index("board_newest", board.c.owner, board.c.saved, board.c.id)
    board.create(connection)


def m005_every_model(connection: Connection) -> None:
    """The document and the estimate of a take; drafts that were replaced, and who replaces unseen."""
    connection.execute(text("ALTER TABLE job ADD COLUMN document VARCHAR"))
    connection.execute(text("ALTER TABLE job ADD COLUMN estimate JSON"))
    connection.execute(text("ALTER TABLE draft ADD COLUMN number INTEGER"))
    metadata = MetaData()
    earlier = Table(
        "earlier_draft",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("owner", String, nullable=False),
        Column("key", String, nullable=False),
        Column("value", JSON, nullable=False),
        Column("replaced", Float, nullable=False),
        Column("why", String, nullable=False),
    )
    Index("earlier_draft_newest", earlier.c.owner, earlier.c.key, earlier.c.id)
    Table(
        "document",
        metadata,
        Column("digest", String, primary_key=True),
        Column("value", JSON, nullable=False),
    )
    metadata.create_all(connection)


def m006_history(connection: Connection) -> None:
    """What people make of takes, and what History finds them by."""
    for column in (
        "kin VARCHAR",
        "maker VARCHAR",
        "title TEXT",
        "note TEXT",
        "starred BOOLEAN",
        "project VARCHAR",
        "binned FLOAT",
        "size INTEGER",
    ):
        connection.execute(text(f"ALTER TABLE job ADD COLUMN {column}"))
    connection.execute(
        text(
            "UPDATE job SET size = json_extract(video, '$.size') WHERE typeof(video) = 'text' AND json_valid(video)"
        )
    )
    # With all that charts count, so that they read no take.
    connection.execute(
        text(
            "CREATE INDEX job_figures ON job "
            "(created, model, owner, state, destination, usd_spent, sent, ready, followed_since)"
        )
    )
    connection.execute(text("CREATE INDEX job_parent ON job (parent) WHERE parent IS NOT NULL"))
    connection.execute(text("CREATE INDEX job_binned ON job (binned) WHERE binned IS NOT NULL"))
    connection.execute(text("CREATE INDEX job_size ON job (size, seq) WHERE size IS NOT NULL"))
    connection.execute(text("CREATE INDEX job_made_now ON job (owner) WHERE next_at IS NOT NULL"))
    connection.execute(text("CREATE INDEX job_ended ON job (owner, ended) WHERE ended IS NOT NULL"))
    # How long the last takes of a model took.
    connection.execute(
        text("CREATE INDEX job_waits ON job (destination, model, seq) WHERE state = 'completed'")
    )
    # Columns hold tokens, not texts (`finding/words.py`): the tokenizer only parts them at spaces. The first
    # letters of a word are indexed of their own, so that a search as one types need not join every word of a letter.
    connection.execute(
        text(
            "CREATE VIRTUAL TABLE take_search USING fts5("
            "words, ids, facets, size UNINDEXED, tokenize=\"ascii tokenchars '_'\", prefix='1 2 3 4 5 6')"
        )
    )
    metadata = MetaData()
    # Narrow, so that many are read in little time.
    Table(
        "rank",
        metadata,
        Column("seq", Integer, primary_key=True),
        Column("seconds", Integer, nullable=False),
        Column("cents", Integer, nullable=False),
    )
    Table(
        "tally",
        metadata,
        Column("bin", Boolean, primary_key=True),
        Column("token", String, primary_key=True),
        Column("value", String, nullable=False),
        Column("count", Integer, nullable=False),
    )
    state = Table("search_state", metadata, Column("version", Integer, nullable=False))
    metadata.create_all(connection)
    connection.execute(insert(state).values(version=0))  # nothing is indexed yet


MIGRATIONS: tuple[Migration, ...] = (
    m001_takes,
    m002_drafts,
    m003_pasted_ids,
    m004_storyboards,
    m005_every_model,
    m006_history,
)


def migrate(connection: Connection, steps: Sequence[Migration] = MIGRATIONS) -> None:
    """Apply the steps that are missing. The caller holds one writing transaction around it.

    Raises NewerDatabase, having changed nothing, where the database has more steps than `steps`.
    """
    schema.migration.create(connection, checkfirst=True)
    applied = connection.execute(select(func.max(schema.migration.c.number))).scalar() or 0
    if applied > len(steps):
        raise NewerDatabase(f"step {applied} of {len(steps)}")
    for number, step in enumerate(steps[applied:], start=applied + 1):
        step(connection)
        connection.execute(insert(schema.migration).values(number=number, name=step.__name__))
