"""tone_model.

There is no step back: the safety copy that ``migrate`` makes, or a backup, is the way back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tone_model", sa.String(), nullable=False, server_default=""))
