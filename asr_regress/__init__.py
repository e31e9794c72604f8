"""A release gate for speech recognizers, as a pytest plugin."""

__version__ = "0.1.0"
