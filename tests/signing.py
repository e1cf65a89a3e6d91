"""Providers that sign what they tell, played with keys of our own."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

CERT_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces"
MAILGUN_KEY = "key-1"
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(begins: dt.datetime) -> bytes:
    """A certificate of that key, for thirty days."""
    builder = x509.CertificateBuilder(_NAME, _NAME, rsa_key().public_key(), 1, begins, begins + dt.timedelta(days=30))
    return builder.sign(rsa_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def sns(now: dt.datetime, message: Any, *, version: str = "2", **fields: str) -> dict[str, str]:
    """A message as SNS signs it."""
    told = {
        "Type": "Notification",
        "MessageId": "m1",
        "TopicArn": TOPIC,
        "Message": json.dumps(message),
        "Timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": version,
        "SigningCertURL": CERT_URL,
    } | fields
    names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    signed = "".join(f"{name}\n{told[name]}\n" for name in names if name in told)
    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303 - as SNS does
    signature = rsa_key().sign(signed.encode(), padding.PKCS1v15(), algorithm)
    return told | {"Signature": base64.b64encode(signature).decode()}


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def sendgrid_public_key() -> str:
    der = (
        ec_key().public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(der).decode()


def sendgrid_headers(body: bytes, now: dt.datetime) -> dict[str, str]:
    timestamp = str(int(now.timestamp()))
    signature = ec_key().sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "x-twilio-email-event-webhook-timestamp": timestamp,
        "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
    }


def mailgun(now: dt.datetime, event: Any, token: str = "t1") -> dict[str, Any]:  # noqa: S107 - no password
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(MAILGUN_KEY.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"signature": {"timestamp": timestamp, "token": token, "signature": signature}, "event-data": event}
