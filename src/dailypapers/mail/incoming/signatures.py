"""Whether what a provider tells was told by it: the signatures of SNS, SendGrid and Mailgun, the password of Postmark.

Pure; what an SNS message was signed with is fetched by `certificates`. Comparisons take the same time whatever differs.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

#: What each type of SNS message is signed over, in this order.
#: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html (2026-11-29)
_SNS_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
#: By SignatureVersion; the first is what SNS signs with where a topic is not told otherwise.
_SNS_HASHES: Mapping[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - theirs


def signed_by_sns(message: Mapping[str, Any], certificate: bytes, *, now: dt.datetime) -> bool:
    """Return whether an SNS message was signed with the key of a certificate (PEM) that is valid now."""
    names = _SNS_SIGNED.get(str(message.get("Type")))
    algorithm = _SNS_HASHES.get(str(message.get("SignatureVersion")))
    if names is None or algorithm is None:
        return False
    signed = "".join(f"{name}\n{message[name]}\n" for name in names if isinstance(message.get(name), str))
    try:
        signer = x509.load_pem_x509_certificate(certificate)
        key, signature = signer.public_key(), base64.b64decode(str(message.get("Signature")), validate=True)
        if (
            not isinstance(key, rsa.RSAPublicKey)
            or not signer.not_valid_before_utc <= now <= signer.not_valid_after_utc
        ):
            return False
        key.verify(signature, signed.encode(), padding.PKCS1v15(), algorithm)
    except (ValueError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def signed_by_sendgrid(body: bytes, timestamp: str, signature: str, public_key: str) -> bool:
    """Return whether SendGrid signed a body (ECDSA with SHA-256); the key is base64 of its DER, as they show it."""
    try:
        key = serialization.load_der_public_key(base64.b64decode(public_key, validate=True))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def signed_by_mailgun(signature: Mapping[str, Any], key: str) -> bool:
    """Return whether Mailgun signed a timestamp and a token (HMAC-SHA256); it does not sign what it tells."""
    signed_text = f"{signature.get('timestamp')}{signature.get('token')}".encode("utf-8", "replace")
    digest = hmac.new(key.encode(), signed_text, hashlib.sha256).hexdigest()
    return hmac.compare_digest(digest.encode(), str(signature.get("signature")).encode("utf-8", "replace"))


def has_password(authorization: str, user_and_password: str) -> bool:
    """Return whether an Authorization header says `user:password` (RFC 7617)."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        credentials = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(credentials, user_and_password.encode()) and bool(user_and_password)


def is_recent(timestamp: str, *, now: dt.datetime, within: dt.timedelta) -> bool:
    """Return whether a moment, in seconds since 1970 or as ISO 8601, is about now."""
    try:
        moment = dt.datetime.fromtimestamp(float(timestamp), dt.UTC)
    except (ValueError, OverflowError, OSError):
        try:
            moment = dt.datetime.fromisoformat(timestamp)
        except ValueError:
            return False
    return moment.tzinfo is not None and abs(now - moment) <= within
