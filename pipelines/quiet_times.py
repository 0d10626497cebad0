"""Quiet times: hours of the day in which schedule and sensor start nothing.

What belongs here: reading them ("22:00-06:00, 12:30-13:00") and whether it is one now. What does not: the schedule and the sensor
(`pipelines/defs`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_INTERVAL = re.compile(r"(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)")


@dataclass(frozen=True, slots=True)
class QuietTimes:
    """Times of the day, in a time zone; an interval whose end is before its begin goes on past midnight."""

    intervals: tuple[tuple[time, time], ...]
    zone: ZoneInfo

    def end_after(self, now: datetime) -> datetime | None:
        """The end of the quiet time that it is now, None if it is none.

        Args:
            now: the time, with its zone.
        """
        local = now.astimezone(self.zone)
        ends = []
        for begin, end in self.intervals:
            for day in (local.date() - timedelta(days=1), local.date()):
                first = datetime.combine(day, begin, self.zone)
                last = datetime.combine(day + timedelta(days=end <= begin), end, self.zone)
                if first <= local < last:
                    ends.append(last)
        return max(ends, default=None)


def parse_quiet_times(text: str, zone: str) -> QuietTimes:
    """Read quiet times.

    Args:
        text: intervals such as "22:00-06:00", separated by commas; nothing: none.
        zone: the name of a time zone ("Europe/Berlin").

    Raises:
        ValueError: an interval is none, or the zone is not known.
    """
    try:
        found = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{zone!r} is no time zone; write a name such as Europe/Berlin or UTC") from error
    intervals = []
    for part in filter(None, map(str.strip, text.split(","))):
        match = _INTERVAL.fullmatch(part)
        try:
            if match is None:
                raise ValueError
            hours = [int(number) for number in match.groups()]
            intervals.append((time(hours[0], hours[1]), time(hours[2], hours[3])))
        except ValueError as error:
            raise ValueError(f"{part!r} is no time of the day; write it as 22:00-06:00") from error
    return QuietTimes(tuple(intervals), found)
