"""JSON for any other program: a digest as an event like those of webhooks."""

import json

from dailypapers.rendering.chat.digest import ChatDigest, fitting

_MOST_BYTES = 60_000


def body(digest: ChatDigest) -> bytes:
    """Return the digest as JSON of at most 60 KB."""
    return fitting(digest, _event, most=_MOST_BYTES)


def _event(digest: ChatDigest) -> bytes:
    papers = [
        {
            "id": item.id,
            "title": item.title,
            "url": item.url,
            "authors": item.authors,
            "reason": item.reason,
            "outside_topics": bool(item.outside),
        }
        for item in digest.items
    ]
    data = {"title": digest.title, "edition": digest.day.isoformat(), "web": digest.web, "status": digest.status}
    return json.dumps({"type": "digest", "data": data | {"papers": papers}}, ensure_ascii=False).encode()
