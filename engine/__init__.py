"""The engine: reads a repository, evaluates the policy against it, tells people."""
