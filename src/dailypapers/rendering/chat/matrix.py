"""Matrix: `m.room.message` with HTML (https://spec.matrix.org/v1.11/client-server-api/#mtext)."""

import json
from html import escape

from dailypapers.rendering.chat.digest import ChatDigest, ChatItem, fitting, lines

#: An event has at most 65,536 bytes, with all that the server adds.
_MOST_BYTES = 50_000


def body(digest: ChatDigest) -> bytes:
    """Return the event's content as JSON: plain text, and the same as HTML of the tags that the specification lists."""
    return fitting(digest, _message, most=_MOST_BYTES)


def _message(digest: ChatDigest) -> bytes:
    content = {
        "msgtype": "m.notice",
        "body": _as_text(digest),
        "format": "org.matrix.custom.html",
        "formatted_body": _as_html(digest),
        # Nobody is mentioned, whatever a title says.
        "m.mentions": {},
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _as_text(digest: ChatDigest) -> str:
    papers = (lines(item.title, item.url, item.authors, item.why) for item in digest.items)
    web = f"{digest.web_label}: {digest.web}" if digest.web else ""
    return "\n\n".join(filter(None, (lines(digest.title, digest.lead), *papers, web, digest.status)))


def _as_html(digest: ChatDigest) -> str:
    papers = "".join(f"<li>{_paper(item)}</li>" for item in digest.items)
    web = f'<p><a href="{escape(digest.web)}">{escape(digest.web_label)}</a></p>' if digest.web else ""
    status = f"<p>{escape(digest.status)}</p>" if digest.status else ""
    return f"<h4>{escape(digest.title)}</h4><p>{escape(digest.lead)}</p><ol>{papers}</ol>{web}{status}"


def _paper(item: ChatItem) -> str:
    title = f'<a href="{escape(item.url)}">{escape(item.title)}</a>' if item.url else escape(item.title)
    authors = f"<br>{escape(item.authors)}" if item.authors else ""
    return f"<strong>{title}</strong>{authors}" + (f"<br><em>{escape(item.why)}</em>" if item.why else "")
