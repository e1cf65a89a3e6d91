"""Every table, on one page. The migrations must add up to exactly this; `tests/store/test_migrations.py` says so."""

import datetime as dt
import secrets
from typing import Any

import sqlalchemy as sa

#: Constraint names must be the same on both databases, or a migration could not name them.
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.types.TypeDecorator[dt.datetime]):
    """A point in time: aware or rejected on the way in, UTC on the way out.

    PostgreSQL keeps `timestamptz`; SQLite, which knows no zones, keeps UTC without one.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Convert an aware moment into what the database stores; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        in_utc = value.astimezone(dt.UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002 - the base class names the arguments
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _key(name: str, *, of: str | None = None, **options: Any) -> sa.Column[int]:
    """Make a key column: 64 bits on PostgreSQL, and on SQLite the row's own integer."""
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, *([sa.ForeignKey(of)] if of else []), **options)


papers = sa.Table(
    "papers",
    metadata,
    _key("id", primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("abstract", sa.Text, nullable=False),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("categories", sa.JSON, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("code_url", sa.Text, nullable=False),
    sa.Column("published", sa.Date),
    sa.Column("first_seen_at", Moment, nullable=False),
)

# Every name a paper may be met by again; folding is one look-up here.
names = sa.Table(
    "names",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _key("paper_id", of="papers.id", nullable=False, index=True),
)

# Records that were taken for a paper which was known, and by which name; some were split off again.
merges = sa.Table(
    "merges",
    metadata,
    _key("id", primary_key=True),
    _key("paper_id", of="papers.id", nullable=False, index=True),
    # The record's own row: that of a paper that had been known by itself, or the one it got when it was split off.
    _key("other_id", of="papers.id", index=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # What it takes to undo it: names, the record's text, what the paper was like before.
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("merged_at", Moment, nullable=False),
    sa.Column("split_at", Moment),
)

editions = sa.Table(
    "editions",
    metadata,
    _key("id", primary_key=True),
    sa.Column("day", sa.Date, nullable=False, unique=True),
    sa.Column("closed_at", Moment, nullable=False),
    sa.Column("papers", sa.Integer, nullable=False),
    # Counted while composing, apart from the outbox, so that a lost row shows in the ledger.
    sa.Column("due", sa.Integer, nullable=False),
    # The same of mails of groups; NULL is none.
    sa.Column("group_due", sa.Integer),
)

# No edition yet: it waits for the next one to close.
announcements = sa.Table(
    "announcements",
    metadata,
    _key("id", primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    _key("paper_id", of="papers.id", nullable=False, index=True),
    sa.Column("fresh", sa.Boolean, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("day", sa.Date, nullable=False),
    _key("edition_id", of="editions.id", index=True),
    sa.Column("seen_at", Moment, nullable=False),
    sa.UniqueConstraint("source", "paper_id", "fresh"),
)

signals = sa.Table(
    "signals",
    metadata,
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("upvotes", sa.Integer),
    sa.Column("comments", sa.Integer),
    sa.Column("stars", sa.Integer),
    sa.Column("presentation", sa.JSON(none_as_null=True)),
)

fetches = sa.Table(
    "fetches",
    metadata,
    _key("id", primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("fetched_at", Moment, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),
    sa.Column("skipped", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    _key("edition_id", of="editions.id", index=True),
    # One of its categories; NULL for the source as a whole. Categories that had nothing new are left out.
    sa.Column("category", sa.Text),
)

# What a source's habits are read from: one row a day of the source's own, and one for each of its categories; the
# source as a whole has the category "".
source_days = sa.Table(
    "source_days",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("category", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("skipped", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("fetched_at", Moment, nullable=False),
    # When it last gave something new that day.
    sa.Column("new_at", Moment),
)

# Who may ask a host when, by the database's own clock; all processes and all machines go by it.
hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next_at", Moment, nullable=False),
    # It failed, or has had enough of us: nobody asks it, or waits for it, until then.
    sa.Column("closed_until", Moment, nullable=False),
    # One asks at a time; a holder that did not renew its turn has died.
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("held_until", Moment, nullable=False),
)

# How far a source's history was harvested, a month of a category each.
harvests = sa.Table(
    "harvests",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("category", sa.Text, primary_key=True),
    sa.Column("first", sa.Date, primary_key=True),
    sa.Column("last", sa.Date, nullable=False),
    # What the next page is asked for with.
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("papers", sa.Integer, nullable=False),
    sa.Column("is_done", sa.Boolean, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)

subscribers = sa.Table(
    "subscribers",
    metadata,
    _key("id", primary_key=True),
    sa.Column("address", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("hour", sa.Integer, nullable=False),
    sa.Column("days", sa.Text, nullable=False),
    sa.Column("max_papers", sa.Integer, nullable=False),
    sa.Column("next_digest_at", Moment),
    _key("accepted_edition_id", of="editions.id"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
    sa.Column("consent", sa.Text, nullable=False),
    # Nothing stated: as many as there are, one at least, as relevant as the service takes, nothing from elsewhere.
    sa.Column("about_papers", sa.Integer),
    sa.Column("least_papers", sa.Integer),
    sa.Column("relevance", sa.Float),
    sa.Column("explore", sa.Boolean),
    # What comes on a day on which nothing is relevant; nothing stated: no mail.
    sa.Column("on_empty", sa.Text),
    # What the form was that they agreed on, and from which network (a salted hash).
    sa.Column("consent_form", sa.Text),
    sa.Column("consent_network", sa.Text),
    sa.Column("paused_until", sa.Date),
    sa.Column("text_only", sa.Boolean),
    sa.Column("abstracts", sa.Text),
    # A language tag; nothing stated: the service's own language.
    sa.Column("language", sa.Text),
    sa.Column("figures", sa.Boolean),
    # What every link of this subscription is bound to; none for who subscribed before there was one.
    sa.Column("link_key", sa.Text, default=lambda: secrets.token_hex(16)),
    # A composer has claimed this reader until then; a claim that ran out is anybody's.
    sa.Column("composing_until", Moment),
    sa.Index("ix_subscribers_state_next_digest_at", "state", "next_digest_at"),
    # A page of those in a state, in the order in which they came.
    sa.Index("ix_subscribers_state_id", "state", "id"),
    # Addresses that begin with something; on PostgreSQL the unique index is ordered by a language's rules.
    sa.Index("ix_subscribers_address_begins", "address", postgresql_ops={"address": "text_pattern_ops"}),
    # Their ids are in links: an id that is given again would make another's old links work.
    sqlite_autoincrement=True,
)

interests = sa.Table(
    "interests",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("stance", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, primary_key=True),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _key("id", primary_key=True),
    _key("subscriber_id", of="subscribers.id", nullable=False),
    _key("edition_id", of="editions.id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("deadline", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", Moment),
    sa.Column("claimed_by", sa.Text, nullable=False),
    sa.Column("claimed_at", Moment),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    # What a digest says besides its picks, as it was composed, so that a retry says the same.
    sa.Column("content", sa.JSON(none_as_null=True)),
    # What is done about an answer that is missing; NULL where none ever was: then nobody can have it twice.
    sa.Column("doubt", sa.Text),
    # Built to no more bytes than these, because a server refused a larger one; NULL: as large as it gets.
    sa.Column("max_bytes", sa.Integer),
    # Of a group's digest the edition it was picked from, whose ledger it is in; its reader has one of their own.
    _key("group_edition_id"),
    # One digest per subscriber and edition is the database's word, not an `if`.
    sa.UniqueConstraint("subscriber_id", "edition_id"),
    # Whatever is counted of an edition stands in it: a million rows take a quarter of a second, not seconds.
    sa.Index("ix_outbox_edition_id_state_doubt", "edition_id", "state", "doubt"),
    sa.Index(
        "ix_outbox_group_edition_id_state_doubt",
        *("group_edition_id", "state", "doubt"),
        sqlite_where=sa.text("group_edition_id IS NOT NULL"),
        postgresql_where=sa.text("group_edition_id IS NOT NULL"),
    ),
    sa.Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at"),
    sa.Index("ix_outbox_state_priority_id", "state", "priority", "id"),
    # Their ids are in links.
    sqlite_autoincrement=True,
)

# One row a run that sends: who it is, how long it counts as alive, and how it ended.
workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    # Machine, boot and process, to be asked for at once; empty where it cannot be told. Elsewhere the lease decides.
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started", sa.Text, nullable=False),
    sa.Column("began_at", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("ended_at", Moment, index=True),
    # Why it ended early, in a sentence; empty where it did not.
    sa.Column("stopped", sa.Text, nullable=False),
    # Until then no other run begins by itself: the mail server is down, or wants no more for now.
    sa.Column("resume_at", Moment),
    # Never goes back: a database that knows fewer than were counted is one of yesterday.
    sa.Column("handed_over", sa.Integer, nullable=False),
    # What it has done so far, for whoever watches: by state, by kind of reply, by domain.
    sa.Column("progress", sa.JSON),
)

# One row a try, written before the mail itself leaves: what is known of it after the power has failed.
attempts = sa.Table(
    "attempts",
    metadata,
    _key("delivery_id", of="outbox.id", primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    # Before this moment the server cannot have the mail.
    sa.Column("handed_over_at", Moment),
    sa.Column("answered_at", Moment),
    sa.Column("code", sa.Integer),
    sa.Column("enhanced", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("outcome", sa.Text),
    # The mail server it was to go by.
    sa.Column("server", sa.Text),
)

# How far mails have gone: what limits of the settings are kept to, by all senders together and across restarts.
mail_servers = sa.Table(
    "mail_servers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    # When the next mail may go, by the limit of a second.
    sa.Column("next_at", Moment),
)

# Mails handed over, by five minutes: what limits of an hour and a day are kept to. Older ones are deleted.
mail_server_counts = sa.Table(
    "mail_server_counts",
    metadata,
    sa.Column("server", sa.Text, primary_key=True),
    sa.Column("began_at", Moment, primary_key=True),
    sa.Column("mails", sa.Integer, nullable=False),
)

# Receiving domains that have a limit, or that have refused us.
receiving_domains = sa.Table(
    "receiving_domains",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    # When the next mail may go, by the limit for each domain.
    sa.Column("next_at", Moment),
    # Refusals in a row; until when nothing is sent there, and for how long next time.
    sa.Column("refusals", sa.Integer, nullable=False),
    sa.Column("left_alone_until", Moment),
    sa.Column("pause_seconds", sa.Integer, nullable=False),
)

# No paper is sent to one person twice: that is this primary key.
picks = sa.Table(
    "picks",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    _key("delivery_id", of="outbox.id", nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("reason", sa.JSON, nullable=False),
    # Where two ranking variants are compared: the one that added this pick. The column keeps its first name.
    sa.Column("recipe", sa.Text, key="variant"),
    # Trending outside the reader's topics: a section of its own, below what was picked for them.
    sa.Column("outside", sa.Boolean),
    # What the threshold is about; NULL where the reader stated nothing, and in picks of versions before.
    sa.Column("relevance", sa.Float),
    # What stood beside the paper that day, as JSON; NULL in picks of versions that kept it in the mail's content.
    sa.Column("about", sa.Text),
)

# What is left of picks whose delivery is kept no longer: no paper is sent to one person twice, however long ago.
picked = sa.Table(
    "picked",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
)

# How many deliveries that are kept no longer ended how, so that the ledger of their edition balances as before.
ended_deliveries = sa.Table(
    "ended_deliveries",
    metadata,
    _key("edition_id", of="editions.id", primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, primary_key=True),
    # Empty where there was none.
    sa.Column("doubt", sa.Text, primary_key=True),
    sa.Column("deliveries", sa.Integer, nullable=False),
)

# Who asked to subscribe lately, as salted hashes: what the limits of the form are counted on. Pruned after days.
asks = sa.Table(
    "asks",
    metadata,
    _key("id", primary_key=True),
    sa.Column("asked_at", Moment, nullable=False, index=True),
    # Of the address as written, of what it comes to at its provider, and of the network the request came from.
    sa.Column("address", sa.Text, nullable=False, index=True),
    sa.Column("canonical", sa.Text, nullable=False, index=True),
    sa.Column("network", sa.Text, nullable=False, index=True),
    # Whether the limits let it through; not whether the address was known.
    sa.Column("granted", sa.Boolean, nullable=False),
)

tools = sa.Table(
    "tools",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    # Encrypted.
    sa.Column("key", sa.Text, nullable=False),
    # The id of what is written to, in the tool.
    sa.Column("target", sa.Text, nullable=False),
    # Why it is off.
    sa.Column("refusal", sa.Text),
    # What was saved before is not sent.
    sa.Column("saved_from", Moment, nullable=False),
    # When its key is tried; NULL: it has been.
    sa.Column("check_at", Moment),
)
tool_pushes = sa.Table(
    "tool_pushes",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    # queued, done or failed.
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # NULL: nothing more happens.
    sa.Column("next_attempt_at", Moment),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("ix_tool_pushes_next_attempt_at", "next_attempt_at"),
)
# Where readers' books of the week are mailed to.
e_readers = sa.Table(
    "e_readers",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    sa.Column("address", sa.Text, nullable=False, index=True),
    sa.Column("next_book_at", Moment, nullable=False, index=True),
    sa.Column("last_book_at", Moment),
    # The address refused a book.
    sa.Column("disabled_at", Moment),
)
profiles = sa.Table(
    "profiles",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    # Its id with who lists the papers.
    sa.Column("profile_id", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    # Papers that became example papers, of how many.
    sa.Column("taken", sa.Integer, nullable=False),
    sa.Column("listed", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # NULL: nothing more happens.
    sa.Column("next_attempt_at", Moment),
    # What opens it, encrypted; gone once nothing more happens.
    sa.Column("encrypted_key", sa.Text),
    sa.Index("ix_profiles_next_attempt_at", "next_attempt_at"),
)
# What readers forward to us: a row for each reader and paper. A paper nobody else has told us of gets a row in `papers`
# that no name leads to.
forwarded_papers = sa.Table(
    "forwarded_papers",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("source", sa.Text, nullable=False),
    # Which alerts listed it, and every name it goes by.
    sa.Column("alerts", sa.JSON, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Index("ix_forwarded_papers_received_at", "received_at"),
)
votes = sa.Table(
    "votes",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False, index=True),
    sa.Column("vote", sa.Text, primary_key=True),
    sa.Column("voted_at", Moment, nullable=False),
)

# What readers keep beside papers they saved, and what each knows of them; a row outlives its vote, so that saving the
# paper again brings the note back.
saved_papers = sa.Table(
    "saved_papers",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    # Version, journal, code and notices as the reader knows them: what is known since is news.
    sa.Column("facts", sa.JSON(none_as_null=True)),
)

# What journals published about papers: retractions, corrections.
notices = sa.Table(
    "notices",
    metadata,
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("doi", sa.Text, primary_key=True),
    sa.Column("noticed_at", Moment, nullable=False),
)

# Readers who read together. Ids are in links.
reading_groups = sa.Table(
    "reading_groups",
    metadata,
    _key("id", primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("hour", sa.Integer, nullable=False),
    sa.Column("days", sa.Text, nullable=False),
    sa.Column("next_digest_at", Moment, nullable=False, index=True),
    # The newest edition a digest of the group was picked from; the next window starts after it.
    _key("edition_id", of="editions.id"),
    sa.Column("created_at", Moment, nullable=False),
    # The weekday on which its ballot closes, and when the one that is open does; NULL: it has none.
    sa.Column("ballot_day", sa.Integer),
    sa.Column("ballot_closes_at", Moment),
    # Whoever the provider of OpenID Connect says this of is a member; NULL: members are invited.
    sa.Column("claim", sa.Text, index=True),
    # How its emails look; NULL: as each reader has it.
    sa.Column("language", sa.Text),
    sa.Column("abstracts", sa.Text),
    sqlite_autoincrement=True,
)
group_members = sa.Table(
    "group_members",
    metadata,
    _key("group_id", of="reading_groups.id", primary_key=True, autoincrement=False),
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False, index=True),
    sa.Column("role", sa.Text, nullable=False),
    # What the others know them by.
    sa.Column("name", sa.Text, nullable=False),
    # What they agreed to, each by itself.
    sa.Column("shows_name", sa.Boolean, nullable=False),
    sa.Column("pools_votes", sa.Boolean, nullable=False),
    sa.Column("invited_at", Moment, nullable=False),
    # NULL: invited, and no member yet.
    sa.Column("joined_at", Moment),
    # Whether papers they like stand on the ballot; NULL: they do not.
    sa.Column("nominates", sa.Boolean),
    # Whether they are a member for as long as the provider of OpenID Connect says so; NULL: they were invited.
    sa.Column("by_claim", sa.Boolean),
)
# No paper is picked for one group twice.
group_picks = sa.Table(
    "group_picks",
    metadata,
    _key("group_id", of="reading_groups.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    _key("edition_id", of="editions.id", nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("reason", sa.JSON, nullable=False),
)
# Of the members who let their name be shown those to whom a pick is relevant.
group_pick_members = sa.Table(
    "group_pick_members",
    metadata,
    _key("group_id", of="reading_groups.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False, index=True),
)
# Votes on the ballot that is open; what becomes of it is a choice, and who voted how is forgotten.
ballot_votes = sa.Table(
    "ballot_votes",
    metadata,
    _key("group_id", of="reading_groups.id", primary_key=True, autoincrement=False),
    _key("subscriber_id", of="subscribers.id", primary_key=True, autoincrement=False, index=True),
    _key("paper_id", of="papers.id", nullable=False),
    sa.Column("voted_at", Moment, nullable=False),
)
group_choices = sa.Table(
    "group_choices",
    metadata,
    _key("group_id", of="reading_groups.id", primary_key=True, autoincrement=False),
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("votes", sa.Integer, nullable=False),
    sa.Column("chosen_at", Moment, nullable=False),
    # The edition whose digest announces it; NULL: the next one will.
    _key("edition_id", of="editions.id"),
)

# Who was invited without being a reader, by a keyed hash: nobody is invited again and again.
invited_strangers = sa.Table(
    "invited_strangers",
    metadata,
    sa.Column("mailbox", sa.Text, primary_key=True),
    sa.Column("invited_at", Moment, nullable=False),
)

# What members say to each other, in plain text. Ids are in forms.
group_comments = sa.Table(
    "group_comments",
    metadata,
    _key("id", primary_key=True),
    _key("group_id", of="reading_groups.id", nullable=False),
    _key("subscriber_id", of="subscribers.id", nullable=False, index=True),
    _key("paper_id", of="papers.id"),
    # The edition whose digest has it; NULL: the next one will.
    _key("edition_id", of="editions.id"),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written_at", Moment, nullable=False),
    sa.Index("ix_group_comments_group_id_edition_id", "group_id", "edition_id"),
    sqlite_autoincrement=True,
)

# What the ranking needs is made once and read by every process: papers' counts, what the archive taught, vectors.
features = sa.Table(
    "features",
    metadata,
    _key("edition_id", of="editions.id", primary_key=True, autoincrement=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)

# The same for the search index, so many papers at a time, by their ids.
counted = sa.Table(
    "counted",
    metadata,
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)

knowledge = sa.Table(
    "knowledge",
    metadata,
    _key("edition_id", of="editions.id", primary_key=True, autoincrement=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("library", sa.JSON, nullable=False),
    sa.Column("background", sa.LargeBinary, nullable=False),
    sa.Column("calibration", sa.JSON, nullable=False),
)

vectors = sa.Table(
    "vectors",
    metadata,
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

#: What a language model was asked to say of papers; an empty text: it was asked in vain, and is not again.
summaries = sa.Table(
    "summaries",
    metadata,
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False, index=True),
    # What asking took, for the limits of a day.
    sa.Column("tokens", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
)

# A figure of a paper as a small JPEG, named by its content; without a name, one that was looked for in vain.
thumbnails = sa.Table(
    "thumbnails",
    metadata,
    _key("paper_id", of="papers.id", primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    # On how many days it was looked for in vain, and the last day it was looked for.
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("day", sa.Date, nullable=False, index=True),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
)

# What reports told of mails that had left; no address, so that nothing is left of who is erased.
bounces = sa.Table(
    "bounces",
    metadata,
    _key("id", primary_key=True),
    # The same report, read twice or told in two ways, is one row.
    sa.Column("key", sa.Text, nullable=False, unique=True),
    _key("subscriber_id", of="subscribers.id", nullable=False, index=True),
    _key("delivery_id", of="outbox.id", index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("fault", sa.Text),
    sa.Column("hard", sa.Boolean, nullable=False),
    # Whether it counts towards giving the address up; not once that was lifted.
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("code", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("received_at", Moment, nullable=False, index=True),
)

# Which domains last refused a mail, after it had left, through a fault of ours that concerns all mail.
refusals_of_us = sa.Table(
    "refusals_of_us",
    metadata,
    sa.Column("domain", sa.Text, primary_key=True),
    sa.Column("refused_at", Moment, nullable=False),
)

# Which requests of providers have been dealt with: some sign nothing of what they tell. Pruned after days.
webhook_calls = sa.Table(
    "webhook_calls",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("received_at", Moment, nullable=False, index=True),
)

# Through which edition this database may not send by itself: it was restored, or copied to where sending goes on.
fences = sa.Table(
    "fences",
    metadata,
    _key("id", primary_key=True),
    sa.Column("through", sa.Date, nullable=False),
    # In a sentence's words, for whoever decides about what is held.
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)

# Who may open the admin pages.
accounts = sa.Table(
    "accounts",
    metadata,
    _key("id", primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    # By argon2; NULL until it is set, and for who signs in by OpenID Connect.
    sa.Column("password_hash", sa.Text),
    # Who they are at the provider of OpenID Connect, which never changes there as addresses do.
    sa.Column("oidc_subject", sa.Text, unique=True),
    # Encrypted.
    sa.Column("totp_secret", sa.Text),
    # The period of the last code that was accepted: none is accepted twice.
    sa.Column("totp_period", sa.BigInteger),
    # The hash of the one-time link to set a password, and until when it works.
    sa.Column("invitation_hash", sa.Text, unique=True),
    sa.Column("invited_until", Moment),
    sa.Column("created_at", Moment, nullable=False),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    _key("account_id", of="accounts.id", primary_key=True, autoincrement=False),
    sa.Column("code_hash", sa.Text, primary_key=True),
)

# Browsers that somebody is signed in with; the ids themselves are in their cookies alone.
admin_sessions = sa.Table(
    "admin_sessions",
    metadata,
    sa.Column("id_hash", sa.Text, primary_key=True),
    _key("account_id", of="accounts.id", nullable=False, index=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("began_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
)

# Attempts to sign in, with keyed hashes of the account and the network: what its limits are counted on.
sign_ins = sa.Table(
    "sign_ins",
    metadata,
    _key("id", primary_key=True),
    sa.Column("tried_at", Moment, nullable=False, index=True),
    sa.Column("account", sa.Text, nullable=False, index=True),
    sa.Column("network", sa.Text, nullable=False, index=True),
    sa.Column("succeeded", sa.Boolean, nullable=False),
)

# Programs that may use the API. Of their keys only hashes are here.
api_keys = sa.Table(
    "api_keys",
    metadata,
    _key("id", primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    # What a key begins with, to recognise it by; it is no secret.
    sa.Column("prefix", sa.Text, nullable=False, unique=True),
    sa.Column("key_hash", sa.Text, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("per_minute", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
    # A day is enough to find keys that nobody uses.
    sa.Column("last_used_on", sa.Date),
    # The last minute in which it was used (since 1970), and the requests that processes have taken of it.
    sa.Column("counted_minute", sa.BigInteger),
    sa.Column("counted_requests", sa.Integer),
    sa.Index(
        "ix_api_keys_name",
        "name",
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    ),
)

# Keys by which readers' own programs see what they see; a revoked one is deleted.
reader_keys = sa.Table(
    "reader_keys",
    metadata,
    _key("id", primary_key=True),
    _key("subscriber_id", of="subscribers.id", nullable=False, index=True),
    sa.Column("prefix", sa.Text, nullable=False, unique=True),
    sa.Column("key_hash", sa.Text, nullable=False),
    # It may save papers and vote, and not look alone.
    sa.Column("may_act", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("last_used_on", sa.Date),
)

# What was answered to requests that must not be done twice, by keyed hashes of their idempotency keys. Pruned after a
# day.
api_answers = sa.Table(
    "api_answers",
    metadata,
    _key("api_key_id", of="api_keys.id", primary_key=True, autoincrement=False),
    sa.Column("key_hash", sa.Text, primary_key=True),
    # A keyed hash of the request: another one with the same key is refused.
    sa.Column("fingerprint", sa.Text, nullable=False),
    # 0 while the request is being answered.
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.JSON(none_as_null=True)),
    # Whom the answer is about: it is erased with them.
    _key("subscriber_id", of="subscribers.id", index=True),
    sa.Column("created_at", Moment, nullable=False, index=True),
)

# Who changed what. An address is erased with its subscriber; its keyed hash stays.
audit = sa.Table(
    "audit",
    metadata,
    _key("id", primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("address", sa.Text, index=True),
    sa.Column("address_hash", sa.Text, index=True),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
)

# What an operator has switched on, for all processes: a row that is not there is off.
controls = sa.Table(
    "controls",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", Moment, nullable=False),
)

# When the operator was last told of each kind of thing, and what.
alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("tried_at", Moment, nullable=False),
    # It arrived then, by mail or webhook; NULL where it never has.
    sa.Column("told_at", Moment),
    sa.Column("text", sa.Text, nullable=False),
)

# Which programs are told of events, by their names in the settings, which alone know the address and the secret.
webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    # Kinds of events, parted by spaces; empty for all.
    sa.Column("events", sa.Text, nullable=False),
    # It said that nothing must be posted there any more.
    sa.Column("disabled_at", Moment),
)

# Where a reader's digests are posted to as well. The address lets anybody write there, and is sealed.
channels = sa.Table(
    "channels",
    metadata,
    _key("subscriber_id", of="subscribers.id", primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sealed_url", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    # It was switched off because it is gone, and when its reader was told.
    sa.Column("disabled_at", Moment),
    sa.Column("told_at", Moment),
)

# What is posted to webhooks and channels: a row each, with a life. It holds no address of anybody.
posts = sa.Table(
    "posts",
    metadata,
    _key("id", primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    # The webhook's name after "webhook ", or the kind of channel after "channel ".
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    _key("subscriber_id", of="subscribers.id", index=True),
    _key("delivery_id", of="outbox.id", index=True),
    sa.Column("data", sa.JSON(none_as_null=True)),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # NULL once it has come to an end; whoever claims it moves it to when others may.
    sa.Column("next_attempt_at", Moment, index=True),
    sa.Column("created_at", Moment, nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    # What an operator is told of.
    sa.Index(
        "ix_posts_target_state",
        "target",
        "state",
        "created_at",
        sqlite_where=sa.text("state IN ('queued', 'dead')"),
        postgresql_where=sa.text("state IN ('queued', 'dead')"),
    ),
)

# A few numbers a day, kept for good: what plots are drawn from.
daily_figures = sa.Table(
    "daily_figures",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

# Who may run a job now; a lease that ran out is anybody's.
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", Moment, nullable=False),
)
