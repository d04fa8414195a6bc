"""The outputs of a plan: each module formats the same values, and computes nothing that they do not say."""
