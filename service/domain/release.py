"""Which release of the service this is."""

VERSION = "0.1.0"
