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

whole() { # milliseconds until a command has ended
  begin=$(now)
  "$@" >/dev/null 2>&1 </dev/null || true
  echo $((($(now) - begin) / 1000000))
}

# The line editor switches bracketed paste on (CSI ? 2004 h) in the moment it draws the prompt; each
# part of that becomes a line of its own, because the prompt itself ends in no line end.
until_prompt() { # milliseconds until the prompt stands in a terminal of its own
  mkfifo "$SLM_HOME/keys"
  exec 3<>"$SLM_HOME/keys"
  begin=$(now)
  timeout 60 script -qefc ./slm /dev/null <&3 2>/dev/null | stdbuf -o0 tr '\033h' '\n\n' | {
    grep -q -m 1 '?2004'
    echo $((($(now) - begin) / 1000000))
    echo exit >&3
    cat >/dev/null
  }
  exec 3>&-
  rm "$SLM_HOME/keys"
}

measure() { # name, then what prints milliseconds
  name=$1
  shift
  "$@" >/dev/null
  i=0
  while [ $i -lt "$runs" ]; do
    "$@"
    i=$((i + 1))
  done | median | xargs printf '%-32s %6s ms\n' "$name"
}

./slm --version >/dev/null
printf '%s, %s cores, median of %s\n' "$(uname -sm)" "$(getconf _NPROCESSORS_ONLN)" "$runs"
measure './slm --version' whole ./slm --version
measure './slm service status' whole ./slm service status
measure './slm cache ls' whole ./slm cache ls
measure './slm model list' whole ./slm model list
./slm model run slm-demo --prompt Hello >/dev/null 2>&1 # prepares it, once
measure './slm model run slm-demo …' whole ./slm model run slm-demo --prompt Hello
if command -v script >/dev/null && command -v stdbuf >/dev/null; then
  measure 'prompt in a terminal' until_prompt
fi
