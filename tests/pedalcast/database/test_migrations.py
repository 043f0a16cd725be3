"""Migrations neither lock a table in use without need nor break the version that serves meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedalcast.database.schema_gate import MIGRATIONS
from tests.pedalcast.database.migration_lint import problems

COLUMN = "sa.Column('a', sa.Integer(), nullable=True)"
USER_KEY = "sa.ForeignKeyConstraint(['user_id'], ['users.id'])"


@pytest.mark.parametrize("path", sorted((MIGRATIONS / "versions").glob("*.py")), ids=lambda path: path.stem)
def test_this_version_s(path: Path) -> None:
    assert problems(path.read_text(encoding="utf-8")) == []


def faults(body: str, head: str = "") -> list[str]:
    """The names of what is found in such an `upgrade`."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return [problem.partition(":")[0] for problem in problems(f"{head}\ndef upgrade():\n{lines}\n")]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("op.drop_table('users')", ["drop_table", "schema_floors"]),
        (
            "with op.batch_alter_table('users') as batch:\n    batch.drop_column('email')",
            ["drop_column", "schema_floors"],
        ),
        ("op.add_column('users', sa.Column('a', sa.Integer(), nullable=False))", ["add_column"]),
        ("with op.batch_alter_table('users') as b:\n    b.add_column(sa.Column('a', sa.Integer()))", ["add_column"]),
        ("op.add_column('users', sa.Column('a', sa.Integer(), nullable=True))", []),
        ("op.add_column('users', sa.Column('a', sa.Integer(), nullable=False, server_default='0'))", []),
        ("op.create_index('ix', 'users', ['a'])", ["create_index"]),
        ("op.create_table('posts')\nop.create_index('ix', 'posts', ['a'])", []),
        ("op.create_table('posts')\nwith op.batch_alter_table('posts') as b:\n    b.create_index('ix', ['a'])", []),
        ("op.alter_column('users', 'a', type_=sa.Text())", ["alter_column"]),
        ("op.alter_column('users', 'a', nullable=True)", []),
        ("op.rename_table('users', 'people')", ["rename_table", "schema_floors"]),
        (f"op.create_table('posts', {USER_KEY})\nop.add_column('users', {COLUMN})", []),
        (f"op.create_table('posts', {USER_KEY})\nop.add_column('teams', {COLUMN})", ["locks"]),
        (f"op.add_column('users', {COLUMN})\nop.add_column('teams', {COLUMN})", ["locks"]),
        (f"with op.batch_alter_table('users') as b:\n    b.add_column({COLUMN})\nop.add_column('users', {COLUMN})", []),
        ("op.create_foreign_key('fk', 'posts', 'users', ['a'], ['id'])", ["create_foreign_key", "locks"]),
        (
            "with op.batch_alter_table('posts') as b:\n    b.create_foreign_key('fk', 'users', ['a'], ['id'])",
            ["create_foreign_key", "locks"],
        ),
    ],
)
def test_what_is_told(body: str, found: list[str]) -> None:
    assert faults(body) == found


def test_what_must_be_says_why_and_who_cannot_serve_then() -> None:
    head = 'ACCEPTED = {"drop_table": "unused since 0.8"}'
    assert faults("op.drop_table('old')", head) == ["schema_floors"]
    assert faults("op.drop_table('old')\nop.execute(\"INSERT INTO schema_floors VALUES ('0012_x')\")", head) == []
