#!/usr/bin/env bash
# The gate. Base and head are those of the event, where BASE and HEAD name no others.
set -euo pipefail

global=(--color=never)
options=(--format=github)
[[ -z ${POLICY_REF:-} ]] || global+=("--policy-ref=$POLICY_REF")
[[ -z ${BASE:-} ]] || options+=("--base=$BASE")
[[ -z ${HEAD:-} ]] || options+=("--head=$HEAD")
[[ -z ${SARIF:-} ]] || options+=("--output=sarif=$SARIF")

forkpolicy "${global[@]}" check "${options[@]}"
