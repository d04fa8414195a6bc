"""Everything that touches git objects: the only package that imports pygit2."""
