"""The flag `active_speaker`: who talks, who holds the floor, what the screen and the camera show for it."""
