#!/usr/bin/env bash
# Our engine beside llama.cpp on random weights in the shape of Qwen2.5-0.5B: src/build/bench-engines.sh DIR [ROUNDS [BLOCK]]
# DIR keeps the models (1.6 GB) for the next time. Run it on a quiet machine; ratios hold better than figures.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 1 ] || { echo "usage: bench-engines.sh DIR [ROUNDS [BLOCK]]" >&2; exit 2; }
. .mvn/find-jdk.sh
slm_find_jdk || { echo "no JDK 25 or newer found" >&2; exit 1; }
./mvnw -q -B -ntp -Dquick -Ppeers test-compile dependency:build-classpath -Dmdep.outputFile=target/bench-classpath -Dmdep.includeScope=test
export CLASSPATH="target/test-classes:target/classes:$(cat target/bench-classpath)"
exec "$JAVA_HOME/bin/java" -Xmx2g --enable-native-access=ALL-UNNAMED dev.slm.bench.EngineBenchmark "$@"
