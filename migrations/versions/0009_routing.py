"""A rule for passing on that somebody may want to talk.

There is no step back: the safety copy that ``migrate`` makes, or a backup, is the way back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carerouting",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_carerouting_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "contact_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_carerouting_organisation_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "stand_in_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_carerouting_organisation_id_stand_in_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_carerouting")),
    )
