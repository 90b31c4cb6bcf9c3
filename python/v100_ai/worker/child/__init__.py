"""The worker's own process: the only place where media from outside is probed and decoded."""
