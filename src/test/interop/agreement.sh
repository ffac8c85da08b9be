#!/usr/bin/env bash
# How far apart are the openai package under Node and our own `benchmark run --endpoint` on one service, and how far are
# answers through a service and those of the shell, on the same model in the same memory? The aim is 5 % for both.
# On a quiet machine, about five minutes: src/test/interop/agreement.sh [TURNS [TOKENS]]
# Turns of all ways are compared with themselves; more follow while a figure of benchmark and client misses the aim. A miss is told and does
# not decide whether a build passes: with STRICT=1 it does. Twice as much or half after all turns is no noise: the status is 1.
# Needs node 20, npm and its registry; says so and exits with 77 where they are missing.
set -euo pipefail
cd "$(dirname "$0")/../../.."
turns=${1:-7}
tokens=${2:-384}

cannot() {
  printf '\n##########\n## THE AGREEMENT WAS NOT MEASURED: %s\n##########\n\n' "$1" >&2
  exit 77
}
command -v node >/dev/null || cannot "there is no node"
command -v npm >/dev/null || cannot "there is no npm"
. .mvn/find-jdk.sh
slm_find_jdk || cannot "no JDK 25 or newer found"

work=$(mktemp -d "${TMPDIR:-/tmp}/slm-agreement.XXXXXX")
export SLM_HOME="$work/home" SLM="$PWD/slm" REPORT="$work/report.md"
finish() {
  "$SLM" service stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT
cp src/test/interop/agreement.mjs "$work/"
printf '{"type": "module", "private": true}' >"$work/package.json"
(cd "$work" && npm install --no-audit --no-fund --silent openai@6.49.0) || cannot "npm could not install the client"

# random weights in the shape of Qwen2.5-0.5B with the demo's words: as fast as models that people serve
"$SLM" --version
./mvnw -q -B -ntp -Dquick test-compile dependency:build-classpath -Dmdep.outputFile="$work/classpath" -Dmdep.includeScope=test
"$JAVA_HOME/bin/java" -cp "target/test-classes:target/classes:$(cat "$work/classpath")" \
  dev.slm.bench.SyntheticModel "$work/checkpoint" 24
"$SLM" quantize "$work/checkpoint" --precision int4 --name synthetic-int4 --no-quality 2>/dev/null
rm -r "$work/checkpoint"
"$SLM" model download slm-demo 2>/dev/null
"$SLM" service start --port 0 | tee "$work/started"
url=$(grep -o 'http://[0-9.:]*' "$work/started")

status=0
printf '%s, %s cores, ' "$(uname -sm)" "$(getconf _NPROCESSORS_ONLN)"
node "$work/agreement.mjs" "$url/v1" synthetic-int4 "$tokens" 1 "$turns" 2 slm-demo-int8 128 10 "$turns" 0 || status=1
"$SLM" service stop

printf '\nservice and shell in one process, answer by answer, %s tokens:\n' "$tokens"
"$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED -Xlog:all=off \
  -cp "target/test-classes:target/classes:$(cat "$work/classpath")" \
  dev.slm.bench.ServiceBenchmark "$SLM_HOME/models" synthetic-int4 "$tokens" $((turns * 3)) || status=1
exit "$status"
