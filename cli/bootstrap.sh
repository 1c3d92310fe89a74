#!/usr/bin/env bash
# From a bare Debian 12 with git and make to a Python that can do the rest.
#
#   up                install and build what is missing, then start the platform
#   artefacts         the same without starting anything
#   dev               the checkout's own .venv, with linters, test tools and a browser
#   restore FILE      install and build what is missing, then bring the platform back from a backup
#   down, status, …   hand over to the `podium` command of the installation
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
command=${1:-up}
[ $# = 0 ] || shift
export PODIUM_HOME=${PODIUM_HOME:-/var/lib/podium}
export PODIUM_CACHE=${PODIUM_CACHE:-/var/cache/podium}
export LC_ALL=C.UTF-8
umask 022

say() { printf '  %s\n' "$*" >&2; }
done_in() { printf '  %-44s done in %5.1f s\n' "$1" "$((SECONDS - $2))" >&2; }
fail() { printf 'podium: %s\n' "$*" >&2; exit 1; }
explain() { # what failed, its log
  tail -n 15 "$2" >&2
  fail "$1. Everything that was said is in $2. Mend the cause (most often the network or a full disk) and repeat the command."
}

# Names of a list file that dpkg knows neither as installed nor as provided by something installed.
missing() {
  comm -23 <(sed 's/#.*//; /^ *$/d' "$1" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Abbrev}\t${Package}, ${Provides}\n' |
      sed -n 's/^.i *\t//p' | tr ',' '\n' | sed 's/(.*//; s/ //g' | sort -u) | tr '\n' ' '
}

install_packages() {
  local packages log=$PODIUM_CACHE/logs/debian.log began=$SECONDS
  packages=$(missing "$1")
  [ -n "$packages" ] || return 0
  say "Debian packages: $packages"
  # An earlier run may have been interrupted; a source of no concern may be out of order;
  # on a new machine the first unattended upgrade may hold dpkg's lock.
  # shellcheck disable=SC2086 # a list of words
  {
    export DEBIAN_FRONTEND=noninteractive
    dpkg --configure -a &&
      { apt-get update -q || true; } &&
      apt-get install -q -y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=600 $packages
  } >"$log" 2>&1 </dev/null 9>&- || explain "Debian packages could not be installed" "$log"
  done_in "Debian packages" "$began"
}

# A virtual environment knows its own path, so it is made in place and marked when whole.
make_venv() { # lock file, folder
  local log=$PODIUM_CACHE/logs/python-packages.log began=$SECONDS uv=$checkout/cli/setup/uv.txt
  rm -f "$2/.whole"
  mkdir -p "$2"
  {
    /usr/bin/python3 -m venv "$2" &&
      "$2/bin/pip" install -q --disable-pip-version-check --require-hashes --no-deps -r "$uv" &&
      "$2/bin/uv" pip sync -q --require-hashes --compile-bytecode --python "$2/bin/python" "$1"
  } >"$log" 2>&1 </dev/null 9>&- || explain "Python packages could not be installed" "$log"
  chmod -R go+rX "$2"
  digest_of "$1" >"$2/.whole"
  done_in "Python packages" "$began"
}

digest_of() { sha256sum "$1" | cut -c1-20; }

case $command in
up | artefacts | dev | restore) ;;
*)
  podium=$PODIUM_HOME/bin/podium
  [ -x "$podium" ] && exec "$podium" "$command" "$@"
  say "Podium is not set up in $PODIUM_HOME; \`make up\` does that."
  [ "$command" = down ] && exit 0 || exit 1
  ;;
esac

[ "$(id -u)" = 0 ] || fail "set-up needs root: run it as root or through sudo."
[ "$(. /etc/os-release && echo "$ID$VERSION_ID")" = debian12 ] || fail "set-up is made for Debian 12."
[ "$(dpkg --print-architecture)" = amd64 ] || fail "set-up is made for x86-64 machines."

mkdir -p "$PODIUM_CACHE/logs"
lock=$PODIUM_CACHE/.setup.lock
exec 9>>"$lock"
if ! flock -n 9; then
  say "another set-up is running (pid $(cat "$lock")): waiting for it"
  # in turns, so that no flock outlives an interrupted wait
  until flock --timeout 1 9; do :; done
fi
echo $$ >"$lock"

install_packages "$checkout/cli/setup/debian.txt"

if [ "$command" = dev ]; then
  install_packages "$checkout/cli/setup/debian-test.txt"
  venv=$checkout/.venv lock_file=$checkout/requirements-dev.lock
else
  lock_file=$checkout/requirements.lock
  venv=$PODIUM_CACHE/venv/$(digest_of "$lock_file")
fi
[ "$(cat "$venv/.whole" 2>/dev/null)" = "$(digest_of "$lock_file")" ] || make_venv "$lock_file" "$venv"
if [ "$command" = dev ]; then # with Helm for the tests of the chart
  cd "$checkout"
  exec "$venv/bin/python" -m cli.setup.helm >"$PODIUM_CACHE/logs/helm.log"
fi

# Without its parent set-up would go on unseen, and hold the lock.
cd "$checkout"
platform=$(exec setpriv --pdeathsig TERM "$venv/bin/python" -m cli.setup)
[ "$command" != artefacts ] || exit 0

exec 9>&-
words=()
for word in "$@"; do # files are named from where the caller stands
  [ -e "$word" ] && words+=("$(realpath "$word")") || words+=("$word")
done
cd "$platform"
export PYTHONPATH=$platform
exec "$venv/bin/python" -P -m cli "$command" "${words[@]}"
