{{/* Parts of NetworkPolicies. */}}

{{/* What is nobody's on the internet: this cluster's pods, Services and nodes, the metadata service, others' networks. */}}
{{- define "podium.private" -}}
["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"]
{{- end -}}

{{- define "podium.dns" -}}
{{- $dns := .Values.networkPolicies.dns -}}
- to:
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: {{ $dns.namespace }}}
      podSelector:
        matchLabels: {k8s-app: {{ $dns.app }}}
    {{- range $dns.addresses }}
    - ipBlock: {cidr: {{ . }}}
    {{- end }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end -}}

{{/* The internet and the networks that are allowed. Of IPv6 only what is global. */}}
{{- define "podium.world" -}}
{{- $egress := .Values.workspaces.egress -}}
{{- $denied := include "podium.private" . | fromJsonArray -}}
{{- $denied6 := list -}}
{{- range $egress.deny -}}
{{- if contains ":" . -}}{{- $denied6 = append $denied6 . -}}{{- else -}}{{- $denied = append $denied . -}}{{- end -}}
{{- end -}}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: {{ toJson (uniq $denied) }}
    - ipBlock:
        cidr: 2000::/3
        {{- with $denied6 }}
        except: {{ toJson . }}
        {{- end }}
    {{- range $egress.allow }}
    - ipBlock: {cidr: {{ . }}}
    {{- end }}
{{- end -}}

{{/* Peers by component in the namespace of the release. A list is (root, components). */}}
{{- define "podium.peers" -}}
{{- $root := index . 0 -}}
{{- range index . 1 }}
- podSelector:
    matchLabels: {{ include "podium.selector" (list $root .) | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "podium.monitoringPeer" -}}
- namespaceSelector:
    matchLabels: {kubernetes.io/metadata.name: {{ .Values.networkPolicies.monitoringNamespace }}}
{{- end -}}

{{/* A policy for the ingress of a component. A list is (root, component). What follows is `ingress:`. */}}
{{- define "podium.ingressPolicy" -}}
{{- $root := index . 0 -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "podium.called" . }}
  labels: {{ include "podium.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{ include "podium.selector" . | nindent 6 }}
  policyTypes: [Ingress]
{{- end -}}
