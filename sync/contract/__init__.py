"""The messages between terminal and city: types, rules and signatures that both ends share, and nothing else of either.

Version 1. A newer end may add optional fields; readers ignore what they do not know, and nobody renames or re-uses a field.
"""
