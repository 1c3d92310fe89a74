"""How nginx and Caddy are set up for the proxy's job, and nginx as the upstream of all.

The upstream writes an answer at once. With `tcp_nopush` it never sets TCP_NODELAY, and where its
first segment was not a whole one (61,697 of 65,793 bytes, once in a thousand answers) Nagle's
algorithm kept the last 4 KiB until the proxy's delayed acknowledgement, 40 ms later.
"""

PAGES = """
daemon off; worker_processes 1; pid {folder}/pages.pid; error_log stderr crit;
worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 1h;
  sendfile off; output_buffers 1 128k; open_file_cache max=10;
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /small {{ return 200 '{small}'; }}
    location / {{ root {folder}/pages; default_type application/octet-stream; }}
  }}
}}
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit;
worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
  log_format line escape=json '{{"time":"$msec","request":"$request_id","client":"$remote_addr",'
    '"method":"$request_method","host":"$http_host","target":"$request_uri","status":$status,'
    '"sent":$body_bytes_sent,"seconds":$request_time,"upgrade":"$http_upgrade"}}';
  access_log {folder}/nginx.log line buffer=16k flush=100ms;
  keepalive_requests 1000000000; keepalive_timeout 1h; client_max_body_size 0;
  map_hash_max_size 1048576; map_hash_bucket_size 256; variables_hash_max_size 2048;
  map $host $upstream {{ default ""; include {folder}/hosts.map; }}
  map $http_cookie $granted {{ default ""; "~(^|; ){cookie}(;|$)" 1; }}
  map $http_cookie $kept {{
    default $http_cookie;
    "~^(?<before>.*?)(; )?{name}=[^;]*(?<after>.*)$" $before$after;
  }}
  map $http_upgrade $connection_upgrade {{ default upgrade; "" ""; }}
  upstream pages {{ server 127.0.0.1:{pages}; keepalive 32; keepalive_requests 1000000000; }}
  upstream work {{ server 127.0.0.1:{work}; keepalive 32; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    if ($upstream = "") {{ return 404; }}
    if ($granted = "") {{ return 401; }}
    location / {{
      proxy_pass http://$upstream;
      proxy_http_version 1.1;
      proxy_buffering off; proxy_request_buffering off;
      proxy_buffer_size 64k; proxy_buffers 4 64k; proxy_busy_buffers_size 128k;
      client_body_buffer_size 64k;
      proxy_read_timeout 1h; proxy_send_timeout 1h;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header Cookie $kept;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Request-Id $request_id;
      {strip}
    }}
  }}
}}
"""
CADDY = """
{{
  admin off
  auto_https off
  persist_config off
  log {{
    level ERROR
  }}
}}
http://:{port} {{
  bind 127.0.0.1
  log {{
    output file {folder}/caddy.log {{
      roll_disabled
    }}
    format json
  }}
  @stranger not header_regexp Cookie "{cookie}"
  respond @stranger 401
  @work host {host}
  handle @work {{
    reverse_proxy 127.0.0.1:{work} {{
      {proxy}
    }}
  }}
  handle {{
    reverse_proxy 127.0.0.1:{pages} {{
      {proxy}
    }}
  }}
}}
"""
