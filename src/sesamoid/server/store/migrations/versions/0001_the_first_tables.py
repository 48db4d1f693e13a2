"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from sesamoid.server.store.columns import Moment
from sesamoid.server.store.triggers import append_only, drop_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INDEXES = {
    "audit": ("action", "at"),
    "attempt": ("account_id", "exercise"),
    "person": ("account_id",),
    "exam": ("account_id", "person_id", "started_at", "status"),
    "picture": ("exam_id",),
    "finding": ("picture_id",),
    "decision": ("account_id", "finding_id"),
}
TABLES = (
    "account",
    "audit",
    "attempt",
    "person",
    "web_session",
    "exam",
    "picture",
    "finding",
    "decision",
)


def upgrade() -> None:
    """To this revision."""
    _people_who_log_in()
    _exams()
    _findings()
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])
    append_only("audit", delete=True)
    # An exam may be deleted, and its decisions with it; none of them may be changed.
    append_only("decision", delete=False)


def downgrade() -> None:
    """Back to nothing."""
    drop_append_only("decision")
    drop_append_only("audit")
    for table in reversed(TABLES):
        op.drop_table(table)


def _text(name: str, length: int | None = None, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=null)


def _of(name: str, kind: Any, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def _table(name: str, *parts: Any, key: str = "id") -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(key, name=f"pk_{name}"))


def _key(table: str, column: str, other: str, *, cascade: bool = False) -> Any:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{other}.id"],
        name=f"fk_{table}_{column}_{other}",
        ondelete="CASCADE" if cascade else None,
    )


def _people_who_log_in() -> None:
    _table(
        "account",
        _of("id", sa.Integer()),
        _text("name", 64),
        _text("password_hash", 255),
        _of("roles", sa.JSON()),
        _of("created_at", Moment()),
        _of("disabled", sa.Boolean()),
        sa.UniqueConstraint("name", name="uq_account_name"),
    )
    _table(
        "web_session",
        _text("token_hash", 64),
        _of("account_id", sa.Integer()),
        _of("created_at", Moment()),
        _of("seen_at", Moment()),
        _of("expires_at", Moment()),
        _text("csrf_token", 64),
        _key("web_session", "account_id", "account", cascade=True),
        key="token_hash",
    )
    _table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _of("at", Moment()),
        _text("account", 64),
        _text("action", 64),
        _text("object", 255),
        _of("detail", sa.JSON()),
        _text("address", 64),
        _text("previous_hash", 64),
        _text("hash", 64),
        sa.UniqueConstraint("hash", name="uq_audit_hash"),
    )
    _table(
        "attempt",
        _of("id", sa.Integer()),
        _of("account_id", sa.Integer()),
        _text("exercise", 64),
        _text("subject", 120),
        _of("seed", sa.Integer(), null=True),
        _of("started_at", Moment()),
        _of("ended_at", Moment(), null=True),
        _of("score", sa.Double(), null=True),
        _of("hints", sa.Integer()),
        _of("seconds", sa.Double(), null=True),
        _of("detail", sa.JSON()),
        _key("attempt", "account_id", "account"),
    )


def _exams() -> None:
    _table(
        "person",
        _of("id", sa.Integer()),
        _of("account_id", sa.Integer()),
        _text("label", 120),
        _of("virtual", sa.Boolean()),
        _of("seed", sa.Integer(), null=True),
        _text("side", 5, null=True),
        _text("note"),
        _of("created_at", Moment()),
        _key("person", "account_id", "account"),
    )
    _table(
        "exam",
        _text("id", 36),
        _of("person_id", sa.Integer()),
        _of("account_id", sa.Integer()),
        _text("application", 64),
        _text("protocol", 64),
        _text("protocol_version", 32),
        _text("source", 255),
        _text("origin", 16),
        _text("side", 5, null=True),
        _of("assistant_on", sa.Boolean()),
        _of("started_at", Moment()),
        _of("ended_at", Moment(), null=True),
        _text("status", 16),
        _text("folder", 255),
        _text("note"),
        _text("model_name", 120),
        _text("model_version", 64),
        _of("model", sa.JSON()),
        _key("exam", "person_id", "person"),
        _key("exam", "account_id", "account"),
    )
    _table(
        "picture",
        _of("id", sa.Integer()),
        _text("exam_id", 36),
        _text("plane", 64),
        _of("number", sa.Integer()),
        _text("file", 255),
        _text("sha256", 64),
        _text("source", 512, null=True),
        _of("frame", sa.Integer()),
        _of("rows", sa.Integer()),
        _of("columns", sa.Integer()),
        _of("time_s", sa.Double(), null=True),
        _text("letter", 1),
        _of("score", sa.Double()),
        _of("sub_scores", sa.JSON()),
        _of("reasons", sa.JSON()),
        _text("rule", 255),
        _text("kept_by", 16),
        _text("kept_because"),
        _of("current", sa.Boolean()),
        _of("spacing_mm", sa.JSON(), null=True),
        _text("labels", 255, null=True),
        _of("label_names", sa.JSON()),
        _of("annotations", sa.JSON()),
        _of("notes", sa.JSON()),
        _key("picture", "exam_id", "exam", cascade=True),
        sa.UniqueConstraint("exam_id", "number", name="uq_picture_exam_id"),
    )


def _findings() -> None:
    _table(
        "finding",
        _of("id", sa.Integer()),
        _of("picture_id", sa.Integer()),
        _text("key", 160),
        _text("kind", 16),
        _text("name", 160),
        _of("value", sa.Double(), null=True),
        _text("unit", 32, null=True),
        _text("method"),
        _of("payload", sa.JSON()),
        _text("model", 160),
        _of("confidence", sa.Double(), null=True),
        _text("status", 16),
        _key("finding", "picture_id", "picture", cascade=True),
        sa.UniqueConstraint("picture_id", "key", name="uq_finding_picture_id"),
    )
    _table(
        "decision",
        _of("id", sa.Integer()),
        _of("finding_id", sa.Integer()),
        _of("account_id", sa.Integer()),
        _of("at", Moment()),
        _text("verdict", 16),
        _of("before", sa.JSON()),
        _of("after", sa.JSON()),
        _text("comment"),
        _key("decision", "finding_id", "finding", cascade=True),
        _key("decision", "account_id", "account"),
    )
