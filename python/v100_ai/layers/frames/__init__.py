"""The flags that look at frames: a second's analysis, alerts, cuts and faults of each track."""
