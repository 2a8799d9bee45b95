#!/usr/bin/env bash
# Runs Levee with everything that it needs: scripts/run.sh [--data DIR] [--port N] [--no-demo]. Installs what is missing, builds what has
# changed, then becomes the server, so that signals reach it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh"
if ! is_built Silo; then
  say "Building Levee (the first time takes a minute or two)..."
  ensure_built Silo
fi
exec dotnet "$(output Silo)/Levee.Silo.dll" "$@"
