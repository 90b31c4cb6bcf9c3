"""The flag `transcription`: what participants say aloud becomes text here."""
