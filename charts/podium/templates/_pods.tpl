{{/* Parts of pods. */}}

{{/* Settings of a process: what the chart says, and what the values add. A list is (chart's, values', key of the values). */}}
{{- define "podium.settings" -}}
{{- $own := index . 0 -}}
{{- $more := index . 1 -}}
{{- $key := index . 2 -}}
{{- range $name, $value := $more }}
{{- if hasKey $own $name }}
{{- fail (printf "%s.%s: the chart says this itself" $key $name) }}
{{- end }}
{{- end }}
{{- range $name, $value := merge (deepCopy $more) $own }}
{{- /* a large number would be written with an exponent */}}
{{- $text := kindIs "float64" $value | ternary (int64 $value) $value | toString }}
{{- if ne $text "" }}
- name: {{ $name }}
  value: {{ $text | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What every process of the control plane is told. */}}
{{- define "podium.commonSettings" -}}
PODIUM_HOME: {{ .Values.home }}
PODIUM_BASE_URL: {{ .Values.address.url }}
PODIUM_CONTENT_DOMAIN: {{ .Values.address.contentDomain }}
{{- end -}}

{{- define "podium.hardened" -}}
securityContext:
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
  readOnlyRootFilesystem: true
{{- end -}}

{{/* Security of a whole pod that the level `restricted` admits; the argument is its user. */}}
{{- define "podium.restricted" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ . }}
  runAsGroup: {{ . }}
  fsGroup: {{ . }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{/* User `podium` of the images. */}}
{{- define "podium.user" -}}10001{{- end -}}

{{/* Where a component's pods go, and apart from each other where they can. A list is (root, component, values). */}}
{{- define "podium.scheduling" -}}
{{- $values := index . 2 -}}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{ include "podium.selector" . | nindent 14 }}
      - weight: 50
        podAffinityTerm:
          topologyKey: topology.kubernetes.io/zone
          labelSelector:
            matchLabels: {{ include "podium.selector" . | nindent 14 }}
{{- include "podium.placed" $values }}
{{- end -}}

{{- define "podium.placed" -}}
{{- with .nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* Makes the folders that processes expect. A list is (root, component, paths, names of volumes with their folders). */}}
{{- define "podium.folders" -}}
{{- $root := index . 0 -}}
- name: folders
  image: {{ include "podium.image" (list $root (index . 1)) }}
  imagePullPolicy: {{ $root.Values.images.pullPolicy }}
  command: {{ concat (list "mkdir" "-p" "-m" "0700") (index . 2) | toJson }}
  resources:
    requests: {cpu: 10m, memory: 16Mi}
    limits: {memory: 64Mi}
  {{- include "podium.hardened" . | nindent 2 }}
  volumeMounts:
    {{- range $name, $path := index . 3 }}
    - {name: {{ $name }}, mountPath: {{ $path }}}
    {{- end }}
{{- end -}}

{{/* The operator's annotations; whatever a pod has beside its volumes may go. */}}
{{- define "podium.annotations" -}}
{{- with . }}{{ toYaml . }}{{ end }}
cluster-autoscaler.kubernetes.io/safe-to-evict: "true"
{{- end -}}

{{/* A list is (how to ask whether it lives, how to ask whether it is ready; empty for the same). */}}
{{- define "podium.probes" -}}
{{- $how := index . 0 -}}
startupProbe:
  {{- $how | nindent 2 }}
  periodSeconds: 2
  failureThreshold: 60
readinessProbe:
  {{- index . 1 | default $how | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 3
livenessProbe:
  {{- $how | nindent 2 }}
  periodSeconds: 15
  timeoutSeconds: 5
  failureThreshold: 4
{{- end -}}
