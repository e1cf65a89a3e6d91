"""An OpenID Connect provider on this machine: it signs tokens with its own key, and checks PKCE as a real one does."""

import base64
import datetime as dt
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "dailypapers", "the client's secret"
_KEY, _ANOTHERS = (RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}) for _ in range(2))


@dataclass
class PlayingProvider:
    """The provider, and what a test has it say."""

    issuer: str
    #: What it says its name is, where that is another.
    says_it_is: str = ""
    userinfo: dict[str, Any] = field(default_factory=lambda: {"sub": "1"})
    #: What it says of whoever signs in on its page, in a browser, and when.
    claims: dict[str, Any] = field(default_factory=dict)
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    #: Codes it gave out: the PKCE challenge each is bound to, and the token that is given for it.
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def signs_in(self, url: str, *, now: dt.datetime, **changed: Any) -> str:
        """Let Ann sign in at an address she was led to; returns the code she is sent back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        token = "" if changed.pop("refused", False) else self._token(now, **{"nonce": asked["nonce"], **changed})
        code = f"code {len(self.codes)}"
        self.codes[code] = (asked["code_challenge"], token)
        return code

    def page(self, url: str) -> str:
        """Return the page on which somebody signs in: one link, back to where they came from."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        query = urlencode({"state": asked["state"], "code": self.signs_in(url, now=self.clock(), **self.claims)})
        back = escape(f"{asked['redirect_uri']}?{query}")
        return f'<!doctype html><title>Example</title><a href="{back}">Sign in</a>'

    def _token(self, now: dt.datetime, *, forged: bool = False, alg: str = "RS256", **changed: Any) -> str:
        moment = int(now.timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "1",
            "iat": moment,
            "exp": moment + 300,
            "email": "Ann@example.org",
            "email_verified": True,
            "groups": ["admins"],
        } | changed
        said = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": alg, "kid": "one"}
        if alg == "HS256":
            return jwt.encode(header, said, OctKey.import_key(SECRET), algorithms=["HS256"])
        return jwt.encode(header, said, _ANOTHERS if forged else _KEY)

    def exchange(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """Return the tokens for a code; `None` where the code or what proves its browser is wrong."""
        challenge, token = self.codes.pop(sent.get("code", ""), ("", ""))
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if not token or proof.decode().rstrip("=") != challenge:
            return None
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 3600, "id_token": token}

    def description(self) -> dict[str, Any]:
        """Return what it says of itself."""
        return {
            "issuer": self.says_it_is or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
        }


@contextmanager
def playing_oidc(*, says_it_is: str = "") -> Iterator[PlayingProvider]:
    """Run a provider."""
    played = PlayingProvider("", says_it_is)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers: dict[str, Any] = {
                "/.well-known/openid-configuration": played.description(),
                "/keys": KeySet([_KEY]).as_dict(private=False),
                "/userinfo": played.userinfo,
            }
            if self.path.startswith("/authorize?"):
                self._answer(200, "text/html; charset=utf-8", played.page(self.path).encode())
            else:
                self._say(answers.get(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say(played.exchange({name: values[0] for name, values in parse_qs(body).items()}))

        def _say(self, answer: dict[str, Any] | None) -> None:
            body = json.dumps(answer if answer is not None else {"error": "invalid_grant"}).encode()
            self._answer(200 if answer is not None else 400, "application/json", body)

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    played.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
