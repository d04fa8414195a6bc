#!/usr/bin/env bash
# Installs forkpolicy from the action's own checkout into an environment of its own, with the pinned versions of
# what it needs, each checked by its hash; puts only `forkpolicy` on the path.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
place=$RUNNER_TEMP/forkpolicy

"$PYTHON" -m venv "$place"
pip() { "$place/bin/python" -m pip --quiet --disable-pip-version-check install --no-input "$@"; }
pip --require-hashes --only-binary :all: --requirement "$here/requirements.txt"
pip --no-deps --no-build-isolation "$here/../.."

mkdir -p "$place/path"
ln -sf "$place/bin/forkpolicy" "$place/path/forkpolicy"
echo "$place/path" >> "$GITHUB_PATH"
"$place/path/forkpolicy" --version
