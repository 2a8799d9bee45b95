#!/usr/bin/env bash
# Makes sure that this machine has what Levee needs: the .NET SDK, PostgreSQL's server programs and the OpenMP library that LightGBM wants.
# Installs what Debian and Ubuntu have (as root or with sudo); says in one sentence what else is missing. Silent when all is there.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

has_file() { compgen -G "$1" >/dev/null; }

has_library() {
  local folder
  for folder in /lib /usr/lib /usr/local/lib /lib64 /usr/lib64 '/lib/*' '/usr/lib/*'; do
    if has_file "$folder/$1"; then return; fi
  done
  return 1
}

has_postgres() {
  # A server of one's own needs no programs here.
  if [ -n "${Levee__Postgres__ConnectionString:-}" ] && [ "${1:-}" != --all ]; then return; fi
  if [ -n "${LEVEE_PG_BIN:-}" ]; then
    [ -x "$LEVEE_PG_BIN/initdb" ] || die "LEVEE_PG_BIN names $LEVEE_PG_BIN, but PostgreSQL's server programs (initdb, postgres) are not there."
    return
  fi
  command -v initdb >/dev/null && command -v postgres >/dev/null && return
  has_file '/usr/lib/postgresql/*/bin/initdb' || has_file '/usr/pgsql-*/bin/initdb' || has_file '/opt/homebrew/opt/postgresql*/bin/initdb'
}

packages=()
has_library 'libssl.so.[13]*' || [ "$(uname)" != Linux ] || packages+=(openssl)
[ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/pki/tls/certs/ca-bundle.crt ] || [ "$(uname)" != Linux ] || packages+=(ca-certificates)
has_library 'libgomp.so.1' || [ "$(uname)" != Linux ] || packages+=(libgomp1)
has_postgres "$@" || packages+=(postgresql)

if [ "${#packages[@]}" != 0 ]; then
  sudo=()
  if [ "$(id -u)" != 0 ]; then
    # Without a terminal sudo cannot ask for a password.
    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
      sudo=(sudo)
    else
      die "Levee needs packages that only root can install: run once as root: apt-get install ${packages[*]}"
    fi
  fi
  command -v apt-get >/dev/null \
    || die "Levee needs what Debian and Ubuntu call ${packages[*]}: install it with this system's package manager."
  say "Installing ${packages[*]}..."
  log="$(mktemp)"
  trap 'rm -f "$log"' EXIT
  apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120)
  "${apt[@]}" update >"$log" 2>&1 || say "apt-get update failed; trying with the package lists that are here."
  "${apt[@]}" install --no-install-recommends "${packages[@]}" >"$log" 2>&1 \
    || { tail -n 20 "$log" >&2; die "apt-get could not install ${packages[*]}."; }
  has_postgres "$@" || die "apt-get installed postgresql, but its server programs (initdb, postgres) are nowhere to be found."
fi

command -v dotnet >/dev/null || die "Levee needs the .NET 10 SDK: get it from https://dotnet.microsoft.com/download/dotnet/10.0"
case "$(dotnet --list-sdks 2>/dev/null)" in
  10.* | *$'\n'10.*) ;;
  *) die "Levee needs the .NET 10 SDK, this machine has another: get it from https://dotnet.microsoft.com/download/dotnet/10.0" ;;
esac
