"""Live video intelligence that runs beside the media."""
