"""How alike two files are, by the measure that git detects renames with.

Source: git's documentation, gitdiffcore, "-M option"; the chunks (lines, long ones cut at 64 bytes) are git's own,
so that a rename near the threshold is judged as git judges it.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container
from functools import cache, lru_cache
from itertools import takewhile

from ..policy.loss import is_binary
from ..policy.names import BlobId

_CHUNKS = re.compile(rb"[^\n]{0,63}+\n|[^\n]{1,64}")
_FREQUENT = 16
"""A chunk that more files have tells little about which of them are alike."""


Fingerprint = dict[bytes, int]
"""How many of a file's bytes stand in each distinct chunk."""


class Fingerprints:
    """Compares blobs; each is read once, and only where its size leaves a chance."""

    def __init__(self, read: Callable[[BlobId], bytes], size: Callable[[BlobId], int]) -> None:
        def chunks_of(blob: BlobId) -> list[bytes]:
            return chunks(read(blob))

        def of(blob: BlobId) -> Fingerprint:
            return _counted(self._chunks(blob))

        self.size = cache(size)
        self.of = cache(of)
        self._chunks = lru_cache(maxsize=1)(chunks_of)

    def bytes_among(self, blob: BlobId, known: Container[bytes]) -> int:
        """How many bytes of a blob stand in known chunks; for most blobs that is all that is asked."""
        return sum(map(len, filter(known.__contains__, self._chunks(blob))))

    def similarity(self, one: BlobId, other: BlobId, at_least: float) -> float:
        """The share of bytes two blobs have in common, from 0 to 1; 0 where it is below `at_least`."""
        if one == other:
            return 1.0
        smaller, larger = sorted((self.size(one), self.size(other)))
        if not smaller or smaller < larger * at_least:
            return 0.0
        found = common(self.of(one), self.of(other)) / larger
        return found if found >= at_least else 0.0


class Lookalikes:
    """Finds, among many blobs, those that may be as alike as `at_least` to a given one, without comparing them all.

    Alike files share rare chunks; what they share beyond those is at most what the given one has of frequent chunks.
    """

    def __init__(self, blobs: Collection[BlobId], fingerprints: Fingerprints, at_least: float) -> None:
        self._fingerprints, self._at_least = fingerprints, at_least
        self._by_size = sorted((fingerprints.size(blob), blob) for blob in set(blobs))
        self._indexed: set[BlobId] = set()
        self._holders: dict[bytes, list[BlobId]] = defaultdict(list)

    def of(self, blob: BlobId) -> set[BlobId]:
        """The blobs worth comparing with the given one."""
        size = self._fingerprints.size(blob)
        near = self._near(size)
        if not size or not near:
            return set()
        self._index(near)
        if self._fingerprints.bytes_among(blob, self._holders) < size * self._at_least:
            return set()
        shared: Counter[BlobId] = Counter()
        frequent = 0
        weights = self._fingerprints.of(blob)
        for chunk in weights.keys() & self._holders.keys():
            holders = self._holders[chunk]
            if len(holders) > _FREQUENT:
                frequent += weights[chunk]
            else:
                for each in holders:
                    shared[each] += weights[chunk]
        needed = size * self._at_least - frequent
        return set(near) if needed <= 0 else {each for each in near if shared[each] >= needed}

    def _near(self, size: int) -> list[BlobId]:
        smallest, largest = size * self._at_least, size / self._at_least
        start = bisect_left(self._by_size, (smallest,))
        return [blob for _, blob in takewhile(lambda each: each[0] <= largest, self._by_size[start:])]

    def _index(self, blobs: list[BlobId]) -> None:
        for blob in blobs:
            if blob not in self._indexed:
                self._indexed.add(blob)
                for chunk in self._fingerprints.of(blob):
                    self._holders[chunk].append(blob)


def chunks(content: bytes) -> list[bytes]:
    """A file's content in chunks; CR before LF does not count in text."""
    return _CHUNKS.findall(content if is_binary(content) else content.replace(b"\r\n", b"\n"))


def common(one: Fingerprint, other: Fingerprint) -> int:
    """How many bytes two files have in common."""
    return sum(min(one[each], other[each]) for each in one.keys() & other.keys())


def _counted(found: list[bytes]) -> Fingerprint:
    return {chunk: count * len(chunk) for chunk, count in Counter(found).items()}
