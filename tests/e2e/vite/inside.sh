# What programs inside the workspace get at the platform's own addresses, a line for each.
cd "$(dirname "$0")"
own=$(gp url 8000) port=${GITPOD_HOST##*:}
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
{
  echo "curl $(curl -s "$own")"
  echo "python $(python3 -c 'import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())' "$own")"
  echo "node $(/ide/bin/node -e 'fetch(process.argv[1]).then((a) => a.text()).then(console.log)' "$own")"
  echo "dashboard $(status "$GITPOD_HOST/")"
  echo "editor $(status "$(gp url)")"
  echo "other $(status "${own/${GITPOD_WORKSPACE_ID}/coral-heron-9z8y7x6w5v}")"
  echo "nothing $(status "$(gp url "$port")")"
  echo "elsewhere $(getent hosts no-such-name.invalid || echo unknown)"
  python3 -m http.server --bind 127.0.0.1 "$port" >/dev/null 2>&1 &
  until status "http://127.0.0.1:$port/api.py" | grep -q 200; do :; done
  echo "mine $(status "http://localhost:$port/api.py")"
  echo "python $(python3 -c 'import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())' "$own")"
  kill $!
} >inside.new 2>&1
mv inside.new inside
