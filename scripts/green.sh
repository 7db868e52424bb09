#!/usr/bin/env bash
# Which commit passed the whole suite last: kept in .cache/green, one hash.
#   scripts/green.sh run COMMAND…   run the suite; green: remember the commit if nothing differs from it; red: forget
#   scripts/green.sh ago            say how many commits ago that was
set -uo pipefail
green=.cache/green

as_committed() { # the commit, if the working tree is exactly that
  [ -z "$(git status --porcelain 2>/dev/null || echo none)" ] && git rev-parse HEAD
}

case "${1:-}" in
run)
  shift
  before=$(as_committed)
  "$@"
  code=$?
  mkdir -p "${green%/*}"
  if [ $code -ne 0 ]; then
    rm -f "$green"
  elif [ -n "$before" ] && [ "$before" = "$(as_committed)" ]; then
    echo "$before" >"$green"
    echo "▸ green: ${before:0:10}"
  else
    echo "▸ green, with changes that are not committed: nothing is remembered"
  fi
  exit $code
  ;;
ago)
  passed=$(cat "$green" 2>/dev/null)
  if [ -z "$passed" ]; then
    echo "▸ no commit is known to have passed the whole suite here: make test"
  elif git merge-base --is-ancestor "$passed" HEAD 2>/dev/null; then
    echo "▸ the whole suite passed $(git rev-list --count "$passed"..HEAD) commit(s) ago, at ${passed:0:10}"
  else
    echo "▸ the whole suite passed at ${passed:0:10}, which is not behind this commit"
  fi
  ;;
*)
  sed -n '2,4s/^# *//p' "$0"
  exit 2
  ;;
esac
