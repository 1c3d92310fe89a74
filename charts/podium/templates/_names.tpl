{{/* Names, labels and addresses that several templates share. A list is (root, component). */}}

{{- define "podium.called" -}}
{{- $root := index . 0 -}}
{{- printf "%s-%s" ($root.Release.Name | trunc 40 | trimSuffix "-") (index . 1) -}}
{{- end -}}

{{- define "podium.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: podium
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Never podium.dev/installation: the server takes away what has it and belongs to no workspace. */}}
{{- define "podium.labels" -}}
{{- $root := index . 0 -}}
{{ include "podium.selector" . }}
app.kubernetes.io/part-of: podium
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "podium.workspaces" -}}
{{- $name := .Values.workspaces.namespace | default (printf "%s-workspaces" .Release.Name) -}}
{{- if eq $name .Release.Namespace -}}
{{- fail "workspaces.namespace: it has to be another one than the release's, which workspaces may not reach" -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "podium.installation" -}}
{{- .Values.workspaces.installation | default (printf "%s-%s" .Release.Namespace .Release.Name | trunc 63 | trimSuffix "-") -}}
{{- end -}}

{{- define "podium.image" -}}
{{- $root := index . 0 -}}
{{- $images := $root.Values.images -}}
{{- $place := $images.registry | trimSuffix "/" -}}
{{- $named := printf "%spodium-%s" (ternary "" (printf "%s/" $place) (empty $place)) (index . 1) -}}
{{- with get $images.digests (index . 1) -}}{{ $named }}@{{ . }}
{{- else -}}{{ $named }}:{{ $images.tag | default $root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "podium.pullSecrets" -}}
{{- with . }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Host name of the dashboard, as a probe says it. */}}
{{- define "podium.host" -}}
{{- (urlParse .Values.address.url).host -}}
{{- end -}}

{{- define "podium.secure" -}}
{{- if eq (urlParse .Values.address.url).scheme "https" }}yes{{ end -}}
{{- end -}}

{{/* Whether the proxy has certificates of its own: a front has them with an Ingress or a Gateway. */}}
{{- define "podium.ownTls" -}}
{{- if and (ne .Values.tls.mode "none") (not (include "podium.secure" .)) -}}
{{- fail "tls.mode: with certificates address.url begins with https://" -}}
{{- end -}}
{{- if and (ne .Values.tls.mode "none") (has .Values.expose.type (list "ClusterIP" "LoadBalancer")) }}yes{{ end -}}
{{- end -}}

{{- define "podium.tlsSecret" -}}
{{- .Values.tls.secret | default (include "podium.called" (list . "tls")) -}}
{{- end -}}

{{/* Every name that browsers and nodes ask for, one a line. */}}
{{- define "podium.hosts" -}}
{{- $content := .Values.address.contentDomain -}}
{{ (urlParse .Values.address.url).hostname }}
*.ws.{{ $content }}
ws.{{ $content }}
ide.{{ $content }}
reg.{{ $content }}
{{- end -}}

{{/* Where nodes pull images of workspaces. */}}
{{- define "podium.nodesRegistry" -}}
{{- $nodes := .Values.blobserve.nodes -}}
{{- if $nodes.address -}}{{ $nodes.address }}
{{- else if include "podium.secure" . -}}
{{- $port := regexReplaceAll "^[^:]*:?" (urlParse .Values.address.url).host "" -}}
reg.{{ .Values.address.contentDomain }}{{ with $port }}:{{ . }}{{ end }}
{{- else -}}localhost:{{ required "blobserve.nodes: set address or nodePort, so that nodes can pull images of workspaces" (ternary nil $nodes.nodePort (eq (int $nodes.nodePort) 0)) }}
{{- end -}}
{{- end -}}

{{/* Run folder of the installation, as wire/layout.py names it. */}}
{{- define "podium.run" -}}
/run/podium/{{ sha256sum .Values.home | trunc 6 }}
{{- end -}}

{{/* DNS names of a component's Service. A list is (root, component, namespace). */}}
{{- define "podium.serviceNames" -}}
{{- $root := index . 0 -}}
{{- $name := include "podium.called" (list $root (index . 1)) -}}
{{- $in := index . 2 -}}
{{ $name }},{{ $name }}.{{ $in }},{{ $name }}.{{ $in }}.svc,{{ $name }}.{{ $in }}.svc.{{ $root.Values.cluster.domain }}
{{- end -}}

{{/* Who has a certificate of the link, and in which namespace. */}}
{{- define "podium.linked" -}}
server: {{ .Release.Namespace }}
proxy: {{ .Release.Namespace }}
blobserve: {{ .Release.Namespace }}
daemon: {{ include "podium.workspaces" . }}
{{- if .Values.objectStore.bundled.enabled }}
objectstore: {{ .Release.Namespace }}
{{- end }}
{{- end -}}

{{- define "podium.databaseSecret" -}}
{{- if and .Values.database.secret .Values.database.bundled.enabled -}}
{{- fail "database: set either secret or bundled.enabled" -}}
{{- end -}}
{{- if .Values.database.bundled.enabled -}}{{ include "podium.called" (list . "postgres") }}
{{- else -}}{{ required "database.secret: name the secret with the address of a PostgreSQL" .Values.database.secret }}
{{- end -}}
{{- end -}}

{{- define "podium.redisSecret" -}}
{{- if and .Values.redis.secret .Values.redis.bundled.enabled -}}
{{- fail "redis: set either secret or bundled.enabled" -}}
{{- end -}}
{{- if .Values.redis.bundled.enabled -}}{{ include "podium.called" (list . "redis") }}
{{- else -}}{{ required "redis.secret: name the secret with the address of a Redis" .Values.redis.secret }}
{{- end -}}
{{- end -}}

{{/* Port of the proxy's Service: the one that browsers see, and behind a front 8080. */}}
{{- define "podium.proxyPort" -}}
{{- if has .Values.expose.type (list "Ingress" "Gateway") -}}8080
{{- else -}}
{{- (urlParse .Values.address.url).host | regexFind ":[0-9]+$" | trimPrefix ":" | default (ternary "443" "80" (eq (include "podium.secure" .) "yes")) -}}
{{- end -}}
{{- end -}}
