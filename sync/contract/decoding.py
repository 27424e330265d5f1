"""What reading a stranger's JSON may raise."""

import msgspec

UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""Catch these around every decoding of bytes from outside. msgspec answers a text that is nested a thousand deep, as only somebody
who wants to break a reader sends it, with a RecursionError, which is no DecodeError."""
