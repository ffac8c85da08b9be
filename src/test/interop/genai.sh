#!/usr/bin/env bash
# Proves that folders made here run in onnxruntime-genai and answer there as in our own engine: demo model in every
# precision, tiny models of every family in each. Then the contract that every engine keeps is tested with it. The native library wants glibc 2.38; on older systems it runs in a Debian trixie
# root (SLM_INTEROP_ROOT, made on first use with debootstrap, needs root).
# Status: 0 same answers, 1 different answers or a crash, 77 it could not run, with the reason.
set -euo pipefail
cd "$(dirname "$0")/../../.."

cannot_run() {
  printf '\n*** THE INTEROPERABILITY TEST DID NOT RUN: %s ***\n\n' "$1" >&2
  exit 77
}

. .mvn/find-jdk.sh
slm_find_jdk || cannot_run "no JDK 25 or newer found"
case "$(uname -sm)" in "Linux x86_64") ;; *) cannot_run "onnxruntime-genai's jar has a Linux library for x86-64 only" ;; esac

work=$(mktemp -d)
root=${SLM_INTEROP_ROOT:-/var/tmp/slm-interop-trixie}
mounted=
clean_up() {
  for place in $mounted; do umount "$place" 2>/dev/null || umount -l "$place"; done
  rm -rf "$work"
}
trap clean_up EXIT

has_new_glibc() { # glibc 2.38 or newer
  version=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/^glibc //')
  [ -n "$version" ] && [ "$(printf '2.38\n%s\n' "$version" | sort -V | head -n 1)" = 2.38 ]
}

mirror() { # the one that this machine installs from
  sed -n -e 's/^URIs: *\([^ ]*debian\)\/* *$/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1 | grep . ||
    sed -n -e 's/^deb *\(\[[^]]*\]\)* *\([^ ]*debian\)\/* .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1 | grep . ||
    echo http://deb.debian.org/debian
}

make_root() {
  [ -e "$root/.complete" ] && return
  [ "$(id -u)" = 0 ] || cannot_run "glibc is older than 2.38, and only root can make a Debian root"
  if ! command -v debootstrap >/dev/null; then
    echo "installing debootstrap"
    { apt-get update -qq && apt-get install -y -qq debootstrap; } >"$work/apt.log" 2>&1 ||
      { tail -n 5 "$work/apt.log" >&2; cannot_run "debootstrap cannot be installed"; }
  fi
  echo "making a Debian root in $root"
  rm -rf "$root"
  debootstrap --variant=minbase --include=libstdc++6,libgomp1,zlib1g trixie "$root" "$(mirror)" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 5 "$work/debootstrap.log" >&2; rm -rf "$root"; cannot_run "debootstrap failed"; }
  touch "$root/.complete"
}

bind() { # makes a folder of ours visible in the root, below /slm
  mkdir -p "$root/slm/$2"
  mount --bind "$1" "$root/slm/$2" || cannot_run "cannot mount into $root"
  mounted="$root/slm/$2 $mounted"
}

echo "compiling"
./mvnw -q -B -ntp -Dquick test-compile dependency:build-classpath -Dmdep.outputFile="$work/classpath" -Dmdep.includeScope=test
mkdir "$work/jars" "$work/models"
tr ':' '\n' <"$work/classpath" | while read -r jar; do cp "$jar" "$work/jars/"; done
# both jars carry a native onnxruntime: ours first, as in the product
ours=$(cd "$work/jars" && ls onnxruntime-[0-9]*.jar)
java_options="-Xmx1g --enable-native-access=ALL-UNNAMED"

echo "converting, and answering with our own engine"
"$JAVA_HOME/bin/java" $java_options -cp "$PWD/target/test-classes:$PWD/target/classes:$work/jars/$ours:$work/jars/*" \
  dev.slm.interop.InteropModels "$work/models"

echo "answering with onnxruntime-genai"
if has_new_glibc; then
  "$JAVA_HOME/bin/java" $java_options -cp "$PWD/target/test-classes:$work/jars/$ours:$work/jars/*" \
    dev.slm.interop.GenaiCheck "$work/models"
  "$JAVA_HOME/bin/java" $java_options -cp "$PWD/target/test-classes:$PWD/target/classes:$work/jars/$ours:$work/jars/*" \
    dev.slm.interop.GenaiContract
else
  make_root
  bind "$(cd "$JAVA_HOME" && pwd -P)" jdk
  bind "$work" work
  # the tests convert the demo model, so they need the clone
  bind "$PWD" clone
  mkdir -p "$root/proc" && mount -t proc proc "$root/proc" && mounted="$root/proc $mounted"
  chroot "$root" /slm/jdk/bin/java $java_options -cp "/slm/clone/target/test-classes:/slm/work/jars/$ours:/slm/work/jars/*" \
    dev.slm.interop.GenaiCheck /slm/work/models
  chroot "$root" /bin/sh -c "cd /slm/clone && exec /slm/jdk/bin/java $java_options \
    -cp '/slm/clone/target/test-classes:/slm/clone/target/classes:/slm/work/jars/$ours:/slm/work/jars/*' dev.slm.interop.GenaiContract"
fi
