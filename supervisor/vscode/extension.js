// Podium in VS Code: the workspace's terminals, its ports, how long it runs, and what programs ask of the editor.
// All of it begins after the window is there; nothing is between a person and the file tree.
const { Awake } = require("./awake");
const { Disk } = require("./disk");
const { Ports } = require("./ports");
const { Programs } = require("./programs");
const { install } = require("./recommended");
const { Terminals } = require("./terminals");
const { Upload } = require("./upload");

function activate(context) {
  const terminals = new Terminals(context);
  new Disk(context);
  new Ports(context);
  new Programs(context);
  new Upload(context);
  new Awake(context).look();
  terminals.restore().then(() => install(context));
}

module.exports = { activate };
