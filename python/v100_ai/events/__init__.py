"""What a session has to say: one frozen class per kind of event, and the envelope they travel in."""
