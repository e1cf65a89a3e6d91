"""What states and actions are called on the operator's pages."""

from collections.abc import Mapping
from functools import lru_cache

from dailypapers.domain.delivery import DeliveryState
from dailypapers.domain.i18n import N_
from dailypapers.domain.source import State
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.rendering.environment import Templates, translator_of

_WORDS: Mapping[str, Mapping[str, str]] = {
    "delivery": {
        DeliveryState.QUEUED: N_("queued"),
        DeliveryState.CLAIMED: N_("being sent"),
        DeliveryState.DEFERRED: N_("will be retried"),
        DeliveryState.ACCEPTED: N_("accepted"),
        DeliveryState.FAILED: N_("failed"),
        DeliveryState.UNCERTAIN: N_("uncertain"),
        DeliveryState.ON_HOLD: N_("on hold"),
        DeliveryState.SUPPRESSED: N_("suppressed"),
        DeliveryState.SKIPPED: N_("skipped"),
        DeliveryState.EXPIRED: N_("expired"),
        DeliveryState.BOUNCED: N_("bounced"),
        DeliveryState.COMPLAINED: N_("reported as spam"),
    },
    "subscriber": {
        SubscriberState.PENDING: N_("not confirmed yet"),
        SubscriberState.ACTIVE: N_("active"),
        SubscriberState.PAUSED: N_("paused"),
        SubscriberState.UNSUBSCRIBED: N_("unsubscribed"),
        SubscriberState.BOUNCED: N_("address bounced"),
        SubscriberState.COMPLAINED: N_("reported us as spam"),
    },
    "source": {
        State.FRESH: N_("fresh"),
        State.WAITING: N_("waiting"),
        State.QUIET: N_("quiet"),
        State.STALLED: N_("stalled"),
        State.FAILED: N_("failed"),
    },
    "reply": {
        "2xx": N_("Accepted (2xx)"),
        "4xx": N_("Try again (4xx)"),
        "5xx": N_("Refused (5xx)"),
        "no reply": N_("No reply"),
    },
    "kind": {
        "digest": N_("Digest"),
        "confirm": N_("Confirmation"),
        "answer": N_("Answer to an email"),
        "links": N_("Links to one’s pages"),
        "group": N_("Digest of a group"),
        "invitation": N_("Invitation to a group"),
        "book": N_("Book for an e-reader"),
        "notice": N_("Notice"),
        "bounce": N_("Bounce"),
        "complaint": N_("Spam report"),
        "auto-reply": N_("Automatic reply"),
    },
    "interest": {
        "topic": N_("Topic"),
        "phrase": N_("Phrase"),
        "category": N_("Category"),
        "author": N_("Author"),
        "institution": N_("Institution"),
        "paper": N_("Paper"),
    },
    "stance": {"want": "", "avoid": N_("less of"), "exclude": N_("never")},
    "vote": {
        "like": N_("liked"),
        "dislike": N_("disliked"),
        "save": N_("saved"),
    },
    "action": {
        "account": N_("Account added"),
        "account role": N_("Role changed"),
        "account bound": N_("Account bound to the sign-in service"),
        "account invitation": N_("Invitation made"),
        "account password": N_("Password set"),
        "account removal": N_("Account removed"),
        "second factor on": N_("Second factor switched on"),
        "second factor off": N_("Second factor switched off"),
        "sessions ended": N_("Other sessions ended"),
        "sending paused": N_("Sending paused"),
        "sending resumed": N_("Sending resumed"),
        "test mode on": N_("Test mode switched on"),
        "test mode off": N_("Test mode switched off"),
        "suppression": N_("Address suppressed"),
        "suppression lifted": N_("Suppression lifted"),
        "delivery resent": N_("Email sent again"),
        "delivery carried over": N_("Papers carried over"),
        "uncertain emails decided": N_("Uncertain emails decided"),
        "emails released": N_("Emails on hold released"),
        "group": N_("Group added"),
        "group claim": N_("Group’s OpenID Connect group changed"),
        "group ended": N_("Group ended"),
        "group member removed": N_("Group member removed"),
        "api key": N_("API key added"),
        "api key revoked": N_("API key revoked"),
        "subscription requested": N_("Confirmation email requested"),
        "subscriber added": N_("Subscriber added"),
        "subscriber changed": N_("Preferences changed"),
        "subscriber paused": N_("Subscription paused"),
        "subscriber resumed": N_("Subscription resumed"),
        "subscriber unsubscribed": N_("Unsubscribed"),
        "subscriber erased": N_("Subscriber erased"),
        "subscribers imported": N_("Subscribers imported"),
    },
}


@lru_cache(maxsize=4)
def words_in(templates: Templates) -> Mapping[str, Mapping[str, str]]:
    """Return what is called what, by kind and value, in the language of the pages."""
    translate = translator_of(templates)
    return {
        kind: {str(value): translate(word) if word else "" for value, word in words.items()}
        for kind, words in _WORDS.items()
    }
