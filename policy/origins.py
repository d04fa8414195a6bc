"""Who decides where no rule of the policy does: the names that stand in a rule's place, so no rule may bear them."""

BUILT_IN = "built-in"
BY_GIT = "git"
CONTENT_BASE = "content-base"
CROSS_CHECK = "cross-check"
DEFAULT = "default"

ORIGINS = {
    BUILT_IN: "what belongs to the fork whatever the rules say: the policy, its schema, its templates, what runs them",
    BY_GIT: "what git merges by itself",
    CONTENT_BASE: "what the content base settles, or leaves for a person where the right base is in doubt",
    CROSS_CHECK: "what git merges otherwise than forkpolicy does",
    DEFAULT: "what decides where no rule matches",
}
"""Every such name with what it stands for."""
