"""How fast and how small forkpolicy is, as ratios against the commands that a person would run instead."""
