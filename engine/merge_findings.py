"""What a merge gives reason to look at, beside its conflicts: attributes and marked blocks."""

from collections.abc import Callable, Iterable, Iterator

from ..policy.facts import ConflictFacts
from ..policy.findings import Finding, Severity
from ..policy.names import BlobId, TreeId
from ..policy.ownership import Ownership
from .attributes import AttributeHazard, attribute_hazards
from .git.scratch import Scratch
from .merge import Merge


def merge_findings(
    scratch: Scratch, production: TreeId, merge: Merge, facts: Iterable[ConflictFacts], ownership: Ownership
) -> Iterator[Finding]:
    """Warnings where git may merge otherwise, notes where a marked block never ends."""
    for hazard in attribute_hazards(scratch, production, merge.combined):
        yield _attributes(hazard)
    yield from _unclosed_blocks(facts, ownership, scratch.repository.read)


def _attributes(hazard: AttributeHazard) -> Finding:
    says = f"the merge driver `{hazard.driver}`" if hazard.driver else "attributes below the root"
    message = f"{hazard.path} was merged as text, but {hazard.file} has {says} for it, which git may honour"
    fix = "look at the merged file, or merge it with git in a work tree"
    return Finding("merge-attributes", Severity.WARNING, message, path=hazard.path, fix=fix)


def _unclosed_blocks(
    facts: Iterable[ConflictFacts], ownership: Ownership, read: Callable[[BlobId], bytes]
) -> Iterator[Finding]:
    for file in (file for each in facts if each.conflict.kind for file in each.files):
        fork = file.versions.fork
        if fork is not None and fork.is_file and not file.binary and ownership.has_unclosed_block(read(fork.id)):
            message = f"{file.path}: a marked block begins and never ends, so it reaches to the end of the file"
            yield Finding("unclosed-marker", Severity.NOTE, message, path=file.path, fix="add the line that ends it")
