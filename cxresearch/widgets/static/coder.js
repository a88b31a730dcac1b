// The coder of one document at a time.

import { tellFaults } from "./wire.js";
import { Workbench } from "./workbench.js";

function render({ model, el }) {
  const coder = tellFaults(model, () => new Workbench(model, el))();
  return () => coder.close();
}

export default { render };
