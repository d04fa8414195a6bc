#!/usr/bin/env bash
# One sync: fast-forwards the mirrors, plans, carries the plan out on the sync branch, opens or updates its pull request.
# Run again, it finds its work done. It never pushes to production, and never replaces what somebody pushed.
#
# Needs forkpolicy, git, gh, jq and curl; a full checkout of production, with upstream's branch and tags fetched.
# GH_TOKEN may push branches and open pull requests. RELEASE names another release than the newest; SLACK_WEBHOOK_URL
# gets a message when a pull request is opened, and when a sync fails.
set -euo pipefail

: "${GH_TOKEN:?the sync needs a token: set the input token of the action}"
remote=${REMOTE:-origin}
run_link=${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY/actions/runs/${GITHUB_RUN_ID:-}
export GIT_AUTHOR_NAME=${GIT_AUTHOR_NAME:-github-actions[bot]} GIT_COMMITTER_NAME=${GIT_COMMITTER_NAME:-github-actions[bot]}
email='41898282+github-actions[bot]@users.noreply.github.com'
export GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL:-$email} GIT_COMMITTER_EMAIL=${GIT_COMMITTER_EMAIL:-$email}

work=$(mktemp -d)
trap 'finish $?' EXIT

main() {
  forkpolicy status --format json > "$work/status.json"
  fast_forward_mirrors
  make_plan
  find_pull_requests
  [[ -n $number || -z $others || $(planned .pull_request.when_open) == replace ]] || {
    notice "$tag waits: another sync is open, #${others//$'\n'/, #}"
    return
  }
  carry_out
  [[ -n $carried ]] || return 0
  if [[ -n $number ]]; then update_pull_request; else open_pull_request; fi
  replace_others
}

# The mirror is reference only: one with commits of its own, or that cannot be pushed, stops no sync.
fast_forward_mirrors() {
  local branch follows target own behind
  while IFS=$'\t' read -r branch follows target own behind; do
    if ((own > 0)); then
      warn "$branch cannot be fast-forwarded: $follows lacks $own of its commits; \`forkpolicy doctor\` prints the reset"
    elif ((behind > 0)); then
      push "$target:refs/heads/$branch" || warn "$branch could not be pushed"
    fi
  done < <(jq -r '.mirrors[] | [.branch, .follows, .target, .own, .behind] | @tsv' "$work/status.json")
}

# Sets tag, branch, base and title; ends the run where there is nothing to merge.
make_plan() {
  local refused=0
  forkpolicy plan ${RELEASE:+"$RELEASE"} --output "json=$work/plan.json" --output "markdown=$work/body.md" || refused=$?
  [[ -z ${GITHUB_STEP_SUMMARY:-} || ! -e $work/body.md ]] || cat "$work/body.md" >> "$GITHUB_STEP_SUMMARY"
  ((refused == 0)) || exit "$refused"
  [[ $(planned .status) != up-to-date ]] || exit 0
  tag=$(planned .upstream.tag)
  branch=$(planned .pull_request.branch)
  base=$(planned .pull_request.base)
  title=$(planned .pull_request.title)
}

# Sets number, of this sync's pull request, and others, of further open syncs. A stranger's fork may have branches of
# the same names: only pull requests from this repository count.
find_pull_requests() {
  gh_here pr list --base "$base" --state open --limit 500 \
    --json number,url,title,body,headRefName,isCrossRepository > "$work/open.json"
  jq 'map(select(.isCrossRepository | not))' "$work/open.json" > "$work/here.json"
  number=$(jq -r --arg branch "$branch" 'map(select(.headRefName == $branch))[0].number // empty' "$work/here.json")
  others=$(jq -r --arg branch "$branch" --slurpfile status "$work/status.json" '
    [$status[0].pending_syncs[].ref | sub("^refs/(heads|remotes/[^/]+)/"; "")] as $syncs
    | .[] | select(.headRefName != $branch and (.headRefName | IN($syncs[]))) | .number' "$work/here.json")
}

# Makes the merge on the sync branch and pushes it. Sets carried, empty where the branch has other work: that is left
# alone.
carry_out() {
  local there=refs/remotes/$remote/$branch code=0
  carried=
  if exists "$there" && ! exists "refs/heads/$branch"; then git branch --quiet --no-track "$branch" "$there"; fi
  forkpolicy apply "$work/plan.json" --with-markers || code=$?
  if ((code == 1)) && exists "$there"; then
    warn "$branch was made on another state of $base, or holds other work: it is left as it is. Delete it to have it made anew"
    return
  fi
  ((code == 0)) || exit "$code"
  push "refs/heads/$branch"
  carried=yes
}

open_pull_request() {
  local options=(--base "$base" --head "$branch" --title "$title" --body-file "$work/body.md") label url
  [[ $(planned .pull_request.draft) != true ]] || options+=(--draft)
  make_labels
  while read -r label; do options+=(--label "$label"); done < <(planned '.pull_request.labels[]')
  url=$(gh_here pr create "${options[@]}")
  number=${url##*/}
  notice "opened #$number for $tag"
  slack --link "$url" || warn 'Slack could not be told'
}

# Boxes that people ticked count as unchanged, so that they stay ticked while the plan stays the same.
update_pull_request() {
  local options=(--title "$title" --body-file "$work/body.md") label
  jq -r --argjson number "$number" '.[] | select(.number == $number) | .title, .body' "$work/here.json" > "$work/old"
  if [[ $(unticked < "$work/old") == "$(printf '%s\n' "$title" | cat - "$work/body.md" | unticked)" ]]; then
    notice "#$number is up to date"
    return
  fi
  make_labels
  while read -r label; do options+=(--add-label "$label"); done < <(planned '.pull_request.labels[]')
  gh_here pr edit "$number" "${options[@]}"
}

replace_others() {
  local other
  for other in $others; do
    [[ $(planned .pull_request.when_open) != replace ]] || gh_here pr close "$other" --comment "Replaced by #$number."
  done
}

make_labels() {
  local label
  gh_here label list --limit 1000 --json name > "$work/labels.json"
  while read -r label; do
    jq -e --arg wanted "$label" 'any(.name == $wanted)' "$work/labels.json" > /dev/null || gh_here label create "$label"
  done < <(planned '.pull_request.labels[]')
}

planned() { jq -r "$1" "$work/plan.json"; }

unticked() { tr -d '\r' | sed 's/^\( *- \[\)[xX]\]/\1 ]/'; }

exists() { git rev-parse --quiet --verify "$1^{commit}" > /dev/null; }

gh_here() { gh "$@" --repo "$GITHUB_REPOSITORY"; }

push() { git -c credential.helper= -c credential.helper='!gh auth git-credential' push --quiet "$remote" "$1"; }

notice() { printf '::notice title=forkpolicy sync::%s\n' "${1//'%'/%25}"; }

warn() { printf '::warning title=forkpolicy sync::%s\n' "${1//'%'/%25}"; }

# The address is a secret: it goes to curl by its standard input, where no list of processes shows it.
slack() {
  [[ -n ${SLACK_WEBHOOK_URL:-} ]] || { notice 'Slack is not configured: nobody is told'; return; }
  forkpolicy render slack --run-link "$run_link" ${tag:+--release "$tag"} "$@" > "$work/slack.json" &&
    curl --fail --silent --show-error --config - --header 'Content-Type: application/json' \
      --data "@$work/slack.json" --output /dev/null <<< "url = \"$SLACK_WEBHOOK_URL\""
}

finish() {
  (($1 == 0)) || slack --event failed --message "The sync ended with code $1." || warn 'Slack could not be told'
  rm -rf "$work"
  exit "$1"
}

main
