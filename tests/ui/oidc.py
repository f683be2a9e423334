"""A provider of sign-ins on 127.0.0.1, as small as OpenID Connect allows."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "emo-care", "a secret of the clinic and its provider"


@dataclass
class Provider:
    """Says of everybody who comes that they are the person with ``claims``.

    Attributes:
        claims: Of the next identity token, beside what every token has.
        forged: Signs with another key than the one it publishes.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    forged: bool = False

    def __enter__(self) -> Provider:
        from joserfc.jwk import RSAKey

        self.key, self.other = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))
        self.nonces: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def secrets(self, origin: str) -> str:
        """The file ``secrets.toml`` of an installation that asks this provider."""
        return "\n".join((
            "[auth]", f'redirect_uri = "{origin}/oauth2callback"',
            'cookie_secret = "forty random signs that nobody else knows"', "[auth.clinic]",
            f'client_id = "{CLIENT}"', f'client_secret = "{SECRET}"',
            f'server_metadata_url = "{self.issuer}/.well-known/openid-configuration"',
        ))  # fmt: skip

    def answer(self, path: str, asked: dict[str, str]) -> tuple[int, dict[str, Any] | str]:
        """Status and what is said; a text is an address to go to."""
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys",
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }  # fmt: skip
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/authorize":
            code = f"code-{len(self.nonces)}"
            self.nonces[code] = asked["nonce"]
            back = urlencode({"code": code, "state": asked["state"]})
            return 302, f"{asked['redirect_uri']}?{back}"
        if path == "/token" and asked.get("code") in self.nonces and asked.get("code_verifier"):
            return 200, {"access_token": "unused", "token_type": "Bearer",
                         "id_token": self._token(self.nonces.pop(asked["code"]))}  # fmt: skip
        return 400, {"error": "invalid_request"}

    def _token(self, nonce: str) -> str:
        from joserfc import jwt

        at = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": nonce}
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims | self.claims,
                          self.other if self.forged else self.key)  # fmt: skip

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self._say(parts.path, parts.query)

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                self._say(self.path, self.rfile.read(length).decode())

            def _say(self, path: str, query: str) -> None:
                asked = {name: values[0] for name, values in parse_qs(query).items()}
                status, said = provider.answer(path, asked)
                body = b"" if isinstance(said, str) else json.dumps(said).encode()
                self.send_response(status)
                if isinstance(said, str):
                    self.send_header("location", said)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
