"""Points in time as a run record writes them."""

from datetime import UTC, datetime


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 time; one without a zone is in UTC, and what is no time is None.

    >>> moment("2026-05-01T12:00:00+02:00") == moment("2026-05-01T10:00:00Z") == moment("2026-05-01T10:00:00")
    True
    >>> moment("yesterday") is None
    True
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
