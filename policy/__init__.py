"""The policy: pure rules over plain values; no repository, no clock, no output."""
