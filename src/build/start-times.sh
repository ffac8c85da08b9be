#!/bin/sh
# How long starts take, warm: medians of N runs (default 9) in milliseconds.
#   src/build/start-times.sh [N]
# Every command runs in a home of its own; the first, uncounted run warms the file cache.
set -eu
cd "$(dirname "$0")/../.."
runs=${1:-9}
SLM_HOME=$(mktemp -d)
export SLM_HOME
trap 'rm -rf "$SLM_HOME"' EXIT

now() { date +%s%N; }

median() { # of the numbers on standard input
  sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

measure() { # name, then the command
  name=$1
  shift
  "$@" >/dev/null 2>&1 </dev/null || true
  i=0
  while [ $i -lt "$runs" ]; do
    begin=$(now)
    "$@" >/dev/null 2>&1 </dev/null || true
    echo $((($(now) - begin) / 1000000))
    i=$((i + 1))
  done | median | xargs printf '%-28s %6s ms\n' "$name"
}

until_prompt() { # a terminal of its own; ends when the prompt has been drawn
  timeout 20 script -qefc './slm' /dev/null </dev/zero 2>/dev/null | grep -q -m 1 'slm.*>' || true
}

printf '%s, %s cores, median of %s\n' "$(uname -sm)" "$(getconf _NPROCESSORS_ONLN)" "$runs"
measure './slm --version' ./slm --version
measure './slm service status' ./slm service status
measure './slm cache ls' ./slm cache ls
measure './slm model list' ./slm model list
if command -v script >/dev/null; then
  measure 'prompt in a terminal' until_prompt
fi
