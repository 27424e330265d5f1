"""Reconciliation (对账): proves that nothing handed in is lost, and lists what does not add up until somebody has seen to it."""
