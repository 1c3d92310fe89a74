# Both servers, until a file tells that they are not needed any more.
cd "$(dirname "$0")"
/ide/bin/node node_modules/vite/bin/vite.js --port 3000 --strictPort >vite.log 2>&1 &
python3 api.py >api.log 2>&1 &
until [ -e stop ]; do sleep 0.1; done
kill $(jobs -p)
wait
touch stopped
