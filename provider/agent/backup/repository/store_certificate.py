"""Which certificates of a store are trusted: those that restic trusts, so that a store has one verdict here and there."""

import ssl

UNTRUSTED_NEXT = "Set caCertificate of the target to the one that signs the store's certificate"


def trusting(ca_certificate: str) -> ssl.SSLContext:
    """What makes TLS connections as restic does. ca_certificate: PEM of all that is trusted; "" for what the host trusts."""
    context = ssl.create_default_context(cadata=ca_certificate or None)
    # Python 3.13 sets it and refuses authorities without a key usage, as many a private one is; Go does not ask for one.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # Python 3.13 sets it, as Go does: what is named is trusted, also when another authority has signed it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
