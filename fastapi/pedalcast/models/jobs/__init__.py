"""Jobs: training in a process of its own, one at a time, followed through Redis."""
