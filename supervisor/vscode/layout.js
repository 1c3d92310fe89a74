// Where the terminals of tasks open, from their openIn and openMode. Pure.

/**
 * @typedef {{id: string, name: string, open_in: string, open_mode: string}} Task
 * @typedef {{task: Task, group: string}} Placed group: "" is the one of the task before
 */

const OF_SPLIT = { "split-left": "left", "split-right": "right", "split-top": "above", "split-bottom": "below" };

const inPanel = (task) => !["main", "left", "right"].includes(task.open_in);

/**
 * Return the panel's tabs from left to right, each with its panes from left to right. VS Code
 * splits the panel in one direction alone: what is asked for above is left, below is right.
 * @param {Task[]} tasks in the order of the file
 * @returns {Task[][]}
 */
function panel(tasks) {
  const tabs = [];
  let at;
  for (const task of tasks.filter(inPanel)) {
    const split = OF_SPLIT[task.open_mode];
    if (at && split) {
      const { tab, pane } = at;
      const before = split === "left" || split === "above";
      tab.splice(tab.indexOf(pane) + (before ? 0 : 1), 0, task);
      at = { tab, pane: task };
      continue;
    }
    const tab = [task];
    const place = at ? tabs.indexOf(at.tab) + (task.open_mode === "tab-before" ? 0 : 1) : 0;
    tabs.splice(place, 0, tab);
    at = { tab, pane: task };
  }
  return tabs;
}

/**
 * Return the terminals that open among the editors, each with the side on which a group of
 * editors is opened for it.
 * @param {Task[]} tasks in the order of the file
 * @returns {Placed[]}
 */
function editors(tasks) {
  const sides = new Set();
  return tasks
    .filter((task) => !inPanel(task))
    .map((task) => {
      const side = task.open_in === "main" ? "" : task.open_in;
      const first = side && !sides.has(side);
      sides.add(side);
      return { task, group: first ? side : OF_SPLIT[task.open_mode] || "" };
    });
}

module.exports = { panel, editors };
