"""The certificate that the service presents, checked before anything starts."""

from __future__ import annotations

import ssl

from service.config import Config
from service.process.errors import CannotStart


def check_certificate(config: Config) -> None:
    """Raises CannotStart where one is configured that cannot be used."""
    if config.tls_certificate is None or config.tls_key is None:
        return
    for variable, path in (("CERTIFICATE", config.tls_certificate), ("KEY", config.tls_key)):
        try:
            path.read_bytes()
        except OSError as error:
            raise CannotStart(f"FEEDFORWARD_TLS_{variable} {path} cannot be read: {error.strerror}.") from None
    try:
        # A key with a passphrase is rejected by an empty one; without it, OpenSSL asks on the terminal.
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            config.tls_certificate, config.tls_key, password=""
        )
    except (ssl.SSLError, ValueError):
        raise CannotStart(
            f"FEEDFORWARD_TLS_CERTIFICATE {config.tls_certificate} and FEEDFORWARD_TLS_KEY {config.tls_key} must be "
            "a certificate and its own private key, both PEM, the key without a passphrase."
        ) from None
