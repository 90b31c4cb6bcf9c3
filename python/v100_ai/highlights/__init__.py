"""Captions -> window -> Claude or the offline rules -> ledger -> highlight events."""
