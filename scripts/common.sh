# Sourced by the other scripts: where things are, an environment in which dotnet works, and building on demand.
# shellcheck shell=bash

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# dotnet and NuGet keep files in the home folder; services and bare containers may run without one.
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
  HOME="$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6 || true)"
  if [ -z "$HOME" ] || [ ! -w "$HOME" ]; then
    HOME="$root/.levee/home"
    mkdir -p "$HOME" || die "Levee's folder $root must be writable: dotnet builds there."
  fi
  export HOME
fi

for folder in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet /opt/dotnet; do
  if ! command -v dotnet >/dev/null && [ -n "$folder" ] && [ -x "$folder/dotnet" ]; then
    export DOTNET_ROOT="$folder" PATH="$folder:$PATH"
  fi
done

# Levee needs no ICU, and a bare machine has none; nothing is reported home; no build process stays behind.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK=1
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
build_flags=(-c Release --nologo -v quiet -nodeReuse:false)

# output NAME: the folder that project src/NAME is built into.
output() { echo "$root/src/$1/bin/Release/net10.0"; }

# build WHAT [OPTION...]: dotnet build with progress on standard error. One compiler serves all projects, which halves the time, and ends
# with the build. A build that was stopped by a signal exits with 0, so success is what it says.
build() {
  mkdir -p "$root/.levee"
  local log ok=0 server="levee-$$-$RANDOM"
  log="$(mktemp "$root/.levee/build.XXXXXX")"
  DOTNET_CLI_UI_LANGUAGE=en dotnet build "$@" -p:UseSharedCompilation=true "-p:SharedCompilationId=$server" 2>&1 </dev/null 8>&- |
    tee "$log" >&2 || ok=1
  stop_compiler "$server"
  grep -q '^Build succeeded' "$log" || ok=1
  rm -f "$log"
  return "$ok"
}

# stop_compiler NAME: ends the compiler of a build. One whose build was killed ends by itself after ten idle minutes.
stop_compiler() {
  local version folder
  version="$(dotnet --version)"
  folder="$(dotnet --list-sdks | sed -n "s|^$version \[\(.*\)\]$|\1/$version|p")"
  dotnet exec "$folder/Roslyn/bincore/VBCSCompiler.dll" "-pipename:$1" -shutdown >/dev/null 2>&1 8>&- || true
}

# is_built NAME: whether src/NAME and every project that it contains are newer than their sources. What does not go into an assembly,
# such as appsettings.json, may be older than the stamp of the last build instead.
is_built() {
  local folder stamp dll project changed
  folder="$(output "$1")"
  stamp="$folder/built.stamp"
  [ -f "$folder/Levee.$1.dll" ] || return 1
  for dll in "$folder"/Levee.*.dll; do
    project="${dll##*/Levee.}"
    project="$root/src/${project%.dll}"
    [ -d "$project" ] || continue
    if [ "$stamp" -nt "$dll" ]; then dll="$stamp"; fi
    # Folders count too, below the project's own: a removed file shows there.
    changed="$(find "$root"/*.props "$root/global.json" "$project" \( -name bin -o -name obj \) -prune -o \
      \( -type f -o -path "$project/*" \) -newer "$dll" -print -quit)"
    [ -z "$changed" ] || return 1
  done
}

# ensure_built NAME [--quiet]: builds src/NAME in Release when a source has changed. Several scripts at a time take turns.
ensure_built() {
  is_built "$1" && return
  mkdir -p "$root/.levee"
  exec 8>"$root/.levee/build.lock"
  if command -v flock >/dev/null; then flock 8; fi
  if ! is_built "$1"; then
    local stamp errors
    stamp="$(mktemp "$root/.levee/stamp.XXXXXX")"
    if [ "${2:-}" = --quiet ]; then
      errors="$(build "$root/src/$1" "${build_flags[@]}" 2>&1)"
    else
      build "$root/src/$1" "${build_flags[@]}" -v minimal
    fi || { rm -f "$stamp"; [ -z "${errors:-}" ] || say "$errors"; die "The build did not succeed."; }
    mv "$stamp" "$(output "$1")/built.stamp"
  fi
  exec 8>&-
}

# need CHECK PACKAGE...: installs Debian's and Ubuntu's own packages when the check fails.
need() {
  if eval "$1" >/dev/null 2>&1; then return; fi
  shift
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "This needs packages that only root can install: run once as root: apt-get install $*"
    sudo=(sudo)
  fi
  command -v apt-get >/dev/null || die "This needs what Debian and Ubuntu call $*: install it with this system's package manager."
  say "Installing $*..."
  "${sudo[@]}" apt-get update -qq >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}
