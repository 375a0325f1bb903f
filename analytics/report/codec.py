"""Reports as plain data (dicts, lists, strings, numbers) and back, so that they can be stored as JSON."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from analytics.report.model import FORMAT, RoiReport

TAG = "type"


class UnreadableReport(ValueError):
    """The stored report is not one this version can read."""


def to_json(report: RoiReport) -> dict[str, Any]:
    """Return the report as plain data; ``from_json`` gives back an equal report."""
    return {"format": FORMAT, "report": _plain(report)}


def from_json(data: dict[str, Any]) -> RoiReport:
    """Return the stored report.

    Raises
    ------
    UnreadableReport
        When it was stored in another format, or is damaged.
    """
    if data.get("format") != FORMAT:
        raise UnreadableReport(f"format {data.get('format')!r}, expected {FORMAT}")
    try:
        report = _read(RoiReport, data["report"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableReport(str(error)) from error
    if not isinstance(report, RoiReport):
        raise UnreadableReport("not a report")
    return report


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if is_dataclass(value):
        return {TAG: type(value).__name__} | {
            one.name: _plain(getattr(value, one.name)) for one in fields(value)
        }
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(hint: Any, data: Any) -> Any:
    """Read plain data as the annotated type says."""
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return _read(_member(hint, data), data)
    if origin is tuple:
        return tuple(_read(get_args(hint)[0], item) for item in data)
    if origin is dict:
        key, item = get_args(hint)
        return {_read(key, name): _read(item, value) for name, value in data.items()}
    if is_dataclass(hint) and isinstance(hint, type):
        return hint(**{one.name: _read(_hints(hint)[one.name], data[one.name]) for one in fields(hint)})
    return _scalar(hint, data)


def _scalar(hint: Any, data: Any) -> Any:
    if hint is NoneType:
        return None
    if hint is date:
        return date.fromisoformat(data)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(data)
    wanted = (int, float) if hint is float else hint
    if not isinstance(data, wanted):
        raise TypeError(f"{data!r} where {hint} was expected")
    return float(data) if hint is float else data


def _member(hint: Any, data: Any) -> Any:
    """Pick the member of a union that the data was written from."""
    members = get_args(hint)
    if data is None:
        return NoneType
    if isinstance(data, dict):
        fitting = [one for one in members if getattr(one, "__name__", "") == data[TAG]]
    else:
        fitting = [one for one in members if one is not NoneType and not is_dataclass(one)]
    if len(fitting) != 1:
        raise TypeError(f"{data!r} where {hint} was expected")
    return fitting[0]
