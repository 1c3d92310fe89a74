// What a list of terminals says of one beside its name. Pure.
const KINDS = { browser: ["a browser", "browsers"], vscode: ["VS Code", "windows of VS Code"] };

// Who looks at it, each kind with its number: "2 browsers, VS Code"; empty for nobody.
export function watchers({ viewers = [] }) {
  const counts = new Map();
  for (const { kind } of viewers) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const said = (kind, count) => {
    const [one, many] = KINDS[kind] ?? [kind, kind];
    return count > 1 ? `${count} ${many}` : one;
  };
  return [...counts].map(([kind, count]) => said(kind, count)).join(", ");
}

// Its tab's second line: where it is, its task, its last output, who watches.
export function described(info, title, clock) {
  const { cwd, task, last_output_at: last } = info;
  const who = watchers(info);
  return [title, cwd, task && `task ${task}`, last && `last output ${clock(last)}`, who && `watched by ${who}`].filter(Boolean).join(" · ");
}
