"""Text templates: the pull request and whatever else a fork wants rendered from a plan."""
