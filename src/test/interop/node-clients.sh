#!/bin/sh
# Runs real clients from npm, the openai package and foundry-local-sdk 0.5.0, under Node against the
# built product: find, start, list, download, load, chat streamed and not, unload, stop.
# Needs node 20, npm and its registry. Where something is missing it says so loudly and exits with 77.
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)

cannot() {
  printf '\n##########\n## THE NODE CLIENTS DID NOT RUN: %s\n##########\n\n' "$1" >&2
  exit 77
}

command -v node >/dev/null || cannot "there is no node"
command -v npm >/dev/null || cannot "there is no npm"
case "$(node --version)" in v[0-9].*|v1[0-9].*) cannot "node is older than 20: $(node --version)" ;; esac

work=$(mktemp -d "${TMPDIR:-/tmp}/slm-node-clients.XXXXXX")
export SLM_HOME="$work/home" SLM_SERVICE_PORT=0
finish() {
  status=$?
  PATH="$work/bin:$PATH" foundry service stop >/dev/null 2>&1 || true
  if [ "$status" -ne 0 ] && [ -r "$SLM_HOME/state/service.log" ]; then
    tail -n 40 "$SLM_HOME/state/service.log" >&2
  fi
  rm -rf "$work"
}
trap finish EXIT

mkdir -p "$work/bin"
"$root/slm" install-foundry-launcher --folder "$work/bin" >/dev/null 2>&1 || cannot "slm does not start"
cp "$here/clients.mjs" "$work/"
cd "$work"
printf '{"type": "module", "private": true}' >package.json
npm install --no-audit --no-fund --silent openai@6.49.0 foundry-local-sdk@0.5.0 || cannot "npm could not install the clients"
PATH="$work/bin:$PATH" node clients.mjs
