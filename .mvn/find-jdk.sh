# Sourced by ./slm and ./mvnw: sets JAVA_HOME to a JDK 25 or newer, looking where people have one.
# Leaves JAVA_HOME empty and returns 1 when there is none. Reads each JDK's `release` file, so no JVM is started.

slm_jdk_version() { # prints the feature version of the JDK in $1, or nothing
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

slm_try_jdk() {
  slm_version=$(slm_jdk_version "$1") || return 1
  [ -n "$slm_version" ] && [ "$slm_version" -ge 25 ]
}

slm_jdk_on_path() { # the JDK behind `java`, through links
  slm_java=$(command -v java) || return 1
  while [ -L "$slm_java" ]; do
    slm_link=$(readlink "$slm_java")
    case "$slm_link" in /*) slm_java=$slm_link ;; *) slm_java=$(dirname "$slm_java")/$slm_link ;; esac
  done
  dirname "$(dirname "$slm_java")"
}

slm_find_jdk() {
  if [ -n "${JAVA_HOME-}" ] && slm_try_jdk "$JAVA_HOME"; then return 0; fi
  if slm_jdk=$(slm_jdk_on_path) && slm_try_jdk "$slm_jdk"; then JAVA_HOME=$slm_jdk; return 0; fi
  slm_home=${HOME-}
  for slm_jdk in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /usr/local/java/* /usr/local/openjdk* \
    "$slm_home"/.sdkman/candidates/java/* "$slm_home"/.jdks/* "$slm_home"/.asdf/installs/java/* \
    "$slm_home"/.local/share/mise/installs/java/* "$slm_home"/.jenv/versions/* /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$slm_home"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if slm_try_jdk "$slm_jdk"; then JAVA_HOME=$slm_jdk; return 0; fi
  done
  JAVA_HOME=
  return 1
}

slm_find_jdk && export JAVA_HOME
