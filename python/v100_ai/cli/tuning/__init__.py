"""What can be tuned to one's own material: a module each, with `configure` and `run`."""
