"""Signed updates: which release is meant, how its bytes get here, and how it has to prove itself.

TUF decides which and how fresh, the slot's own engine whether bytes may touch a slot, a visit whether they may stay.
"""
