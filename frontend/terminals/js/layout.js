// Tabs, and how each is divided. Pure: a tree is {id} or {way: "right" | "down", parts, sizes}.

export const leaf = id => ({ id });

export const idsOf = tree => (tree.parts ? tree.parts.flatMap(idsOf) : [tree.id]);

// Put a new terminal beside another one, which gives it half of its room.
export function split(tree, id, way, fresh) {
  if (!tree.parts) {
    if (tree.id !== id) return tree;
    return { way, parts: [tree, leaf(fresh)], sizes: [1, 1] };
  }
  const at = tree.parts.findIndex(part => part.id === id);
  if (at >= 0 && tree.way === way) {
    const half = tree.sizes[at] / 2;
    return {
      way,
      parts: tree.parts.toSpliced(at + 1, 0, leaf(fresh)),
      sizes: tree.sizes.toSpliced(at, 1, half, half),
    };
  }
  return { ...tree, parts: tree.parts.map(part => split(part, id, way, fresh)) };
}

// Take a terminal out; null when nothing is left.
export function without(tree, id) {
  if (!tree.parts) return tree.id === id ? null : tree;
  const left = tree.parts.map((part, at) => [without(part, id), tree.sizes[at]]).filter(([part]) => part);
  if (left.length === 0) return null;
  if (left.length === 1) return left[0][0];
  return { ...tree, parts: left.map(([part]) => part), sizes: left.map(([, size]) => size) };
}

// The terminal that comes after (1) or before (-1) one, around the end.
export function beside(tree, id, step) {
  const all = idsOf(tree);
  return all[(all.indexOf(id) + step + all.length) % all.length];
}

export const moved = (list, from, to) => {
  const [one] = list.slice(from, from + 1);
  return list.toSpliced(from, 1).toSpliced(to, 0, one);
};

const whole = tree =>
  tree !== null && typeof tree === "object" &&
  (tree.parts
    ? ["right", "down"].includes(tree.way) && Array.isArray(tree.parts) && tree.parts.length > 1 &&
      Array.isArray(tree.sizes) && tree.sizes.length === tree.parts.length &&
      tree.sizes.every(size => size > 0) && tree.parts.every(whole)
    : typeof tree.id === "string");

// What was kept, made to fit what there is: the gone are taken out, the new come behind, in order.
export function restored(kept, existing) {
  const seen = new Set();
  const tabs = [];
  for (const one of Array.isArray(kept) ? kept : []) {
    if (!whole(one)) continue;
    let tree = one;
    for (const id of idsOf(one)) {
      if (!existing.includes(id) || seen.has(id)) tree = tree && without(tree, id);
      seen.add(id);
    }
    if (tree) tabs.push(tree);
  }
  const placed = new Set(tabs.flatMap(idsOf));
  return [...tabs, ...existing.filter(id => !placed.has(id)).map(leaf)];
}
