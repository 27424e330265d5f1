"""The language of the SAM security module inside every ID-card reader, as pure functions: frames, codes, fields. No I/O here."""
