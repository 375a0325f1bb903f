"""What a person's record becomes when a new people file arrives: pure rules on dates, no database.

Days that lie behind keep the department that was recorded for them. A file changes what holds from its own
date on; it may end an employment in the past, because such news often comes late, and it fills days for which
nothing was recorded.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from bot.cases.people_entries import Entry
from bot.cases.people_fields import NO_REASON
from bot.store.personnel import End, Lead, Post, Record, Stay

DAY = timedelta(days=1)
FAR = date.max

Span = TypeVar("Span", Stay, Lead)


def updated(record: Record | None, entry: Entry, manager_id: int | None, on: date) -> Record:
    """Return the record as a file of the date ``on`` has it; doing it twice changes nothing more."""
    past = _earlier_ends(record, entry)
    post = Post(entry.path, manager_id, entry.site, entry.share, entry.band)
    until = entry.ends_on + DAY if entry.ends_on else None
    since = max((end.on + DAY for end in past), default=date.min)
    old = record.stays if record else ()
    stays = revised([stay for stay in old if stay.starts_on >= since], post, entry.starts_on, until, on)
    ends = (End(entry.ends_on, entry.reason or NO_REASON, stays[-1].post.path),) if entry.ends_on else ()
    return Record(
        name=entry.name,
        email=entry.email,
        locale=entry.locale,
        time_zone=entry.time_zone,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        stays=(*(stay for stay in old if stay.starts_on < since), *stays),
        leads=tuple(headed(record.leads if record else (), entry.heads, entry.starts_on, until, on)),
        ends=(*past, *ends),
    )


def gone(record: Record, on: date) -> Record:
    """Return the record of somebody whom the file of the date ``on`` does not hold any more.

    They count as having left the day before, for a reason that nobody gave. Who was only going to start never
    did, and has no separation.
    """
    if record.ends_on is not None:
        return record
    if record.starts_on >= on:
        last = record.starts_on - DAY
        begun = tuple(stay for stay in record.stays if stay.starts_on < record.starts_on)
        return replace(record, ends_on=last, stays=begun, leads=tuple(_cut(record.leads, on)))
    stays = _cut(record.stays, on)
    path = stays[-1].post.path if stays else ""
    return replace(
        record,
        ends_on=on - DAY,
        stays=tuple(stays),
        leads=tuple(_cut(record.leads, on)),
        ends=(*record.ends, End(on - DAY, NO_REASON, path)),
    )


def revised(stays: Sequence[Stay], post: Post, start: date, until: date | None, on: date) -> list[Stay]:
    """Return the stays of one employment, without gaps, from its start until before ``until``.

    Days before ``on`` keep what was recorded; those on and after it get ``post``, and so do days at the
    beginning for which nothing was recorded.
    """
    end = until or FAR
    kept = [replace(stay, starts_on=max(stay.starts_on, start)) for stay in stays if _end(stay) > start]
    kept = _cut(kept, min(on, end))
    coming = [Stay(max(on, start), until, post)] if end > max(on, start) else []
    found = [*kept, *coming] or [Stay(start, until, post)]
    found[0] = replace(found[0], starts_on=start)
    ends = [*(stay.starts_on for stay in found[1:]), until]
    return _merged([replace(stay, until=last) for stay, last in zip(found, ends, strict=True)])


def headed(
    leads: Sequence[Lead], wanted: Collection[str], start: date, until: date | None, on: date
) -> list[Lead]:
    """Return the headships when from ``on`` (or a later start) until before ``until`` just ``wanted`` are held."""
    end, begin = until or FAR, max(on, start)
    kept = _cut(leads, min(on, end))
    if end <= begin:
        return kept
    going_on = {lead.path for lead in kept if lead.until == begin} & set(wanted)
    kept = [
        replace(lead, until=until) if lead.path in going_on and lead.until == begin else lead for lead in kept
    ]
    fresh = [Lead(path, begin, until) for path in set(wanted) - going_on]
    return sorted([*kept, *fresh], key=lambda lead: (lead.path, lead.starts_on))


def _earlier_ends(record: Record | None, entry: Entry) -> tuple[End, ...]:
    """Return the separations from employments before the one that the file describes."""
    return tuple(end for end in record.ends if end.on < entry.starts_on) if record else ()


def _cut(spans: Sequence[Span], before: date) -> list[Span]:
    """Return what lies before a day."""
    return [
        replace(span, until=before) if _end(span) > before else span
        for span in spans
        if span.starts_on < before
    ]


def _merged(stays: Sequence[Stay]) -> list[Stay]:
    """Join stays in the same post that follow one another."""
    joined = [stays[0]]
    for stay in stays[1:]:
        if stay.post == joined[-1].post:
            joined[-1] = replace(joined[-1], until=stay.until)
        else:
            joined.append(stay)
    return joined


def _end(span: Stay | Lead) -> date:
    return span.until or FAR
