"""The checks of the gate: one pure module for each finding, named after it."""
