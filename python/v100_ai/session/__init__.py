"""One session: its layers wired into one flow of events."""
