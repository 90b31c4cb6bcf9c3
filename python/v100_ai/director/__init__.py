"""Who decides what everyone sees: speakers and motion in, layout, camera and speaking time out."""
