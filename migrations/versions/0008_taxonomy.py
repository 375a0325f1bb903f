"""An organisation's own themes.

There is no step back: the safety copy that ``migrate`` makes, or a backup, is the way back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "themeversion",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_themeversion_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "number", name=op.f("pk_themeversion")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("themes", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("themes_since", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.add_column(sa.Column("themes", sa.Integer(), nullable=False, server_default="0"))
