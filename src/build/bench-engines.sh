#!/usr/bin/env bash
# Our engine beside llama.cpp, Jlama and onnxruntime-genai on random weights in the shape of Qwen2.5-0.5B:
#   src/build/bench-engines.sh [--trixie] DIR [ROUNDS [BLOCK [ENGINE…]]]
# DIR keeps the models (2 GB) for the next time. Run it on a quiet machine; ratios hold better than figures.
# onnxruntime-genai wants glibc 2.38. --trixie runs all of it in the Debian root that src/test/interop/genai.sh makes.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=
if [ "${1-}" = --trixie ]; then
  root=${SLM_INTEROP_ROOT:-/var/tmp/slm-interop-trixie}
  shift
  [ -e "$root/.complete" ] || { echo "no Debian root in $root: src/test/interop/genai.sh makes it" >&2; exit 1; }
  [ "$(id -u)" = 0 ] || { echo "only root can use $root" >&2; exit 1; }
fi
[ $# -ge 1 ] || { echo "usage: bench-engines.sh [--trixie] DIR [ROUNDS [BLOCK [ENGINE…]]]" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd -P)
shift
. .mvn/find-jdk.sh
slm_find_jdk || { echo "no JDK 25 or newer found" >&2; exit 1; }
JAVA_HOME=$(cd "$JAVA_HOME" && pwd -P)
./mvnw -q -B -ntp -Dquick -Ppeers test-compile dependency:build-classpath -Dmdep.outputFile=target/bench-classpath -Dmdep.includeScope=test
# an AOT cache takes classes of jars only
"$JAVA_HOME/bin/jar" --create --file target/bench-main.jar -C target/classes .
"$JAVA_HOME/bin/jar" --create --file target/bench-test.jar -C target/test-classes .
export CLASSPATH="$PWD/target/bench-test.jar:$PWD/target/bench-main.jar:$(cat target/bench-classpath)"
run=("$JAVA_HOME/bin/java" -Xmx2g --enable-native-access=ALL-UNNAMED dev.slm.bench.EngineBenchmark "$dir" "$@")
[ -n "$root" ] || exec "${run[@]}"

mounted=
trap 'for place in $mounted; do umount "$place" || umount -l "$place"; done' EXIT
repository=$(tr ':' '\n' <target/bench-classpath | sed -n 's#/com/microsoft/onnxruntime/.*##p' | head -n 1)
for folder in "$JAVA_HOME" "$PWD" "$repository" "$dir"; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
  mounted="$root$folder $mounted"
done
for kind in proc sysfs; do
  place="$root/${kind%fs}"
  mkdir -p "$place"
  mount -t "$kind" "$kind" "$place"
  mounted="$place $mounted"
done
HOME=/root chroot "$root" /usr/bin/env -C "$PWD" "${run[@]}"
