#!/usr/bin/env bash
# Plays a file of keystrokes on a real terminal (tmux) and writes what it showed as Markdown:
#   src/build/record-session.sh src/docs/sessions/NAME.keys [OUTPUT.md]
# OUTPUT is NAME.md beside the file unless it is named; '-' is standard output. Nothing is timed by
# guess: the next key is typed when the text that the file waits for is on the screen.
#
#   # …            a remark
#   | TEXT         Markdown, as it is; {ms} is the time from the last key to the end of the last wait,
#                  {machine} the machine, {version} the product's version
#   > TEXT         types a line and Enter
#   type TEXT      types without Enter
#   key NAME …     presses keys by their tmux names: C-c C-d Tab Up BSpace
#   paste TEXT     pastes at once, as a terminal does; \n is a line end
#   wait REGEX     until a line below the last typed one matches; blanks at its end do not count.
#                  After 'type', 'key' and 'paste' the line with the cursor counts too
#   patience N     seconds that a wait may take from now on (60)
#   show           a block with all whole lines since the last block
#   screen         a block with the screen as it is now
#   skip           leaves out all whole lines since the last block
#   clear          types 'clear' and waits for the empty screen
#   size COLS ROWS resizes the terminal (80 24)
#   run COMMAND    runs a command unseen, in the recording's home; $SOURCE is the clone
#
# The terminal's shell has an empty home of its own, shown as ~, in which ./slm is a link to ours.
# Status: 0 written, 1 a text did not come (the screen is shown), 2 usage, 69 no tmux.
set -euo pipefail
[ $# -ge 1 ] && [ -r "$1" ] || { echo "usage: record-session.sh FILE.keys [OUTPUT.md]" >&2; exit 2; }
command -v tmux >/dev/null || { echo "tmux is needed and not installed" >&2; exit 69; }
SOURCE=$(cd "$(dirname "$0")/../.." && pwd -P)
keys=$1
output=${2:-${keys%.keys}.md}

home=$(mktemp -d)
home=$(cd "$home" && pwd -P)
socket=slm-record-$$
written=$(mktemp)
clean_up() {
  tmux -L "$socket" kill-server 2>/dev/null || true
  # what ran in it may still write for a moment
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf "$home" "$written" 2>/dev/null && return
    sleep 0.2
  done
}
trap clean_up EXIT

ln -s "$SOURCE/slm" "$home/slm"
# a first start builds and trains; that is not what is recorded
"$SOURCE/slm" --version >/dev/null
version=$("$SOURCE/slm" --version)
machine="$(uname -sm), $(getconf _NPROCESSORS_ONLN) cores"
unseen=(HOME="$home" SLM_HOME="$home/.slm" SOURCE="$SOURCE" JAVA_HOME="${JAVA_HOME-}")

cat >"$home/.tmux.conf" <<'CONF'
set -g status off
set -g history-limit 100000
set -g default-terminal xterm-256color
set -s escape-time 0
CONF
echo "PS1='$ '" >"$home/.rc"

t() { tmux -L "$socket" "$@"; }

start() {
  cd "$home"
  # nothing of the caller's environment is to be seen but where Java is
  env -i PATH="$PATH" JAVA_HOME="${JAVA_HOME-}" LANG=C.UTF-8 HOME="$home" SLM_HOME="$home/.slm" TERM=xterm-256color \
    tmux -L "$socket" -f "$home/.tmux.conf" new-session -d -x 80 -y 24 'exec bash --noprofile --rcfile .rc'
  cd "$SOURCE"
}

lines() { t capture-pane -p -S - | sed 's/ *$//'; }        # all that was ever shown
cursor() { echo $(($(t display -p '#{history_size} + #{cursor_y}'))); } # its line, counted from 0
now() { echo $(($(date +%s%N) / 1000000)); }

mark=0      # waits look below this many lines
from=0      # the first line that no block shows yet
pressed=0   # when the last key was
ms=0
patience=60

press() { # begins at line $1, does the rest
  mark=$1
  shift
  pressed=$(now)
  "$@"
}

fail() {
  printf '%s:%s: %s\n--- the screen:\n' "$keys" "$number" "$1" >&2
  lines | tail -n 30 | shown >&2
  exit 1
}

await() {
  local end=$(($(now) + patience * 1000))
  until lines | tail -n +$((mark + 1)) | grep -qE -- "$1"; do
    [ "$(now)" -lt "$end" ] || fail "'$1' did not come within $patience s"
    sleep 0.01
  done
  ms=$(($(now) - pressed))
}

shown() { sed -e "s#$home#~#g" -e "s#$SOURCE#.#g"; }

renumber() { # after what gives the lines other numbers
  mark=$(cursor)
  from=$mark
}

block() { # of the lines on standard input
  local text
  text=$(shown | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}')
  [ -z "$text" ] || printf '\n```text\n%s\n```\n\n' "$text" >>"$written"
}

say() {
  local text=${1//'{ms}'/$ms}
  text=${text//'{machine}'/$machine}
  printf '%s\n' "${text//'{version}'/$version}" >>"$written"
}

obey() { # one line of the file
  local word=${1%% *} rest=${1#* }
  [ "$word" != "$1" ] || rest=
  case "$word" in
    '' | '#'*) ;;
    '|') say "$rest" ;;
    '>') press $(($(cursor) + 1)) t send-keys -l -- "$rest" && t send-keys Enter ;;
    type) press "$(cursor)" t send-keys -l -- "$rest" ;;
    key) press "$(cursor)" t send-keys $rest ;;
    paste)
      t set-buffer -- "$(printf '%b' "$rest")"
      press "$(cursor)" t paste-buffer -p -r
      ;;
    wait) await "$rest" ;;
    patience) patience=$rest ;;
    show | skip)
      local to
      to=$(cursor)
      [ "$word" = skip ] || lines | sed -n "$((from + 1)),${to}p" | block
      from=$to
      ;;
    screen) t capture-pane -p | sed 's/ *$//' | block ;;
    clear)
      t send-keys -l clear && t send-keys Enter
      until [ "$(t display -p '#{cursor_y}')" = 0 ]; do sleep 0.01; done
      renumber
      ;;
    size)
      t resize-window -x "${rest% *}" -y "${rest#* }"
      renumber
      ;;
    run) (cd "$home" && env "${unseen[@]}" bash -c "$rest") >"$home/.unseen" 2>&1 || { cat "$home/.unseen" >&2; fail "failed: $rest"; } ;;
    *) fail "unknown word '$word'" ;;
  esac
}

start
number=0
await '^\$$'
while IFS= read -r line || [ -n "$line" ]; do
  number=$((number + 1))
  obey "$line"
done <"$keys"

if [ "$output" = - ]; then
  cat -s "$written"
else
  cat -s "$written" >"$output"
  echo "written to $output"
fi
