"""Workspaces and how fast each may be written to."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.store.tables import Workspace


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a platform takes messages: ``per_second`` in the long run, ``burst`` at once after a pause."""

    per_second: float
    burst: int

    def filled(self, tokens: float, since: datetime | None, now: datetime) -> float:
        """Return the sends allowed at ``now`` if ``tokens`` were at ``since``; a clock set back adds nothing."""
        if since is None:
            return float(self.burst)
        seconds = max(0.0, (now - since).total_seconds())
        return min(float(self.burst), tokens + seconds * self.per_second)


@dataclass(frozen=True, slots=True)
class Workspaces:
    """The workspaces of one organisation; their rates go by the real clock."""

    session: Session
    organisation_id: int

    def get(self, workspace_id: int) -> Workspace:
        return self.session.get_one(Workspace, (self.organisation_id, workspace_id))

    def owner_of(self, platform: str, external: str) -> int | None:
        """Return the number of the organisation that a workspace belongs to; the one look beyond one's own."""
        query = select(Workspace.organisation_id).where(
            col(Workspace.platform) == platform, col(Workspace.external) == external
        )
        return self.session.exec(query).first()

    def all(self) -> list[Workspace]:
        """Return every workspace there ever was, oldest first."""
        query = select(Workspace).where(col(Workspace.organisation_id) == self.organisation_id)
        return list(self.session.exec(query.order_by(col(Workspace.id))))

    def gone_since(self, before: datetime) -> list[Workspace]:
        """Return the workspaces that were disconnected before an instant."""
        return [row for row in self.all() if row.disconnected_at is not None and row.disconnected_at < before]

    def active(self) -> list[Workspace]:
        """Return the workspaces that are connected."""
        own = col(Workspace.organisation_id) == self.organisation_id
        query = select(Workspace).where(own, col(Workspace.active)).order_by(col(Workspace.id))
        return list(self.session.exec(query))

    def take(self, workspace_id: int, wanted: int, rate: Rate | None, now: datetime) -> int:
        """Return how many of the ``wanted`` messages may be sent at once, and count them as sent.

        ``rate`` is ``None`` where the platform sets no limit; a workspace that is disconnected or was told to
        wait gets nothing.
        """
        workspace = self.get(workspace_id)
        waits = workspace.blocked_until is not None and workspace.blocked_until > now
        if waits or not workspace.active:
            return 0
        if rate is None:
            return wanted
        tokens = rate.filled(workspace.tokens, workspace.refilled_at, now)
        granted = min(wanted, int(tokens))
        workspace.tokens, workspace.refilled_at = tokens - granted, now
        self.session.flush()
        return granted

    def give_back(self, workspace_id: int, unused: int) -> None:
        """Return the right to send that was taken and not needed."""
        if unused:
            workspace = self.get(workspace_id)
            workspace.tokens += unused
            self.session.flush()

    def block(self, workspace_id: int, until: datetime) -> None:
        """Hold all messages back until an instant, because the platform asked for it; a longer wait stands."""
        workspace = self.get(workspace_id)
        if workspace.blocked_until is None or workspace.blocked_until < until:
            workspace.blocked_until, workspace.tokens, workspace.refilled_at = until, 0.0, until
            self.session.flush()

    def unblock(self, workspace_id: int) -> None:
        """Let messages out again, as if there had been a pause."""
        workspace = self.get(workspace_id)
        workspace.blocked_until, workspace.refilled_at = None, None
        self.session.flush()
